#pragma once

#include "core/keys/owner_key.h"

#include <string>

namespace tau::vault {

enum class Role { configuration, code };
std::string_view to_string(Role role); ///< "configuration", "code"
Result<Role> role_from_string(std::string_view text);

inline constexpr std::string_view claim_branch = "tau-owner";
inline constexpr std::string_view claim_file = "claim";

/// What lies in the file `claim` on the orphan branch `tau-owner` of a repository: the owner says
/// that this repository plays this role in this project.
struct Claim {
    std::string project_id;
    Role role = Role::configuration;
    std::string repository_url; ///< canonical
    seal::Point owner_key{};
    keys::Signature signature{};
};

Claim make_claim(const keys::OwnerKey& owner, const std::string& project_id, Role role,
                 const std::string& repository_url);
std::string to_text(const Claim& claim); ///< JSON, one key a line
/// Parses at most 4 KB and checks the signature; not whether it is the claim one looks for.
Result<Claim> parse_claim(std::string_view text);

} // namespace tau::vault
