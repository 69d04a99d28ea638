#include "core/base/file.h"
#include "core/base/text.h"
#include "core/node/retry.h"
#include "core/node/sqlite_connection.h"

#include <atomic>
#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <map>
#include <mutex>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

namespace tau::node {

namespace {

constexpr int scrub_tries = 20;
constexpr int steps_between_looks = 100'000; ///< of SQLite's machine: some milliseconds
constexpr std::chrono::milliseconds scrub_pause{50};

class Sqlite final : public Database {
public:
    Sqlite(Connection connection, std::filesystem::path path, Access access)
        : path_(std::move(path)), access_(access), connection_(std::move(connection)) {}

    Result<Rows> run(std::string_view sql, const std::vector<Value>& parameters) override {
        const std::lock_guard lock(mutex_);
        if (const Result<void> open = mend(); !open) {
            return fail(open.error());
        }
        sqlite3_stmt* const raw = prepared(sql);
        if (raw == nullptr) {
            return problem();
        }
        const Reset reset(*raw);
        for (std::size_t i = 0; i < parameters.size(); ++i) {
            if (!bind(raw, i, parameters[i])) {
                return problem();
            }
        }
        Rows rows;
        for (;;) {
            const int code = sqlite3_step(raw);
            if (code == SQLITE_DONE) {
                return rows;
            }
            if (code != SQLITE_ROW) {
                return problem();
            }
            rows.push_back(read_row(raw));
        }
    }

    /// Through a connection of its own, which takes no lock that anybody waits for.
    Result<Rows> run_aside(std::string_view sql) override {
        const auto aside = connect(path_, Access::read);
        if (!aside) {
            return fail(aside.error());
        }
        sqlite3_stmt* raw = nullptr;
        int code = sqlite3_prepare_v2(aside->get(), sql.data(), static_cast<int>(sql.size()), &raw,
                                      nullptr);
        const Statement statement(raw);
        sqlite3_progress_handler(
            aside->get(), steps_between_looks,
            [](void* stopping) {
                return static_cast<std::atomic<bool>*>(stopping)->load() ? 1 : 0;
            },
            &stopping_);
        Rows rows;
        while (code == SQLITE_OK || code == SQLITE_ROW) {
            code = sqlite3_step(raw);
            if (code == SQLITE_ROW) {
                rows.push_back(read_row(raw));
            }
        }
        if (is_damage(code)) {
            return damaged(aside->get());
        }
        if (code != SQLITE_DONE) {
            return fail(stopping_ ? ErrorCode::cancelled : ErrorCode::io,
                        "The node's database did not answer.", {},
                        bounded_text(sqlite3_errmsg(aside->get())));
        }
        return rows;
    }

    Result<void> transaction(const Work& work) override {
        const std::lock_guard lock(mutex_); // recursive: `work` runs statements on this thread
        return with_retries([&] { return attempt(work); });
    }

    Result<void> in_turn(const Work& work) override { return transaction(work); }

    /// A node's folder belongs to one process.
    Result<void> alone(const Work& work) override { return work(); }

    bool is_shared() const override { return false; }

    std::string_view bytes_type() const override { return "BLOB"; }

    Result<void> check_structure() override {
        const auto rows = run_aside("PRAGMA integrity_check(10)");
        if (!rows) {
            return fail(rows.error());
        }
        std::string detail;
        for (const Row& row : *rows) {
            detail += row.text(0) == "ok" ? "" : row.text(0) + "; ";
        }
        return detail.empty() ? Result<void>()
                              : fail(ErrorCode::corrupt, "The database file is damaged.", {},
                                     bounded_text(detail));
    }

    /// Readers are waited for between the tries: nobody else waits meanwhile.
    Result<void> scrub() override {
        for (int tries = 1;; ++tries) {
            const Result<bool> done = empty_log();
            if (!done || *done) {
                return done ? Result<void>() : fail(done.error());
            }
            if (tries == scrub_tries || stopping_) {
                return fail(ErrorCode::unavailable,
                            "What was erased is not off the node's disk yet, because another "
                            "program reads its database.",
                            "Ask again; the node goes on trying.");
            }
            std::this_thread::sleep_for(scrub_pause);
        }
    }

