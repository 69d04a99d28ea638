#pragma once

#include "core/vault/directory/builder.h"

namespace tau::vault {

/// New keys and the first root for them, signed by all; after `before`, whose keys are given too,
/// the next version of it.
Result<Signers> make_signers(Entropy& entropy, std::size_t count, std::uint8_t threshold,
                             const Signers* before = nullptr);

/// A folder with `root` (the root file) and `key-1` … (32 bytes each, only for this user), so that
/// each key can be carried to its keeper. `already_exists` when there is a root in it.
Result<void> keep_signers(const Signers& signers, const std::filesystem::path& folder);
/// Those of its keys that are given, at least one.
Result<Signers> load_signers(const std::filesystem::path& root,
                             const std::vector<std::filesystem::path>& keys);
Result<keys::OwnerKey> load_signing_key(const std::filesystem::path& file);
/// 32 bytes; `already_exists` rather than over another.
Result<void> keep_signing_key(const keys::OwnerKey& key, const std::filesystem::path& file);

} // namespace tau::vault
