#include "core/node/store.h"

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
    if (seq <= head_.sequence()) {
        return fail(ErrorCode::corrupt,
                    "The database went back to an older state while the node ran.",
                    "Bring the newer one back; nothing is written until then.",
                    "The audit log ends at " + std::to_string(seq - 1) + ", and " +
                        std::to_string(head_.sequence()) + " was there.");
    }
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

Result<bool> Store::has_entry(const AuditEntry& entry) {
    return rows_.select(audit_row::table, "seq = $1", {entry.seq}).map([&entry](const Rows& found) {
        return !found.empty() && found.front().bytes(audit_row::hash) == entry.hash;
    });
}

Result<AuditEntry> Store::last_entry() {
    const auto last = rows_.select(audit_row::table, "true ORDER BY seq DESC LIMIT 1", {});
    if (!last) {
        return fail(last.error());
    }
    return last->empty() ? AuditEntry{}
                         : AuditEntry{last->front().integer(audit_row::seq),
                                      last->front().bytes(audit_row::hash)};
}

Result<AuditEntry> Store::check_head() {
    const auto head = head_.read();
    if (!head) {
        return fail(head.error());
    }
    if (*head) {
        const auto there = has_entry(**head);
        if (!there) {
            return fail(there.error());
        }
        if (!*there) {
            return fail(ErrorCode::corrupt,
                        "The node's database is older than what this node has written, or another "
                        "one: it lacks entry " +
                            std::to_string((*head)->seq) + " of the audit log.",
                        "Put the newest copy back. If this one is all there is, remove the file "
                        "audit.head from the node's data; what came later is then forgotten.");
        }
    }
    return last_entry();
}

Result<std::vector<std::string>> Store::registered_since(std::int64_t& entry) {
    std::vector<std::string> ids;
    for (std::int64_t last = entry;;) {
        const auto rows = rows_.select(audit_row::table, "seq > $1 ORDER BY seq LIMIT $2",
                                       {last, entries_at_once});
        if (!rows) {
            return fail(rows.error());
        }
        for (const Row& row : *rows) {
            last = row.integer(audit_row::seq);
            if (row.text(audit_row::action) == "register") {
                ids.push_back(row.text(audit_row::subject));
            }
        }
        if (rows->empty()) {
            entry = last;
            return ids;
        }
    }
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

} // namespace tau::node
