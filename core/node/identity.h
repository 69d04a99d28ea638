#pragma once

#include "core/vault/node_record.h"

#include <filesystem>

namespace tau::node {

/// A node's own keys: sign key and seal key, each in a file of its own (0600) in the data folder,
/// and what follows from them. Several processes of one node have the same.
struct Identity {
    Secret sign_key;      ///< libsodium's 64 bytes: the node's identity
    Secret seal_key;      ///< 64 bytes: what projects seal to; signs only its possession
    Secret challenge_key; ///< 32 bytes, made of the sign key: authenticates challenges

    seal::Point sign_public() const;
    seal::Point seal_public() const;
    std::string node_id() const;
};

/// The keys in this folder. With `may_make` they are made on first use; without it, `not_found`
/// when the sign key or the seal key is missing. `corrupt` when a file is not a key.
Result<Identity> load_or_create_identity(const std::filesystem::path& folder, bool may_make = true);

} // namespace tau::node
