#pragma once

#include "core/node/barrier.h"
#include "core/node/database.h"
#include "tests/support/postgres_server.h"

#include <doctest/doctest.h>

namespace tau::test {

/// The one that a test program starts, when something first asks for it.
inline PostgresServer& postgres() {
    static PostgresServer server;
    return server;
}

inline const std::vector<std::string> engines{"SQLite", "PostgreSQL"};

/// An empty database on one of the engines, gone with the object.
class Place {
public:
    explicit Place(const std::string& engine)
        : where_(engine == "SQLite" ? (folder_.path() / "node.db").string()
                                    : postgres().new_place()) {}
    const std::string& where() const { return where_; }
    const Secret& key() const { return key_; }
    const std::filesystem::path& folder() const { return folder_.path(); }
    std::unique_ptr<node::Database> open() const {
        auto database =
            node::is_postgresql(where_) ? node::open_postgresql(where_) : node::open_sqlite(where_);
        INFO((database ? "" : database.error().message + " " + database.error().detail));
        REQUIRE(database);
        return std::move(*database);
    }

private:
    TemporaryDirectory folder_;
    std::string where_;
    Secret key_ = Secret::random(node::barrier_key_size);
};

} // namespace tau::test
