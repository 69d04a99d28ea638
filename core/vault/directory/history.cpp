#include "core/vault/directory/history.h"

#include "core/vault/directory/merkle.h"

namespace tau::vault {

namespace {

constexpr std::size_t max_hashes = 64;

void write_hashes(ByteWriter& out, std::span<const Hash32> hashes) {
    out.u8(static_cast<std::uint8_t>(hashes.size()));
    for (const Hash32& hash : hashes) {
        out.raw(hash);
    }
}

std::vector<Hash32> read_hashes(ByteReader& in) {
    std::vector<Hash32> hashes(in.u8());
    for (Hash32& hash : hashes) {
        hash = in.array<32>();
    }
    return hashes;
}

} // namespace

Bytes history_file(std::span<const Hash32> earlier, std::uint64_t old) {
    ByteWriter out;
    write_hashes(out, merkle::inclusion_proof(earlier, old));
    write_hashes(out, old == 0 ? std::vector<Hash32>() : merkle::consistency_proof(earlier, old));
    return out.take();
}

Result<void> verify_history(const SignedHead& old, const SignedHead& fresh, ByteView file) {
    ByteReader in(file);
    const std::vector<Hash32> inclusion = read_hashes(in);
    const std::vector<Hash32> consistency = read_hashes(in);
    if (!in.at_end() || inclusion.size() > max_hashes || consistency.size() > max_hashes) {
        return fail(ErrorCode::corrupt, "The proof of the directory's history is malformed.");
    }
    const DirectoryHead& before = old.head;
    const DirectoryHead& now = fresh.head;
    const bool counted =
        now.epoch > before.epoch &&
        merkle::verify_inclusion(merkle::leaf_hash(old.encoded), before.history_size,
                                 now.history_size, inclusion, now.history_root);
    const bool continued =
        before.history_size == 0
            ? consistency.empty()
            : merkle::verify_consistency(before.history_size, now.history_size, consistency,
                                         before.history_root, now.history_root)
                  .has_value();
    if (!counted || !continued) {
        return fail(ErrorCode::untrusted,
                    "The directory's new head does not follow from the one that is known here.",
                    "Somebody may show you another list than others see: compare with another "
                    "mirror before you trust it.");
    }
    return {};
}

} // namespace tau::vault
