#pragma once

#include "core/node/database.h"
#include "core/node/retry.h"

#include <map>
#include <stop_token>

struct pg_conn;
struct pg_result;

namespace tau::node {

/// One connection to PostgreSQL; used by one thread at a time. Everything goes in binary. Nothing
/// waits for an engine that has gone silent: where a deadline passes, or `stop` is asked, the
/// connection counts as lost.
class PostgresqlSession {
public:
    /// `settings` are libpq's. At SERIALIZABLE; a statement that takes too long is ended by the
    /// engine, or else given up here a second later.
    static Result<std::unique_ptr<PostgresqlSession>>
    connect(const std::map<std::string, std::string>& settings, const StoreTimes& times,
            std::stop_token stop);

    Result<Rows> run(std::string_view sql, const std::vector<Value>& parameters);
    /// Waits so long at most for a lock that all processes of all nodes in the database know. Until
    /// unlock() the engine ends a connection from which it hears nothing: one whose process was
    /// stopped, or has lost its network, must not keep all others waiting.
    Result<void> lock(std::string_view number, std::chrono::milliseconds wait);
    void unlock();
    /// A statement that is a transaction by itself.
    Try run_alone(std::string_view sql, const std::vector<Value>& parameters, Rows& rows);
    /// One try of a transaction. `timeout` when the connection went after COMMIT was sent.
    Try attempt(const Database::Work& work);
    /// False when the engine has gone since: it was started anew, or the network failed.
    bool is_alive();
    /// It can be of no more use.
    bool is_lost() const;

private:
    struct Close {
        void operator()(pg_conn* link) const;
    };
    using Instant = std::chrono::steady_clock::time_point;
    class Rollback;
    PostgresqlSession(pg_conn* link, const StoreTimes& times, std::stop_token stop)
        : link_(link), times_(times), stop_(std::move(stop)) {}
    Result<void> establish();
    /// How long a statement, and a silence outside of transactions, may last before the engine ends
    /// it; 0: for ever.
    Result<void> limit(std::chrono::milliseconds statement, std::chrono::milliseconds idle);
    Result<Rows> run_until(Instant end, std::string_view sql, const std::vector<Value>& parameters);
    /// For one of poll(2)'s events on the connection.
    Result<void> wait(Instant end, short events);
    Result<void> send(Instant end);
    Result<void> receive(Instant end);
    Error unreachable() const;
    Error statement_error(const pg_result& answer) const;

    std::unique_ptr<pg_conn, Close> link_;
    const StoreTimes times_;
    const std::stop_token stop_;
    bool is_lost_ = false; ///< it did not answer in time
    std::string command_;  ///< what the last statement says it did
    bool again_ = false;   ///< a statement could not be ordered among those beside it
};

} // namespace tau::node
