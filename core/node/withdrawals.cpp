#include "core/node/store_values.h"

namespace tau::node {

namespace {

/// Anybody can sign as some owner, so nobody's rows may go for another's.
constexpr std::int64_t most_of_one_owner = 64;

} // namespace

Result<void> Store::withdraw(const seal::Point& owner_key, const std::string& id,
                             std::int64_t until) {
    return database_->transaction([&]() -> Result<void> {
        // Whoever stores it at this moment reads what is written here, and the other way round:
        // so one of the two comes first.
        const auto active = is_active(id);
        const auto known = rows_.select(
            withdrawn_row::table, "owner_key = $1 AND registration_id = $2", {blob(owner_key), id});
        if (!active || !known) {
            return fail(active ? known.error() : active.error());
        }
        std::vector<Value> row{blob(owner_key), id, until};
        return known->empty() ? make_room_to_withdraw(owner_key).and_then([&] {
            return rows_.insert(withdrawn_row::table, std::move(row));
        })
                              : rows_.update(withdrawn_row::table, Row(std::move(row)));
    });
}

Result<void> Store::make_room_to_withdraw(const seal::Point& owner_key) {
    const auto count =
        database_->run("SELECT count(*) FROM withdrawn WHERE owner_key = $1", {blob(owner_key)});
    if (!count || count->front().integer(0) < most_of_one_owner) {
        return count ? Result<void>() : fail(count.error());
    }
    return rows_.erase(withdrawn_row::table,
                       "owner_key = $1 AND registration_id = (SELECT registration_id FROM "
                       "withdrawn WHERE owner_key = $1 ORDER BY expires_at LIMIT 1)",
                       {blob(owner_key)});
}

Result<bool> Store::is_withdrawn(const seal::Point& owner_key, const std::string& id,
                                 std::int64_t now) {
    return rows_
        .select(withdrawn_row::table,
                "owner_key = $1 AND registration_id = $2 AND expires_at >= $3",
                {blob(owner_key), id, now})
        .map([](const Rows& found) { return !found.empty(); });
}

} // namespace tau::node
