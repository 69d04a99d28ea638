#include "core/vault/node_record.h"

#include "core/base/text.h"
#include "core/vault/place.h"
#include "core/vault/web_address.h"

#include <sodium.h>

namespace tau::vault {

namespace {

constexpr std::string_view record_tag = "tau-vault-rec-v1";
constexpr std::string_view possession_tag = "TauVE1-vaultkey";
constexpr std::string_view record_magic{"tau-vault-rec-v1\0", 17};
constexpr const char* key_size_sentence = "A node's secret key is 64 bytes.";
constexpr std::uint32_t longest_life = 7 * 24 * 3600;

tl::unexpected<Error> malformed_record(std::string_view why) {
    return fail(ErrorCode::corrupt, "The node record is malformed: " + std::string(why) + ".");
}

Bytes possession_bytes(const NodeRecord& record) {
    ByteWriter out;
    out.lp16(record.node_id()).raw(record.seal_key);
    out.u64(record.not_before).u64(record.expires);
    return out.take();
}

void write_body(ByteWriter& out, const NodeRecord& record) {
    out.raw(record.sign_key).raw(record.seal_key).raw(record.tls_spki);
    out.u64(record.seq).u32(record.not_before).u32(record.expires);
    out.u16(static_cast<std::uint16_t>(record.latitude));
    out.u16(static_cast<std::uint16_t>(record.longitude));
    out.u16(record.region).u16(record.slots_per_hour).u16(record.flags);
    out.lp8(as_bytes(record.name)).lp8(as_bytes(record.endpoint));
    out.raw(record.possession);
}

Bytes signed_bytes(const NodeRecord& record) {
    ByteWriter out;
    out.text(record_magic);
    write_body(out, record);
    return out.take();
}

/// Empty when every field is in range.
std::string field_fault(const NodeRecord& record) {
    if (record.name.empty() || record.name.size() > 64 || !is_utf8(record.name) ||
        has_control_characters(record.name)) {
        return "its name is not 1 to 64 bytes of plain text";
    }
    if (record.endpoint.size() > 200) {
        return "its endpoint is too long";
    }
    if (const char* fault = endpoint_fault(record.endpoint)) {
        return std::string("its endpoint ") + fault;
    }
    if (record.latitude < -9000 || record.latitude > 9000 || record.longitude < -18000 ||
        record.longitude > 18000) {
        return "its place is not on earth";
    }
    if (record.expires <= record.not_before || record.expires - record.not_before > longest_life) {
        return "its life is not within 7 days";
    }
    if (!seal::is_valid_point(record.seal_key) || record.seal_key == record.sign_key) {
        return "its seal key is not valid";
    }
    return {};
}

NodeRecord read_fields(ByteReader& in) {
    NodeRecord record;
    record.sign_key = in.array<32>();
    record.seal_key = in.array<32>();
    record.tls_spki = in.array<32>();
    record.seq = in.u64();
    record.not_before = in.u32();
    record.expires = in.u32();
    record.latitude = static_cast<std::int16_t>(in.u16());
    record.longitude = static_cast<std::int16_t>(in.u16());
    record.region = in.u16();
    record.slots_per_hour = in.u16();
    record.flags = in.u16();
    record.name = std::string(as_text(in.lp8()));
    record.endpoint = std::string(as_text(in.lp8()));
    record.possession = in.array<64>();
    record.signature = in.array<64>();
    return record;
}

} // namespace

std::string NodeRecord::node_id() const {
    return to_base58(tagged_hash32("", sign_key)); // no tag: plain BLAKE2b-256
}

Result<Signature> sign_with_node_key(const Secret& secret_key, std::string_view tag,
                                     ByteView data) {
    if (secret_key.size() != crypto_sign_SECRETKEYBYTES) {
        return fail(ErrorCode::invalid_argument, key_size_sentence);
    }
    const Hash64 hash = tagged_hash64(tag, data);
    Signature signature{};
    crypto_sign_detached(signature.data(), nullptr, hash.data(), hash.size(), secret_key.data());
    return signature;
}

Result<void> sign_record(NodeRecord& record, const Secret& sign_secret_key,
                         const Secret& seal_secret_key) {
    if (sign_secret_key.size() != crypto_sign_SECRETKEYBYTES ||
        seal_secret_key.size() != crypto_sign_SECRETKEYBYTES) {
        return fail(ErrorCode::invalid_argument, key_size_sentence);
    }
    crypto_sign_ed25519_sk_to_pk(record.sign_key.data(), sign_secret_key.data());
    crypto_sign_ed25519_sk_to_pk(record.seal_key.data(), seal_secret_key.data());
    if (const std::string fault = field_fault(record); !fault.empty()) {
        return fail(ErrorCode::invalid_argument,
                    "The node record cannot be signed: " + fault + ".");
    }
    record.possession =
        *sign_with_node_key(seal_secret_key, possession_tag, possession_bytes(record));
    record.signature = *sign_with_node_key(sign_secret_key, record_tag, signed_bytes(record));
    return {};
}

Bytes encode(const NodeRecord& record) {
    ByteWriter out;
    write_body(out, record);
    out.raw(record.signature);
    return out.take();
}

Result<NodeRecord> decode_record(ByteView bytes, std::int64_t now) {
    ByteReader in(bytes);
    const NodeRecord record = read_fields(in);
    if (!in.at_end()) {
        return malformed_record("its length does not fit");
    }
    if (!keys::verify_signature(record.sign_key, record_tag, signed_bytes(record),
                                record.signature)) {
        return fail(ErrorCode::untrusted, "The node record's signature is not the node's.");
    }
    if (!keys::verify_signature(record.seal_key, possession_tag, possession_bytes(record),
                                record.possession)) {
        return fail(ErrorCode::untrusted,
                    "The node record does not prove that the node holds its seal key.");
    }
    if (const std::string fault = field_fault(record); !fault.empty()) {
        return malformed_record(fault);
    }
    // A dead key stays dead: were its tombstone to expire, an older record could come back.
    const bool tombstone = record.seq == tombstone_seq;
    if (!tombstone && now > std::int64_t{record.expires} + clock_tolerance) {
        return fail(ErrorCode::untrusted,
                    "The node record expired on " + to_iso8601(record.expires) + ".",
                    "Fetch the list of nodes again, and check this computer's clock.");
    }
    if (now < std::int64_t{record.not_before} - clock_tolerance) {
        return fail(ErrorCode::untrusted,
                    "The node record is valid only from " + to_iso8601(record.not_before) + ".",
                    "Check this computer's clock.");
    }
    return record;
}

} // namespace tau::vault
