#include "core/node/guarded_rows.h"

#include <algorithm>

namespace tau::node {

namespace {

constexpr std::size_t rows_at_once = 500;
constexpr std::size_t most_named = 20;

/// Which kind of value it is, how long, and the value.
void put(ByteWriter& out, const Value& value) {
    const auto put_bytes = [&out](std::uint8_t kind, ByteView bytes) {
        out.u8(kind).u32(static_cast<std::uint32_t>(bytes.size())).raw(bytes);
    };
    if (const auto* number = std::get_if<std::int64_t>(&value)) {
        out.u8(1).u64(static_cast<std::uint64_t>(*number));
    } else if (const auto* text = std::get_if<std::string>(&value)) {
        put_bytes(2, as_bytes(*text));
    } else if (const auto* bytes = std::get_if<Bytes>(&value)) {
        put_bytes(3, *bytes);
    } else {
        out.u8(0);
    }
}

/// Where a sealed value stands: nowhere else can it be opened.
Bytes place_of(const Table& table, std::size_t column, const std::vector<Value>& values) {
    ByteWriter out;
    out.lp16(table.name).lp16(table.columns[column].name);
    for (std::size_t i = 0; i < table.key; ++i) {
        put(out, values[i]);
    }
    return out.take();
}

std::string column_list(const Table& table) {
    std::string list;
    for (const Column& column : table.columns) {
        list += column.name;
        list += ", ";
    }
    return list + "row_mac";
}

/// "a = $1 AND b = $2" of the key.
std::string key_condition(const Table& table) {
    std::string text;
    for (std::size_t i = 0; i < table.key; ++i) {
        text += i == 0 ? "" : " AND ";
        text += table.columns[i].name;
        text += " = $" + std::to_string(i + 1);
    }
    return text;
}

/// "(a, b)" of the key.
std::string key_list(const Table& table) {
    std::string text = "(";
    for (std::size_t i = 0; i < table.key; ++i) {
        text += i == 0 ? "" : ", ";
        text += table.columns[i].name;
    }
    return text + ")";
}

std::string dollars(std::size_t count) {
    std::string text;
    for (std::size_t i = 1; i <= count; ++i) {
        text += i == 1 ? "$" : ", $";
        text += std::to_string(i);
    }
    return text;
}

std::string shown(const Value& value) {
    if (const auto* number = std::get_if<std::int64_t>(&value)) {
        return std::to_string(*number);
    }
    if (const auto* text = std::get_if<std::string>(&value)) {
        return to_hex(as_bytes(std::string_view(*text).substr(0, 32)));
    }
    const auto* bytes = std::get_if<Bytes>(&value);
    return bytes == nullptr ? "nothing" : to_hex(*bytes);
}

/// "sealed 61 1": a key that was changed may be anything, so it is shown in hex.
std::string name_of(const Table& table, const Row& row) {
    std::string text(table.name);
    for (std::size_t i = 0; i < table.key; ++i) {
        text += " ";
        text += shown(row.values()[i]);
    }
    return text;
}

tl::unexpected<Error> changed_row(const Table& table) {
    return fail(ErrorCode::corrupt,
                "An entry of the node's database was changed outside of the node (" +
                    std::string(table.name) + ").",
                "tau-vaultd --verify-store names all there are. Restore them from a backup.");
}

Result<void> without_rows(const Result<Rows>& done) {
    return done ? Result<void>() : fail(done.error());
}

} // namespace

Bytes GuardedRows::mac(const Table& table, const std::vector<Value>& stored) const {
    ByteWriter in;
    in.lp16(table.name).u16(static_cast<std::uint16_t>(table.key));
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        put(in, stored[i]);
    }
    const Hash32 hash = barrier_.mac(in.bytes());
    return {hash.begin(), hash.end()};
}

bool GuardedRows::is_intact(const Table& table, const Row& row) const {
    return row.bytes(table.columns.size()) == mac(table, row.values());
}

/// Sealed text is stored as base64, because a column keeps its type.
std::vector<Value> GuardedRows::closed(const Table& table, std::vector<Value> values) const {
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        if (!table.columns[i].is_sealed) {
            continue;
        }
        const Bytes place = place_of(table, i, values);
        if (const auto* bytes = std::get_if<Bytes>(&values[i])) {
            values[i] = barrier_.close(*bytes, place);
        } else if (const auto* text = std::get_if<std::string>(&values[i])) {
            values[i] = to_base64(barrier_.close(as_bytes(*text), place));
        }
    }
    Bytes tag = mac(table, values);
    values.emplace_back(std::move(tag));
    return values;
}

bool GuardedRows::opened(const Table& table, std::vector<Value>& values) const {
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        if (!table.columns[i].is_sealed) {
            continue;
        }
        const Bytes place = place_of(table, i, values);
        if (const auto* bytes = std::get_if<Bytes>(&values[i])) {
            auto plain = barrier_.open(*bytes, place);
            if (!plain) {
                return false;
            }
            values[i] = std::move(*plain);
        } else if (const auto* text = std::get_if<std::string>(&values[i])) {
            const auto box = from_base64(*text);
            const auto plain = box ? barrier_.open(*box, place) : std::nullopt;
            if (!plain) {
                return false;
            }
            values[i] = std::string(as_text(*plain));
        }
    }
    return true;
}

