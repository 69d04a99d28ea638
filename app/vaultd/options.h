#pragma once

#include "app/vaultd/request_log.h"

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace tau::vaultd {

struct Options {
    bool help = false;
    bool version = false;
    bool print_record = false;
    bool check_config = false;
    bool verify_store = false;
    std::optional<node::AuditEntry> expect_head; ///< that its audit log must have
    bool ask_passphrase = false;                 ///< for the key that is made
    std::filesystem::path make_barrier_key;      ///< "": none is to be made
    std::filesystem::path config;                ///< "": none
    Listener listener;
    Limits limits;
    std::filesystem::path certificate; ///< "": plain HTTP
    std::filesystem::path key;
    bool pinned = true; ///< the record carries the certificate's key
    std::string proxy;
    LogSettings log;
    std::shared_ptr<Chaos> chaos; ///< null: none
    node::Settings settings;      ///< its endpoint is "" when it is the listener's address
    std::map<std::string_view, std::string> given; ///< Setting::name() and its value as text
};

/// One thing that an operator can decide: a key of the configuration file and an option.
struct Setting {
    std::string_view key;      ///< in the file, "limits.header"; "": only an option
    std::string_view option;   ///< "--per-address"; "": only in the file
    std::string_view value;    ///< "N", "TIME"; "": a switch, true or false in the file
    std::string_view standard; ///< the value when none is given, as text; "": there is none
    std::string_view help;
    bool reloads; ///< takes effect on SIGHUP, too
    /// Stores the value; the error begins with `name`, as the operator wrote it.
    Result<void> (*set)(Options& options, const std::string& name, const std::string& value);

    std::string_view name() const { return key.empty() ? option : key; }
};
/// All of them, in the order in which they are explained.
std::span<const Setting> settings();
/// All at their standard values.
Options standard_options();

/// The options of the command line, and below them those of the file that --config names. Every
/// problem is a line of the error's message, those of the file as "FILE:LINE:COLUMN: sentence".
Result<Options> parse_options(const std::vector<std::string>& arguments);
/// What a request's Host may be for this endpoint, "https://HOST[:PORT]" or plain HTTP: with the
/// scheme's standard port and without.
std::vector<std::string> hosts_of(const std::string& endpoint);
/// The same for a node that listens here, whatever its endpoint: what consoles, git hosts and
/// health checks on this computer call it, which is the address or "localhost".
std::vector<std::string> hosts_of(const Listener& listener, bool tls);
/// The endpoint's host alone, an IPv6 address without its brackets.
std::string host_of(const std::string& endpoint);
/// The settings that are not the same in both and need a restart: their names.
std::vector<std::string_view> needing_restart(const Options& before, const Options& after);
std::string help_text();

} // namespace tau::vaultd
