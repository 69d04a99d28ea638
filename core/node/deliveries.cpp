#include "core/node/schema.h"
#include "core/node/store_values.h"

namespace tau::node {

namespace {

constexpr std::int64_t delivery_memory = 30LL * 24 * 3600;
constexpr std::int64_t challenge_memory = 300;
/// A copy from before a migration still has what owners withdrew since, so it is not kept for good.
constexpr std::int64_t copy_memory = 7LL * 24 * 3600;

} // namespace

Result<bool> Store::is_active(const std::string& id) {
    return rows_.select(registration_row::table, "id = $1 AND state = 'active'", {id})
        .map([](const Rows& found) { return !found.empty(); });
}

Result<Delivery> Store::add_delivery(const std::string& id, vault::Role role,
                                     const std::string& delivery_id, const Hash32& body_hash,
                                     std::int64_t now) {
    Delivery outcome = Delivery::fresh;
    const Result<void> done = database_->transaction([&]() -> Result<void> {
        outcome = Delivery::fresh; // the work may be run again
        const auto active = is_active(id);
        if (!active) {
            return fail(active.error());
        }
        if (!*active) { // revoked since it was looked up
            outcome = Delivery::ended;
            return {};
        }
        const auto known = rows_.select(delivery_row::table,
                                        "registration_id = $1 AND role = $2 AND delivery_id = $3",
                                        {id, text(role), delivery_id});
        if (!known) {
            return fail(known.error());
        }
        if (!known->empty()) {
            outcome = known->front().bytes(delivery_row::body_hash) == blob(body_hash)
                          ? Delivery::repeated
                          : Delivery::conflicting;
            return {};
        }
        return rows_
            .insert(delivery_row::table, {id, text(role), delivery_id, blob(body_hash), now})
            .and_then([&] {
                return rows_.change(
                    repository_row::table, "registration_id = $1 AND role = $2", {id, text(role)},
                    [now](Row& row) { row.set(repository_row::webhook_seen, now); });
            })
            .and_then([&] {
                return rows_.change(
                    check_row::table,
                    "registration_id = $1 AND target = $2 AND name = 'webhook' "
                    "AND outcome = 'pending'",
                    {id, text(role)}, [](Row& row) {
                        row.set(check_row::outcome, std::string("passed"));
                        row.set(check_row::reason, std::string());
                        row.set(check_row::sentence,
                                std::string("The git host's webhook reached this node with a "
                                            "good signature."));
                    });
            });
    });
    if (!done) {
        return fail(done.error());
    }
    return outcome;
}

Result<void> Store::set_refs(const std::string& id, vault::Role role,
                             const std::vector<vault::RefState>& refs) {
    return database_->transaction([&]() -> Result<void> {
        const auto active = is_active(id);
        if (!active) {
            return fail(active.error());
        }
        if (!*active) { // revoked since it was looked up
            return {};
        }
        Result<void> done =
            rows_.erase(ref_row::table, "registration_id = $1 AND role = $2", {id, text(role)});
        for (const vault::RefState& ref : refs) {
            if (done) {
                done = rows_.insert(ref_row::table, {id, text(role), ref.ref, ref.commit,
                                                     ref.observed_at, ref.forced_at});
            }
        }
        return done;
    });
}

Result<std::vector<vault::RefState>> Store::refs(const std::string& id) {
    const auto rows =
        rows_.select(ref_row::table, "registration_id = $1 ORDER BY role DESC, ref", {id});
    if (!rows) {
        return fail(rows.error());
    }
    std::vector<vault::RefState> refs;
    for (const Row& row : *rows) {
        refs.push_back({role_of(row.text(ref_row::role)), row.text(ref_row::ref),
                        row.text(ref_row::commit_id), row.integer(ref_row::observed_at),
                        row.integer(ref_row::forced_at)});
    }
    return refs;
}

Result<bool> Store::claim_look(const std::string& id, vault::Role role, std::int64_t now,
                               std::int64_t hold) {
    bool mine = false;
    const Result<void> done = database_->transaction([&]() -> Result<void> {
        const auto active = is_active(id);
        const auto known =
            rows_.select(look_row::table, "registration_id = $1 AND role = $2", {id, text(role)});
        if (!active || !known) {
            return fail(active ? known.error() : active.error());
        }
        const std::int64_t next = known->empty() ? now : known->front().integer(look_row::next_at);
        // One that is further away was written by a clock that was wrong.
        mine = *active && (next <= now || next > now + 2 * hold);
        if (!mine) {
            return {};
        }
        std::vector<Value> row{id, text(role), now + hold};
        return known->empty() ? rows_.insert(look_row::table, std::move(row))
                              : rows_.update(look_row::table, Row(std::move(row)));
    });
    return done.map([&mine] { return mine; });
}

Result<void> Store::expire(std::int64_t now) {
    return rows_.erase(used_challenge_row::table, "expires_at < $1", {now - challenge_memory})
        .and_then([&] {
            return rows_.erase(delivery_row::table, "received_at < $1", {now - delivery_memory});
        })
        .and_then([&] { return rows_.erase(withdrawn_row::table, "expires_at < $1", {now}); })
        .and_then([&] { return database_->forget_copies(copy_name, now - copy_memory); })
        .and_then([&] { return head_.flush(); });
}

} // namespace tau::node