Result<Rows> GuardedRows::read(const Table& table, std::string_view condition,
                               const std::vector<Value>& parameters) {
    return database_.run("SELECT " + column_list(table) + " FROM " + std::string(table.name) +
                             " WHERE " + std::string(condition),
                         parameters);
}

Result<Rows> GuardedRows::select(const Table& table, std::string_view condition,
                                 const std::vector<Value>& parameters) {
    Result<Rows> rows = read(table, condition, parameters);
    if (!rows) {
        return rows;
    }
    for (Row& row : *rows) {
        if (!is_intact(table, row)) {
            return changed_row(table);
        }
        std::vector<Value> values = row.values();
        values.pop_back();
        if (!opened(table, values)) {
            return changed_row(table);
        }
        row = Row(std::move(values));
    }
    return rows;
}

Result<void> GuardedRows::insert(const Table& table, std::vector<Value> values, IfThere if_there) {
    return without_rows(
        database_.run("INSERT INTO " + std::string(table.name) + "(" + column_list(table) +
                          ") VALUES(" + dollars(table.columns.size() + 1) + ")" +
                          (if_there == IfThere::stays ? " ON CONFLICT DO NOTHING" : ""),
                      closed(table, std::move(values))));
}

Result<void> GuardedRows::update(const Table& table, const Row& row) {
    std::string sql = "UPDATE " + std::string(table.name) + " SET ";
    for (std::size_t i = table.key; i < table.columns.size(); ++i) {
        sql += table.columns[i].name;
        sql += " = $" + std::to_string(i + 1) + ", ";
    }
    sql += "row_mac = $" + std::to_string(table.columns.size() + 1) + " WHERE ";
    return without_rows(database_.run(sql + key_condition(table), closed(table, row.values())));
}

Result<void> GuardedRows::change(const Table& table, std::string_view condition,
                                 const std::vector<Value>& parameters,
                                 const std::function<void(Row&)>& change) {
    auto rows = select(table, condition, parameters);
    Result<void> done = rows ? Result<void>() : fail(rows.error());
    for (std::size_t i = 0; done && i < rows->size(); ++i) {
        change((*rows)[i]);
        done = update(table, (*rows)[i]);
    }
    return done;
}

Result<void> GuardedRows::erase(const Table& table, std::string_view condition,
                                const std::vector<Value>& parameters) {
    return without_rows(database_.run(
        "DELETE FROM " + std::string(table.name) + " WHERE " + std::string(condition), parameters));
}

Result<std::size_t> GuardedRows::erase_some(const Table& table, std::string_view condition,
                                            const std::vector<Value>& parameters) {
    const std::string keys = key_list(table);
    const std::string columns = keys.substr(1, keys.size() - 2);
    const std::string name(table.name);
    return database_
        .run("DELETE FROM " + name + " WHERE " + keys + " IN (SELECT " + columns + " FROM " + name +
                 " WHERE " + std::string(condition) + " LIMIT " + std::to_string(erased_at_once) +
                 ") RETURNING 1",
             parameters)
        .map([](const Rows& erased) { return erased.size(); });
}

Result<void> GuardedRows::protect(const Table& table) {
    for (;;) {
        const auto rows = read(table, "row_mac IS NULL LIMIT " + std::to_string(rows_at_once), {});
        if (!rows || rows->empty()) {
            return without_rows(rows);
        }
        for (const Row& row : *rows) {
            std::vector<Value> values = row.values();
            values.pop_back();
            if (auto done = update(table, Row(std::move(values))); !done) {
                return done;
            }
        }
    }
}

Result<GuardedRows::Scan> GuardedRows::scan(const Table& table, const std::stop_token& stop) {
    Scan scan;
    const auto count = database_.run("SELECT count(*) FROM " + std::string(table.name));
    if (!count) {
        return fail(count.error());
    }
    // Damaged pages may lead in a circle; while it is looked at, not that many can come.
    const std::int64_t most = 2 * count->front().integer(0) + 100'000;
    const std::string keys = key_list(table);
    const std::string rest =
        " ORDER BY " + keys.substr(1, keys.size() - 2) + " LIMIT " + std::to_string(rows_at_once);
    const std::string first_page = "true" + rest;
    const std::string next_page = keys + " > (" + dollars(table.key) + ")" + rest;
    std::vector<Value> last;
    for (;;) {
        const auto rows = read(table, last.empty() ? first_page : next_page, last);
        if (!rows) {
            return fail(rows.error());
        }
        for (const Row& row : *rows) {
            if (!is_intact(table, row) && scan.changed.size() < most_named) {
                scan.changed.push_back(name_of(table, row));
            }
        }
        scan.rows += static_cast<std::int64_t>(rows->size());
        if (scan.rows > most) {
            return fail(ErrorCode::corrupt, "The node's database is damaged.");
        }
        if (rows->size() < rows_at_once || stop.stop_requested()) {
            return scan;
        }
        const auto& values = rows->back().values();
        last.assign(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(table.key));
    }
}

} // namespace tau::node
