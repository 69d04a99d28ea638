#include "app/vaultd/options.h"

#include "app/vaultd/config_file.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "core/vault/web_address.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <charconv>

namespace tau::vaultd {

namespace {

/// What is on the command line, in order, with the problems found so far.
struct Given {
    std::vector<std::pair<const Setting*, std::string>> settings;
    std::vector<std::string> problems;
};

/// "45:<64 hex digits>", or with a space as the file audit.head has it.
std::optional<node::AuditEntry> parse_head(const std::string& text) {
    node::AuditEntry entry;
    const char* const last = text.data() + text.size();
    const auto [end, error] = std::from_chars(text.data(), last, entry.seq);
    if (error != std::errc{} || end == last || (*end != ':' && *end != ' ') || entry.seq < 1) {
        return std::nullopt;
    }
    entry.hash = from_hex(std::string(end + 1, last)).value_or(Bytes());
    return entry.hash.size() == sizeof(Hash32) ? std::optional(std::move(entry)) : std::nullopt;
}

bool take_plain(Options& options, const std::string& name) {
    if (name == "--help" || name == "-h") {
        options.help = true;
    } else if (name == "--version") {
        options.version = true;
    } else if (name == "--print-record") {
        options.print_record = true;
    } else if (name == "--check-config") {
        options.check_config = true;
    } else if (name == "--verify-store") {
        options.verify_store = true;
    } else if (name == "--ask-passphrase") {
        options.ask_passphrase = true;
    } else {
        return false;
    }
    return true;
}

Given read_arguments(Options& options, const std::vector<std::string>& arguments) {
    Given given;
    const auto all = settings();
    for (std::size_t i = 0; i < arguments.size() && !options.help && !options.version; ++i) {
        const std::string& name = arguments[i];
        if (take_plain(options, name)) {
            continue;
        }
        const auto found = std::find_if(all.begin(), all.end(), [&name](const Setting& one) {
            return !one.option.empty() && one.option == name;
        });
        const bool known = name == "--config" || name == "--make-barrier-key" ||
                           name == "--expect-head" || found != all.end();
        if (!known) {
            given.problems.push_back("There is no option " + bounded_text(name, 40) + ".");
        } else if (found != all.end() && found->value.empty()) {
            given.settings.emplace_back(&*found, "true");
        } else if (i + 1 == arguments.size()) {
            given.problems.push_back(name + " needs a value.");
        } else if (name == "--config") {
            options.config = arguments[++i];
        } else if (name == "--make-barrier-key") {
            options.make_barrier_key = arguments[++i];
        } else if (name == "--expect-head") {
            options.expect_head = parse_head(arguments[++i]);
            if (!options.expect_head) {
                given.problems.emplace_back("--expect-head must be NUMBER:HASH, as --verify-store "
                                            "prints it.");
            }
        } else {
            given.settings.emplace_back(&*found, arguments[++i]);
        }
    }
    return given;
}

bool is_any(const std::string& host) {
    in6_addr v6{};
    return host == "0.0.0.0" ||
           (::inet_pton(AF_INET6, host.c_str(), &v6) == 1 && IN6_IS_ADDR_UNSPECIFIED(&v6));
}

/// Where the port begins, if there is one: "[::1]:80" and "example.org:80".
std::size_t host_end(const std::string& authority) {
    const std::size_t from = authority.starts_with('[') ? authority.find(']') : 0;
    return std::min(authority.find(':', std::min(from, authority.size())), authority.size());
}

/// What only all settings together show.
std::vector<std::string> check_together(const Options& options) {
    std::vector<std::string> problems;
    const std::array<std::pair<std::string_view, bool>, 4> needed{
        {{"data", options.settings.data.empty()},
         {"listen", options.listener.host.empty()},
         {"name", options.settings.name.empty()},
         {"region", options.settings.region == 0}}};
    for (const auto& [name, missing] : needed) {
        if (missing) {
            std::string sentence(name);
            sentence += " is needed, in the file or as --";
            sentence += name;
            problems.push_back(sentence + ".");
        }
    }
    if (!problems.empty()) {
        return problems;
    }
    const bool tls = !options.certificate.empty();
    const std::string& endpoint = options.settings.endpoint;
    if (tls == options.key.empty()) {
        problems.emplace_back("tls.certificate and tls.key go together.");
    }
    if (!tls && !vault::is_loopback(options.listener.host)) {
        problems.emplace_back("listen: without tls.certificate the node speaks plain HTTP, and "
                              "listens on this computer only, as on 127.0.0.1.");
    }
    if (endpoint.empty() && is_any(options.listener.host)) {
        problems.emplace_back("endpoint is needed: nobody can connect to " + options.listener.host +
                              ".");
    }
    if (!endpoint.empty() && tls && !endpoint.starts_with("https://")) {
        problems.emplace_back("endpoint must be https, because there is a tls.certificate.");
    }
    return problems;
}

constexpr std::size_t help_column = 20;
constexpr std::size_t help_width = 80;

/// The words in lines that end before help_width, when they begin at help_column.
std::string wrapped(std::string_view words) {
    std::string text;
    std::size_t column = help_column;
    while (!words.empty()) {
        const std::size_t end = std::min(words.find(' '), words.size());
        if (column > help_column && column + 1 + end >= help_width) {
            text += "\n" + std::string(help_column, ' ');
            column = help_column;
        } else if (column > help_column) {
            text += ' ';
            ++column;
        }
        text += words.substr(0, end);
        column += end;
        words.remove_prefix(std::min(end + 1, words.size()));
    }
    return text;
}

std::string joined(const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines) {
        text += text.empty() ? "" : "\n";
        text += line;
    }
    return text;
}

} // namespace

