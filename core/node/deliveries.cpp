#include "core/node/store_values.h"

#include <map>

namespace tau::node {

namespace {

/// How long an unchanged ref is not written again: each time costs a wait for the disk.
constexpr std::int64_t sighting_pause = 3600;
constexpr std::size_t refs_at_once = 500;
constexpr std::string_view this_ref = "registration_id = $1 AND role = $2 AND ref = $3";

vault::RefState ref_of(const Row& row) {
    return {role_of(row.text(ref_row::role)), row.text(ref_row::ref), row.text(ref_row::commit_id),
            row.integer(ref_row::observed_at), row.integer(ref_row::forced_at)};
}

bool is_news(const vault::RefState& known, const vault::RefState& now) {
    return known.commit != now.commit || now.forced_at > known.forced_at ||
           now.observed_at >= known.observed_at + sighting_pause;
}

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
        }
        if (outcome == Delivery::conflicting) {
            return {};
        }
        // Sent again after a rotation, it says that the new secret is at the host.
        const std::string_view mine = "registration_id = $1 AND role = $2";
        const std::string unseen = std::string(mine) + " AND webhook_seen = 0";
        return (outcome == Delivery::fresh
                    ? rows_.insert(delivery_row::table,
                                   {id, text(role), delivery_id, blob(body_hash), now})
                    : Result<void>())
            .and_then([&] {
                return rows_.change(
                    repository_row::table, outcome == Delivery::fresh ? mine : unseen,
                    {id, text(role)},
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
                             const std::vector<vault::RefState>& refs,
                             const std::set<std::string>& watched) {
    const auto of_repository = [&](const Table& table) {
        return rows_.select(table, "registration_id = $1 AND role = $2", {id, text(role)});
    };
    const auto rows = of_repository(ref_row::table);
    const auto gone_rows = of_repository(gone_row::table);
    if (!rows || !gone_rows) {
        return fail(rows ? gone_rows.error() : rows.error());
    }
    std::map<std::string_view, const Row*> known;
    for (const Row& row : *rows) {
        known.emplace(row.text(ref_row::ref), &row);
    }
    std::map<std::string_view, const Row*> gone;
    for (const Row& row : *gone_rows) {
        gone.emplace(row.text(ref_row::ref), &row);
    }
    std::vector<RefChange> changes;
    for (const vault::RefState& ref : refs) {
        const auto found = known.find(ref.ref);
        const auto before = gone.find(ref.ref);
        if (found == known.end() || is_news(ref_of(*found->second), ref)) {
            changes.push_back({ref.ref, &ref});
            if (before != gone.end()) { // a flag does not go with the branch
                changes.back().was_gone = true;
                changes.back().forced_at = before->second->integer(ref_row::forced_at);
            }
        }
        known.erase(ref.ref);
        gone.erase(ref.ref);
    }
    for (const auto& [name, row] : known) {
        changes.push_back(
            {std::string(name), nullptr, watched.contains(std::string(name)), gone.contains(name)});
    }
    for (const auto& [name, row] : gone) {
        if (!known.contains(name) && !watched.contains(std::string(name))) {
            changes.push_back({std::string(name), nullptr, false, true});
        }
    }
    Result<void> done;
    for (std::size_t at = 0; done && at < changes.size(); at += refs_at_once) {
        done = change_refs(
            id, role, std::span(changes).subspan(at, std::min(refs_at_once, changes.size() - at)));
    }
    return done;
}

/// Everybody else waits while it runs.
Result<void> Store::change_refs(const std::string& id, vault::Role role,
                                std::span<const RefChange> changes) {
    return database_->transaction([&]() -> Result<void> {
        const auto active = is_active(id);
        if (!active) {
            return fail(active.error());
        }
        Result<void> done;
        for (std::size_t i = 0; *active && done && i < changes.size(); ++i) {
            done = change_ref(id, role, changes[i]);
        }
        return done; // revoked since it was looked up: nothing
    });
}

Result<void> Store::change_ref(const std::string& id, vault::Role role, const RefChange& change) {
    const std::vector<Value> key{id, text(role), change.name};
    const auto known = rows_.select(ref_row::table, this_ref, key);
    if (!known) {
        return fail(known.error());
    }
    if (const auto done =
            change.was_gone ? rows_.erase(gone_row::table, this_ref, key) : Result<void>();
        !done) {
        return done;
    }
    if (change.now == nullptr) {
        return rows_.erase(ref_row::table, this_ref, key).and_then([&] {
            return change.is_watched && !known->empty()
                       ? rows_.insert(gone_row::table, known->front().values())
                       : Result<void>();
        });
    }
    const std::int64_t forced_at =
        std::max({change.now->forced_at, change.forced_at,
                  known->empty() ? 0 : known->front().integer(ref_row::forced_at)});
    std::vector<Value> row{
        id, text(role), change.name, change.now->commit, change.now->observed_at, forced_at};
    return known->empty() ? rows_.insert(ref_row::table, std::move(row))
                          : rows_.update(ref_row::table, Row(std::move(row)));
}

Result<std::vector<vault::RefState>> Store::refs(const std::string& id) {
    const auto rows =
        rows_.select(ref_row::table, "registration_id = $1 ORDER BY role DESC, ref", {id});
    if (!rows) {
        return fail(rows.error());
    }
    std::vector<vault::RefState> refs;
    refs.reserve(rows->size());
    for (const Row& row : *rows) {
        refs.push_back(ref_of(row));
    }
    return refs;
}

Result<bool> Store::claim_look(const std::string& id, vault::Role role, std::int64_t now,
                               std::int64_t hold) {
    if (!database_->is_shared()) { // nobody to tell, and each row costs a wait for the disk
        return is_active(id);
    }
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

Result<std::optional<vault::RefState>> Store::ref(const std::string& id, vault::Role role,
                                                  const std::string& name) {
    return ref_in(ref_row::table, id, role, name);
}

Result<std::optional<vault::RefState>> Store::last_ref(const std::string& id, vault::Role role,
                                                       const std::string& name) {
    auto found = ref(id, role, name);
    return found && !*found ? ref_in(gone_row::table, id, role, name) : found;
}

Result<std::optional<vault::RefState>> Store::ref_in(const Table& table, const std::string& id,
                                                     vault::Role role, const std::string& name) {
    const auto rows = rows_.select(table, this_ref, {id, text(role), name});
    if (!rows) {
        return fail(rows.error());
    }
    return rows->empty() ? std::nullopt : std::optional(ref_of(rows->front()));
}

} // namespace tau::node
