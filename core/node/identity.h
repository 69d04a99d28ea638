#pragma once

#include "core/vault/node_record.h"

#include <filesystem>

namespace tau::node {

/// A node's own keys, each in a file of its own (0600) in the data folder.
struct Identity {
    Secret sign_key;      ///< libsodium's 64 bytes: the node's identity
    Secret seal_key;      ///< 64 bytes: what projects seal to; signs only its possession
    Secret challenge_key; ///< 32 bytes: authenticates challenges

    seal::Point sign_public() const;
    seal::Point seal_public() const;
    std::string node_id() const;
};

/// The keys in this folder. With `may_make` they are made on first use; without it, `not_found`
/// when the sign key or the seal key is missing. `corrupt` when a file is not a key.
Result<Identity> load_or_create_identity(const std::filesystem::path& folder, bool may_make = true);

} // namespace tau::node
