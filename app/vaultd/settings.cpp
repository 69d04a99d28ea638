#include "app/vaultd/options.h"
#include "app/vaultd/peers.h"
#include "core/base/text.h"
#include "core/vault/web_address.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <charconv>
#include <cmath>

namespace tau::vaultd {

namespace {

using Name = const std::string&;
using Value = const std::string&;
using std::chrono::milliseconds;

tl::unexpected<Error> must_be(Name name, const std::string& what, Value value) {
    return fail(ErrorCode::invalid_argument,
                name + " must be " + what + ", not \"" + bounded_text(value, 40) + "\".");
}

template <typename Number>
Result<Number> number(Name name, Value text, Number min, Number max) {
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value < min || value > max) {
        return must_be(name, "a number from " + std::to_string(min) + " to " + std::to_string(max),
                       text);
    }
    return value;
}

template <typename Place>
Result<void> put_number(Place& place, Name name, Value text, std::int64_t min, std::int64_t max) {
    return number<std::int64_t>(name, text, min, max).map([&place](std::int64_t got) {
        place = static_cast<Place>(got);
    });
}

Result<void> put_hundredths(std::int16_t& place, Name name, Value text, int limit) {
    double degrees = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), degrees);
    if (error != std::errc{} || end != text.data() + text.size() || !(std::abs(degrees) <= limit)) {
        return must_be(
            name, "degrees from -" + std::to_string(limit) + " to " + std::to_string(limit), text);
    }
    place = static_cast<std::int16_t>(std::lround(degrees * 100));
    return {};
}

