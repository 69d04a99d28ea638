#include "core/node/store_values.h"

namespace tau::node {

namespace {

constexpr std::int64_t most_withdrawn = 4096;

} // namespace

Result<void> Store::withdraw(const seal::Point& owner_key, const std::string& id, std::int64_t now,
                             std::int64_t until) {
    return database_->transaction([&]() -> Result<void> {
        if (const auto done = run("DELETE FROM withdrawn WHERE expires_at < $1", {now}); !done) {
            return done;
        }
        const auto count = database_->run("SELECT count(*) FROM withdrawn");
        if (!count) {
            return fail(count.error());
        }
        if (count->front().integer(0) >= most_withdrawn) { // anybody can sign as some owner
            const auto done = run("DELETE FROM withdrawn WHERE expires_at = "
                                  "(SELECT min(expires_at) FROM withdrawn)",
                                  {});
            if (!done) {
                return done;
            }
        }
        // Whoever stores it at this moment reads what is written here, and the other way round:
        // so one of the two comes first.
        const auto stored = database_->run("SELECT state FROM registration WHERE id = $1", {id});
        if (!stored) {
            return fail(stored.error());
        }
        return run("INSERT INTO withdrawn(owner_key, registration_id, expires_at) "
                   "VALUES($1, $2, $3) ON CONFLICT(owner_key, registration_id) "
                   "DO UPDATE SET expires_at = $3",
                   {blob(owner_key), id, until});
    });
}

Result<bool> Store::is_withdrawn(const seal::Point& owner_key, const std::string& id,
                                 std::int64_t now) {
    const auto rows = database_->run("SELECT 1 FROM withdrawn WHERE owner_key = $1 "
                                     "AND registration_id = $2 AND expires_at >= $3",
                                     {blob(owner_key), id, now});
    return rows.map([](const Rows& found) { return !found.empty(); });
}

} // namespace tau::node
