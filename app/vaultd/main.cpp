#include "app/vaultd/options.h"
#include "app/vaultd/passphrase.h"
#include "core/base/file.h"
#include "core/base/standard_output.h"
#include "core/base/text.h"
#include "core/git/landlock.h"
#include "core/git/remote.h"
#include "core/node/data_folder.h"
#include "core/node/front_metrics.h"
#include "core/seal/seal.h"

#include <csignal>
#include <iostream>
#include <malloc.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace tau;

namespace {

int complain(const Error& error) {
    std::string text; // written at once, because the log may still be writing, too
    for (std::size_t at = 0; at < error.message.size();) {
        const std::size_t end = std::min(error.message.find('\n', at), error.message.size());
        text += "tau-vaultd: " + error.message.substr(at, end - at) + "\n";
        at = end + 1;
    }
    if (!error.hint.empty()) {
        text += error.hint + "\n";
    }
    if (!error.detail.empty()) {
        text += "(" + error.detail + ")\n";
    }
    std::cerr << text;
    return error.code == ErrorCode::invalid_argument ? 2 : 1;
}

/// The end of what is there to print something.
int printed() {
    const auto done = flush_output();
    return done ? 0 : complain(done.error());
}

std::string endpoint(const vaultd::Options& options, std::uint16_t port) {
    const std::string& host = options.listener.host;
    const bool v6 = host.find(':') != std::string::npos;
    return (options.certificate.empty() ? "http://" : "https://") + (v6 ? "[" + host + "]" : host) +
           ":" + std::to_string(port);
}

/// How peers are served, and what the record says of it.
Result<vaultd::Serving> serving_of(vaultd::Options& options, std::uint16_t port, Log& log) {
    vaultd::Serving serving{options.limits, {}, {}, options.proxy};
    if (!options.settings.endpoint.empty()) {
        serving.hosts = vaultd::hosts_of(options.settings.endpoint);
    } else {
        options.settings.endpoint = endpoint(options, port);
    }
    if (options.chaos) {
        serving.chaos = options.chaos;
        options.settings.doubt = [chaos = options.chaos] { return chaos->refuses(); };
        log.write(LogLevel::warning, "server", "This node makes trouble on purpose (--chaos).");
    }
    if (options.certificate.empty()) {
        return serving;
    }
    auto tls = vaultd::load_tls(options.certificate, options.key);
    if (!tls) {
        return fail(tls.error());
    }
    if (!serving.hosts.empty()) {
        const std::string host = vaultd::host_of(options.settings.endpoint);
        if (!tls->is_for(host)) {
            log.write(LogLevel::warning, "tls",
                      "The certificate is not for " + bounded_text(host, 100) +
                          ", the host of endpoint: git hosts refuse it, and so do consoles where "
                          "tls.pinned is false.");
        }
    }
    options.settings.tls_spki = options.pinned ? tls->spki : Hash32{};
    serving.tls = std::move(*tls);
    return serving;
}

/// The node with its server, from one reading of the configuration to the next.
class Node {
public:
    Node(std::vector<std::string> arguments, vaultd::Options options)
        : arguments_(std::move(arguments)), options_(std::move(options)) {
        log_.set(options_.log);
    }

    int run() {
        raise_file_limit();
        if (const auto helper = git::find_helper(); !helper) { // no registration could succeed
            return complain(helper.error());
        }
        const auto serving = serving_of(options_, options_.listener.port, log_);
        if (!serving) {
            return complain(serving.error());
        }
        if (git::landlock_version() == 0) {
            log_.write(LogLevel::warning, "git",
                       "The kernel has no Landlock: the helper that logs in to git hosts could "
                       "read what this user can.");
        }
        const auto served =
            vaultd::serve(options_.listener, *serving, log_,
                          {[this](std::uint16_t port) { return open(port); },
                           [](const node::Service& service) {
                               std::cout << "ready " << to_base64(service.record()) << std::endl;
                           },
                           [this](node::Service& service) { return reload(service); },
                           [this](const vaultd::Answered& answered) { log_.answered(answered); }});
        return served ? 0 : complain(served.error());
    }
    int print_record() {
        const auto serving = serving_of(options_, options_.listener.port, log_);
        const auto service = serving
                                 ? node::Service::open(options_.settings, clock_, entropy_, log_)
                                 : fail(serving.error());
        if (!service) {
            return complain(service.error());
        }
        std::cout << to_base64((*service)->record()) << std::endl;
        return printed();
    }

private:
    Result<std::unique_ptr<node::Service>> open(std::uint16_t port) {
        port_ = port;
        if (!options_.given.contains("endpoint")) {
            options_.settings.endpoint = endpoint(options_, port);
        }
        auto service = node::Service::open(options_.settings, clock_, entropy_, log_);
        if (service) {
            (*service)->front().watch_log(log_.lost());
        }
        return service;
    }

    Result<vaultd::Serving> reload(node::Service& service) {
        auto options = vaultd::parse_options(arguments_);
        if (!options) {
            return fail(options.error());
        }
        const auto unchanged = vaultd::needing_restart(options_, *options);
        warn_of_file_limit(options->limits);
        options->listener = options_.listener; // what the record says of it must stay true
        auto serving = serving_of(*options, port_, log_);
        if (!serving) {
            return serving;
        }
        if (options->certificate.empty() != options_.certificate.empty()) {
            return fail(ErrorCode::invalid_argument,
                        "Whether there is TLS changes only with a restart.");
        }
        if (const auto announced = service.announce(options->settings); !announced) {
            return fail(announced.error());
        }
        for (const std::string_view name : unchanged) {
            log_.write(LogLevel::warning, "server",
                       std::string(name) + " changes only with a restart.");
        }
        log_.set(options->log);
        return serving;
    }

