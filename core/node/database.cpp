#include "core/node/database.h"

#include "core/node/retry.h"

#include <algorithm>
#include <chrono>
#include <sodium.h>
#include <thread>

namespace tau::node {

namespace {

constexpr unsigned most_tries = 12;
constexpr std::uint32_t longest_pause = 250'000; ///< microseconds

} // namespace

std::int64_t Row::integer(std::size_t column) const {
    const auto* value = std::get_if<std::int64_t>(&values_.at(column));
    return value != nullptr ? *value : 0;
}

const std::string& Row::text(std::size_t column) const {
    static const std::string none;
    const auto* value = std::get_if<std::string>(&values_.at(column));
    return value != nullptr ? *value : none;
}

const Bytes& Row::bytes(std::size_t column) const {
    static const Bytes none;
    const auto* value = std::get_if<Bytes>(&values_.at(column));
    return value != nullptr ? *value : none;
}

bool is_copy(std::string_view name, std::string_view start) {
    return name.size() > start.size() && name.starts_with(start) &&
           name.find_first_not_of("0123456789", start.size()) == std::string_view::npos;
}

bool is_postgresql(std::string_view place) {
    return place.starts_with("postgresql://") || place.starts_with("postgres://");
}

Result<void> with_retries(const std::function<Try()>& attempt) {
    for (unsigned tries = 1;; ++tries) {
        Try tried = attempt();
        if (tried.result || !tried.again) {
            return std::move(tried.result);
        }
        if (tries == most_tries) {
            return fail(ErrorCode::unavailable, "The node's database is too busy.", {},
                        tried.result.error().detail);
        }
        const std::uint32_t pause = std::min(longest_pause, 2000U << tries);
        std::this_thread::sleep_for(std::chrono::microseconds(randombytes_uniform(pause)));
    }
}

} // namespace tau::node
