// Ordering a million vault nodes: core/vault/ranking, and SQLite with the same columns in memory.
// Both sides use one thread; what counts is its processor time.
#include "core/vault/directory/sample.h"
#include "core/vault/ranking/costs.h"
#include "core/vault/ranking/ranking.h"
#include "core/vault/ranking/search.h"
#include "tests/bench/report.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <sqlite3.h>
#include <unistd.h>

using namespace tau;
using namespace tau::vault;

namespace {

constexpr std::size_t rows = 1'000'000;
constexpr int rounds = 5;
constexpr Place home{47.37, 8.54};

/// Megabytes of this process that are in memory.
double resident() {
    std::ifstream statm("/proc/self/statm");
    std::size_t pages = 0;
    statm >> pages >> pages;
    return static_cast<double>(pages) * static_cast<double>(sysconf(_SC_PAGESIZE)) / 1e6;
}

/// As the client of a directory makes them: names are the keys until a record is fetched.
std::shared_ptr<const NodeTable> million() {
    auto table = std::make_shared<NodeTable>();
    table->reserve(rows);
    table->names.reserve(rows * 13);
    for (const Summary& summary : sample_summaries(rows, 3)) {
        std::array<char, 13> name{};
        std::snprintf(name.data(), name.size(), "%012llx",
                      static_cast<unsigned long long>(summary.key));
        NodeRow row;
        row.key = summary.key;
        row.latitude = summary.latitude;
        row.longitude = summary.longitude;
        row.reputation = reputation_of(summary.reputation);
        row.slots = slots_of(summary.slots);
        row.claimed = std::numeric_limits<float>::quiet_NaN();
        row.age_days = age_of(summary.age);
        row.uptime = uptime_of(summary.flags >> 5U);
        row.network = summary.network;
        row.region = static_cast<std::uint8_t>(
            region_of({summary.latitude / 100.0, summary.longitude / 100.0}));
        row.flags = summary.flags & 31U;
        row.name = name.data();
        append(*table, row);
    }
    return table;
}

[[noreturn]] void die(const std::string& why) {
    std::fprintf(stderr, "bench_rank: %s\n", why.c_str());
    std::exit(2);
}

/// The same nodes in SQLite, with the logarithms of the factors as columns, as Ranking has them.
class Database {
public:
    Database(const NodeTable& table, const Costs& costs) {
        if (sqlite3_open(":memory:", &handle_) != SQLITE_OK) {
            die("SQLite does not open.");
        }
        run("CREATE TABLE node(id INTEGER PRIMARY KEY, name TEXT, region INT, reputation REAL, "
            "slots REAL, age REAL, last INT, c1 REAL, c2 REAL, c3 REAL); BEGIN");
        sqlite3_stmt* insert = prepare("INSERT INTO node VALUES(?,?,?,?,?,?,?,?,?,?)");
        for (std::size_t i = 0; i < table.size(); ++i) {
            sqlite3_bind_int64(insert, 1, static_cast<sqlite3_int64>(i));
            sqlite3_bind_text(insert, 2, table.name(i).data(),
                              static_cast<int>(table.name(i).size()), SQLITE_STATIC);
            sqlite3_bind_int(insert, 3, table.region[i]);
            const std::array<float, 3> figures{table.reputation[i], known_slots(table, i),
                                               table.age_days[i]};
            for (std::size_t at = 0; at < figures.size(); ++at) {
                sqlite3_bind_double(insert, static_cast<int>(4 + at),
                                    static_cast<double>(figures[at]));
            }
            sqlite3_bind_int(insert, 7, costs.eligible[i] != 0 ? 0 : 1);
            const std::array<float, 3> parts{costs.reputation[i], costs.distance[i],
                                             costs.capacity[i]};
            for (std::size_t at = 0; at < parts.size(); ++at) {
                sqlite3_bind_double(insert, static_cast<int>(8 + at),
                                    static_cast<double>(parts[at]));
            }
            sqlite3_step(insert);
            sqlite3_reset(insert);
        }
        sqlite3_finalize(insert);
        run("COMMIT");
    }
    ~Database() { sqlite3_close(handle_); }
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    /// All ids that a statement gives, into a vector, as a model would need them.
    std::vector<std::uint32_t> ids(const std::string& sql) const {
        std::vector<std::uint32_t> found;
        sqlite3_stmt* statement = prepare(sql);
        while (sqlite3_step(statement) == SQLITE_ROW) {
            found.push_back(static_cast<std::uint32_t>(sqlite3_column_int64(statement, 0)));
        }
        sqlite3_finalize(statement);
        return found;
    }

private:
    void run(const std::string& sql) const {
        if (sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
            die(sqlite3_errmsg(handle_));
        }
    }
    sqlite3_stmt* prepare(const std::string& sql) const {
        sqlite3_stmt* statement = nullptr;
        if (sqlite3_prepare_v2(handle_, sql.c_str(), -1, &statement, nullptr) != SQLITE_OK) {
            die(sqlite3_errmsg(handle_));
        }
        return statement;
    }

