#include "core/vault/retry.h"

#include "core/base/text.h"

#include <algorithm>
#include <charconv>
#include <condition_variable>
#include <ctime>
#include <mutex>

namespace tau::vault {

namespace {

/// More than anybody waits, and little enough to count in milliseconds and less.
constexpr std::int64_t longest_wait = 365LL * 24 * 3600;

/// All of `digits` as a number, or -1.
std::int64_t number(std::string_view digits) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    const bool whole = error == std::errc{} && end == digits.data() + digits.size();
    return whole && value >= 0 ? value : -1;
}

} // namespace

// strptime is not used: it reads day and month names in the process's locale.
std::optional<std::int64_t> parse_http_date(std::string_view text) {
    constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
    if (text.size() != 29 || text.substr(3, 2) != ", " || text.substr(25) != " GMT" ||
        text[7] != ' ' || text[11] != ' ' || text[16] != ' ' || text[19] != ':' ||
        text[22] != ':') {
        return std::nullopt;
    }
    const std::size_t month = months.find(text.substr(8, 3));
    const std::int64_t day = number(text.substr(5, 2));
    const std::int64_t year = number(text.substr(12, 4));
    const std::int64_t hour = number(text.substr(17, 2));
    const std::int64_t minute = number(text.substr(20, 2));
    const std::int64_t second = number(text.substr(23, 2));
    if (month == std::string_view::npos || month % 3 != 0 || day < 1 || day > 31 || year < 1970 ||
        hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) {
        return std::nullopt;
    }
    std::tm time{};
    time.tm_year = static_cast<int>(year - 1900);
    time.tm_mon = static_cast<int>(month / 3);
    time.tm_mday = static_cast<int>(day);
    time.tm_hour = static_cast<int>(hour);
    time.tm_min = static_cast<int>(minute);
    time.tm_sec = static_cast<int>(second);
    return timegm(&time);
}

std::optional<std::chrono::seconds> retry_after(const HttpResponse& response, std::int64_t now) {
    const std::string* header = response.header("Retry-After");
    if (header == nullptr) {
        return std::nullopt;
    }
    const std::string_view value = trim(*header);
    if (const std::int64_t seconds = number(value); seconds >= 0) {
        return std::chrono::seconds(std::min(seconds, longest_wait));
    }
    const std::optional<std::int64_t> when = parse_http_date(value);
    if (!when) {
        return std::nullopt;
    }
    const std::string* date = response.header("Date");
    const std::int64_t from = date != nullptr ? parse_http_date(trim(*date)).value_or(now) : now;
    return std::chrono::seconds(std::clamp<std::int64_t>(*when - from, 0, longest_wait));
}

bool wait_for(std::chrono::milliseconds time, std::stop_token stop) {
    std::mutex mutex;
    std::condition_variable_any changed;
    std::unique_lock lock(mutex);
    changed.wait_for(lock, stop, time, [] { return false; });
    return !stop.stop_requested();
}

} // namespace tau::vault
