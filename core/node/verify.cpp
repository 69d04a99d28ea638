// What a scan of the whole database looks for.

#include "core/base/text.h"
#include "core/node/store_values.h"

#include <array>

namespace tau::node {

namespace {

constexpr std::size_t most_named = 5;

} // namespace

/// Rows that must be there, or must be newer, because others are.
Result<std::vector<std::string>> Store::find_missing() {
    struct Question {
        const char* sentence;
        const char* sql;
    };
    constexpr std::array questions{
        Question{"a registration that the audit log names is not there: ",
                 "SELECT a.subject FROM audit a WHERE a.action = 'register' AND NOT EXISTS "
                 "(SELECT 1 FROM registration g WHERE g.id = a.subject)"},
        Question{"a repository of this registration is not there: ",
                 "SELECT g.id FROM registration g WHERE g.answer <> '' AND 2 <> "
                 "(SELECT count(*) FROM repository r WHERE r.registration_id = g.id)"},
        Question{"sealed keys of this registration are not there: ",
                 "SELECT g.id FROM registration g WHERE g.state = 'active' AND 2 <> "
                 "(SELECT count(*) FROM sealed s WHERE s.registration_id = g.id)"},
        Question{"a check of this registration is not there: ",
                 "SELECT c.registration_id FROM check_row c GROUP BY c.registration_id "
                 "HAVING count(*) <> max(c.ord) + 1"},
        Question{"the deployments of this registration are older than its last change of them: ",
                 "SELECT g.id FROM registration g JOIN (SELECT subject, count(*) AS changes "
                 "FROM audit WHERE action IN ('register', 'rotate', 'deploy') GROUP BY subject) a "
                 "ON a.subject = g.id LEFT JOIN deployed d ON d.registration_id = g.id "
                 "WHERE g.state = 'active' AND (d.changes IS NULL OR d.changes <> a.changes)"},
        Question{"the note of a nonce of this registration is not there: ",
                 "SELECT s.registration_id FROM sealed s WHERE NOT EXISTS "
                 "(SELECT 1 FROM used_nonce n WHERE n.nonce = s.nonce)"},
        Question{"this registration was revoked and is active again: ",
                 "SELECT a.subject FROM audit a JOIN registration g ON g.id = a.subject "
                 "WHERE a.action = 'revoke' AND g.state = 'active'"},
        Question{"this registration was replaced and is active again: ",
                 "SELECT g.id FROM registration g JOIN audit a ON a.subject = g.id AND "
                 "a.action = 'register' JOIN registration h ON h.project_id = g.project_id AND "
                 "h.owner_key = g.owner_key JOIN audit b ON b.subject = h.id AND "
                 "b.action = 'register' WHERE g.state = 'active' AND b.seq > a.seq"},
        Question{
            "the answer to a rotation of this registration is not there: ",
            "SELECT a.subject FROM audit a JOIN registration g ON g.id = a.subject "
            "WHERE a.action = 'rotate' AND g.answer <> '' GROUP BY a.subject HAVING count(*) <> "
            "(SELECT count(*) FROM rotation r WHERE r.registration_id = a.subject)"},
        Question{"this registration's sealed keys are older than its last rotation: ",
                 "SELECT s.registration_id FROM sealed s JOIN rotation r "
                 "ON r.registration_id = s.registration_id WHERE s.version < r.version"},
    };
    std::vector<std::string> missing;
    for (const Question& question : questions) {
        const auto rows = database_->run_aside(std::string(question.sql) + " LIMIT 5");
        if (!rows) {
            return fail(rows.error());
        }
        for (const Row& row : *rows) {
            missing.push_back(question.sentence);
            missing.back() += row.text(0);
        }
    }
    return missing;
}

/// One row for each deployment, and one of NULLs for who has none; whole registrations only.
Result<std::vector<std::string>> Store::find_other_deployments() {
    std::vector<std::string> other;
    for (std::string last;;) {
        const auto rows = database_->run(
            "SELECT d.registration_id, d.rows_hash, x.place, x.role, x.branch, x.commit_id "
            "FROM (SELECT registration_id, rows_hash FROM deployed WHERE registration_id > $1 "
            "ORDER BY registration_id LIMIT 100) d LEFT JOIN deployment x "
            "ON x.registration_id = d.registration_id ORDER BY d.registration_id, x.ord",
            {last});
        if (!rows || rows->empty()) {
            return rows ? Result<std::vector<std::string>>(std::move(other)) : fail(rows.error());
        }
        for (std::size_t i = 0; i < rows->size();) {
            last = (*rows)[i].text(0);
            const Bytes hash = (*rows)[i].bytes(1);
            std::vector<vault::Deployment> deployments;
            for (; i < rows->size() && (*rows)[i].text(0) == last; ++i) {
                if (const Row& row = (*rows)[i]; !row.text(3).empty()) {
                    deployments.push_back(
                        {row.text(2), role_of(row.text(3)), row.text(4), row.text(5)});
                }
            }
            if (hash != blob(deployments_hash(deployments)) && other.size() < most_named) {
                other.push_back("a deployment of this registration is not there, or another: ");
                other.back() += last;
            }
        }
    }
}

Result<std::int64_t> Store::verify(const std::stop_token& stop) {
    std::vector<std::string> found;
    std::optional<Error> unread; // a database that is busy or gone was not changed by anybody
    const auto note = [&](const Error& error, const std::string& where) {
        if (error.code == ErrorCode::corrupt) {
            found.push_back(where + error.message + " " + error.detail);
        } else {
            unread = error;
        }
    };
    if (const auto whole = database_->check_structure(); !whole) {
        note(whole.error(), "");
    }
    std::int64_t count = 0;
    for (const Table* table : all_tables()) {
        const auto scan = rows_.scan(*table, stop);
        if (stop.stop_requested()) {
            return fail(ErrorCode::cancelled, "The scan was stopped.");
        }
        if (!scan) {
            note(scan.error(), std::string(table->name) + ": ");
            continue;
        }
        count += scan->rows;
        found.insert(found.end(), scan->changed.begin(), scan->changed.end());
    }
    for (const auto& more : {find_missing(), find_other_deployments()}) {
        if (more) {
            found.insert(found.end(), more->begin(), more->end());
        } else {
            note(more.error(), "");
        }
    }
    if (const auto chain = verify_audit(); !chain) {
        note(chain.error(), "");
    }
    if (found.empty()) {
        return unread ? Result<std::int64_t>(fail(*unread)) : count;
    }
    std::string detail;
    for (const std::string& line : found) {
        detail += detail.empty() ? "" : "\n";
        detail += trim(line);
    }
    return fail(ErrorCode::corrupt, "The node's database was changed outside of the node.",
                "Restore it from a backup that is not older than audit.head.", std::move(detail));
}

} // namespace tau::node
