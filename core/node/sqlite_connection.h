#pragma once

#include "core/node/database.h"

#include <memory>
#include <sqlite3.h>

namespace tau::node {

struct CloseConnection {
    void operator()(sqlite3* connection) const { sqlite3_close_v2(connection); }
};
struct FinishStatement {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Connection = std::unique_ptr<sqlite3, CloseConnection>;
using Statement = std::unique_ptr<sqlite3_stmt, FinishStatement>;

constexpr int patience_ms = 1000; ///< with locks of other processes

/// SQLite gives -wal and -shm the mode of the database itself, so it is made with the right one.
Result<void> make_private_file(const std::filesystem::path& path);

enum class Access { write, read };

/// Opens a database that is there, as open_sqlite() says.
Result<Connection> connect(const std::filesystem::path& path, Access access);
tl::unexpected<Error> cannot_open(sqlite3* connection);
/// What the engine says of a file that it cannot make sense of, by its code.
bool is_damage(int code);
/// Nothing is mended or replaced: a person decides which copy is put back.
tl::unexpected<Error> damaged(sqlite3* connection);

/// Gives a statement its parameter $(index + 1).
bool bind(sqlite3_stmt* statement, std::size_t index, const Value& value);
/// The row that it stands on.
Row read_row(sqlite3_stmt* statement);

} // namespace tau::node
