// The log when what it writes to does not take it.
#include "app/vaultd/request_log.h"
#include "tests/support/temporary_directory.h"

#include <csignal>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

using namespace tau;

namespace {

/// A small pipe whose reader does not read until it is asked to.
class Pipe {
public:
    explicit Pipe(int flags = 0) {
        REQUIRE(::pipe2(ends_.data(), O_CLOEXEC | flags) == 0);
        REQUIRE(::fcntl(ends_[0], F_SETFL, O_NONBLOCK) == 0);
        REQUIRE(::fcntl(ends_[1], F_SETPIPE_SZ, 4096) >= 4096);
    }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;
    ~Pipe() {
        ::close(ends_[0]);
        ::close(ends_[1]);
    }
    int writer() const { return ends_[1]; }
    /// Reads until this was there.
    bool reads(std::string_view word) {
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
        while (text_.find(word) == std::string::npos && std::chrono::steady_clock::now() < end) {
            char bytes[4096];
            const ssize_t got = ::read(ends_[0], bytes, sizeof bytes);
            text_.append(bytes, got > 0 ? static_cast<std::size_t>(got) : 0);
            if (got <= 0) {
                std::this_thread::sleep_for(std::chrono::milliseconds(2));
            }
        }
        return text_.find(word) != std::string::npos;
    }
    const std::string& text() const { return text_; }

private:
    std::array<int, 2> ends_{};
    std::string text_;
};

std::size_t count(const std::string& text, std::string_view word) {
    std::size_t found = 0;
    for (std::size_t at = 0; (at = text.find(word, at)) != std::string::npos; ++at) {
        ++found;
    }
    return found;
}

} // namespace

TEST_CASE("a reader that stops holds nobody up, and hears how much it missed") {
    Pipe pipe;
    const SystemClock clock;
    vaultd::RequestLog log(clock, pipe.writer());
    const std::string words(200, 'w');
    constexpr std::size_t lines = 20'000;
    for (std::size_t i = 0; i < lines; ++i) {
        log.write(LogLevel::info, "test", words);
    }
    const std::uint64_t lost = log.lost();
    CHECK(lost > lines / 2);
    CHECK(lost < lines - 1000); // what can wait was kept
    CHECK(pipe.reads("not be written: " + std::to_string(lost) + ".\"\n"));
    log.write(LogLevel::info, "test", "the end");
    CHECK(pipe.reads("msg=\"the end\"\n"));
    CHECK(count(pipe.text(), words + "\"\n") == lines - lost);
    CHECK(count(pipe.text(), "missing here") == 1);
    CHECK(log.lost() == lost);
}

TEST_CASE("the log goes on when it can be written again, on a line of its own") {
    Pipe pipe(O_NONBLOCK); // what does not fit is an error, as on a full disk
    vaultd::LogWriter log(pipe.writer(),
                          [](std::uint64_t lost) { return "lost " + std::to_string(lost) + "\n"; });
    log.put(std::string(6000, 'w') + "\n");
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (log.lost() == 0 && std::chrono::steady_clock::now() < end) {
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    CHECK(log.lost() == 1);
    CHECK(pipe.reads(std::string(4096, 'w')));
    log.put("whole\n");
    CHECK(pipe.reads("whole\n"));
    CHECK(pipe.text() == std::string(4096, 'w') + "\nlost 1\nwhole\n");
}

TEST_CASE("a log that nobody reads does not hold up the end") {
    ::signal(SIGPIPE, SIG_IGN); // as the program does: its thread may write once more
    Pipe pipe;
    const SystemClock clock;
    const auto begin = std::chrono::steady_clock::now();
    {
        vaultd::RequestLog log(clock, pipe.writer());
        for (int i = 0; i < 100; ++i) {
            log.write(LogLevel::info, "test", std::string(200, 'w'));
        }
    }
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(10));
}

TEST_CASE("what a line is about is shown as a hash, the same in every line") {
    Pipe pipe;
    const SystemClock clock;
    vaultd::RequestLog log(clock, pipe.writer());
    const std::string id(32, 'a');
    log.write_about(id, LogLevel::warning, "refs", "One.");
    log.write_about(id, LogLevel::warning, "refs", "Two.");
    REQUIRE(pipe.reads("msg=\"Two.\"\n"));
    const std::string& text = pipe.text();
    CHECK(text.find(id) == std::string::npos);
    const std::size_t at = text.find(" area=refs subject=");
    REQUIRE(at != std::string::npos);
    CHECK(count(text, text.substr(at, 19 + 16) + " msg=") == 2);
}
