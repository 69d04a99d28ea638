#pragma once

#include "core/vault/directory/head.h"

namespace tau::vault {

// history/<e>, in the folder of an epoch, for each earlier epoch e of the last 7 days (the longest
// life of a head; at most 1,000 of them): that the head of epoch e is among those that this one
// counts, and that this one's history begins with that one's.
//   number u8 | hashes of the proof of inclusion, 32 each
//   | number u8 | hashes of the proof of consistency, 32 each (none when e was the first)
// Leaves are the heads' bytes (what was signed), the first one first; the head of epoch e is leaf
// number e.history_size.
// history/all: what the proofs are made of, for those who watch: each head's epoch u64 and leaf
// hash 32.

inline constexpr std::size_t max_history_file = 4U << 10U;

/// `earlier`: leaf hashes of all heads before; `old` the number of one of them.
Bytes history_file(std::span<const Hash32> earlier, std::uint64_t old);
/// That `fresh` is later than `old`, which was believed before, and follows from it; `untrusted`
/// otherwise: then the directory shows two histories, and no mirror of it is to be believed.
Result<void> verify_history(const SignedHead& old, const SignedHead& fresh, ByteView file);

} // namespace tau::vault
