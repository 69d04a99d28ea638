#pragma once

#include "core/base/encoding.h"
#include "core/base/result.h"

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace tau::node {

/// One column's value. Text is UTF-8.
using Value = std::variant<std::monostate, std::int64_t, std::string, Bytes>;

class Row {
public:
    explicit Row(std::vector<Value> values) : values_(std::move(values)) {}
    /// The column as its type; a NULL or another type gives an empty value.
    std::int64_t integer(std::size_t column) const;
    const std::string& text(std::size_t column) const;
    const Bytes& bytes(std::size_t column) const;
    const std::vector<Value>& values() const { return values_; }
    void set(std::size_t column, Value value) { values_.at(column) = std::move(value); }

private:
    std::vector<Value> values_;
};
using Rows = std::vector<Row>;

/// A relational database, as much of it as a node needs. The SQL is the common part of SQLite and
/// PostgreSQL, with parameters `$1`, `$2` …. Callable from any thread.
///
/// Errors: `already_exists` when a unique key would be broken, `limit_exceeded` when the disk is
/// full, `unavailable` when the engine cannot be reached or is too busy, `corrupt` when it cannot
/// make sense of its file, `io` for the rest. After a write, `timeout` says that nobody knows: the
/// connection or the disk failed while it was being committed. Then the caller looks whether it was
/// done; it is never done again here.
class Database {
public:
    using Work = std::function<Result<void>()>;

    virtual ~Database() = default;
    /// One statement, within the transaction that this thread has open, if any.
    virtual Result<Rows> run(std::string_view sql, const std::vector<Value>& parameters = {}) = 0;
    /// A question without parameters that may take long, about what is committed: nobody waits for
    /// it.
    virtual Result<Rows> run_aside(std::string_view sql) = 0;
    /// All of `work` or nothing of it, as if no other transaction ran meanwhile: rolled back when
    /// it gives an error. `work` runs its statements through run() on the same thread and has no
    /// other effect: it is run again, some ten times at most, when the engine asks for that.
    virtual Result<void> transaction(const Work& work) = 0;
    /// A transaction that waits for its turn among all those begun by in_turn(), in every process:
    /// for what would only disturb each other, as appending to one chain does.
    virtual Result<void> in_turn(const Work& work) = 0;
    /// Runs `work`, which begins transactions of its own, while no other process does so.
    virtual Result<void> alone(const Work& work) = 0;
    /// Whether other processes may serve the same node.
    virtual bool is_shared() const = 0;
    /// What DDL calls a column of bytes.
    virtual std::string_view bytes_type() const = 0;
    /// `corrupt` when pages or indexes do not fit together, as far as the engine can tell.
    virtual Result<void> check_structure() = 0;
    /// Takes what was deleted off the disk, logs included, as far as the engine can. `unavailable`
    /// when it is not done, because somebody still reads what was there before: ask again.
    virtual Result<void> scrub() = 0;
    /// Writes all there is to a copy of this name (SQLite: a private file `<name>.db` beside the
    /// database; PostgreSQL: a schema) and has it on the disk when it returns. An older one is
    /// replaced. Not within a transaction.
    virtual Result<void> keep_copy(const std::string& name) = 0;
    /// Whoever waits for the engine, or for others who use it, gives up: `unavailable`. For the end
    /// of the program; may be called while others are at work.
    virtual void stop() = 0;
    /// Removes the copies that are named `start` and a number and were made before this time.
    virtual Result<void> forget_copies(const std::string& start, std::int64_t before) = 0;
};

/// Whether keep_copy() was given this name: `start` and a number. Nothing else is the node's.
bool is_copy(std::string_view name, std::string_view start);

/// SQLite in WAL mode with synchronous=FULL: what was committed survives a crash and a power cut.
/// The file and its companions are 0600.
Result<std::unique_ptr<Database>> open_sqlite(const std::filesystem::path& path);
/// One that is there, to look at it: nothing of it can be changed. `not_found` when it is not.
Result<std::unique_ptr<Database>> open_sqlite_to_read(const std::filesystem::path& path);

/// How long an engine on the network, or who uses it, may be silent before the connection is lost.
struct StoreTimes {
    std::chrono::milliseconds statement{std::chrono::seconds(10)};
    std::chrono::milliseconds connect{std::chrono::seconds(10)};
    /// Between two statements of a process that others may wait for.
    std::chrono::milliseconds silence{std::chrono::seconds(5)};
};

/// PostgreSQL at SERIALIZABLE through a few connections. `url` is libpq's
/// (postgresql://user@host/database?sslmode=…&sslrootcert=…&passfile=…). A host that is not this
/// computer is taken only with sslmode=verify-full, which is the default then; also when libpq has
/// it from a service file or from the environment. No password may stand in it: libpq finds one in
/// PGPASSFILE, ~/.pgpass or a service file.
Result<std::unique_ptr<Database>> open_postgresql(const std::string& url,
                                                  const StoreTimes& times = {});
/// `invalid_argument` when open_postgresql() would not take this address; another error when a file
/// that it names cannot be used.
Result<void> check_postgresql_url(const std::string& url);

/// Whether this names a database of PostgreSQL and not a file.
bool is_postgresql(std::string_view place);

} // namespace tau::node
