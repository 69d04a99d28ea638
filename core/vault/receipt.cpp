#include "core/vault/messages.h"

namespace tau::vault {

namespace {

constexpr std::string_view receipt_tag = "TauREG1-receipt";
constexpr std::size_t max_receipt = 8192;

} // namespace

Hash32 body_hash(std::string_view body) {
    return tagged_hash32("TauREG1-body", as_bytes(body));
}

Hash32 proof_hash(const seal::Proof& proof) {
    return tagged_hash32("TauREG1-proof", proof);
}

Bytes signed_bytes(const Receipt& receipt) {
    ByteWriter out;
    out.lp16(receipt.registration_id).lp16(receipt.project_id).lp16(receipt.node_id);
    out.raw(receipt.owner_key).raw(receipt.body_hash);
    for (const Hash32& hash : receipt.proof_hashes) {
        out.raw(hash);
    }
    out.u64(static_cast<std::uint64_t>(receipt.time)).u64(receipt.record_seq);
    return out.take();
}

json::Value to_value(const Receipt& receipt) {
    json::Value hashes = json::Value::array();
    for (const Hash32& hash : receipt.proof_hashes) {
        hashes.push_back(to_base64(hash));
    }
    return {{"version", 1},
            {"registration_id", receipt.registration_id},
            {"project_id", receipt.project_id},
            {"node_id", receipt.node_id},
            {"owner_key", to_base64(receipt.owner_key)},
            {"body_hash", to_base64(receipt.body_hash)},
            {"proof_hashes", std::move(hashes)},
            {"time", receipt.time},
            {"record_seq", receipt.record_seq},
            {"signature", to_base64(receipt.signature)}};
}

Result<Receipt> read_receipt(const json::Value& value) {
    json::ObjectReader in(value, "receipt.");
    Receipt receipt;
    in.integer("version", 1, 1);
    receipt.registration_id = in.text("registration_id", 32, 32);
    receipt.project_id = in.text("project_id", 1, 1024);
    receipt.node_id = in.text("node_id", 1, 64);
    receipt.owner_key = in.fixed<32>("owner_key");
    receipt.body_hash = in.fixed<32>("body_hash");
    const json::Value& hashes = in.array("proof_hashes", 4, 4);
    receipt.time = in.integer("time", 0, INT64_MAX);
    receipt.record_seq = static_cast<std::uint64_t>(in.integer("record_seq", 0, INT64_MAX));
    receipt.signature = in.fixed<64>("signature");
    in.end();
    for (std::size_t i = 0; in.ok() && i < receipt.proof_hashes.size(); ++i) {
        const Result<Bytes> bytes = hashes[i].is_string()
                                        ? from_base64(hashes[i].get_ref<const std::string&>())
                                        : Result<Bytes>(Bytes{});
        if (!bytes || bytes->size() != 32) {
            in.refuse("proof_hashes", "must be four hashes of 32 bytes");
            break;
        }
        std::copy(bytes->begin(), bytes->end(), receipt.proof_hashes[i].begin());
    }
    if (!in.ok()) {
        return fail(*in.error());
    }
    return receipt;
}

std::string to_json(const Receipt& receipt) {
    return json::dump(to_value(receipt));
}

Result<Receipt> parse_receipt(std::string_view text) {
    const Result<json::Value> value = json::parse(text, max_receipt, "The receipt");
    if (!value) {
        return fail(value.error());
    }
    return read_receipt(*value);
}

Result<void> sign(Receipt& receipt, const Secret& node_sign_secret_key) {
    return sign_with_node_key(node_sign_secret_key, receipt_tag, signed_bytes(receipt))
        .map([&receipt](const Signature& signature) { receipt.signature = signature; });
}

Result<void> verify_receipt(const Receipt& receipt, const seal::Point& node_sign_key) {
    if (!keys::verify_signature(node_sign_key, receipt_tag, signed_bytes(receipt),
                                receipt.signature)) {
        return fail(ErrorCode::untrusted, "The receipt's signature is not the vault node's.");
    }
    return {};
}

} // namespace tau::vault
