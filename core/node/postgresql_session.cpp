#include "core/node/postgresql_session.h"

#include "core/base/text.h"

#include <libpq-fe.h>

namespace tau::node {

namespace {

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
    Answer run(PGconn* link, const std::string& sql) const {
        return Answer(PQexecParams(link, sql.c_str(), static_cast<int>(types_.size()),
                                   types_.data(), values_.data(), lengths_.data(), formats_.data(),
                                   1));
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

Error unreachable(PGconn* link) {
    return {ErrorCode::unavailable, "The node's database cannot be reached.",
            "Look whether PostgreSQL runs, and at the address in --store.",
            bounded_text(PQerrorMessage(link))};
}

/// What the engine said, by its SQLSTATE.
Error statement_error(const PGresult& answer, PGconn* link) {
    const char* const field = PQresultErrorField(&answer, PG_DIAG_SQLSTATE);
    const std::string_view state = field == nullptr ? "" : field;
    if (PQstatus(link) != CONNECTION_OK) {
        return unreachable(link);
    }
    if (state == "23505") {
        return {ErrorCode::already_exists, "The entry is already stored.", {}, {}};
    }
    std::string said = bounded_text(PQresultErrorMessage(&answer));
    if (state == "53100" || state == "53200") {
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
class Rollback {
public:
    explicit Rollback(PGconn& link) : link_(link) {}
    Rollback(const Rollback&) = delete;
    Rollback& operator=(const Rollback&) = delete;
    ~Rollback() {
        if (PQtransactionStatus(&link_) != PQTRANS_IDLE) {
            const Answer ignored(PQexec(&link_, "ROLLBACK"));
        }
    }

private:
    PGconn& link_;
};

} // namespace

void PostgresqlSession::Close::operator()(PGconn* link) const {
    PQfinish(link);
}

Result<std::unique_ptr<PostgresqlSession>>
PostgresqlSession::connect(const std::map<std::string, std::string>& settings) {
    std::vector<const char*> names;
    std::vector<const char*> values;
    for (const auto& [name, value] : settings) {
        names.push_back(name.c_str());
        values.push_back(value.c_str());
    }
    names.push_back(nullptr);
    values.push_back(nullptr);
    auto session = std::unique_ptr<PostgresqlSession>(
        new PostgresqlSession(PQconnectdbParams(names.data(), values.data(), 0)));
    if (PQstatus(session->link_.get()) != CONNECTION_OK) {
        return fail(unreachable(session->link_.get()));
    }
    PQsetNoticeProcessor(
        session->link_.get(), [](void*, const char*) {}, nullptr);
    for (const char* sql :
         {"SET default_transaction_isolation = 'serializable'", "SET statement_timeout = '10s'",
          "SET idle_in_transaction_session_timeout = '60s'", "SET synchronous_commit = 'on'"}) {
        if (const auto set = session->run(sql, {}); !set) {
            return fail(set.error());
        }
    }
    return session;
}

Result<Rows> PostgresqlSession::run(std::string_view sql, const std::vector<Value>& parameters) {
    const Answer answer = Parameters(parameters).run(link_.get(), std::string(sql));
    const auto status = PQresultStatus(answer.get());
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) {
        command_ = PQcmdStatus(answer.get());
        return read_rows(*answer);
    }
    if (answer == nullptr) { // no memory, or no connection
        return fail(unreachable(link_.get()));
    }
    const char* const state = PQresultErrorField(answer.get(), PG_DIAG_SQLSTATE);
    if (state != nullptr &&
        (std::string_view(state) == "40001" || std::string_view(state) == "40P01")) {
        again_ = true;
    }
    return fail(statement_error(*answer, link_.get()));
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
    const Rollback rollback(*link_);
    if (Result<void> done = work(); !done) {
        return {std::move(done), again_};
    }
    const auto committed = run("COMMIT", {});
    if (!committed && PQstatus(link_.get()) != CONNECTION_OK) {
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
    return PQconsumeInput(link_.get()) == 1 && PQconsumeInput(link_.get()) == 1 &&
           PQstatus(link_.get()) == CONNECTION_OK &&
           PQtransactionStatus(link_.get()) == PQTRANS_IDLE;
}

} // namespace tau::node
