#include "app/vaultd/log_writer.h"

#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <string_view>
#include <thread>
#include <unistd.h>

namespace tau::vaultd {

namespace {

constexpr std::size_t most_waiting = 1 << 20; ///< bytes of lines that are not written yet
constexpr std::chrono::seconds last_wait{1};

} // namespace

/// Also the thread's own, which may never come back from a write.
struct LogWriter::State {
    State(int descriptor, std::function<std::string(std::uint64_t)> words)
        : fd(descriptor), tell(std::move(words)) {}

    void work() {
        std::unique_lock lock(mutex);
        for (;;) {
            changed.wait(lock, [this] { return ending || !waiting.empty(); });
            if (waiting.empty() || abandoned) {
                ended = true;
                changed.notify_all();
                return;
            }
            const std::string line = std::move(waiting.front());
            waiting.pop_front();
            const std::uint64_t to_tell = untold;
            const std::string notice = to_tell > 0 ? tell(to_tell) : "";
            lock.unlock();
            const bool told = write(notice);
            const bool written = told && write(line);
            lock.lock();
            bytes -= line.size();
            untold -= told ? to_tell : 0;
            if (!written) {
                lose();
            }
        }
    }

    /// Under the mutex.
    void lose() {
        ++untold;
        ++lost;
    }

    /// By the thread alone.
    bool write(std::string_view line) {
        const std::string whole = (is_torn ? "\n" : "") + std::string(line);
        for (std::string_view rest = whole; !rest.empty();) {
            const ssize_t put = ::write(fd, rest.data(), rest.size());
            if (put < 0 && errno != EINTR) {
                return false;
            }
            rest.remove_prefix(put < 0 ? 0 : static_cast<std::size_t>(put));
            is_torn = !rest.empty() && (is_torn || put > 0);
        }
        return true;
    }

    const int fd;
    const std::function<std::string(std::uint64_t)> tell;
    std::mutex mutex; ///< of what follows
    std::condition_variable changed;
    std::deque<std::string> waiting;
    std::size_t bytes = 0; ///< of those, and of the one that is being written
    std::uint64_t untold = 0;
    bool ending = false;
    bool abandoned = false; ///< what `tell` uses is gone
    bool ended = false;
    std::atomic<std::uint64_t> lost = 0;
    bool is_torn = false; ///< a line was written in part
};

LogWriter::LogWriter(int fd, std::function<std::string(std::uint64_t)> tell)
    : state_(std::make_shared<State>(fd, std::move(tell))) {
    std::thread([state = state_] { state->work(); }).detach();
}

LogWriter::~LogWriter() {
    std::unique_lock lock(state_->mutex);
    state_->ending = true;
    state_->changed.notify_all();
    state_->changed.wait_for(lock, last_wait, [this] { return state_->ended; });
    state_->abandoned = true;
}

void LogWriter::put(std::string line) {
    {
        const std::lock_guard lock(state_->mutex);
        if (state_->bytes + line.size() > most_waiting) {
            return state_->lose();
        }
        state_->bytes += line.size();
        state_->waiting.push_back(std::move(line));
    }
    state_->changed.notify_one();
}

const std::atomic<std::uint64_t>& LogWriter::lost() const {
    return state_->lost;
}

} // namespace tau::vaultd
