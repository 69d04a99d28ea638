#include "app/vaultd/options.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "core/seal/seal.h"

#include <iostream>
#include <mutex>
#include <sys/stat.h>

using namespace tau;

namespace {

class StderrLog final : public Log {
public:
    explicit StderrLog(const Clock& clock) : clock_(clock) {}
    void write(LogLevel level, std::string_view area, std::string_view message) override {
        constexpr std::array<const char*, 4> names{"debug", "info", "warning", "error"};
        const std::lock_guard lock(mutex_);
        std::cerr << to_iso8601(clock_.now()) << ' ' << names.at(static_cast<std::size_t>(level))
                  << ' ' << area << ": " << bounded_text(message) << std::endl;
    }

private:
    const Clock& clock_;
    std::mutex mutex_;
};

int complain(const Error& error) {
    for (std::size_t at = 0; at < error.message.size();) {
        const std::size_t end = std::min(error.message.find('\n', at), error.message.size());
        std::cerr << "tau-vaultd: " << error.message.substr(at, end - at) << '\n';
        at = end + 1;
    }
    if (!error.hint.empty()) {
        std::cerr << error.hint << '\n';
    }
    if (!error.detail.empty()) {
        std::cerr << "(" << error.detail << ")\n";
    }
    return error.code == ErrorCode::invalid_argument ? 2 : 1;
}

std::string endpoint(const vaultd::Listener& listener, std::uint16_t port) {
    const bool v6 = listener.host.find(':') != std::string::npos;
    return "http://" + (v6 ? "[" + listener.host + "]" : listener.host) + ":" +
           std::to_string(port);
}

int run(vaultd::Options options) {
    const SystemClock clock;
    SystemEntropy entropy;
    StderrLog log(clock);
    if (const auto made = make_private_directory(options.settings.data); !made) {
        return complain(made.error());
    }
    const auto lock = FileLock::acquire(options.settings.data / "lock", 0);
    if (!lock) {
        return complain(
            {lock.error().code,
             "Another tau-vaultd uses the folder " + options.settings.data.string() + ".",
             "End it, or give this one another folder.",
             {}});
    }
    if (options.print_record) {
        options.settings.endpoint = endpoint(options.listener, options.listener.port);
        const auto service = node::Service::open(options.settings, clock, entropy, log);
        if (!service) {
            return complain(service.error());
        }
        std::cout << to_base64((*service)->record()) << std::endl;
        return 0;
    }
    const auto served =
        vaultd::serve(options.listener, options.limits, log,
                      [&](std::uint16_t port) -> Result<std::unique_ptr<node::Service>> {
                          options.settings.endpoint = endpoint(options.listener, port);
                          auto service = node::Service::open(options.settings, clock, entropy, log);
                          if (service) {
                              // The socket already listens: whoever reads this line can connect.
                              std::cout << "ready " << to_base64((*service)->record()) << std::endl;
                          }
                          return service;
                      });
    return served ? 0 : complain(served.error());
}

} // namespace

int main(int argc, char** argv) {
    ::umask(077);
    // A name server that is silent must not hold a login up for as long as the system would wait.
    ::setenv("RES_OPTIONS", "timeout:2 attempts:1", 0);
    if (!protect_process()) {
        std::cerr << "tau-vaultd: libsodium does not start.\n";
        return 1;
    }
    auto options = vaultd::parse_options({argv + 1, argv + argc});
    if (!options) {
        return complain(options.error());
    }
    if (options->help || options->version) {
        std::cout << (options->help ? vaultd::help_text() : "tau-vaultd " TAU_VERSION "\n");
        return 0;
    }
    if (options->check_config) {
        std::cout << "The configuration is good.\n";
        return 0;
    }
    if (const auto tested = seal::self_test(); !tested) {
        return complain(tested.error());
    }
    return run(std::move(*options));
}
