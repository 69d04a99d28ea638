#include "core/node/store.h"

#include <algorithm>

namespace tau::node {

namespace {

/// Each entry's hash covers the one before, so that none can be changed or left out unseen.
Bytes entry_hash(std::int64_t seq, std::int64_t at, ByteView actor, const std::string& action,
                 const std::string& subject, ByteView prev) {
    ByteWriter in;
    in.u64(static_cast<std::uint64_t>(seq)).u64(static_cast<std::uint64_t>(at)).lp16(actor);
    in.lp16(action).lp16(subject).lp16(prev);
    const Hash32 hash = tagged_hash32("TauREG1-audit", in.bytes());
    return {hash.begin(), hash.end()};
}

} // namespace

Result<void> Store::audit(std::int64_t now, ByteView actor, const std::string& action,
                          const std::string& subject) {
    const auto last = database_->run("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1");
    if (!last) {
        return fail(last.error());
    }
    const std::int64_t seq = last->empty() ? 1 : last->front().integer(0) + 1;
    const Bytes prev = last->empty() ? Bytes{} : last->front().bytes(1);
    return run("INSERT INTO audit(seq, at, actor, action, subject, prev, hash) "
               "VALUES($1, $2, $3, $4, $5, $6, $7)",
               {seq, now, Bytes(actor.begin(), actor.end()), action, subject, prev,
                entry_hash(seq, now, actor, action, subject, prev)});
}

Result<std::int64_t> Store::verify_audit() {
    const auto rows = database_->run(
        "SELECT seq, at, actor, action, subject, prev, hash FROM audit ORDER BY seq");
    if (!rows) {
        return fail(rows.error());
    }
    Bytes prev;
    std::int64_t expected = 1;
    for (const Row& row : *rows) {
        if (row.integer(0) != expected || row.bytes(5) != prev ||
            row.bytes(6) != entry_hash(row.integer(0), row.integer(1), row.bytes(2), row.text(3),
                                       row.text(4), prev)) {
            return fail(ErrorCode::corrupt, "The node's audit log was changed at entry " +
                                                std::to_string(expected) + ".");
        }
        prev = row.bytes(6);
        ++expected;
    }
    return expected - 1;
}

} // namespace tau::node