    /// Connections are files, and the usual limit is for programs that have few.
    void raise_file_limit() {
        rlimit files{};
        ::getrlimit(RLIMIT_NOFILE, &files);
        files.rlim_cur = files.rlim_max;
        ::setrlimit(RLIMIT_NOFILE, &files);
        warn_of_file_limit(options_.limits);
    }

    void warn_of_file_limit(const vaultd::Limits& limits) {
        rlimit files{};
        ::getrlimit(RLIMIT_NOFILE, &files);
        const std::size_t wanted = limits.connections + 128;
        if (files.rlim_cur < wanted) {
            log_.write(LogLevel::warning, "server",
                       "This process may have " + std::to_string(files.rlim_cur) +
                           " files open at once, too few for limits.connections.");
        }
    }

    const std::vector<std::string> arguments_;
    vaultd::Options options_; ///< those it was started with
    const SystemClock clock_;
    SystemEntropy entropy_;
    vaultd::RequestLog log_{clock_, STDERR_FILENO};
    std::uint16_t port_ = 0;
};

/// What only the files and the database's address that the configuration names show.
int check_config(vaultd::Options& options) {
    class Warnings final : public Log {
    public:
        void write(LogLevel, std::string_view, std::string_view message) override {
            std::cerr << "tau-vaultd: warning: " << message << '\n';
            any = true;
        }
        bool any = false;
    } warnings;
    const auto serving = serving_of(options, options.listener.port, warnings);
    if (!serving) {
        return complain(serving.error());
    }
    if (serving->tls) {
        const auto expiry = vaultd::expiry_warning(serving->tls->expires, SystemClock().now());
        if (!expiry.empty()) {
            warnings.write(LogLevel::warning, "tls", expiry);
        }
    }
    if (const auto helper = git::find_helper(); !helper) {
        return complain(helper.error());
    }
    if (const auto checked = node::check_settings(options.settings); !checked) {
        return complain(checked.error());
    }
    // A node whose certificate expired still serves consoles that have its key: no reason to keep
    // it from starting.
    std::cout << (warnings.any ? "The node can start; see the warnings.\n"
                               : "The configuration is good.\n");
    return printed();
}

int make_barrier_key(const vaultd::Options& options) {
    Result<Secret> passphrase = options.ask_passphrase ? vaultd::ask_passphrase() : Secret();
    if (!passphrase) {
        return complain(passphrase.error());
    }
    SystemEntropy entropy;
    const auto made = node::make_barrier_key(
        options.make_barrier_key, options.ask_passphrase ? &*passphrase : nullptr, entropy);
    return made ? 0 : complain(made.error());
}

Error in_use(const node::Settings& settings) {
    return {ErrorCode::unavailable,
            "Another tau-vaultd uses the folder " + settings.data.string() + ".",
            "End it, or give this one another folder.",
            {}};
}

int tell_of_store(const vaultd::Options& options) {
    const node::Settings& settings = options.settings;
    // The lock is one of a node that ran here; whoever made none has no database either.
    const auto lock = FileLock::acquire_existing(settings.data / "lock", 0);
    if (!lock && lock.error().code == ErrorCode::unavailable) {
        return complain(in_use(settings));
    }
    const auto report = node::verify_store(settings, options.expect_head);
    if (!report) {
        return complain(report.error());
    }
    std::cout << "All " << report->rows << " rows are as the node wrote them.\n"
              << "The audit log ends with " << report->last.seq << ":" << to_hex(report->last.hash)
              << "\n";
    return printed();
}

int start(const std::vector<std::string>& arguments, vaultd::Options options) {
    if (options.verify_store) {
        return tell_of_store(options);
    }
    if (const auto made = node::prepare_data_folder(options.settings.data); !made) {
        return complain(made.error());
    }
    const auto lock = FileLock::acquire(options.settings.data / "lock", 0);
    if (!lock) {
        return complain(lock.error().code == ErrorCode::unavailable ? in_use(options.settings)
                                                                    : lock.error());
    }
    const bool print = options.print_record;
    Node node(arguments, std::move(options));
    return print ? node.print_record() : node.run();
}

} // namespace

int main(int argc, char** argv) {
    hold_standard_streams();
    ::umask(077);
    // Large bodies are mapped each by itself, so that their memory goes back when they are done
    // with; glibc would raise this by itself and keep it.
    ::mallopt(M_MMAP_THRESHOLD, 128 << 10);
    // A name server that is silent must not hold a login up for as long as the system would wait.
    ::setenv("RES_OPTIONS", "timeout:2 attempts:1", 0);
    if (!protect_process()) {
        std::cerr << "tau-vaultd: libsodium does not start.\n";
        return 1;
    }
    // Until the server listens to it.
    ::signal(SIGHUP, SIG_IGN);
    // Whoever reads the log may go; the node stays.
    ::signal(SIGPIPE, SIG_IGN);
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    auto options = vaultd::parse_options(arguments);
    if (!options) {
        return complain(options.error());
    }
    if (options->help || options->version) {
        std::cout << (options->help ? vaultd::help_text() : "tau-vaultd " TAU_VERSION "\n");
        return printed();
    }
    if (options->check_config) {
        return check_config(*options);
    }
    if (const auto tested = seal::self_test(); !tested) {
        return complain(tested.error());
    }
    if (!options->make_barrier_key.empty()) {
        return make_barrier_key(*options);
    }
    options->settings.passphrase = vaultd::ask_passphrase;
    return start(arguments, std::move(*options));
}
