#include "core/vault/directory/ledger.h"

#include "core/vault/directory/merkle.h"

namespace tau::vault {

namespace {

constexpr std::string_view ledger_magic = "TVL1";
constexpr std::size_t entry_size = 32 + 4 + 4 + 8;

} // namespace

Bytes encode(const Ledger& ledger) {
    ByteWriter out;
    out.text(ledger_magic);
    for (const auto& [id, entry] : ledger) {
        out.raw(id).u32(entry.first).u32(entry.last).u64(entry.seq);
    }
    const Hash32 hash = merkle::sha256(out.bytes());
    return out.raw(hash).take();
}

Result<Ledger> decode_ledger(ByteView bytes) {
    constexpr std::size_t rest = ledger_magic.size() + sizeof(Hash32);
    const bool fits = bytes.size() >= rest && (bytes.size() - rest) % entry_size == 0;
    const ByteView body = bytes.first(fits ? bytes.size() - sizeof(Hash32) : 0);
    ByteReader in(bytes);
    const bool begins = as_text(in.raw(ledger_magic.size())) == ledger_magic;
    Ledger ledger;
    while (fits && begins && in.remaining() > sizeof(Hash32)) {
        const Hash32 id = in.array<32>();
        LedgerEntry& entry = ledger.emplace_hint(ledger.end(), id, LedgerEntry())->second;
        entry.first = in.u32();
        entry.last = in.u32();
        entry.seq = in.u64();
    }
    if (!fits || !begins || merkle::sha256(body) != in.array<32>()) {
        return fail(ErrorCode::corrupt, "The directory's ledger is damaged.",
                    "Restore it from a backup: without it all nodes would be new again.");
    }
    return ledger;
}

} // namespace tau::vault
