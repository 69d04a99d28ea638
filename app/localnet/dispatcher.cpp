#include "app/localnet/dispatcher.h"

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/forge/local_spool.h"
#include "core/keys/webhook_secret.h"
#include "core/ports.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <curl/curl.h>
#include <fstream>
#include <map>
#include <sys/inotify.h>
#include <thread>
#include <unistd.h>

namespace tau::localnet {

namespace fs = std::filesystem;
using Instant = std::chrono::steady_clock::time_point;

namespace {

constexpr std::size_t most_at_once = 8;
constexpr long attempt_ms = 10000; ///< GitHub's own limit
constexpr int most_attempts = 8;
constexpr std::chrono::milliseconds first_pause{250};
constexpr std::chrono::milliseconds longest_pause{30000};

std::size_t discard(char*, std::size_t size, std::size_t count, void*) {
    return size * count;
}

/// One delivery under way; owns what curl only points to.
struct Transfer {
    forge::Delivery delivery;
    CURL* handle = nullptr;
    curl_slist* headers = nullptr;

    Transfer() = default;
    Transfer(const Transfer&) = delete;
    Transfer& operator=(const Transfer&) = delete;
    ~Transfer() {
        curl_easy_cleanup(handle);
        curl_slist_free_all(headers);
    }

    void add_header(const std::string& text) { headers = curl_slist_append(headers, text.c_str()); }

    void prepare(const Secret& secret) {
        handle = curl_easy_init();
        add_header("Content-Type: application/json");
        add_header("User-Agent: GitHub-Hookshot/tau-localnet");
        add_header("X-GitHub-Event: " + delivery.event);
        add_header("X-GitHub-Delivery: " + delivery.id);
        add_header("X-GitHub-Hook-ID: " + delivery.hook_id);
        add_header("X-Hub-Signature-256: " + keys::sign_webhook(secret, delivery.body));
        add_header("Expect:"); // no waiting for "100 Continue"
        curl_easy_setopt(handle, CURLOPT_URL, delivery.url.c_str());
        curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers);
        curl_easy_setopt(handle, CURLOPT_POSTFIELDS, delivery.body.c_str());
        curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE, static_cast<long>(delivery.body.size()));
        curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, attempt_ms);
        curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
        curl_easy_setopt(handle, CURLOPT_PROXY, ""); // this network is this computer
        curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
        curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, discard);
    }
};

struct Schedule {
    int attempts = 0;
    Instant due;
    std::unique_ptr<Transfer> transfer; ///< while one is under way
};

class Worker final : public Dispatcher {
public:
    Worker(forge::LocalFolder folder, CURLM* multi, int watch)
        : folder_(std::move(folder)), multi_(multi), watch_(watch),
          log_(folder_.root() / "webhooks.log", std::ios::app),
          thread_([this](const std::stop_token& stop) { run(stop); }) {}
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;
    ~Worker() override {
        thread_.request_stop();
        curl_multi_wakeup(multi_);
        thread_.join();
        for (auto& [file, job] : jobs_) {
            if (job.transfer) {
                curl_multi_remove_handle(multi_, job.transfer->handle);
            }
        }
        jobs_.clear();
        curl_multi_cleanup(multi_);
        ::close(watch_);
    }

private:
    void run(const std::stop_token& stop) {
        while (!stop.stop_requested()) {
            for (const fs::path& file : forge::queued(folder_)) {
                jobs_.try_emplace(file);
            }
            begin_due();
            int running = 0;
            curl_multi_perform(multi_, &running);
            finish();
            curl_waitfd spool{watch_, CURL_WAIT_POLLIN, 0};
            curl_multi_poll(multi_, &spool, 1, next_wait(), nullptr);
            alignas(inotify_event) char events[4096];
            while (::read(watch_, events, sizeof events) > 0) {
            }
        }
    }

    void begin_due() {
        const auto now = std::chrono::steady_clock::now();
        for (auto job = jobs_.begin(); job != jobs_.end();) {
            const bool wanted =
                !job->second.transfer && job->second.due <= now && active_ < most_at_once;
            job = wanted && !begin(job->first, job->second) ? drop(job) : std::next(job);
        }
    }

