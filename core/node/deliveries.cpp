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
    const auto rows =
        database_->run("SELECT 1 FROM registration WHERE id = $1 AND state = 'active'", {id});
    return rows.map([](const Rows& found) { return !found.empty(); });
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
        const auto known =
            database_->run("SELECT body_hash FROM delivery WHERE registration_id = $1 "
                           "AND role = $2 AND delivery_id = $3",
                           {id, text(role), delivery_id});
        if (!known) {
            return fail(known.error());
        }
        if (!known->empty()) {
            outcome = known->front().bytes(0) == blob(body_hash) ? Delivery::repeated
                                                                 : Delivery::conflicting;
            return {};
        }
        return run("INSERT INTO delivery(registration_id, role, delivery_id, body_hash, "
                   "received_at) VALUES($1, $2, $3, $4, $5)",
                   {id, text(role), delivery_id, blob(body_hash), now})
            .and_then([&] {
                return run("UPDATE repository SET webhook_seen = $3 WHERE registration_id = $1 "
                           "AND role = $2",
                           {id, text(role), now});
            })
            .and_then([&] {
                return run("UPDATE check_row SET outcome = 'passed', reason = '', sentence = $3 "
                           "WHERE registration_id = $1 AND target = $2 AND name = 'webhook' "
                           "AND outcome = 'pending'",
                           {id, text(role),
                            std::string("The git host's webhook reached this node with a good "
                                        "signature.")});
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
            run("DELETE FROM ref_state WHERE registration_id = $1 AND role = $2", {id, text(role)});
        for (const vault::RefState& ref : refs) {
            if (done) {
                done = run("INSERT INTO ref_state(registration_id, role, ref, commit_id, "
                           "observed_at, forced_at) VALUES($1, $2, $3, $4, $5, $6)",
                           {id, text(role), ref.ref, ref.commit, ref.observed_at, ref.forced_at});
            }
        }
        return done;
    });
}

Result<std::vector<vault::RefState>> Store::refs(const std::string& id) {
    const auto rows = database_->run("SELECT role, ref, commit_id, observed_at, forced_at "
                                     "FROM ref_state "
                                     "WHERE registration_id = $1 ORDER BY role DESC, ref",
                                     {id});
    if (!rows) {
        return fail(rows.error());
    }
    std::vector<vault::RefState> refs;
    for (const Row& row : *rows) {
        refs.push_back(
            {role_of(row.text(0)), row.text(1), row.text(2), row.integer(3), row.integer(4)});
    }
    return refs;
}

Result<void> Store::expire(std::int64_t now) {
    return run("DELETE FROM used_challenge WHERE expires_at < $1", {now - challenge_memory})
        .and_then([&] {
            return run("DELETE FROM delivery WHERE received_at < $1", {now - delivery_memory});
        })
        .and_then([&] { return run("DELETE FROM withdrawn WHERE expires_at < $1", {now}); })
        .and_then([&] { return database_->forget_copies(copy_name, now - copy_memory); });
}

} // namespace tau::node
