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

bool is_awaited(const char* sql) {
    return tau::test::stage_of_this_process != nullptr && sql != nullptr && ends_audited(sql);
}

/// This thread's COMMIT is on its way to PostgreSQL.
thread_local bool is_committing = false;

} // namespace

extern "C" int sqlite3_step(sqlite3_stmt* statement) {
    static auto* const real = next_one<int(sqlite3_stmt*)>("sqlite3_step");
    if (!is_awaited(sqlite3_sql(statement))) {
        return real(statement);
    }
    die_if(Stage::Death::before_commit);
    const int result = real(statement);
    die_if(Stage::Death::after_commit);
    return result;
}

extern "C" int PQsendQueryParams(PGconn* link, const char* sql, int count, const Oid* types,
                                 const char* const* values, const int* lengths, const int* formats,
                                 int format) {
    static auto* const real =
        next_one<int(PGconn*, const char*, int, const Oid*, const char* const*, const int*,
                     const int*, int)>("PQsendQueryParams");
    if (is_awaited(sql)) {
        die_if(Stage::Death::before_commit);
        is_committing = true;
    }
    return real(link, sql, count, types, values, lengths, formats, format);
}

extern "C" PGresult* PQgetResult(PGconn* link) {
    static auto* const real = next_one<PGresult*(PGconn*)>("PQgetResult");
    PGresult* const result = real(link);
    if (is_committing && result != nullptr) {
        is_committing = false;
        die_if(Stage::Death::after_commit);
    }
    return result;
}
