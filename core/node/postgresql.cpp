#include "core/node/passfile.h"
#include "core/node/postgresql_session.h"
#include "core/node/postgresql_settings.h"

#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

namespace tau::node {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t most_connections = 8;
constexpr auto connection_wait = 10s; ///< for one of them to be free
constexpr auto alone_wait = 60s;      ///< for another process's migration
/// Any numbers; the same in every process of every node in the database.
constexpr const char* turn_lock = "7020001";
constexpr const char* alone_lock = "7020002";

class Postgresql final : public Database {
public:
    /// `passfile`: what `settings` names as that, if anything.
    Postgresql(std::map<std::string, std::string> settings, std::optional<Passfile> passfile,
               const StoreTimes& times)
        : settings_(std::move(settings)), passfile_(std::move(passfile)), times_(times) {}

    Result<Rows> run(std::string_view sql, const std::vector<Value>& parameters) override {
        if (PostgresqlSession* const mine = of_this_thread()) {
            return mine->run(sql, parameters);
        }
        Rows rows;
        const Result<void> done = with_retries([&]() -> Try {
            Lease lease(*this);
            return lease.session() ? lease.session()->run_alone(sql, parameters, rows)
                                   : Try{fail(lease.error()), false};
        });
        return done ? Result<Rows>(std::move(rows)) : fail(done.error());
    }

    Result<Rows> run_aside(std::string_view sql) override { return run(sql, {}); }

    Result<void> transaction(const Work& work) override {
        if (PostgresqlSession* const mine = of_this_thread()) { // within alone()
            return with_retries([&] { return mine->attempt(work); });
        }
        return with_retries([&]() -> Try {
            Lease lease(*this);
            return lease.session() ? lease.session()->attempt(work)
                                   : Try{fail(lease.error()), false};
        });
    }

    Result<void> in_turn(const Work& work) override {
        // So that one connection at most waits for others.
        const FirstHere first(*this);
        if (!first.is_mine()) {
            return fail(too_busy());
        }
        Lease lease(*this);
        if (lease.session() == nullptr) {
            return fail(lease.error());
        }
        // Before the transaction, whose view of the others would otherwise be as old as the wait.
        const Held turn(*lease.session(), turn_lock, connection_wait);
        if (!turn.error().message.empty()) {
            return fail(turn.error());
        }
        return with_retries([&] { return lease.session()->attempt(work); });
    }

    Result<void> alone(const Work& work) override {
        Lease lease(*this);
        if (lease.session() == nullptr) {
            return fail(lease.error());
        }
        const Held lock(*lease.session(), alone_lock, alone_wait);
        return lock.error().message.empty() ? work() : fail(lock.error());
    }

    bool is_shared() const override { return true; }

    std::string_view bytes_type() const override { return "BYTEA"; }

    /// What it reads from damaged pages it refuses by itself (initdb --data-checksums).
    Result<void> check_structure() override { return {}; }

    /// Nothing to do: the engine reuses the room, and what is secret was encrypted there.
    Result<void> scrub() override { return {}; }

    Result<void> keep_copy(const std::string& name) override {
        return transaction([&]() -> Result<void> {
            const std::string schema = "\"" + name + "\"";
            const auto tables =
                run("SELECT CAST(tablename AS TEXT) FROM pg_tables WHERE schemaname = "
                    "current_schema() ORDER BY 1",
                    {});
            if (!tables) {
                return fail(tables.error());
            }
            std::vector<std::string> statements{
                "DROP SCHEMA IF EXISTS " + schema + " CASCADE", "CREATE SCHEMA " + schema,
                "CREATE TABLE " + schema +
                    ".copied AS SELECT CAST(extract(epoch FROM now()) AS BIGINT) AS at"};
            for (const Row& table : *tables) {
                statements.push_back("CREATE TABLE " + schema + "." + table.text(0) + " AS TABLE " +
                                     table.text(0));
            }
            for (const std::string& sql : statements) {
                if (const auto done = run(sql, {}); !done) {
                    return fail(done.error());
                }
            }
            return {};
        });
    }

    Result<void> forget_copies(const std::string& start, std::int64_t before) override {
        const auto schemas = run("SELECT CAST(nspname AS TEXT) FROM pg_namespace "
                                 "WHERE starts_with(CAST(nspname AS TEXT), $1)",
                                 {start});
        if (!schemas) {
            return fail(schemas.error());
        }
        for (const Row& row : *schemas) {
            if (!is_copy(row.text(0), start)) {
                continue;
            }
            const std::string schema = "\"" + row.text(0) + "\"";
            const auto old = run("SELECT 1 FROM " + schema + ".copied WHERE at < $1", {before});
            if (!old || old->empty()) {
                continue;
            }
            if (const auto gone = run("DROP SCHEMA " + schema + " CASCADE", {}); !gone) {
                return fail(gone.error());
            }
        }
        return {};
    }

    void stop() override { stopping_.request_stop(); }

private:
    /// A lock that all processes of all nodes in the database know, held by a connection.
    class Held {
    public:
        Held(PostgresqlSession& session, const char* lock, std::chrono::seconds wait)
            : session_(session) {
            if (const auto done = session.lock(lock, wait); !done) {
                error_ = done.error();
            }
        }
        Held(const Held&) = delete;
        Held& operator=(const Held&) = delete;
        ~Held() { session_.unlock(); }
        /// Without a message when the lock is held.
        const Error& error() const { return error_; }