    sqlite3* handle_ = nullptr;
};

const std::string select_ids = "SELECT id FROM node ";
const std::string by_score = " ORDER BY last, 0.5*c1+0.5*c2+0.5*c3, id";

/// A slider that moves each time it is asked.
void slide(Ranking& ranking) {
    static double step = 0;
    step = step > 0.5 ? 0 : step + 0.01;
    ranking.set_emphasis({0.5, 0.25 + step, 0.5});
    ranking.order();
}

Filter three_filters() {
    Filter filter;
    filter.regions = {1, 2, 3, 4, 5};
    filter.min_reputation = 0.7;
    filter.min_slots = 100;
    return filter;
}

void check_same(std::span<const std::uint32_t> ours, const std::vector<std::uint32_t>& theirs,
                const char* what) {
    if (ours.size() != theirs.size()) {
        die(std::string(what) + ": SQLite finds another number of rows.");
    }
}

} // namespace

int main(int argc, char** argv) {
    const double before = resident();
    const auto table = million();
    Ranking ranking(table);
    ranking.set_place(home);
    ranking.order();
    const double memory = resident() - before;
    Costs costs = costs_of(*table);
    set_distance_costs(*table, home, costs.distance);
    const Database database(*table, costs);

    const std::string where = "WHERE region BETWEEN 1 AND 5 AND reputation >= 0.7 AND slots >= 100";
    Filter text;
    text.text = "aB1";
    ranking.set_filter(three_filters());
    check_same(ranking.order(), database.ids(select_ids + where), "filter");
    ranking.set_filter(text);
    check_same(ranking.order(), database.ids(select_ids + "WHERE name LIKE '%aB1%'"), "text");
    ranking.set_filter({});
    if (!std::ranges::equal(ranking.order(), database.ids(select_ids + by_score))) {
        std::fprintf(stderr, "bench_rank: (SQLite's doubles order some near ties otherwise)\n");
    }

    Ranking searched(table);
    bool turn = false;
    std::vector<std::uint8_t> found(rows);
    const auto sort = [&](Column column) {
        turn = !turn;
        ranking.set_sorting(column, turn);
        ranking.order();
        ranking.set_sorting(Column::rank, false);
    };
    const auto time = bench::medians(
        rounds,
        {[&] { slide(ranking); }, [&] { database.ids(select_ids + by_score); },
         [&] {
             turn = !turn;
             ranking.set_place(turn ? Place{-33.87, 151.21} : home);
             ranking.order();
         },
         [&] { sort(Column::reputation); },
         [&] { database.ids(select_ids + "ORDER BY reputation, id"); },
         [&] {
             ranking.set_filter(three_filters());
             ranking.order();
         },
         [&] { database.ids(select_ids + where + by_score); },
         [&] {
             ranking.set_filter({});
             ranking.order();
         },
         [&] {
             text.text = text.text == "aB1" ? "aB2" : "aB1";
             searched.set_filter(text);
             searched.order();
         },
         [&] { database.ids(select_ids + "WHERE name LIKE '%aB1%'"); },
         [&] { search_names(*table, "aB1", found.data()); }, [&] { sort(Column::name); },
         [&] { database.ids(select_ids + "ORDER BY name COLLATE NOCASE, id"); },
         [&] { ranking.histogram(Column::distance); }, [&] { const Ranking fresh(table); }});
    return bench::report(
        {{"a slider step: score and order 1,000,000 nodes", time[0], "ms", "SQLite ORDER BY",
          time[1], 0.01, 16.7},
         {"another place: distances, score and order", time[2], "ms", "SQLite ORDER BY", time[1],
          0.02, 50},
         {"sort by a column", time[3], "ms", "SQLite ORDER BY a column", time[4], 0.02, {}},
         {"three filters on, in order", time[5], "ms", "SQLite WHERE … ORDER BY", time[6], {}, {}},
         {"filters off, in order", time[7], "ms", "SQLite ORDER BY", time[1], 0.02, {}},
         {"text filter, in order", time[8], "ms", "SQLite LIKE, in no order", time[9], 0.1, {}},
         {"text among all names", time[10], "ms", "SQLite LIKE", time[9], 0.1, {}},
         {"sort by name", time[11], "ms", "SQLite ORDER BY name", time[12], 0.1, 50},
         {"a histogram of the distances", time[13], "ms", "", 0, {}, 50},
         {"making the score columns", time[14], "ms", "", 0, {}, {}},
         {"memory of table and order", memory, "MB", "", 0, {}, 110}},
        argc, argv);
}
