#pragma once

#include "core/base/encoding.h"
#include "core/base/result.h"

#include <cstdint>
#include <span>
#include <vector>

namespace tau::vault::merkle {

Hash32 sha256(ByteView bytes);

/// RFC 6962, section 2.1: SHA-256 over a 0 byte and the leaf; over a 1 byte and both children.
Hash32 leaf_hash(ByteView leaf);
Hash32 node_hash(const Hash32& left, const Hash32& right);
/// Of no leaf: the hash of nothing.
Hash32 root(std::span<const Hash32> leaves);

/// All levels of a tree, for those who want more than one proof out of it.
class Tree {
public:
    explicit Tree(std::vector<Hash32> leaves);
    Hash32 root() const;
    /// RFC 6962, 2.1.1; `index` is that of a leaf.
    std::vector<Hash32> inclusion_proof(std::uint64_t index) const;

private:
    std::vector<std::vector<Hash32>> levels_; ///< leaves first; a last odd one moves up unchanged
};

/// RFC 6962, 2.1.1; `index` < leaves.size().
std::vector<Hash32> inclusion_proof(std::span<const Hash32> leaves, std::uint64_t index);
/// `untrusted` when the proof does not lead from the leaf to the root, or has a hash too many.
Result<void> verify_inclusion(const Hash32& leaf, std::uint64_t index, std::uint64_t size,
                              std::span<const Hash32> proof, const Hash32& root);

/// RFC 6962, 2.1.2: that the first `old_size` leaves are the old tree; 0 < old_size <=
/// leaves.size().
std::vector<Hash32> consistency_proof(std::span<const Hash32> leaves, std::uint64_t old_size);
/// `untrusted` also for an old tree without leaves: that it is the start of another says nothing.
Result<void> verify_consistency(std::uint64_t old_size, std::uint64_t size,
                                std::span<const Hash32> proof, const Hash32& old_root,
                                const Hash32& root);

} // namespace tau::vault::merkle