std::vector<std::string> hosts_of(const std::string& endpoint) {
    const bool tls = endpoint.starts_with("https://");
    const std::string authority = endpoint.substr(tls ? 8 : 7);
    const std::string port = tls ? ":443" : ":80";
    // Clients leave the standard port out, whether the endpoint has it or not.
    const std::size_t host = host_end(authority);
    if (host == authority.size()) {
        return {authority, authority + port};
    }
    return authority.substr(host) == port ? std::vector{authority, authority.substr(0, host)}
                                          : std::vector{authority};
}

std::vector<std::string> hosts_of(const Listener& listener, bool tls) {
    const bool v6 = listener.host.find(':') != std::string::npos;
    std::vector<std::string> names{"localhost"};
    if (is_any(listener.host)) {
        names.emplace_back("127.0.0.1");
        if (v6) {
            names.emplace_back("[::1]");
        }
    } else {
        names.push_back(v6 ? "[" + listener.host + "]" : listener.host);
    }
    std::vector<std::string> hosts;
    for (const std::string& name : names) {
        const auto with_port =
            hosts_of((tls ? "https://" : "http://") + name + ":" + std::to_string(listener.port));
        hosts.insert(hosts.end(), with_port.begin(), with_port.end());
    }
    return hosts;
}

std::string host_of(const std::string& endpoint) {
    const std::string authority = endpoint.substr(endpoint.find("://") + 3);
    const std::string host = authority.substr(0, host_end(authority));
    return host.starts_with('[') ? host.substr(1, host.size() - 2) : host;
}

Options standard_options() {
    Options options;
    for (const Setting& setting : settings()) {
        if (!setting.standard.empty()) {
            static_cast<void>(
                setting.set(options, std::string(setting.name()), std::string(setting.standard)));
        }
    }
    return options;
}

Result<Options> parse_options(const std::vector<std::string>& arguments) {
    Options options = standard_options();
    Given given = read_arguments(options, arguments);
    std::vector<std::string>& problems = given.problems;
    if (options.help || options.version) {
        return options;
    }
    if (!options.config.empty()) {
        const auto text = read_file(options.config, 64U << 10U);
        if (!text) {
            problems.push_back(text.error().message);
        } else {
            for (const std::string& problem : apply_config(options, *text)) {
                problems.push_back(options.config.string());
                problems.back() += ":" + problem;
            }
        }
    }
    for (const auto& [setting, value] : given.settings) {
        if (const auto set = setting->set(options, std::string(setting->option), value); !set) {
            problems.push_back(set.error().message);
        }
        options.given[setting->name()] = value;
    }
    if (options.expect_head && !options.verify_store) {
        problems.emplace_back("--expect-head goes with --verify-store.");
    }
    if (problems.empty() && options.make_barrier_key.empty()) {
        problems = check_together(options);
    }
    if (!problems.empty()) {
        return fail(ErrorCode::invalid_argument, joined(problems), "See tau-vaultd --help.");
    }
    return options;
}

std::vector<std::string_view> needing_restart(const Options& before, const Options& after) {
    const auto value = [](const Options& options, const Setting& setting) {
        const auto found = options.given.find(setting.name());
        return found == options.given.end() ? setting.standard : std::string_view(found->second);
    };
    std::vector<std::string_view> names;
    for (const Setting& setting : settings()) {
        if (!setting.reloads && value(before, setting) != value(after, setting)) {
            names.push_back(setting.name());
        }
    }
    return names;
}

std::string help_text() {
    std::string text = R"(tau-vaultd: a vault node

It checks and stores registrations, takes webhooks, and follows the branches of
registered repositories.

usage: tau-vaultd [--config FILE] [OPTION VALUE]...
       tau-vaultd --config FILE --check-config

  --config FILE     a YAML file with these settings and finer ones
  --check-config    say what is wrong with options and file, each with its
                    place, and end
  --make-barrier-key FILE
                    make a key for --barrier-key and end; with --ask-passphrase
                    it is encrypted under one
  --verify-store    look at every row of the database and end: 0 when all are
                    as the node wrote them; prints the audit log's last entry
  --expect-head NUMBER:HASH
                    with it: an entry printed earlier, which must be there
  --print-record    sign a record, print it in base64 and end
  --version         print the version and end

Settings; data, listen, name and region are needed:
)";
    for (const Setting& setting : settings()) {
        if (setting.option.empty()) {
            continue;
        }
        std::string line = "  ";
        line += setting.option;
        line += setting.value.empty() ? "" : " ";
        line += setting.value;
        line += line.size() < help_column - 1 ? std::string(help_column - line.size(), ' ')
                                              : "\n" + std::string(help_column, ' ');
        std::string help(setting.help);
        if (!setting.standard.empty() && !setting.value.empty()) {
            help += " (";
            help += setting.standard;
            help += ")";
        }
        text += line + wrapped(help) + "\n";
    }
    return text + R"(
When it listens it prints "ready" and its signed record in base64 on one line.
SIGTERM ends it after what is being worked on, a second one at once; SIGHUP
makes it read its configuration again.
)";
}

} // namespace tau::vaultd
