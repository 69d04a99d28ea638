#include "core/vault/node_record.h"

#include <array>
#include <string>
#include <utility>

namespace tau::vault {

namespace {

/// Numbers are part of signed records: only ever append.
constexpr std::array<std::string_view, 23> names{
    "unknown",      "eu-west",      "eu-central",   "eu-north",     "eu-south",       "eu-east",
    "us-east",      "us-central",   "us-west",      "ca-central",   "mexico-central", "sa-east",
    "sa-west",      "africa-north", "africa-west",  "africa-south", "me-central",     "ap-south",
    "ap-southeast", "ap-east",      "ap-northeast", "au-east",      "local"};

} // namespace

std::string_view region_name(std::uint16_t region) {
    return region < names.size() ? names[region] : names[0];
}

Result<std::uint16_t> region_from_name(std::string_view name) {
    for (std::size_t i = 1; i < names.size(); ++i) {
        if (names[i] == name) {
            return static_cast<std::uint16_t>(i);
        }
    }
    std::string known;
    for (std::size_t i = 1; i < names.size(); ++i) {
        known += (known.empty() ? "" : ", ") + std::string(names[i]);
    }
    return fail(ErrorCode::invalid_argument, "There is no region of that name.",
                "Use one of: " + known + ".");
}

} // namespace tau::vault
