#include "core/node/postgresql_settings.h"

#include "core/base/text.h"
#include "core/node/database.h"
#include "core/node/passfile.h"
#include "core/vault/web_address.h"

#include <algorithm>
#include <filesystem>
#include <libpq-fe.h>
#include <memory>
#include <vector>

namespace tau::node {

namespace {

using PgSettings = std::map<std::string, std::string>;

constexpr const char* safe_mode = "verify-full";

Error cannot_be_read() {
    return {ErrorCode::invalid_argument,
            "The address of the database cannot be read.",
            "It looks like postgresql://user@host/database?sslrootcert=FILE.",
            {}};
}

Error unsafe_transport() {
    return {ErrorCode::invalid_argument,
            "A database on another computer needs sslmode=verify-full.",
            "Name its certificate authority with sslrootcert=FILE. Where the database is may also "
            "be said by a service file, or by PGHOST and its like in the environment.",
            {}};
}

PgSettings taken(PQconninfoOption* options, bool (*wanted)(std::string_view)) {
    PgSettings settings;
    for (const PQconninfoOption* option = options; option->keyword != nullptr; ++option) {
        if (option->val != nullptr && wanted(option->keyword)) {
            settings.emplace(option->keyword, option->val);
        }
    }
    PQconninfoFree(options);
    return settings;
}

/// The URL's own settings, by name.
Result<PgSettings> parse_url(const std::string& url) {
    char* said = nullptr;
    PQconninfoOption* const options = PQconninfoParse(url.c_str(), &said);
    PQfreemem(said); // may quote the URL
    if (options == nullptr) {
        return fail(cannot_be_read());
    }
    return taken(options, [](std::string_view) { return true; });
}

/// Of what this connection uses, from wherever libpq has it, only what is needed here: a service
/// file may hold a password.
PgSettings used_by(PGconn& link) {
    PQconninfoOption* const options = PQconninfo(&link);
    return options == nullptr ? PgSettings() : taken(options, [](std::string_view name) {
        return name == "host" || name == "hostaddr" || name == "sslmode" ||
               name == "target_session_attrs";
    });
}

bool is_this_computer(const std::string& host) {
    return host.empty() || host.starts_with('/') || host.starts_with('@') ||
           vault::is_loopback(host);
}

std::vector<std::string> split_list(std::string_view list) {
    std::vector<std::string> parts;
    std::size_t comma = 0;
    for (; (comma = list.find(',')) != std::string_view::npos; list.remove_prefix(comma + 1)) {
        parts.emplace_back(list.substr(0, comma));
    }
    parts.emplace_back(list);
    return parts;
}

/// An address of hostaddr is what is connected to; the host beside it is only its name then.
bool stays_here(const PgSettings& used) {
    const auto listed = [&used](const char* name) {
        const auto found = used.find(name);
        return split_list(found == used.end() ? "" : found->second);
    };
    const auto hosts = listed("host");
    const auto addresses = listed("hostaddr");
    for (std::size_t i = 0; i < std::max(hosts.size(), addresses.size()); ++i) {
        const bool has_address = i < addresses.size() && !addresses[i].empty();
        if (!is_this_computer(has_address ? addresses[i] : i < hosts.size() ? hosts[i] : "")) {
            return false;
        }
    }
    return true;
}

/// What libpq makes of these settings, without a look at the network: it refuses the last one when
/// it has put all of them together, and before it looks up any host.
Result<PgSettings> resolved(const PgSettings& settings) {
    constexpr const char* marker = "target_session_attrs";
    constexpr const char* refused = "none of those there are";
    std::vector<const char*> names;
    std::vector<const char*> values;
    for (const auto& [name, value] : settings) {
        if (name != marker && name != "passfile") { // no password is wanted here
            names.push_back(name.c_str());
            values.push_back(value.c_str());
        }
    }
    names.insert(names.end(), {marker, nullptr});
    values.insert(values.end(), {refused, nullptr});
    const std::unique_ptr<PGconn, decltype(&PQfinish)> link(
        PQconnectStartParams(names.data(), values.data(), 0), PQfinish);
    PgSettings used = link ? used_by(*link) : PgSettings();
    if (used[marker] != refused) { // it did not come to that
        Error error = cannot_be_read();
        error.hint = "Look at the service that it names, and at its file.";
        error.detail = link ? bounded_text(PQerrorMessage(link.get())) : "";
        return fail(std::move(error));
    }
    return used;
}

} // namespace

Result<std::map<std::string, std::string>> postgresql_settings(const std::string& url) {
    auto settings = parse_url(url);
    if (!settings) {
        return settings;
    }
    if (settings->contains("password") || settings->contains("sslpassword")) {
        return fail(ErrorCode::invalid_argument,
                    "The address of the database must not hold a password: everybody on this "
                    "computer could see it.",
                    "Put it into a file for libpq and name that with passfile=FILE.");
    }
    auto used = resolved(*settings);
    if (!used) {
        return used;
    }
    if (stays_here(*used)) {
        return settings;
    }
    // libpq does not tell whether its own standard, prefer, was asked for elsewhere.
    const auto asked = settings->find("sslmode");
    const std::string mode = asked != settings->end()         ? asked->second
                             : (*used)["sslmode"] == "prefer" ? safe_mode
                                                              : (*used)["sslmode"];
    if (mode != safe_mode) {
        return fail(unsafe_transport());
    }
    (*settings)["sslmode"] = safe_mode;
    (*settings)["gssencmode"] = "disable"; // Kerberos' own encryption would come before TLS
    return settings;
}

Result<void> check_transport(pg_conn& link) {
    PgSettings used = used_by(link);
    return stays_here(used) || used["sslmode"] == safe_mode ? Result<void>()
                                                            : fail(unsafe_transport());
}

namespace {

/// systemd puts its credentials there when it starts the node; before, they cannot be looked at.
bool is_yet_to_come(const std::string& file) {
    std::error_code unknown;
    return file.starts_with("/run/credentials/") && !std::filesystem::exists(file, unknown);
}

} // namespace

Result<void> check_postgresql_url(const std::string& url) {
    const auto settings = postgresql_settings(url);
    if (!settings) {
        return fail(settings.error());
    }
    const auto value = [&settings](const char* name) {
        const auto found = settings->find(name);
        return found == settings->end() ? "" : found->second;
    };
    if (const std::string file = value("passfile"); !file.empty() && !is_yet_to_come(file)) {
        if (const auto opened = Passfile::open(file); !opened) {
            return fail(opened.error());
        }
    }
    // Where nothing is verified libpq goes on without it; "system" names the system's authorities.
    const std::string authority = value("sslrootcert");
    std::error_code unknown;
    if (value("sslmode").starts_with("verify-") && !authority.empty() && authority != "system" &&
        !is_yet_to_come(authority) && !std::filesystem::exists(authority, unknown)) {
        return fail(ErrorCode::not_found,
                    "There is no file " + bounded_text(authority, 200) +
                        ", which sslrootcert names.",
                    "Put the certificate of the database's authority there.");
    }
    return {};
}

} // namespace tau::node
