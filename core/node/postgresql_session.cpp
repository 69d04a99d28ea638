#include "core/node/postgresql_session.h"

#include "core/base/text.h"
#include "core/node/postgresql_settings.h"

#include <algorithm>
#include <libpq-fe.h>
#include <poll.h>

namespace tau::node {

namespace {

using namespace std::chrono_literals;

constexpr auto grace = 1s; ///< in which an engine that lives says that it has given up
constexpr std::chrono::milliseconds look_for_stop{100};
constexpr Oid bool_type = 16, bytea_type = 17, int8_type = 20, int2_type = 21, int4_type = 23,
              text_type = 25;

struct ClearAnswer {
    void operator()(PGresult* answer) const { PQclear(answer); }
};
using Answer = std::unique_ptr<PGresult, ClearAnswer>;

std::string big_endian(std::int64_t number) {
    std::string out;
    for (int shift = 56; shift >= 0; shift -= 8) {
        out += static_cast<char>(static_cast<std::uint64_t>(number) >> shift & 0xffU);
    }
    return out;
}

std::int64_t read_big_endian(ByteView bytes) {
    std::uint64_t number = !bytes.empty() && bytes[0] >= 0x80 ? ~std::uint64_t{0} : 0;
    for (const std::uint8_t byte : bytes) {
        number = number << 8U | byte;
    }
    return static_cast<std::int64_t>(number);
}

/// Parameters as libpq takes them, in binary.
class Parameters {
public:
    explicit Parameters(const std::vector<Value>& values) {
        numbers_.reserve(values.size()); // what is pointed to must not move
        for (const Value& value : values) {
            if (const auto* number = std::get_if<std::int64_t>(&value)) {
                numbers_.push_back(big_endian(*number));
                add(int8_type, numbers_.back().data(), numbers_.back().size());
            } else if (const auto* text = std::get_if<std::string>(&value)) {
                add(text_type, text->data(), text->size());
            } else if (const auto* bytes = std::get_if<Bytes>(&value)) {
                // A null pointer would be NULL, so empty bytes need an address.
                add(bytea_type, bytes->empty() ? "" : as_text(*bytes).data(), bytes->size());
            } else {
                add(0, nullptr, 0);
            }
        }
    }
    /// False without memory or connection.
    bool send(PGconn* link, const std::string& sql) const {
        return PQsendQueryParams(link, sql.c_str(), static_cast<int>(types_.size()), types_.data(),
                                 values_.data(), lengths_.data(), formats_.data(), 1) == 1;
    }

private:
    void add(Oid type, const char* data, std::size_t size) {
        types_.push_back(type);
        values_.push_back(data);
        lengths_.push_back(static_cast<int>(size));
        formats_.push_back(1);
    }
    std::vector<std::string> numbers_;
    std::vector<Oid> types_;
    std::vector<const char*> values_;
    std::vector<int> lengths_, formats_;
};

Value read_value(const PGresult& answer, int row, int column) {
    if (PQgetisnull(&answer, row, column) != 0) {
        return {};
    }
    const ByteView bytes = as_bytes({PQgetvalue(&answer, row, column),
                                     static_cast<std::size_t>(PQgetlength(&answer, row, column))});
    switch (PQftype(&answer, column)) {
    case bool_type:
    case int2_type:
    case int4_type:
    case int8_type:
        return read_big_endian(bytes);
    case bytea_type:
        return Bytes(bytes.begin(), bytes.end());
    default:
        return std::string(as_text(bytes));
    }
}

Rows read_rows(const PGresult& answer) {
    Rows rows;
    for (int row = 0; row < PQntuples(&answer); ++row) {
        std::vector<Value> values;
        values.reserve(static_cast<std::size_t>(PQnfields(&answer)));
        for (int column = 0; column < PQnfields(&answer); ++column) {
            values.push_back(read_value(answer, row, column));
        }
        rows.emplace_back(std::move(values));
    }
    return rows;
}

} // namespace

Error PostgresqlSession::unreachable() const {
    return {ErrorCode::unavailable, "The node's database cannot be reached.",
            "Look whether PostgreSQL runs, and at the address in --store.",
            is_lost_ ? "It did not answer in time." : bounded_text(PQerrorMessage(link_.get()))};
}

/// What the engine said, by its SQLSTATE.
Error PostgresqlSession::statement_error(const pg_result& answer) const {
    const char* const field = PQresultErrorField(&answer, PG_DIAG_SQLSTATE);
    const std::string_view state = field == nullptr ? "" : field;
    if (is_lost()) {
        return unreachable();
    }
    if (state == "23505") {
        return {ErrorCode::already_exists, "The entry is already stored.", {}, {}};
    }
    std::string said = bounded_text(PQresultErrorMessage(&answer));
    if (state == "53100") {
        return {ErrorCode::limit_exceeded, "The node's disk is full.", {}, std::move(said)};
    }
    const bool busy = state.starts_with("40") || state.starts_with("53") ||
                      state.starts_with("57") || state == "55P03";
    return {busy ? ErrorCode::unavailable : ErrorCode::io,
            busy ? "The node's database is too busy." : "The node's database did not answer.",
            {},
            std::move(said)};
}

/// Also when an exception ends the work: the next transaction must find none open.
class PostgresqlSession::Rollback {
public:
    explicit Rollback(PostgresqlSession& session) : session_(session) {}
    Rollback(const Rollback&) = delete;
    Rollback& operator=(const Rollback&) = delete;
    ~Rollback() {
        if (!session_.is_lost() && PQtransactionStatus(session_.link_.get()) != PQTRANS_IDLE) {
            static_cast<void>(session_.run("ROLLBACK", {}));
        }
    }

private:
    PostgresqlSession& session_;
};

void PostgresqlSession::Close::operator()(PGconn* link) const {
    PQfinish(link);
}

bool PostgresqlSession::is_lost() const {
    return is_lost_ || PQstatus(link_.get()) == CONNECTION_BAD;
}

Result<void> PostgresqlSession::wait(Instant end, short events) {
    for (;;) {
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
        if (left.count() <= 0 || stop_.stop_requested()) {
            is_lost_ = true;
            return fail(unreachable());
        }
        pollfd engine{PQsocket(link_.get()), events, 0};
        const auto once = std::min(left, look_for_stop);
        if (::poll(&engine, 1, static_cast<int>(once.count())) > 0) {
            return {};
        }
    }
}

Result<void> PostgresqlSession::establish() {
    const Instant end = std::chrono::steady_clock::now() + times_.connect;
    for (auto wants = PGRES_POLLING_WRITING; wants != PGRES_POLLING_OK;
         wants = PQconnectPoll(link_.get())) {
        if (wants == PGRES_POLLING_FAILED || PQstatus(link_.get()) == CONNECTION_BAD) {
            return fail(unreachable());
        }
        if (auto ready = wait(end, wants == PGRES_POLLING_WRITING ? POLLOUT : POLLIN); !ready) {
            return ready;
        }
    }
    return PQsetnonblocking(link_.get(), 1) == 0 ? Result<void>() : fail(unreachable());
}

Result<std::unique_ptr<PostgresqlSession>>
PostgresqlSession::connect(const std::map<std::string, std::string>& settings,
                           const StoreTimes& times, std::stop_token stop) {
    std::vector<const char*> names;
    std::vector<const char*> values;
    for (const auto& [name, value] : settings) {
        names.push_back(name.c_str());
        values.push_back(value.c_str());
    }
    names.push_back(nullptr);
    values.push_back(nullptr);
    auto session = std::unique_ptr<PostgresqlSession>(new PostgresqlSession(
        PQconnectStartParams(names.data(), values.data(), 0), times, std::move(stop)));
    // Nothing was sent yet; and a service file may have changed since the settings were made.
    const auto connected =
        check_transport(*session->link_).and_then([&session] { return session->establish(); });
    if (!connected) {
        return fail(connected.error());
    }
    PQsetNoticeProcessor(
        session->link_.get(), [](void*, const char*) {}, nullptr);
    for (const std::string_view sql :
         {"SET default_transaction_isolation = 'serializable'", "SET synchronous_commit = 'on'",
          // So that the engine, too, learns of a network that is gone.
          "SET tcp_keepalives_idle = 10", "SET tcp_keepalives_interval = 5",
          "SET tcp_keepalives_count = 3", "SET tcp_user_timeout = 20000"}) {
        if (const auto set = session->run(sql, {}); !set) {
            return fail(set.error());
        }
    }
    if (const auto limited = session->limit(times.statement, 0ms); !limited) {
        return fail(limited.error());
    }
    return session;
}

/// All that libpq still holds of the statement.
Result<void> PostgresqlSession::send(Instant end) {
    for (;;) {
        const int left = PQflush(link_.get());
        if (left == 0) {
            return {};
        }
        if (left < 0) {
            return fail(unreachable());
        }
        // The engine may be writing, too, and read no more before it is heard.
        const auto ready = wait(end, POLLIN | POLLOUT);
        if (!ready || PQconsumeInput(link_.get()) == 0) {
            return ready ? fail(unreachable()) : ready;
        }
    }
}

/// Until the answer is whole.
Result<void> PostgresqlSession::receive(Instant end) {
    while (PQisBusy(link_.get()) == 1) {
        const auto ready = wait(end, POLLIN);
        if (!ready || PQconsumeInput(link_.get()) == 0) {
            return ready ? fail(unreachable()) : ready;
        }
    }
    return {};
}

Result<Rows> PostgresqlSession::run(std::string_view sql, const std::vector<Value>& parameters) {
    return run_until(std::chrono::steady_clock::now() + times_.statement + grace, sql, parameters);
}

Result<void> PostgresqlSession::limit(std::chrono::milliseconds statement,
                                      std::chrono::milliseconds idle) {
    return run("SELECT set_config('statement_timeout', $1, false), "
               "set_config('idle_session_timeout', $2, false), "
               "set_config('idle_in_transaction_session_timeout', $3, false)",
               {std::to_string(statement.count()), std::to_string(idle.count()),
                std::to_string(times_.silence.count())})
        .map([](const Rows&) {});
}

Result<void> PostgresqlSession::lock(std::string_view number, std::chrono::milliseconds wait) {
    const std::string sql = "SELECT pg_advisory_lock(" + std::string(number) + ")";
    if (auto limited = limit(wait, times_.silence); !limited) {
        return limited;
    }
    const auto locked = run_until(std::chrono::steady_clock::now() + wait + grace, sql, {});
    if (!locked && locked.error().code == ErrorCode::unavailable && !is_lost()) {
        return fail(ErrorCode::unavailable, locked.error().message,
                    "Another process holds its turn in the database for too long.",
                    locked.error().detail);
    }
    return locked ? limit(times_.statement, times_.silence) : fail(locked.error());
}

void PostgresqlSession::unlock() {
    const auto done = run("SELECT pg_advisory_unlock_all()", {}).and_then([this](const Rows&) {
        return limit(times_.statement, 0ms);
    });
    is_lost_ = is_lost_ || !done; // whose lock would stay with it
}

Result<Rows> PostgresqlSession::run_until(Instant end, std::string_view sql,
                                          const std::vector<Value>& parameters) {
    if (is_lost() || !Parameters(parameters).send(link_.get(), std::string(sql))) {
        return fail(unreachable());
    }
    Answer answer; // the last one: there is one, but for what the engine says when it ends
    for (auto ready = send(end);;) {
        if (ready) {
            ready = receive(end);
        }
        if (!ready) {
            return fail(ready.error());
        }
        Answer next(PQgetResult(link_.get()));
        if (!next) {
            break;
        }
        answer = std::move(next);
    }
    if (!answer) {
        return fail(unreachable());
    }
    const auto status = PQresultStatus(answer.get());
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) {
        command_ = PQcmdStatus(answer.get());
        return read_rows(*answer);
    }
    const char* const state = PQresultErrorField(answer.get(), PG_DIAG_SQLSTATE);
    if (state != nullptr &&
        (std::string_view(state) == "40001" || std::string_view(state) == "40P01")) {
        again_ = true;
    }
    return fail(statement_error(*answer));
}