    using Job = std::map<fs::path, Schedule>::iterator;

    /// False when there is nothing to deliver any more.
    bool begin(const fs::path& file, Schedule& job) {
        auto delivery = forge::read_delivery(file);
        if (!delivery) {
            return false;
        }
        const auto secret = read_secret_file(folder_.hook_secret(delivery->hook_id));
        if (!secret) {
            return false; // the webhook was removed meanwhile
        }
        job.transfer = std::make_unique<Transfer>();
        job.transfer->delivery = std::move(*delivery);
        job.transfer->prepare(*secret);
        ++job.attempts;
        ++active_;
        curl_multi_add_handle(multi_, job.transfer->handle);
        return true;
    }

    Job drop(Job job) {
        std::error_code ignored;
        fs::remove(job->first, ignored);
        return jobs_.erase(job);
    }

    void finish() {
        int left = 0;
        while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
            const auto job = std::find_if(jobs_.begin(), jobs_.end(), [&](const auto& entry) {
                return entry.second.transfer &&
                       entry.second.transfer->handle == message->easy_handle;
            });
            if (message->msg == CURLMSG_DONE && job != jobs_.end()) {
                finish(job, message->data.result);
            }
        }
    }

    void finish(Job job, CURLcode result) {
        long status = 0;
        curl_easy_getinfo(job->second.transfer->handle, CURLINFO_RESPONSE_CODE, &status);
        const bool accepted = result == CURLE_OK && status >= 200 && status < 300;
        // A receiver that says no, says so for good; one that is away or busy may be back.
        const bool again = !accepted && job->second.attempts < most_attempts &&
                           (result != CURLE_OK || status >= 500 || status == 429);
        const forge::Delivery& delivery = job->second.transfer->delivery;
        log_ << to_iso8601(SystemClock().now()) << ' ' << delivery.event << ' ' << delivery.id
             << " to " << delivery.url << ": "
             << (result == CURLE_OK ? "status " + std::to_string(status)
                                    : std::string(curl_easy_strerror(result)))
             << (again      ? ", again later"
                 : accepted ? ""
                            : ", given up")
             << std::endl;
        curl_multi_remove_handle(multi_, job->second.transfer->handle);
        job->second.transfer.reset();
        --active_;
        if (!again) {
            drop(job);
            return;
        }
        const auto pause = std::min(first_pause * (1 << (job->second.attempts - 1)), longest_pause);
        job->second.due = std::chrono::steady_clock::now() + pause;
    }

    /// Milliseconds until the next attempt is due; a minute when none is.
    int next_wait() const {
        const auto now = std::chrono::steady_clock::now();
        auto wait = std::chrono::milliseconds(60000);
        for (const auto& [file, job] : jobs_) {
            if (!job.transfer && active_ < most_at_once) {
                wait = std::min(wait, std::chrono::ceil<std::chrono::milliseconds>(job.due - now));
            }
        }
        return static_cast<int>(std::max<std::int64_t>(wait.count(), 0));
    }

    forge::LocalFolder folder_;
    CURLM* multi_;
    int watch_;
    std::ofstream log_;
    std::size_t active_ = 0;
    std::map<fs::path, Schedule> jobs_;
    std::jthread thread_; ///< last: it uses all of the others
};

} // namespace

Result<std::unique_ptr<Dispatcher>> Dispatcher::start(const forge::LocalFolder& folder) {
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != 0) {
        return fail(ErrorCode::internal, "The HTTP library does not start.");
    }
    const int watch = ::inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    // Files come into the spool complete, by rename.
    if (watch < 0 || ::inotify_add_watch(watch, folder.spool().c_str(), IN_MOVED_TO) < 0) {
        ::close(watch);
        return fail(io_error("watch", folder.spool()));
    }
    return std::make_unique<Worker>(folder, curl_multi_init(), watch);
}

} // namespace tau::localnet
