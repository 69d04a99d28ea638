// What a node forgets by itself.

#include "core/node/schema.h"
#include "core/node/store_values.h"

namespace tau::node {

namespace {

constexpr std::int64_t day = 86400; // seconds
constexpr std::int64_t challenge_memory = 300;
constexpr std::int64_t delivery_memory = 30 * day;
/// Deliveries of one webhook that are remembered, or a few more until the next time. One that comes
/// again later leads to a look, and finds nothing new.
constexpr std::int64_t most_deliveries = 5000;
/// A webhook that had none for so long had none too many either.
constexpr std::int64_t recent = 600;
constexpr std::int64_t ended_memory = 30 * day;
/// A copy from before a migration still has what owners withdrew since, so it is not kept for good.
constexpr std::int64_t copy_memory = 7 * day;

/// As long as there is something and the node is not to end; each time is a transaction.
Result<void> repeat(const std::atomic<bool>& stopping,
                    const std::function<Result<std::size_t>()>& forget_some) {
    for (;;) {
        const auto forgotten = forget_some();
        if (!forgotten) {
            return fail(forgotten.error());
        }
        if (*forgotten == 0 || stopping) {
            return {};
        }
    }
}

} // namespace

/// The registration's own row stays, without its answer: it says that it ended, for its idempotency
/// key and the audit log.
Result<std::size_t> Store::forget_ended(std::int64_t before) {
    std::size_t forgotten = 0;
    const auto done = database_->transaction([&]() -> Result<void> {
        auto ended = rows_.select(registration_row::table,
                                  "state <> 'active' AND answer <> '' AND updated_at < $1 "
                                  "ORDER BY updated_at LIMIT 50",
                                  {before});
        Result<void> erased = ended ? Result<void>() : fail(ended.error());
        forgotten = ended ? ended->size() : 0;
        for (std::size_t i = 0; erased && i < forgotten; ++i) {
            Row& row = (*ended)[i];
            row.set(registration_row::answer, std::string());
            erased = rows_.update(registration_row::table, row);
            for (const Table* table :
                 {&check_row::table, &deployment_row::table, &deployed_row::table,
                  &rotation_row::table, &repository_row::table}) {
                if (erased) {
                    erased = rows_.erase(*table, "registration_id = $1",
                                         {row.text(registration_row::id)});
                }
            }
        }
        return erased;
    });
    return done ? Result<std::size_t>(forgotten) : fail(done.error());
}

/// Not when a delivery comes: who counts them within its transaction has PostgreSQL take back those
/// of all other webhooks.
Result<void> Store::forget_more_than_most(std::int64_t now) {
    const auto crowded = database_->run_aside(
        "SELECT registration_id, role FROM delivery AS d WHERE received_at >= " +
        std::to_string(now - recent) +
        " GROUP BY registration_id, role HAVING (SELECT count(*) FROM delivery WHERE "
        "registration_id = d.registration_id AND role = d.role) > " +
        std::to_string(most_deliveries));
    Result<void> done = crowded ? Result<void>() : fail(crowded.error());
    for (std::size_t i = 0; done && i < crowded->size(); ++i) {
        const Row& webhook = (*crowded)[i];
        done = repeat(stopping_, [&] {
            return rows_.erase_some(
                delivery_row::table,
                "registration_id = $1 AND role = $2 AND received_at < (SELECT received_at FROM "
                "delivery WHERE registration_id = $1 AND role = $2 ORDER BY received_at DESC "
                "LIMIT 1 OFFSET " +
                    std::to_string(most_deliveries - 1) + ")",
                {webhook.text(0), webhook.text(1)});
        });
    }
    return done;
}

Result<void> Store::expire(std::int64_t now) {
    const auto forget = [this](const Table& table, const char* condition, std::int64_t before) {
        return repeat(stopping_, [&] { return rows_.erase_some(table, condition, {before}); });
    };
    return forget(used_challenge_row::table, "expires_at < $1", now - challenge_memory)
        .and_then(
            [&] { return forget(delivery_row::table, "received_at < $1", now - delivery_memory); })
        .and_then([&] { return forget_more_than_most(now); })
        .and_then([&] { return forget(withdrawn_row::table, "expires_at < $1", now); })
        .and_then(
            [&] { return repeat(stopping_, [&] { return forget_ended(now - ended_memory); }); })
        .and_then([&] { return database_->forget_copies(copy_name, now - copy_memory); })
        .and_then([&] { return head_.flush(); });
}

} // namespace tau::node
