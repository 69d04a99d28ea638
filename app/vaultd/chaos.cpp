#include "app/vaultd/chaos.h"

#include <array>
#include <charconv>

namespace tau::vaultd {

namespace {

constexpr std::uint64_t longest_delay = 3000; ///< milliseconds

} // namespace

Result<Chaos::Shares> Chaos::parse(const std::string& text, std::uint64_t& seed) {
    Shares shares;
    const std::array<unsigned*, 3> places{&shares.refused, &shares.delayed, &shares.cut};
    const char* const last = text.data() + text.size();
    auto [at, error] = std::from_chars(text.data(), last, seed);
    bool good = error == std::errc{};
    if (good && at != last) {
        for (unsigned* place : places) {
            if (!good || at == last || *at != ':') {
                good = false;
                break;
            }
            const auto [end, wrong] = std::from_chars(at + 1, last, *place);
            good = wrong == std::errc{} && *place <= 100;
            at = end;
        }
    }
    if (!good || at != last) {
        return fail(ErrorCode::invalid_argument, "Chaos is SEED or SEED:REFUSED:DELAYED:CUT.");
    }
    return shares;
}

std::chrono::milliseconds Chaos::delay() {
    if (!happens(shares_.delayed)) {
        return {};
    }
    const std::lock_guard lock(mutex_);
    return std::chrono::milliseconds(random_() % longest_delay);
}

bool Chaos::happens(unsigned share) {
    const std::lock_guard lock(mutex_);
    return random_() % 100 < share;
}

} // namespace tau::vaultd
