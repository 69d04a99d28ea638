#pragma once

// How the store's .cpp files turn values into columns and back.

#include "core/node/store.h"

#include <algorithm>

namespace tau::node {

inline Bytes blob(ByteView bytes) {
    return {bytes.begin(), bytes.end()};
}

template <std::size_t N>
std::array<std::uint8_t, N> fixed(const Bytes& bytes) {
    std::array<std::uint8_t, N> out{};
    std::copy_n(bytes.begin(), std::min(bytes.size(), N), out.begin());
    return out;
}

/// One to a line; none holds a line end.
inline std::string join(const std::vector<std::string>& lines) {
    std::string joined;
    for (const std::string& line : lines) {
        joined += line + "\n";
    }
    return joined;
}

inline vault::Role role_of(const std::string& text) {
    return vault::role_from_string(text).value_or(vault::Role::configuration);
}

inline std::vector<vault::Deployment> deployments_of(const Rows& rows) {
    std::vector<vault::Deployment> deployments;
    deployments.reserve(rows.size());
    for (const Row& row : rows) {
        deployments.push_back(
            {row.text(deployment_row::place), role_of(row.text(deployment_row::role)),
             row.text(deployment_row::branch), row.text(deployment_row::commit_id)});
    }
    return deployments;
}

/// By which a registration's deployments, all of them in their order, are compared.
inline Hash32 deployments_hash(const std::vector<vault::Deployment>& deployments) {
    ByteWriter in;
    for (const vault::Deployment& one : deployments) {
        in.lp16(one.where).lp16(vault::to_string(one.repository));
        in.lp16(one.branch).lp16(one.commit);
    }
    return tagged_hash32("TauREG1-deployed", in.bytes());
}

inline std::string text(vault::Role role) {
    return std::string(vault::to_string(role));
}

} // namespace tau::node
