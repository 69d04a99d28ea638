#include "core/vault/directory/merkle.h"

#include <bit>
#include <openssl/evp.h>
#include <sodium.h>

namespace tau::vault::merkle {

namespace {

Hash32 prefixed_hash(std::uint8_t prefix, ByteView first, ByteView second) {
    Hash32 out{};
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, &prefix, 1);
    crypto_hash_sha256_update(&state, first.data(), first.size());
    crypto_hash_sha256_update(&state, second.data(), second.size());
    crypto_hash_sha256_final(&state, out.data());
    return out;
}

tl::unexpected<Error> no_proof(const char* what) {
    return fail(ErrorCode::untrusted,
                std::string("The proof does not show that ") + what + " the signed list.");
}

/// RFC 6962's SUBPROOF; `whole` is its b: the old tree is all of these leaves so far.
void add_subproof(std::vector<Hash32>& out, std::span<const Hash32> leaves, std::uint64_t old_size,
                  bool whole) {
    if (old_size == leaves.size()) {
        if (!whole) {
            out.push_back(root(leaves));
        }
        return;
    }
    const std::uint64_t split = std::bit_floor(leaves.size() - 1);
    if (old_size <= split) {
        add_subproof(out, leaves.first(split), old_size, whole);
        out.push_back(root(leaves.subspan(split)));
    } else {
        add_subproof(out, leaves.subspan(split), old_size - split, false);
        out.push_back(root(leaves.first(split)));
    }
}

/// Climbs both indexes up to where the lower one is a right child, or the first of its level.
void climb(std::uint64_t& index, std::uint64_t& last) {
    while ((index & 1U) == 0 && index != 0) {
        index >>= 1U;
        last >>= 1U;
    }
}

} // namespace

Hash32 sha256(ByteView bytes) {
    // OpenSSL's, for whole shards: where the processor has instructions for it, it uses them.
    Hash32 out{};
    if (EVP_Digest(bytes.data(), bytes.size(), out.data(), nullptr, EVP_sha256(), nullptr) != 1) {
        crypto_hash_sha256(out.data(), bytes.data(), bytes.size());
    }
    return out;
}

Hash32 leaf_hash(ByteView leaf) {
    return prefixed_hash(0, leaf, {});
}

Hash32 node_hash(const Hash32& left, const Hash32& right) {
    return prefixed_hash(1, left, right);
}

Tree::Tree(std::vector<Hash32> leaves) {
    levels_.push_back(std::move(leaves));
    while (levels_.back().size() > 1) {
        const std::vector<Hash32>& below = levels_.back();
        std::vector<Hash32> level;
        level.reserve(below.size() / 2 + 1);
        for (std::size_t i = 0; i + 1 < below.size(); i += 2) {
            level.push_back(node_hash(below[i], below[i + 1]));
        }
        if (below.size() % 2 == 1) {
            level.push_back(below.back());
        }
        levels_.push_back(std::move(level));
    }
}

Hash32 Tree::root() const {
    return levels_.back().empty() ? sha256({}) : levels_.back().front();
}

std::vector<Hash32> Tree::inclusion_proof(std::uint64_t index) const {
    std::vector<Hash32> proof;
    for (const std::vector<Hash32>& level : levels_) {
        const std::uint64_t sibling = index ^ 1U;
        if (sibling < level.size()) {
            proof.push_back(level[sibling]);
        }
        index >>= 1U;
    }
    return proof;
}

Hash32 root(std::span<const Hash32> leaves) {
    return Tree({leaves.begin(), leaves.end()}).root();
}

std::vector<Hash32> inclusion_proof(std::span<const Hash32> leaves, std::uint64_t index) {
    return Tree({leaves.begin(), leaves.end()}).inclusion_proof(index);
}

Result<void> verify_inclusion(const Hash32& leaf, std::uint64_t index, std::uint64_t size,
                              std::span<const Hash32> proof, const Hash32& root) {
    constexpr const char* what = "this is part of";
    if (index >= size) {
        return no_proof(what);
    }
    std::uint64_t last = size - 1;
    Hash32 hash = leaf;
    for (const Hash32& sibling : proof) {
        if (last == 0) {
            return no_proof(what);
        }
        if ((index & 1U) != 0 || index == last) {
            hash = node_hash(sibling, hash);
            climb(index, last);
        } else {
            hash = node_hash(hash, sibling);
        }
        index >>= 1U;
        last >>= 1U;
    }
    if (last != 0 || hash != root) {
        return no_proof(what);
    }
    return {};
}

std::vector<Hash32> consistency_proof(std::span<const Hash32> leaves, std::uint64_t old_size) {
    std::vector<Hash32> proof;
    add_subproof(proof, leaves, old_size, true);
    return proof;
}

Result<void> verify_consistency(std::uint64_t old_size, std::uint64_t size,
                                std::span<const Hash32> proof, const Hash32& old_root,
                                const Hash32& root) {
    constexpr const char* what = "what was signed before is the beginning of";
    if (old_size == 0 || old_size > size) {
        return no_proof(what);
    }
    if (old_size == size) {
        return proof.empty() && old_root == root ? Result<void>() : no_proof(what);
    }
    std::uint64_t index = old_size - 1;
    std::uint64_t last = size - 1;
    while ((index & 1U) != 0) {
        index >>= 1U;
        last >>= 1U;
    }
    // A whole old tree is itself where the proof starts.
    const bool whole = index == 0;
    if (!whole && proof.empty()) {
        return no_proof(what);
    }
    Hash32 old_hash = whole ? old_root : proof.front();
    Hash32 hash = old_hash;
    for (const Hash32& sibling : proof.subspan(whole ? 0 : 1)) {
        if (last == 0) {
            return no_proof(what);
        }
        if ((index & 1U) != 0 || index == last) {
            old_hash = node_hash(sibling, old_hash);
            hash = node_hash(sibling, hash);
            climb(index, last);
        } else {
            hash = node_hash(hash, sibling);
        }
        index >>= 1U;
        last >>= 1U;
    }
    if (last != 0 || old_hash != old_root || hash != root) {
        return no_proof(what);
    }
    return {};
}

} // namespace tau::vault::merkle
