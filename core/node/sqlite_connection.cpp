#include "core/node/sqlite_connection.h"

#include "core/base/file.h"
#include "core/base/text.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace tau::node {

Result<void> make_private_file(const std::filesystem::path& path) {
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (file < 0 || ::fchmod(file, 0600) != 0) {
        const Error error = io_error("open", path);
        if (file >= 0) {
            ::close(file);
        }
        return fail(error);
    }
    ::close(file);
    return {};
}

bool is_damage(int code) {
    return (code & 0xff) == SQLITE_CORRUPT || (code & 0xff) == SQLITE_NOTADB;
}

tl::unexpected<Error> damaged(sqlite3* connection) {
    return fail(ErrorCode::corrupt, "The node's database is damaged.",
                "Move its file aside, with those that end in -wal and -shm, and put the newest "
                "copy back, as BACKUP in tau-vaultd(8) says.",
                bounded_text(sqlite3_errmsg(connection)));
}

tl::unexpected<Error> cannot_open(sqlite3* connection) {
    if (connection != nullptr && is_damage(sqlite3_errcode(connection))) {
        return damaged(connection);
    }
    return fail(ErrorCode::io, "The node's database cannot be opened.", {},
                bounded_text(connection != nullptr ? sqlite3_errmsg(connection) : "no memory"));
}

Result<Connection> connect(const std::filesystem::path& path, Access access) {
    sqlite3* raw = nullptr;
    const int code =
        sqlite3_open_v2(path.c_str(), &raw,
                        (access == Access::write ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY) |
                            SQLITE_OPEN_FULLMUTEX | SQLITE_OPEN_NOFOLLOW,
                        nullptr);
    Connection connection(raw);
    if (code != SQLITE_OK) {
        return cannot_open(raw);
    }
    sqlite3_busy_timeout(raw, patience_ms); // and again, as a transaction is
    sqlite3_db_config(raw, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(raw, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
    std::vector<const char*> settings{"PRAGMA trusted_schema=OFF", "PRAGMA cell_size_check=ON"};
    if (access == Access::write) {
        settings.insert(settings.end(), {"PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL",
                                         "PRAGMA foreign_keys=ON", "PRAGMA secure_delete=ON",
                                         "PRAGMA wal_autocheckpoint=1000"});
    }
    for (const char* sql : settings) {
        if (sqlite3_exec(raw, sql, nullptr, nullptr, nullptr) != SQLITE_OK) {
            return cannot_open(raw);
        }
    }
    return connection;
}

bool bind(sqlite3_stmt* statement, std::size_t index, const Value& value) {
    const int at =
        sqlite3_bind_parameter_index(statement, ("$" + std::to_string(index + 1)).c_str());
    if (const auto* number = std::get_if<std::int64_t>(&value)) {
        return sqlite3_bind_int64(statement, at, *number) == SQLITE_OK;
    }
    if (const auto* text = std::get_if<std::string>(&value)) {
        return sqlite3_bind_text64(statement, at, text->data(), text->size(), SQLITE_TRANSIENT,
                                   SQLITE_UTF8) == SQLITE_OK;
    }
    if (const auto* bytes = std::get_if<Bytes>(&value)) {
        // A null pointer would bind NULL, so an empty blob needs an address.
        const void* data = bytes->empty() ? static_cast<const void*>("") : bytes->data();
        return sqlite3_bind_blob64(statement, at, data, bytes->size(), SQLITE_TRANSIENT) ==
               SQLITE_OK;
    }
    return sqlite3_bind_null(statement, at) == SQLITE_OK;
}

Row read_row(sqlite3_stmt* statement) {
    std::vector<Value> values;
    for (int i = 0; i < sqlite3_column_count(statement); ++i) {
        switch (sqlite3_column_type(statement, i)) {
        case SQLITE_INTEGER:
            values.emplace_back(std::int64_t{sqlite3_column_int64(statement, i)});
            break;
        case SQLITE_TEXT:
        case SQLITE_BLOB: {
            const bool text = sqlite3_column_type(statement, i) == SQLITE_TEXT;
            const auto* data = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement, i));
            const ByteView view(data, static_cast<std::size_t>(sqlite3_column_bytes(statement, i)));
            values.push_back(text ? Value(std::string(as_text(view)))
                                  : Value(Bytes(view.begin(), view.end())));
            break;
        }
        default:
            values.emplace_back();
        }
    }
    return Row(std::move(values));
}

} // namespace tau::node
