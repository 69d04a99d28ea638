#include "core/vault/together.h"

#include "core/vault/web_address.h"

#include <algorithm>

namespace tau::vault {

namespace {

bool is_its_own_fault(const Error& error) {
    return error.code == ErrorCode::untrusted || error.code == ErrorCode::not_found ||
           error.code == ErrorCode::corrupt;
}

} // namespace

Result<std::vector<TakenNode>> take_together(std::span<const std::uint32_t> candidates,
                                             std::size_t count, const FetchNode& fetch) {
    std::vector<TakenNode> taken;
    std::vector<TakenNode> same_operator;
    std::optional<Error> trouble;
    for (const std::uint32_t row : candidates) {
        if (taken.size() == count) {
            break;
        }
        auto node = fetch(row);
        if (!node && !is_its_own_fault(node.error())) {
            return fail(node.error());
        }
        if (!node) {
            trouble = trouble ? trouble : std::optional(node.error());
            continue;
        }
        const auto operated_by = operator_of(node->record.endpoint);
        const bool again = std::any_of(taken.begin(), taken.end(), [&](const TakenNode& one) {
            return operator_of(one.node.record.endpoint) == operated_by;
        });
        (again ? same_operator : taken).push_back({row, std::move(*node)});
    }
    const std::size_t more = std::min(count - taken.size(), same_operator.size());
    std::move(same_operator.begin(), same_operator.begin() + static_cast<std::ptrdiff_t>(more),
              std::back_inserter(taken));
    if (taken.size() < std::min(count, candidates.size()) && trouble) {
        return fail(*trouble);
    }
    return taken;
}

} // namespace tau::vault
