// A process that dies around COMMIT: this program brings its own of the functions by which the node
// runs statements in SQLite and PostgreSQL.
#include "node_process.h"

#include <dlfcn.h>
#include <libpq-fe.h>
#include <sqlite3.h>

using tau::test::Stage;

namespace {

template <typename Function>
Function* next_one(const char* name) {
    return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

/// Whether this statement is the COMMIT of a transaction with an entry for the audit log.
bool ends_audited(std::string_view sql) {
    static thread_local bool audits = false;
    if (sql.starts_with("BEGIN")) {
        audits = false;
    }
    audits = audits || sql.starts_with("INSERT INTO audit(");
    return audits && sql == "COMMIT";
}

void die_if(Stage::Death moment) {
    if (tau::test::stage_of_this_process->death == moment) {
        ::kill(::getpid(), SIGKILL);
    }
}

/// Runs the statement, and dies before or after it when that was asked for.
template <typename Run>
auto watched(const char* sql, Run run) {
    if (tau::test::stage_of_this_process == nullptr || sql == nullptr || !ends_audited(sql)) {
        return run();
    }
    die_if(Stage::Death::before_commit);
    const auto result = run();
    die_if(Stage::Death::after_commit);
    return result;
}

} // namespace

extern "C" int sqlite3_step(sqlite3_stmt* statement) {
    static auto* const real = next_one<int(sqlite3_stmt*)>("sqlite3_step");
    return watched(sqlite3_sql(statement), [&] { return real(statement); });
}

extern "C" PGresult* PQexecParams(PGconn* link, const char* sql, int count, const Oid* types,
                                  const char* const* values, const int* lengths, const int* formats,
                                  int format) {
    static auto* const real =
        next_one<PGresult*(PGconn*, const char*, int, const Oid*, const char* const*, const int*,
                           const int*, int)>("PQexecParams");
    return watched(sql,
                   [&] { return real(link, sql, count, types, values, lengths, formats, format); });
}
