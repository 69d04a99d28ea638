#include "core/seal/context.h"

#include "core/base/text.h"

namespace tau::seal {

namespace {

constexpr std::uint8_t context_version = 1;
constexpr std::size_t field_limit = 1024;
constexpr std::uint8_t ed25519_key_type = 1;

bool is_field(ByteView field) {
    return !field.empty() && field.size() <= field_limit;
}

bool is_text_field(std::string_view field) {
    return is_field(as_bytes(field)) && is_utf8(field);
}

bool is_owner_key(ByteView key) {
    return key.size() == 1 + sizeof(Point) && key.front() == ed25519_key_type;
}

bool is_well_formed(const Context& context) {
    return (context.purpose == Purpose::deploy_key ||
            (context.purpose == Purpose::webhook && context.aux_hash == Hash32{})) &&
           is_text_field(context.project_id) && is_text_field(context.repository_url) &&
           is_text_field(context.node_id) && is_owner_key(context.owner_key);
}

} // namespace

Result<Bytes> encode(const Context& context) {
    if (!is_well_formed(context)) {
        return fail(ErrorCode::invalid_argument,
                    "A seal must name its project, repository, vault and owner, each in 1 to 1024 "
                    "bytes.");
    }
    ByteWriter out;
    out.u8(context_version).u8(static_cast<std::uint8_t>(context.purpose)).raw(context.nonce);
    out.u64(context.created_at).u64(context.expires_at).raw(context.aux_hash);
    out.lp16(context.project_id).lp16(context.repository_url).lp16(context.node_id);
    out.lp16(context.owner_key);
    return out.take();
}

Result<Context> decode_context(ByteView bytes) {
    ByteReader in(bytes);
    Context context;
    const std::uint8_t version = in.u8();
    context.purpose = Purpose{in.u8()};
    context.nonce = in.array<32>();
    context.created_at = in.u64();
    context.expires_at = in.u64();
    context.aux_hash = in.array<32>();
    context.project_id = as_text(in.lp16());
    context.repository_url = as_text(in.lp16());
    context.node_id = as_text(in.lp16());
    const ByteView owner = in.lp16();
    context.owner_key.assign(owner.begin(), owner.end());
    if (!in.at_end() || version != context_version || !is_well_formed(context)) {
        return fail(ErrorCode::corrupt, "The seal's context is not in the form this program knows.",
                    "Update this program, or ask for a new seal.");
    }
    return context;
}

Hash32 context_hash(ByteView encoded) {
    return tagged_hash32("TauVE1-context", encoded);
}

Bytes context_owner_key(const Point& ed25519_public_key) {
    return ByteWriter().u8(ed25519_key_type).raw(ed25519_public_key).take();
}

} // namespace tau::seal
