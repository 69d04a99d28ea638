#pragma once

#include "core/node/tables.h"

#include <stop_token>
#include <vector>

namespace tau::node {

/// The tables' rows, each with a MAC over table, key and all columns under the barrier's key: none
/// can be changed, or put in another's place, unseen. Every read checks it; `corrupt` then.
class GuardedRows {
public:
    GuardedRows(Database& database, const Barrier& barrier)
        : database_(database), barrier_(barrier) {}

    enum class IfThere { fails, stays };
    /// All columns in their order. `already_exists` as Database::run().
    Result<void> insert(const Table& table, std::vector<Value> values,
                        IfThere if_there = IfThere::fails);
    /// Whole rows for which the condition holds: "id = $1 AND state = 'active' ORDER BY …".
    Result<Rows> select(const Table& table, std::string_view condition,
                        const std::vector<Value>& parameters);
    /// The row with the same key gets these columns.
    Result<void> update(const Table& table, const Row& row);
    /// Reads rows and writes them as `change` leaves them.
    Result<void> change(const Table& table, std::string_view condition,
                        const std::vector<Value>& parameters,
                        const std::function<void(Row&)>& change);
    Result<void> erase(const Table& table, std::string_view condition,
                       const std::vector<Value>& parameters);
    /// The same for a few of them; how many. Those that are left wait for the next call.
    Result<std::size_t> erase_some(const Table& table, std::string_view condition,
                                   const std::vector<Value>& parameters);
    static constexpr std::size_t erased_at_once = 500;
    /// Gives all rows of a table that has none yet its MACs and encrypts what is to be secret.
    Result<void> protect(const Table& table);

    struct Scan {
        std::int64_t rows = 0;
        std::vector<std::string> changed; ///< tables and keys of rows, the first 20
    };
    /// Looks at every row, some at a time, until `stop`.
    Result<Scan> scan(const Table& table, const std::stop_token& stop);

private:
    std::vector<Value> closed(const Table& table, std::vector<Value> values) const;
    bool opened(const Table& table, std::vector<Value>& values) const;
    Bytes mac(const Table& table, const std::vector<Value>& stored) const;
    bool is_intact(const Table& table, const Row& row) const;
    Result<Rows> read(const Table& table, std::string_view condition,
                      const std::vector<Value>& parameters);

    Database& database_;
    const Barrier& barrier_;
};

} // namespace tau::node