    private:
        PostgresqlSession& session_;
        Error error_;
    };

    /// This thread's turn among those of this process, as long as the object lives. (Not a
    /// timed_mutex: ThreadSanitizer does not see how one is locked.)
    class FirstHere {
    public:
        explicit FirstHere(Postgresql& pool) : pool_(pool) {
            std::unique_lock lock(pool_.mutex_);
            is_mine_ = pool_.turn_ended_.wait_for(lock, connection_wait,
                                                  [this] { return !pool_.turn_is_taken_; });
            pool_.turn_is_taken_ = true;
        }
        FirstHere(const FirstHere&) = delete;
        FirstHere& operator=(const FirstHere&) = delete;
        ~FirstHere() {
            if (is_mine_) {
                const std::lock_guard lock(pool_.mutex_);
                pool_.turn_is_taken_ = false;
                pool_.turn_ended_.notify_one();
            }
        }
        bool is_mine() const { return is_mine_; }

    private:
        Postgresql& pool_;
        bool is_mine_ = false;
    };

    /// A connection for this thread, as long as the object lives.
    class Lease {
    public:
        explicit Lease(Postgresql& pool) : pool_(pool) { pool_.borrow(session_, error_); }
        Lease(const Lease&) = delete;
        Lease& operator=(const Lease&) = delete;
        ~Lease() {
            if (session_) {
                pool_.give_back(std::move(session_));
            }
        }
        PostgresqlSession* session() const { return session_.get(); }
        const Error& error() const { return error_; }

    private:
        Postgresql& pool_;
        std::unique_ptr<PostgresqlSession> session_;
        Error error_;
    };

    static Error too_busy() {
        return {ErrorCode::unavailable, "The node's database is too busy.", {}, {}};
    }

    PostgresqlSession* of_this_thread() {
        const std::lock_guard lock(mutex_);
        const auto mine = lent_.find(std::this_thread::get_id());
        return mine == lent_.end() ? nullptr : mine->second;
    }

    void borrow(std::unique_ptr<PostgresqlSession>& session, Error& error) {
        std::unique_lock lock(mutex_);
        if (!returned_.wait_for(lock, connection_wait,
                                [this] { return lent_.size() < most_connections; })) {
            error = too_busy();
            return;
        }
        PostgresqlSession*& place = lent_[std::this_thread::get_id()];
        if (!idle_.empty()) {
            session = std::move(idle_.back());
            idle_.pop_back();
        }
        lock.unlock();
        if (!session || !session->is_alive()) {
            auto made = PostgresqlSession::connect(settings_, times_, stopping_.get_token());
            session = made ? std::move(*made) : nullptr;
            error = made ? Error{} : made.error();
        }
        lock.lock();
        place = session.get();
        if (!session) {
            lent_.erase(std::this_thread::get_id());
            returned_.notify_one();
        }
    }

    void give_back(std::unique_ptr<PostgresqlSession> session) {
        const bool alive = session->is_alive();
        std::vector<std::unique_ptr<PostgresqlSession>> gone;
        {
            const std::lock_guard lock(mutex_);
            lent_.erase(std::this_thread::get_id());
            if (alive) {
                idle_.push_back(std::move(session));
            } else {
                gone.swap(idle_); // what took this one most likely took them all
            }
        }
        returned_.notify_one();
    }

    const std::map<std::string, std::string> settings_;
    const std::optional<Passfile> passfile_;
    const StoreTimes times_;
    std::stop_source stopping_;
    std::mutex mutex_; ///< of what follows
    std::condition_variable turn_ended_;
    bool turn_is_taken_ = false;
    std::condition_variable returned_;
    std::vector<std::unique_ptr<PostgresqlSession>> idle_;
    std::map<std::thread::id, PostgresqlSession*> lent_;
};

} // namespace

Result<std::unique_ptr<Database>> open_postgresql(const std::string& url, const StoreTimes& times) {
    auto settings = postgresql_settings(url);
    if (!settings) {
        return fail(settings.error());
    }
    for (const auto& [name, value] : {std::pair{"application_name", "tau-vaultd"},
                                      {"client_encoding", "UTF8"},
                                      {"tcp_user_timeout", "20000"},
                                      {"keepalives_idle", "10"},
                                      {"keepalives_interval", "5"},
                                      {"keepalives_count", "3"}}) {
        settings->emplace(name, value);
    }
    std::erase_if(*settings, [](const auto& setting) { return setting.second.empty(); });
    std::optional<Passfile> passfile;
    if (const auto named = settings->find("passfile"); named != settings->end()) {
        auto opened = Passfile::open(named->second);
        if (!opened) {
            return fail(opened.error());
        }
        passfile.emplace(std::move(*opened));
        named->second = passfile->path().string();
    }
    auto database = std::make_unique<Postgresql>(std::move(*settings), std::move(passfile), times);
    if (const auto reached = database->run("SELECT 1", {}); !reached) {
        return fail(reached.error());
    }
    return std::unique_ptr<Database>(std::move(database));
}

} // namespace tau::node
