#include "core/vault/ranking/state.h"

#include <algorithm>
#include <bitset>

namespace tau::vault {

namespace {

/// Networks that are taken; the unknown one never is.
class Networks {
public:
    bool take(std::uint16_t network) {
        if (network != 0 && taken_.test(network)) {
            return false;
        }
        taken_.set(network);
        return true;
    }

private:
    std::bitset<65536> taken_;
};

} // namespace

std::vector<std::uint32_t> Ranking::short_list(std::size_t count) {
    std::vector<std::uint32_t> list;
    Networks networks;
    for (std::size_t rank = 0; rank < size() && list.size() < count; ++rank) {
        const std::uint32_t row = ranked(rank);
        if (!eligible(row)) {
            break; // those that are not eligible come after all others
        }
        if (networks.take(table_->network[row])) {
            list.push_back(row);
        }
    }
    return list;
}

std::vector<std::uint32_t> Ranking::suggest(std::size_t count) {
    const std::vector<std::uint32_t> candidates = short_list(table_->size());
    std::vector<std::uint32_t> chosen;
    std::vector<std::uint32_t> others;
    std::bitset<256> regions;
    for (const std::uint32_t row : candidates) {
        const std::uint8_t region = table_->region[row];
        if (chosen.size() < count && !regions.test(region)) {
            regions.set(region);
            chosen.push_back(row);
        } else {
            others.push_back(row);
        }
    }
    const std::size_t missing = std::min(count - chosen.size(), others.size());
    chosen.insert(chosen.end(), others.begin(),
                  others.begin() + static_cast<std::ptrdiff_t>(missing));
    return chosen;
}

} // namespace tau::vault
