#include "app/vaultd/options.h"

#include "core/base/text.h"

#include <arpa/inet.h>
#include <charconv>
#include <cmath>

namespace tau::vaultd {

namespace {

tl::unexpected<Error> wrong(std::string sentence) {
    return fail(ErrorCode::invalid_argument, std::move(sentence), "See tau-vaultd --help.");
}

template <typename Number>
Result<Number> number(const std::string& name, const std::string& text, Number min, Number max) {
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value < min || value > max) {
        return wrong(name + " must be a number from " + std::to_string(min) + " to " +
                     std::to_string(max) + ", not \"" + bounded_text(text, 40) + "\".");
    }
    return value;
}

bool is_loopback(const std::string& host) {
    in_addr v4{};
    in6_addr v6{};
    if (::inet_pton(AF_INET, host.c_str(), &v4) == 1) {
        return (ntohl(v4.s_addr) >> 24U) == 127;
    }
    return ::inet_pton(AF_INET6, host.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

Result<Listener> parse_listener(const std::string& text) {
    const std::size_t colon = text.rfind(':');
    if (colon == std::string::npos) {
        return wrong("--listen must be ADDRESS:PORT, like 127.0.0.1:8300.");
    }
    std::string host = text.substr(0, colon);
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
        host = host.substr(1, host.size() - 2);
    }
    if (!is_loopback(host)) {
        return wrong("This version speaks plain HTTP and listens on this computer only: --listen "
                     "must be 127.0.0.1:PORT or [::1]:PORT.");
    }
    const auto port = number<int>("The port", text.substr(colon + 1), 0, 65535);
    if (!port) {
        return fail(port.error());
    }
    return Listener{std::move(host), static_cast<std::uint16_t>(*port)};
}

Result<std::int16_t> hundredths(const std::string& name, const std::string& text, double limit) {
    const auto degrees = number<double>(name, text, -limit, limit);
    if (!degrees) {
        return fail(degrees.error());
    }
    return static_cast<std::int16_t>(std::lround(*degrees * 100));
}

/// Stores one option's value; the error says what is wrong with it.
Result<void> apply(Options& options, const std::string& name, const std::string& value) {
    const auto put = [](auto& place) {
        return [&place](auto got) {
            place = static_cast<std::remove_reference_t<decltype(place)>>(got);
        };
    };
    node::Settings& settings = options.settings;
    if (name == "--data") {
        settings.data = value;
        return {};
    }
    if (name == "--name") {
        settings.name = value;
        return {};
    }
    if (name == "--listen") {
        return parse_listener(value).map(put(options.listener));
    }
    if (name == "--region") {
        return vault::region_from_name(value).map(put(settings.region));
    }
    if (name == "--lat") {
        return hundredths(name, value, 90).map(put(settings.latitude));
    }
    if (name == "--lon") {
        return hundredths(name, value, 180).map(put(settings.longitude));
    }
    if (name == "--slots") {
        return number<int>(name, value, 0, 65535).map(put(settings.slots_per_hour));
    }
    if (name == "--per-address") {
        return number<int>(name, value, 1, 65535).map(put(options.limits.per_address));
    }
    if (name == "--requests-per-minute") {
        return number<int>(name, value, 0, 1000000).map(put(options.limits.requests_per_minute));
    }
    if (name == "--registrations-per-minute") {
        return number<int>(name, value, 0, 1000000)
            .map(put(options.limits.registrations_per_minute));
    }
    if (name == "--owner-per-minute") {
        return number<int>(name, value, 0, 1000000).map(put(settings.owner_per_minute));
    }
    return wrong("There is no option " + bounded_text(name, 40) + ".");
}

} // namespace

Result<Options> parse_options(const std::vector<std::string>& arguments) {
    Options options;
    options.settings.owner_per_minute = 30;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string& name = arguments[i];
        if (name == "--help" || name == "-h" || name == "--version") {
            options.version = name == "--version";
            options.help = !options.version;
            return options;
        }
        if (name == "--allow-local-repositories") {
            options.settings.allow_local_repositories = true;
        } else if (name == "--print-record") {
            options.print_record = true;
        } else if (i + 1 == arguments.size()) {
            return wrong(bounded_text(name, 40) + " needs a value, or is not an option.");
        } else if (const auto applied = apply(options, name, arguments[++i]); !applied) {
            return fail(applied.error());
        }
    }
    if (options.settings.data.empty() || options.settings.name.empty() ||
        options.settings.region == 0 || options.listener.host.empty()) {
        return wrong("--data, --listen, --name and --region are needed.");
    }
    return options;
}

std::string help_text() {
    return R"(tau-vaultd: a vault node on this computer

It checks and stores registrations, takes webhooks, and follows the branches of
registered repositories.

usage: tau-vaultd --data DIR --listen 127.0.0.1:PORT --name NAME --region REGION
                  [--lat DEGREES] [--lon DEGREES] [--slots N]
                  [--allow-local-repositories] [--per-address N]
                  [--requests-per-minute N] [--registrations-per-minute N]
                  [--owner-per-minute N] [--print-record]

  --data DIR        keys and database; made if absent, for this user only
  --listen A:PORT   a loopback address; port 0 takes any free port
  --name NAME       shown to people, at most 64 bytes
  --region REGION   eu-west, eu-central, us-east, ap-south, local ...
  --lat, --lon      where the node is, in degrees
  --slots N         registrations an hour that the node says it can take
  --allow-local-repositories
                    log in to git hosts on private and loopback addresses too
  --per-address N   connections from one address at once (default 64)
  --requests-per-minute N
                    of one address (default 6000; 0: any number)
  --registrations-per-minute N
                    of one address, with rotations and the like (120; 0)
  --owner-per-minute N
                    registrations and rotations of one owner (30; 0)
  --print-record    sign a record, print it in base64 and end
  --version         print the version and end

When it listens it prints "ready" and its signed record in base64 on one line.
SIGTERM ends it after what is being worked on, at most 10 seconds later.
)";
}

} // namespace tau::vaultd