    Result<void> keep_copy(const std::string& name) override {
        const std::filesystem::path wanted = path_.parent_path() / (name + ".db");
        const std::filesystem::path half = wanted.string() + ".half";
        std::error_code code;
        std::filesystem::remove(half, code);
        // SQLite takes an empty file, and this one has the right mode.
        if (const Result<void> made = make_private_file(half); !made) {
            return made;
        }
        if (const auto copied = run("VACUUM INTO $1", {half.string()}); !copied) {
            return fail(copied.error());
        }
        const int file = ::open(half.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
        const bool synced = file >= 0 && ::fsync(file) == 0;
        if (file >= 0) {
            ::close(file);
        }
        if (!synced || ::rename(half.c_str(), wanted.c_str()) != 0) {
            return fail(io_error("write", wanted));
        }
        return sync_directory(path_.parent_path());
    }

    Result<void> forget_copies(const std::string& start, std::int64_t before) override {
        std::error_code code;
        for (const auto& entry : std::filesystem::directory_iterator(path_.parent_path(), code)) {
            struct stat info {};
            if (entry.path().extension() == ".db" && is_copy(entry.path().stem().string(), start) &&
                ::lstat(entry.path().c_str(), &info) == 0 && S_ISREG(info.st_mode) &&
                info.st_mtime < before) {
                ::unlink(entry.path().c_str());
            }
        }
        return {};
    }

    void stop() override { stopping_ = true; }

private:
    /// Copies the log into the database and empties it; false when somebody uses it.
    Result<bool> empty_log() {
        const std::lock_guard lock(mutex_);
        set_patience(0);
        const auto rows = run("PRAGMA wal_checkpoint(TRUNCATE)", {});
        set_patience(patience_ms);
        return rows ? Result<bool>(!rows->empty() && rows->front().integer(0) == 0)
                    : fail(rows.error());
    }

    void set_patience(int milliseconds) const {
        if (connection_) {
            sqlite3_busy_timeout(connection_.get(), milliseconds);
        }
    }

    Try attempt(const Work& work) {
        if (const auto begun = run("BEGIN IMMEDIATE", {}); !begun) {
            return {fail(begun.error()), is_busy()};
        }
        Rollback rollback(*this);
        if (Result<void> done = work(); !done) {
            return {std::move(done), false};
        }
        const auto committed = run("COMMIT", {});
        if (!committed && is_in_doubt_) {
            return {fail(ErrorCode::timeout, "The disk failed while the node was writing.",
                         "Ask again whether it was done.", committed.error().detail),
                    false};
        }
        if (!committed) {
            return {fail(committed.error()), is_busy()};
        }
        rollback.cancel();
        return {{}, false};
    }

    /// After an error of the disk nobody knows which of the pages that the system still shows are
    /// on it, and asking once more to have them written tells nothing. So the file is closed, read
    /// anew, and all that stands in its log is copied from there, before anything goes on.
    Result<void> mend() {
        if (in_transaction_ && sqlite3_get_autocommit(connection_.get()) != 0) {
            return fail(ErrorCode::io, "The node's database has given the change up.");
        }
        if (in_transaction_ || !is_in_doubt_) {
            return {};
        }
        statements_.clear();
        connection_.reset();
        auto opened = connect(path_, access_);
        if (!opened) {
            return fail(opened.error());
        }
        if (sqlite3_wal_checkpoint_v2(opened->get(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr,
                                      nullptr) != SQLITE_OK) {
            return cannot_open(opened->get());
        }
        connection_ = std::move(*opened);
        is_in_doubt_ = false;
        return {};
    }

    bool is_busy() const { return sqlite3_errcode(connection_.get()) == SQLITE_BUSY; }

    /// Whatever becomes of it: what was bound goes, and no lock stays.
    class Reset {
    public:
        explicit Reset(sqlite3_stmt& statement) : statement_(statement) {}
        Reset(const Reset&) = delete;
        Reset& operator=(const Reset&) = delete;
        ~Reset() {
            sqlite3_reset(&statement_);
            sqlite3_clear_bindings(&statement_);
        }

    private:
        sqlite3_stmt& statement_;
    };

    /// Compiled once and kept: the program has a fixed set of statements. Null when it is no SQL.
    sqlite3_stmt* prepared(std::string_view sql) {
        auto known = statements_.find(sql);
        if (known == statements_.end()) {
            sqlite3_stmt* made = nullptr;
            if (sqlite3_prepare_v3(connection_.get(), sql.data(), static_cast<int>(sql.size()),
                                   SQLITE_PREPARE_PERSISTENT, &made, nullptr) != SQLITE_OK) {
                return nullptr;
            }
            known = statements_.emplace(sql, Statement(made)).first;
        }
        return known->second.get();
    }

    /// Also when an exception ends the work: the next transaction must find none open.
    class Rollback {
    public:
        explicit Rollback(Sqlite& database) : database_(database) {
            database_.in_transaction_ = true;
        }
        Rollback(const Rollback&) = delete;
        Rollback& operator=(const Rollback&) = delete;
        ~Rollback() {
            if (wanted_) { // fails only when the engine has already rolled back
                sqlite3_exec(database_.connection_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
            }
            database_.in_transaction_ = false;
        }
        void cancel() { wanted_ = false; }

    private:
        Sqlite& database_;
        bool wanted_ = true;
    };

    tl::unexpected<Error> problem() {
        const int code = sqlite3_extended_errcode(connection_.get());
        if (code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY) {
            return fail(ErrorCode::already_exists, "The entry is already stored.");
        }
        if (is_damage(code)) {
            return damaged(connection_.get());
        }
        const bool full =
            (code & 0xff) == SQLITE_FULL ||
            ((code & 0xff) == SQLITE_IOERR && sqlite3_system_errno(connection_.get()) == ENOSPC);
        is_in_doubt_ = is_in_doubt_ || (code & 0xff) == SQLITE_IOERR;
        return fail(full ? ErrorCode::limit_exceeded : ErrorCode::io,
                    full ? "The node's disk is full." : "The node's database did not answer.", {},
                    bounded_text(sqlite3_errmsg(connection_.get())));
    }

    std::recursive_mutex mutex_;
    const std::filesystem::path path_;
    const Access access_;
    Connection connection_;
    std::map<std::string, Statement, std::less<>> statements_; // after it: they go first
    std::atomic<bool> stopping_ = false;
    bool in_transaction_ = false;
    bool is_in_doubt_ = false; ///< the disk failed
};

/// The file under a name that stays right: copies are made beside it. Its folder may be a link, as
/// systemd's for a DynamicUser, which SQLite would refuse like a link in the file's own place.
std::filesystem::path whole_path(const std::filesystem::path& path) {
    std::error_code unknown;
    const auto folder = std::filesystem::weakly_canonical(
        std::filesystem::absolute(path, unknown).parent_path(), unknown);
    return folder.empty() ? path : folder / path.filename();
}

} // namespace

Result<std::unique_ptr<Database>> open_sqlite(const std::filesystem::path& named) {
    const std::filesystem::path path = whole_path(named);
    if (const Result<void> made = make_private_file(path); !made) {
        return fail(made.error());
    }
    auto connection = connect(path, Access::write);
    if (!connection) {
        return fail(connection.error());
    }
    return std::make_unique<Sqlite>(std::move(*connection), path, Access::write);
}

Result<std::unique_ptr<Database>> open_sqlite_to_read(const std::filesystem::path& named) {
    const std::filesystem::path path = whole_path(named);
    std::error_code unknown;
    if (!std::filesystem::is_regular_file(path, unknown)) {
        return fail(ErrorCode::not_found, "There is no database " + path.string() + ".",
                    "Give the node's data and store as it is started with.");
    }
    auto connection = connect(path, Access::read);
    if (!connection) {
        return fail(connection.error());
    }
    return std::make_unique<Sqlite>(std::move(*connection), path, Access::read);
}

} // namespace tau::node
