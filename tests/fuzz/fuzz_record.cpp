// Hostile node records: one that is not signed as it stands is refused, and whatever can be signed
// is read as it was written.
#include "core/base/text.h"
#include "core/vault/node_record.h"
#include "core/vault/place.h"
#include "tests/fuzz/decoder.h"
#include "tests/support/entropy.h"

#include <sodium.h>

using namespace tau;
using namespace tau::vault;

namespace {

constexpr std::int64_t now = 1790000000;

Secret node_key(std::uint8_t first) {
    Secret out(crypto_sign_SECRETKEYBYTES);
    seal::Point ignored{};
    crypto_sign_seed_keypair(ignored.data(), out.data(),
                             tau::test::counting_secret(first, 32).data());
    return out;
}

NodeRecord good_record() {
    NodeRecord record;
    record.seq = 7;
    record.not_before = static_cast<std::uint32_t>(now - 10);
    record.expires = static_cast<std::uint32_t>(now + 3600);
    record.region = 2;
    record.name = "node-1";
    record.endpoint = "http://127.0.0.1:8123";
    fuzz::require(sign_record(record, node_key(2), node_key(3)).has_value());
    return record;
}

void read_record(ByteView bytes) {
    static const Bytes good = encode(good_record());
    const auto record = decode_record(bytes, now);
    // Each byte is signed, and only this node's signature is at hand.
    fuzz::require(record.has_value() == fuzz::same(bytes, good));
    fuzz::require(!record || fuzz::same(encode(*record), bytes));
}

/// A node may sign what it likes: what its keys vouch for is read or refused, and never changed.
void sign_and_read(ByteView bytes) {
    static const Secret sign_key = node_key(2);
    static const Secret seal_key = node_key(3);
    ByteReader in(bytes);
    NodeRecord record;
    record.seq = in.u64();
    record.not_before = in.u32();
    record.expires = in.u32();
    record.region = in.u16();
    record.latitude = static_cast<std::int16_t>(in.u16());
    record.longitude = static_cast<std::int16_t>(in.u16());
    record.slots_per_hour = in.u16();
    record.flags = in.u16();
    record.name = std::string(as_text(in.raw(in.u8())));
    record.endpoint = std::string(as_text(in.raw(in.remaining())));
    if (!in.ok() || !sign_record(record, sign_key, seal_key)) {
        return;
    }
    const Bytes encoded = encode(record);
    const auto read = decode_record(encoded, now);
    if (read) {
        fuzz::require(fuzz::same(encode(*read), encoded));
        // A dead key's last record never expires; others are taken a little longer.
        fuzz::require(read->seq == tombstone_seq || read->expires + clock_tolerance >= now);
        fuzz::require(read->endpoint.starts_with("http"));
        fuzz::require(is_utf8(read->name) && !has_control_characters(read->name));
    }
}

Bytes good_fields() {
    return ByteWriter()
        .u64(7)
        .u32(static_cast<std::uint32_t>(now - 10))
        .u32(static_cast<std::uint32_t>(now + 3600))
        .u16(2)
        .u16(0)
        .u16(0)
        .u16(0)
        .u16(0)
        .u8(1)
        .raw(as_bytes("nhttp://127.0.0.1:8123"))
        .take();
}

} // namespace

namespace tau::fuzz {

const std::vector<Decoder>& decoders() {
    static const std::vector<Decoder> all{{"record", encode(good_record()), &read_record},
                                          {"signed", good_fields(), &sign_and_read}};
    return all;
}

} // namespace tau::fuzz