Try PostgresqlSession::run_alone(std::string_view sql, const std::vector<Value>& parameters,
                                 Rows& rows) {
    again_ = false;
    Result<Rows> got = run(sql, parameters);
    if (!got) {
        return {fail(got.error()), again_};
    }
    rows = std::move(*got);
    return {{}, false};
}

Try PostgresqlSession::attempt(const Database::Work& work) {
    again_ = false;
    if (const auto begun = run("BEGIN ISOLATION LEVEL SERIALIZABLE", {}); !begun) {
        return {fail(begun.error()), false};
    }
    const Rollback rollback(*this);
    if (Result<void> done = work(); !done) {
        return {std::move(done), again_};
    }
    const auto committed = run("COMMIT", {});
    if (!committed && is_lost()) {
        return {fail(ErrorCode::timeout, "The node's database went away while it was writing.",
                     "Ask again whether it was done.", committed.error().detail),
                false};
    }
    if (!committed) {
        return {fail(committed.error()), again_};
    }
    if (command_ != "COMMIT") { // a statement had failed, and the work went on all the same
        return {fail(ErrorCode::io, "The node's database did not take the change."), again_};
    }
    return {{}, false};
}

bool PostgresqlSession::is_alive() {
    // The first call may find the engine's last words, and only the second the end.
    return !is_lost() && PQconsumeInput(link_.get()) == 1 && PQconsumeInput(link_.get()) == 1 &&
           PQstatus(link_.get()) == CONNECTION_OK &&
           PQtransactionStatus(link_.get()) == PQTRANS_IDLE;
}

} // namespace tau::node
