#pragma once

#include "core/node/database.h"
#include "core/node/retry.h"

#include <map>

struct pg_conn;

namespace tau::node {

/// One connection to PostgreSQL; used by one thread at a time. Everything goes in binary.
class PostgresqlSession {
public:
    /// `settings` are libpq's. At SERIALIZABLE, and a statement takes 10 s at most.
    static Result<std::unique_ptr<PostgresqlSession>>
    connect(const std::map<std::string, std::string>& settings);

    Result<Rows> run(std::string_view sql, const std::vector<Value>& parameters);
    /// A statement that is a transaction by itself.
    Try run_alone(std::string_view sql, const std::vector<Value>& parameters, Rows& rows);
    /// One try of a transaction. `timeout` when the connection went after COMMIT was sent.
    Try attempt(const Database::Work& work);
    /// False when the engine has gone since: it was started anew, or the network failed.
    bool is_alive();

private:
    struct Close {
        void operator()(pg_conn* link) const;
    };
    explicit PostgresqlSession(pg_conn* link) : link_(link) {}

    std::unique_ptr<pg_conn, Close> link_;
    std::string command_; ///< what the last statement says it did
    bool again_ = false;  ///< a statement could not be ordered among those beside it
};

} // namespace tau::node