/// "10 s", "500 ms", "15 min", "1 h".
Result<void> put_time(milliseconds& place, Name name, Value text, milliseconds min,
                      milliseconds max) {
    constexpr std::array<std::pair<std::string_view, std::int64_t>, 4> units{
        {{"ms", 1}, {"s", 1000}, {"min", 60'000}, {"h", 3'600'000}}};
    std::int64_t count = 0;
    const char* const last = text.data() + text.size();
    const auto [end, error] = std::from_chars(text.data(), last, count);
    const std::string_view unit = trim({end, static_cast<std::size_t>(last - end)});
    for (const auto& [known, factor] : units) {
        if (error == std::errc{} && unit == known && count >= 0 && count <= max.count() / factor &&
            milliseconds(count * factor) >= min) {
            place = milliseconds(count * factor);
            return {};
        }
    }
    return must_be(name,
                   "a time from " + std::to_string(min.count()) + " ms to " +
                       std::to_string(max.count() / 1000) + " s, like \"10 s\" or \"15 min\"",
                   text);
}

Result<void> put_time(milliseconds& place, Name name, Value text) {
    return put_time(place, name, text, milliseconds(100), std::chrono::hours(1));
}

Result<void> put_switch(bool& place, Name name, Value text) {
    if (text != "true" && text != "false") {
        return must_be(name, "true or false", text);
    }
    place = text == "true";
    return {};
}

Result<void> put_path(std::filesystem::path& place, Name name, Value text) {
    if (text.empty() || text.find('\0') != std::string::npos) {
        return must_be(name, "a path", text);
    }
    place = text;
    return {};
}

/// An address is never told back: it may hold a password.
Result<void> put_store(std::string& place, Name name, Value text) {
    const std::size_t scheme_end = std::min(text.find("://"), text.size());
    const std::string scheme = to_lower_ascii(text.substr(0, scheme_end));
    const bool is_address = scheme_end < text.size();
    if (text.empty() || text.find('\0') != std::string::npos ||
        (is_address && scheme != "postgresql" && scheme != "postgres")) {
        return fail(ErrorCode::invalid_argument,
                    name + " must be a file or postgresql://USER@HOST/NAME; other databases are "
                           "not supported.");
    }
    place = is_address ? scheme + text.substr(scheme_end) : text;
    return {};
}

Result<void> put_listener(Listener& place, Name name, Value text) {
    const std::size_t colon = text.rfind(':');
    if (colon == std::string::npos) {
        return must_be(name, "ADDRESS:PORT, like 127.0.0.1:8300", text);
    }
    std::string host = text.substr(0, colon);
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
        host = host.substr(1, host.size() - 2);
    }
    in6_addr any{};
    if (::inet_pton(AF_INET, host.c_str(), &any) != 1 &&
        ::inet_pton(AF_INET6, host.c_str(), &any) != 1) {
        return must_be(name, "ADDRESS:PORT, like 127.0.0.1:8300", text);
    }
    place.host = std::move(host);
    return put_number(place.port, "The port of " + name, text.substr(colon + 1), 0, 65535);
}

constexpr std::array table{
    Setting{"listen", "--listen", "A:PORT", "", "where to listen; port 0 takes any free one", false,
            [](Options& o, Name n, Value v) { return put_listener(o.listener, n, v); }},
    Setting{"data", "--data", "DIR", "", "keys and database; made if absent, for this user only",
            false, [](Options& o, Name n, Value v) { return put_path(o.settings.data, n, v); }},
    Setting{"store", "--store", "PLACE", "",
            "the database elsewhere: a file, or postgresql://USER@HOST/NAME for several processes",
            false, [](Options& o, Name n, Value v) { return put_store(o.settings.store, n, v); }},
    Setting{"barrier_key", "--barrier-key", "FILE", "",
            "the key that protects the database, in another place than it", false,
            [](Options& o, Name n, Value v) { return put_path(o.settings.barrier_key, n, v); }},
    Setting{"name", "--name", "NAME", "", "shown to people, at most 64 bytes", true,
            [](Options& o, Name n, Value v) -> Result<void> {
                if (v.empty() || v.size() > 64 || !is_utf8(v) || has_control_characters(v) ||
                    v.find_first_of("\t\n") != std::string::npos) {
                    return must_be(n, "one line of 1 to 64 bytes", v);
                }
                o.settings.name = v;
                return {};
            }},
    Setting{"region", "--region", "REGION", "",
            "eu-west, eu-central, us-east, ap-south, local and others", true,
            [](Options& o, Name n, Value v) -> Result<void> {
                const auto region = vault::region_from_name(v);
                if (!region) {
                    return must_be(n, "a region like eu-west", v);
                }
                o.settings.region = *region;
                return {};
            }},
    Setting{
        "latitude", "--lat", "DEGREES", "0", "where the node is, north of the equator", true,
        [](Options& o, Name n, Value v) { return put_hundredths(o.settings.latitude, n, v, 90); }},
    Setting{"longitude", "--lon", "DEGREES", "0", "and east of Greenwich", true,
            [](Options& o, Name n, Value v) {
                return put_hundredths(o.settings.longitude, n, v, 180);
            }},
    Setting{"slots", "--slots", "N", "0", "registrations an hour that the node says it can take",
            true,
            [](Options& o, Name n, Value v) {
                return put_number(o.settings.slots_per_hour, n, v, 0, 65535);
            }},
    Setting{"endpoint", "--endpoint", "URL", "",
            "how consoles and git hosts reach the node, when not by where it listens", true,
            [](Options& o, Name n, Value v) -> Result<void> {
                if (vault::endpoint_fault(v) != nullptr || v.size() > 200) {
                    return must_be(n, "https://HOST or https://HOST:PORT, in lower case", v);
                }
                o.settings.endpoint = v;
                return {};
            }},
    Setting{"tls.certificate", "--tls-certificate", "FILE", "",
            "PEM, with those that lead to its authority behind it", true,
            [](Options& o, Name n, Value v) { return put_path(o.certificate, n, v); }},
    Setting{"tls.key", "--tls-key", "FILE", "", "its key, PEM without a passphrase", true,
            [](Options& o, Name n, Value v) { return put_path(o.key, n, v); }},
    Setting{"tls.pinned", "", "", "true",
            "the node's record carries the key, and consoles take no other", true,
            [](Options& o, Name n, Value v) { return put_switch(o.pinned, n, v); }},
    Setting{"proxy", "--proxy", "ADDRESS", "",
            "a reverse proxy whose X-Forwarded-For says who asks", true,
            [](Options& o, Name n, Value v) -> Result<void> {
                if (exact_address(v).empty()) {
                    return must_be(n, "an address", v);
                }
                o.proxy = v;
                return {};
            }},
    Setting{
        "log.level", "--log-level", "LEVEL", "info", "debug, info, warning or error", true,
        [](Options& o, Name n, Value v) -> Result<void> {
            constexpr std::array<std::string_view, 4> levels{"debug", "info", "warning", "error"};
            const auto* const found = std::find(levels.begin(), levels.end(), v);
            if (found == levels.end()) {
                return must_be(n, "debug, info, warning or error", v);
            }
            o.log.level = static_cast<LogLevel>(found - levels.begin());
            return {};
        }},
    Setting{"log.requests", "", "", "true", "a line for each request", true,
            [](Options& o, Name n, Value v) { return put_switch(o.log.requests, n, v); }},
    Setting{"log.addresses", "", "", "false", "peers' addresses as they are, instead of hashed",
            true, [](Options& o, Name n, Value v) { return put_switch(o.log.addresses, n, v); }},
    Setting{"repositories.allow_local", "--allow-local-repositories", "", "false",
            "log in to git hosts on private and loopback addresses too", false,
            [](Options& o, Name n, Value v) {
                return put_switch(o.settings.allow_local_repositories, n, v);
            }},
    Setting{"repositories.poll", "", "TIME", "15 min",
            "how often a repository is looked at when no webhook comes", false,
            [](Options& o, Name n, Value v) {
                return put_time(o.settings.ref_poll, n, v, std::chrono::seconds(10),
                                std::chrono::hours(24));
            }},
    Setting{"repositories.history_megabytes", "", "N", "64",
            "read at most of branches' histories to look for a commit", false,
            [](Options& o, Name n, Value v) {
                return put_number(o.settings.history_megabytes, n, v, 1, 4096);
            }},
    Setting{"limits.connections", "", "N", "4096", "connections at once", true,
            [](Options& o, Name n, Value v) {
                return put_number(o.limits.connections, n, v, 1, 1000000);
            }},
    Setting{"limits.per_address", "--per-address", "N", "64",
            "connections at once from one address: IPv4, or 64 bits of IPv6", true,
            [](Options& o, Name n, Value v) {
                return put_number(o.limits.per_address, n, v, 1, 65535);
            }},
    Setting{"limits.requests_per_minute", "--requests-per-minute", "N", "6000",
            "of one address; 0: any number", true,
            [](Options& o, Name n, Value v) {
                return put_number(o.limits.requests_per_minute, n, v, 0, 1000000);
            }},
    Setting{"limits.registrations_per_minute", "--registrations-per-minute", "N", "120",
            "of one address, with rotations, deployments and ends; 0: any number", true,
            [](Options& o, Name n, Value v) {
                return put_number(o.limits.registrations_per_minute, n, v, 0, 1000000);
            }},
    Setting{"limits.owner_per_minute", "--owner-per-minute", "N", "30",
            "registrations and rotations of one owner, and its ends; 0: any number", false,
            [](Options& o, Name n, Value v) {
                return put_number(o.settings.owner_per_minute, n, v, 0, 1000000);
            }},
    Setting{"limits.owner_projects", "--owner-projects", "N", "1000",
            "projects of one owner that are registered; 0: any number", false,
            [](Options& o, Name n, Value v) {
                return put_number(o.settings.owner_projects, n, v, 0, 1000000);
            }},
    Setting{"limits.handshake", "", "TIME", "5 s", "for TLS to begin", true,
            [](Options& o, Name n, Value v) { return put_time(o.limits.handshake, n, v); }},
    Setting{"limits.header", "", "TIME", "10 s", "for a request's header to arrive, as a whole",
            true, [](Options& o, Name n, Value v) { return put_time(o.limits.header, n, v); }},
    Setting{"limits.body", "", "TIME", "15 s", "for its body", true,
            [](Options& o, Name n, Value v) { return put_time(o.limits.body, n, v); }},
    Setting{"limits.write", "", "TIME", "15 s", "for the answer to be taken", true,
            [](Options& o, Name n, Value v) { return put_time(o.limits.write, n, v); }},
    Setting{"limits.idle", "", "TIME", "60 s", "for the next request on the same connection", true,
            [](Options& o, Name n, Value v) { return put_time(o.limits.idle, n, v); }},
    Setting{"limits.refusal", "", "TIME", "8 s",
            "by which an address's 429 and a full node's 503 are held back", true,
            [](Options& o, Name n, Value v) { return put_time(o.limits.refusal, n, v); }},
    Setting{"limits.drain", "", "TIME", "10 s", "for what is worked on when the node is to end",
            true, [](Options& o, Name n, Value v) { return put_time(o.limits.drain, n, v); }},
    Setting{"limits.store", "", "TIME", "10 s",
            "for PostgreSQL to answer a statement, or to be connected to", false,
            [](Options& o, Name n, Value v) {
                auto& times = o.settings.store_times;
                return put_time(times.statement, n, v).map([&] {
                    times.connect = times.statement;
                });
            }},
    Setting{
        "limits.queue", "", "N", "400",
        "registrations that wait or are worked on, and as many other requests", true,
        [](Options& o, Name n, Value v) { return put_number(o.limits.queue, n, v, 1, 100000); }},
    Setting{"limits.workers", "", "N", "16",
            "requests worked on at once, half of them registrations", false,
            [](Options& o, Name n, Value v) { return put_number(o.limits.workers, n, v, 2, 256); }},
    Setting{"limits.proof_threads", "", "N", "0", "threads that check proofs; 0: one for each core",
            false,
            [](Options& o, Name n, Value v) {
                return put_number(o.settings.proof_threads, n, v, 0, 256);
            }},
    Setting{"", "--chaos", "SEED", "",
            "trouble for clients' tests: 5 % of good challenges refused, 5 % of answers delayed, "
            "2 % of connections cut when the work is done; SEED:5:5:2 with other shares",
            false,
            [](Options& o, Name n, Value v) -> Result<void> {
                std::uint64_t seed = 0;
                const auto shares = Chaos::parse(v, seed);
                if (!shares) {
                    return must_be(n, "SEED or SEED:REFUSED:DELAYED:CUT, in percent", v);
                }
                o.chaos = std::make_shared<Chaos>(seed, *shares);
                return {};
            }},
};

} // namespace

std::span<const Setting> settings() {
    return table;
}

} // namespace tau::vaultd
