#pragma once

#include "core/base/encoding.h"
#include "core/base/result.h"

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

private:
    std::vector<Value> values_;
};
using Rows = std::vector<Row>;

/// A relational database, as much of it as a node needs. The SQL is the common part of SQLite and
/// PostgreSQL, with parameters `$1`, `$2` …; in DDL the word BYTES stands for the engine's type.
/// Callable from any thread.
class Database {
public:
    virtual ~Database() = default;
    /// One statement. `already_exists` when it would break a unique key, `io` for the rest.
    virtual Result<Rows> run(std::string_view sql, const std::vector<Value>& parameters = {}) = 0;
    /// All of `work` or nothing of it: rolled back when it gives an error. `work` runs its
    /// statements through run() on the same thread and has no other effect.
    virtual Result<void> transaction(const std::function<Result<void>()>& work) = 0;
    /// Takes what was deleted off the disk, logs included, as far as the engine can.
    virtual Result<void> scrub() = 0;
    /// Writes all there is to a private file `<name>.db` beside the database, where the engine has
    /// such files, and has it on the disk when it returns. An older one is replaced. Not within a
    /// transaction.
    virtual Result<void> keep_copy(const std::string& name) = 0;
};

/// SQLite in WAL mode with synchronous=FULL: what was committed survives a crash and a power cut.
/// The file and its companions are 0600.
Result<std::unique_ptr<Database>> open_sqlite(const std::filesystem::path& path);

} // namespace tau::node
