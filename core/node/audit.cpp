#include "core/node/store.h"

#include <algorithm>

namespace tau::node {

namespace {

constexpr std::int64_t entries_at_once = 1000;

/// Each entry's hash covers the one before, so that none can be changed or left out unseen.
Bytes entry_hash(const std::vector<Value>& entry) {
    const Row row(entry);
    ByteWriter in;
    in.u64(static_cast<std::uint64_t>(row.integer(audit_row::seq)));
    in.u64(static_cast<std::uint64_t>(row.integer(audit_row::at)));
    in.lp16(row.bytes(audit_row::actor)).lp16(row.text(audit_row::action));
    in.lp16(row.text(audit_row::subject)).lp16(row.bytes(audit_row::prev));
    const Hash32 hash = tagged_hash32("TauREG1-audit", in.bytes());
    return {hash.begin(), hash.end()};
}

} // namespace

Result<AuditEntry> Store::append(std::int64_t now, const Event& event) {
    const auto last = rows_.select(audit_row::table, "true ORDER BY seq DESC LIMIT 1", {});
    if (!last) {
        return fail(last.error());
    }
    const std::int64_t seq = last->empty() ? 1 : last->front().integer(audit_row::seq) + 1;
    const Bytes prev = last->empty() ? Bytes{} : last->front().bytes(audit_row::hash);
    std::vector<Value> entry{seq, now, event.actor, event.action, event.subject, prev, Bytes()};
    const Bytes hash = entry_hash(entry);
    entry[audit_row::hash] = hash;
    return rows_.insert(audit_row::table, std::move(entry)).map([&] {
        return AuditEntry{seq, hash};
    });
}

Result<void> Store::audited(std::int64_t now,
                            const std::function<Result<std::optional<Event>>()>& work) {
    AuditEntry last;
    const Result<void> done = database_->in_turn([&]() -> Result<void> {
        last = {}; // the work may be run again
        const auto event = work();
        if (!event) {
            return fail(event.error());
        }
        if (!*event) {
            return {};
        }
        return append(now, **event).map([&last](AuditEntry&& entry) { last = std::move(entry); });
    });
    if (done && last.seq > 0) {
        head_.note(std::move(last));
    }
    return done;
}

Result<std::optional<AuditEntry>> Store::check_head(const std::optional<AuditEntry>& head) {
    const auto last = rows_.select(audit_row::table, "true ORDER BY seq DESC LIMIT 1", {});
    if (!last) {
        return fail(last.error());
    }
    if (head) {
        const auto entry = rows_.select(audit_row::table, "seq = $1", {head->seq});
        if (!entry) {
            return fail(entry.error());
        }
        if (entry->empty() || entry->front().bytes(audit_row::hash) != head->hash) {
            return fail(ErrorCode::corrupt,
                        "The node's database is older than what this node has written, or another "
                        "one: it lacks entry " +
                            std::to_string(head->seq) + " of the audit log.",
                        "Put the newest copy back. If this one is all there is, remove the file "
                        "audit.head from the node's data; what came later is then forgotten.");
        }
    }
    return last->empty() ? std::nullopt
                         : std::optional(AuditEntry{last->front().integer(audit_row::seq),
                                                    last->front().bytes(audit_row::hash)});
}

Result<std::int64_t> Store::verify_audit() {
    Bytes prev;
    for (std::int64_t expected = 1;;) {
        const auto rows = rows_.select(audit_row::table, "seq >= $1 ORDER BY seq LIMIT $2",
                                       {expected, entries_at_once});
        if (!rows) {
            return fail(rows.error());
        }
        for (const Row& row : *rows) {
            if (row.integer(audit_row::seq) != expected || row.bytes(audit_row::prev) != prev ||
                row.bytes(audit_row::hash) != entry_hash(row.values())) {
                return fail(ErrorCode::corrupt, "The node's audit log was changed at entry " +
                                                    std::to_string(expected) + ".");
            }
            prev = row.bytes(audit_row::hash);
            ++expected;
        }
        if (rows->empty()) {
            return expected - 1;
        }
    }
}

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
                 "SELECT g.id FROM registration g WHERE 2 <> "
                 "(SELECT count(*) FROM repository r WHERE r.registration_id = g.id)"},
        Question{"sealed keys of this registration are not there: ",
                 "SELECT g.id FROM registration g WHERE g.state = 'active' AND 2 <> "
                 "(SELECT count(*) FROM sealed s WHERE s.registration_id = g.id)"},
        Question{"a check of this registration is not there: ",
                 "SELECT c.registration_id FROM check_row c GROUP BY c.registration_id "
                 "HAVING count(*) <> max(c.ord) + 1"},
        Question{"a deployment of this registration is not there: ",
                 "SELECT d.registration_id FROM deployment d GROUP BY d.registration_id "
                 "HAVING count(*) <> max(d.ord) + 1"},
        Question{"the note of a nonce of this registration is not there: ",
                 "SELECT s.registration_id FROM sealed s WHERE NOT EXISTS "
                 "(SELECT 1 FROM used_nonce n WHERE n.nonce = s.nonce)"},
        Question{"this registration was revoked and is active again: ",
                 "SELECT a.subject FROM audit a JOIN registration g ON g.id = a.subject "
                 "WHERE a.action = 'revoke' AND g.state = 'active'"},
        Question{"the answer to a rotation of this registration is not there: ",
                 "SELECT a.subject FROM audit a WHERE a.action = 'rotate' GROUP BY a.subject "
                 "HAVING count(*) <> "
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

Result<std::int64_t> Store::verify(const std::stop_token& stop) {
    std::vector<std::string> found;
    if (const auto whole = database_->check_structure(); !whole) {
        found.push_back(whole.error().message + " " + whole.error().detail);
    }
    std::int64_t count = 0;
    for (const Table* table : all_tables()) {
        if (stop.stop_requested()) {
            return fail(ErrorCode::cancelled, "The scan was stopped.");
        }
        const auto scan = rows_.scan(*table);
        if (!scan) {
            found.push_back(std::string(table->name) + ": " + scan.error().message);
            continue;
        }
        count += scan->rows;
        found.insert(found.end(), scan->changed.begin(), scan->changed.end());
    }
    const auto missing = find_missing();
    const auto chain = verify_audit();
    if (!missing || !chain) {
        found.push_back(missing ? chain.error().message : missing.error().message);
    } else {
        found.insert(found.end(), missing->begin(), missing->end());
    }
    if (found.empty()) {
        return count;
    }
    std::string detail;
    for (const std::string& line : found) {
        detail += detail.empty() ? "" : "\n";
        detail += line;
    }
    return fail(ErrorCode::corrupt, "The node's database was changed outside of the node.",
                "Restore it from a backup that is not older than audit.head.", std::move(detail));
}

} // namespace tau::node
