// core/node: inside a vault node, without the network in front of it.
// service.h       this file: one request in, one response out
// validator.h     the checks of a registration, in order; registrar.h stores what passes
// store.h         what a node remembers, over database.h (sqlite.cpp, postgresql.cpp);
//                 node_store.h opens the one that the settings name, and looks through it
// guarded_rows.h  every row of it with a MAC; tables.h names them, barrier.h has the keys
// routes.h        the addresses, and which function answers
// metrics.h       what is counted, for Prometheus; front_metrics.h by the server in front
// repositories.h  logging in to git hosts; ref_tracker.h keeps their refs current
// known_registrations.h  who is registered, without asking the database
// identity.h, challenge.h, unsealer.h   the node's keys and what they do
#pragma once

#include "core/node/audit_head.h"
#include "core/node/database.h"
#include "core/ports.h"
#include "core/vault/node_record.h"

#include <filesystem>
#include <functional>
#include <memory>

namespace tau::node {

struct Settings {
    std::filesystem::path data; ///< keys and database; made, 0700, or a node's already
    /// Where the database is instead: a file, or postgresql://… that several processes share.
    std::string store = {};
    StoreTimes store_times = {}; ///< for the latter
    /// What protects the database, and is not beside it; empty: systemd's credential. See
    /// read_barrier_key().
    std::filesystem::path barrier_key = {};
    AskPassphrase passphrase = {}; ///< needed for a key with one
    std::string name;
    std::string endpoint; ///< http(s)://host[:port], as consoles reach it
    Hash32 tls_spki{};    ///< of the key in front of it; zero: a public authority vouches
    std::uint16_t region = 0;
    std::int16_t latitude = 0;  ///< 1/100 degree
    std::int16_t longitude = 0; ///< 1/100 degree
    std::uint16_t slots_per_hour = 0;
    bool allow_local_repositories = false;    ///< private and loopback git hosts
    std::uint32_t history_megabytes = 64;     ///< fetched at most to look for commits
    std::function<bool()> doubt = {};         ///< for tests: whether to refuse a good challenge
    unsigned proof_threads = 0;               ///< 0: one for each core
    std::uint32_t deliveries_per_second = 10; ///< of one webhook; 0: any number
    /// Registrations and rotations of one, and beside them ends; 0: any number.
    std::uint32_t owner_per_minute = 0;
    std::uint32_t owner_projects = 0; ///< registered at a time; 0: any number
    std::chrono::milliseconds ref_debounce{2000};
    std::chrono::milliseconds ref_poll{std::chrono::minutes(15)};
};

struct Request {
    std::string method;
    std::string target; ///< path, and query if any
    std::vector<HttpHeader> headers;
    std::string body;
    const std::string* header(std::string_view name) const;
};

struct Response {
    int status = 200;
    std::string content_type = "application/json";
    std::vector<HttpHeader> headers;
    std::string body;
    std::string reason = {};  ///< why it was refused, a word for logs; "" when it was not
    std::string trouble = {}; ///< for the log alone: what hinders the node itself
};

/// Bodies larger than this are answered with 413 before they are read: 128 KB for a registration
/// or rotation, 1 MB for a webhook, 64 KB for deployments, 4 KB elsewhere.
std::size_t body_limit(std::string_view method, std::string_view target);
/// Answered at once, without storage or work: fit for the thread that serves all connections.
bool is_cheap(std::string_view method, std::string_view target);
/// Waits for git hosts, for as long as two logins may take.
bool waits_for_git_hosts(std::string_view method, std::string_view target);
/// What one address may ask for a few times a minute only: it waits for git hosts, or it writes to
/// the database for whoever signs it.
bool is_costly(std::string_view method, std::string_view target);

/// What is read of a webhook for a registration that is not known here.
inline constexpr std::size_t stranger_limit = 64U << 10U;

class FrontMetrics;
class Repositories;

/// A vault node. Callable from any thread; a registration takes as long as two logins.
class Service {
public:
    /// Opens or makes keys and database, and signs a record unless there is one that is fresh and
    /// says the same.
    static Result<std::unique_ptr<Service>> open(const Settings& settings, const Clock& clock,
                                                 Entropy& entropy, Log& log);
    /// The same with another way to git hosts, for tests and measurements.
    static Result<std::unique_ptr<Service>> open(const Settings& settings, const Clock& clock,
                                                 Entropy& entropy, Log& log,
                                                 std::unique_ptr<Repositories> repositories);
    ~Service();
    Response handle(const Request& request);
    /// Cuts what is being worked on, wherever it waits, so that each handle() returns within a
    /// moment; and begins nothing more. The end is near.
    void stop();
    /// body_limit(), or less for a webhook of which nothing is known. Takes no time.
    std::size_t most_read(std::string_view method, std::string_view target);
    /// A larger body was refused. If it was a webhook's, the repository is looked at all
    /// the same, though nobody knows whether it was signed: rarely, and later. Takes no time.
    void refused_body(std::string_view method, std::string_view target);
    /// Shown with the node's own counts at /metrics.
    FrontMetrics& front();
    /// Renews the record before it expires, and forgets what is past. Call it every few minutes.
    Result<void> maintain();
    /// Takes from these settings what the record says (name, endpoint, TLS key, place, slots), and
    /// signs a new one if that has changed. Of everything else the node keeps what it has. Of
    /// several processes of a node the last one that announced decides, until it is another.
    Result<void> announce(const Settings& settings);
    /// The current record as it is signed.
    Bytes record() const;
    std::string node_id() const;

private:
    struct Parts;
    explicit Service(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

/// What would keep a node with these settings from opening its database, as far as it shows without
/// doing so: what lies in the place of its data, the barrier key, and the database's folder, or its
/// address and the files that this names. A key under a passphrase is not opened, and one that
/// systemd is to give is not asked for.
Result<void> check_settings(const Settings& settings);

struct StoreReport {
    std::int64_t rows = 0;
    AuditEntry last; ///< of the audit log
};
/// Looks at all that is stored, without serving or changing it: `corrupt` with what was changed as
/// its detail, or when the audit log does not have the entry `expected`, which somebody wrote down
/// elsewhere. `not_found` when there is no node's database.
Result<StoreReport> verify_store(const Settings& settings,
                                 const std::optional<AuditEntry>& expected = {});

} // namespace tau::node
