#include "core/seal/bundle.h"
#include "core/seal/bundle_signature.h"
#include "core/seal/envelope.h"

namespace tau::seal {

namespace {

constexpr std::string_view magic = "TVB1";
constexpr std::uint8_t sealed_count = 2;

void write_sealed(ByteWriter& out, const Sealed& sealed) {
    out.lp16(encode(sealed.context).value_or(Bytes{}));
    out.raw(sealed.point).raw(sealed.vault_key).raw(sealed.proof).lp16(sealed.envelope);
}

Result<Sealed> read_sealed(ByteReader& in) {
    Result<Context> context = decode_context(in.lp16());
    if (!context) {
        return fail(context.error());
    }
    Sealed sealed;
    sealed.context = std::move(*context);
    sealed.point = in.array<32>();
    sealed.vault_key = in.array<32>();
    sealed.proof = in.array<proof_size>();
    const ByteView envelope = in.lp16();
    sealed.envelope.assign(envelope.begin(), envelope.end());
    return sealed;
}

tl::unexpected<Error> malformed() {
    return fail(ErrorCode::corrupt, "The sealed bundle is not in the form this program knows.",
                "Update this program, or ask for a new bundle.");
}

} // namespace

Bytes signed_part(const Bundle& bundle) {
    ByteWriter out;
    out.text(magic).u8(sealed_count);
    write_sealed(out, bundle.deploy_key);
    write_sealed(out, bundle.webhook);
    return out.take();
}

Bytes encode(const Bundle& bundle) {
    return ByteWriter().raw(signed_part(bundle)).raw(bundle.owner_signature).take();
}

Result<Bundle> decode_bundle(ByteView bytes) {
    ByteReader in(bytes);
    if (as_text(in.raw(magic.size())) != magic || in.u8() != sealed_count) {
        return malformed();
    }
    Result<Sealed> deploy_key = read_sealed(in);
    if (!deploy_key) {
        return fail(deploy_key.error());
    }
    Result<Sealed> webhook = read_sealed(in);
    if (!webhook) {
        return fail(webhook.error());
    }
    Bundle bundle{std::move(*deploy_key), std::move(*webhook), in.array<64>()};
    if (!in.at_end() || bundle.deploy_key.context.purpose != Purpose::deploy_key ||
        bundle.webhook.context.purpose != Purpose::webhook || !bundle.webhook.envelope.empty() ||
        (!bundle.deploy_key.envelope.empty() &&
         bundle.deploy_key.envelope.size() != envelope_size)) {
        return malformed();
    }
    return bundle;
}

} // namespace tau::seal
