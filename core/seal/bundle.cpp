#include "core/seal/bundle.h"

#include "core/base/declassify.h"
#include "core/seal/bundle_signature.h"
#include "core/seal/envelope.h"
#include "core/seal/proof_steps.h"

#include <future>

namespace tau::seal {

namespace {

tl::unexpected<Error> refused(std::string message) {
    return fail(ErrorCode::untrusted, std::move(message),
                "Ask the project's owner for a new seal.");
}

/// The first field of the context that differs from what this side knows; empty when none does.
std::string_view differing_field(const Context& context, const Expected& expected) {
    if (context.project_id != expected.project_id) {
        return "project";
    }
    if (context.repository_url != expected.repository_url) {
        return "repository";
    }
    if (context.node_id != expected.node_id) {
        return "vault";
    }
    if (context.owner_key != context_owner_key(expected.owner_key)) {
        return "owner";
    }
    return {};
}

Result<void> check_sealed(const Sealed& sealed, Purpose purpose, const Expected& expected) {
    const Context& context = sealed.context;
    if (context.purpose != purpose) {
        return refused("The seal is for another purpose.");
    }
    if (const std::string_view field = differing_field(context, expected); !field.empty()) {
        return refused("The seal names another " + std::string(field) + ".");
    }
    if (sealed.vault_key != expected.vault_key) {
        return refused("The seal is for another vault key than the one in the vault's record.");
    }
    if (context.expires_at != 0 &&
        (expected.now < 0 || context.expires_at <= static_cast<std::uint64_t>(expected.now))) {
        return refused("The seal has expired.");
    }
    const bool size_fits = sealed.envelope.empty() || (purpose == Purpose::deploy_key &&
                                                       sealed.envelope.size() == envelope_size);
    if (!size_fits || context.aux_hash != envelope_hash(sealed.envelope)) {
        return refused("The seal's envelope is not the one its context names.");
    }
    return {};
}

Result<Hash32> hash_of(const Context& context) {
    const Result<Bytes> encoded = encode(context);
    if (!encoded) {
        return fail(encoded.error());
    }
    return context_hash(*encoded);
}

Result<Sealed> seal_one(Context context, const Secret& x, const Point& Y, const Point& V,
                        Bytes envelope, const Secret& randomness) {
    const Result<Hash32> hash = hash_of(context);
    if (!hash) {
        return fail(hash.error());
    }
    const Result<Proof> proof = prove_with(x, Y, V, *hash, randomness);
    if (!proof) {
        return fail(proof.error());
    }
    return Sealed{std::move(context), Y, V, *proof, std::move(envelope)};
}

} // namespace

Result<Bundle> seal_bundle(const keys::DeployKey& deploy_key, const keys::WebhookSecret& webhook,
                           const keys::OwnerKey& owner, const Expected& expected,
                           Entropy& entropy) {
    if (owner.public_key() != expected.owner_key || expected.now < 0) {
        return fail(ErrorCode::invalid_argument, "A seal is signed by the owner it names.");
    }
    Context context;
    entropy.fill(context.nonce);
    declassify(context.nonce.data(), context.nonce.size()); // part of what is published
    context.created_at = static_cast<std::uint64_t>(expected.now);
    context.project_id = expected.project_id;
    context.repository_url = expected.repository_url;
    context.node_id = expected.node_id;
    context.owner_key = context_owner_key(expected.owner_key);

    const Secret a = deploy_key.scalar();
    Bytes envelope =
        seal_seed(deploy_key.seed(), a,
                  {deploy_key.public_key(), expected.vault_key, context.nonce}, entropy);
    Context deploy_context = context;
    deploy_context.aux_hash = envelope_hash(envelope);
    Context webhook_context = std::move(context);
    webhook_context.purpose = Purpose::webhook;

    // Drawn here, because the generator need not be safe to use from two threads.
    Secret deploy_random(32);
    Secret webhook_random(32);
    entropy.fill(deploy_random.bytes());
    entropy.fill(webhook_random.bytes());
    std::future<Result<Sealed>> second = std::async(std::launch::async, [&] {
        return seal_one(std::move(webhook_context), webhook.scalar(), webhook.commitment(),
                        expected.vault_key, {}, webhook_random);
    });
    Result<Sealed> first = seal_one(std::move(deploy_context), a, deploy_key.public_key(),
                                    expected.vault_key, std::move(envelope), deploy_random);
    Result<Sealed> other = second.get();
    if (!first) {
        return fail(first.error());
    }
    if (!other) {
        return fail(other.error());
    }
    Bundle bundle{std::move(*first), std::move(*other), {}};
    bundle.owner_signature = owner.sign(bundle_tag, signed_part(bundle));
    if (const Result<void> checked = check_bundle(bundle, expected); !checked) {
        return fail(checked.error());
    }
    return bundle;
}

Result<void> check_bundle(const Bundle& bundle, const Expected& expected) {
    const Sealed& deploy_key = bundle.deploy_key;
    const Sealed& webhook = bundle.webhook;
    if (const auto checked = check_sealed(deploy_key, Purpose::deploy_key, expected); !checked) {
        return checked;
    }
    if (const auto checked = check_sealed(webhook, Purpose::webhook, expected); !checked) {
        return checked;
    }
    if (deploy_key.context.nonce != webhook.context.nonce) {
        return refused("The two seals do not belong together.");
    }
    if (deploy_key.point == webhook.point) {
        return refused("The deploy key and the webhook secret must not be the same.");
    }
    if (!keys::verify_signature(expected.owner_key, bundle_tag, signed_part(bundle),
                                bundle.owner_signature)) {
        return refused("The owner's signature under the seal is not valid.");
    }
    return {};
}

Result<void> verify_proof(const Sealed& sealed) {
    const Result<Hash32> hash = hash_of(sealed.context);
    if (!hash) {
        return fail(hash.error());
    }
    return verify(sealed.point, sealed.vault_key, *hash, sealed.proof);
}

Result<Opened> open_bundle(const Bundle& bundle, const Secret& vault_secret_key) {
    if (vault_secret_key.size() != crypto_sign_SECRETKEYBYTES) {
        return fail(ErrorCode::invalid_argument, "A vault's secret key has 64 bytes.");
    }
    Secret v(scalar_size);
    crypto_sign_ed25519_sk_to_curve25519(v.data(), vault_secret_key.data());
    const auto open = [&v](const Sealed& sealed) -> Result<Secret> {
        const Result<Hash32> hash = hash_of(sealed.context);
        if (!hash) {
            return fail(hash.error());
        }
        return recover(v, sealed.point, sealed.vault_key, *hash, sealed.proof);
    };
    Result<Secret> a = open(bundle.deploy_key);
    if (!a) {
        return fail(a.error());
    }
    Result<Secret> s = open(bundle.webhook);
    if (!s) {
        return fail(s.error());
    }
    const Sealed& deploy = bundle.deploy_key;
    std::optional<Secret> seed =
        open_seed(deploy.envelope, *a, {deploy.point, deploy.vault_key, deploy.context.nonce});
    return Opened{std::move(*a), std::move(seed), std::move(*s)};
}

} // namespace tau::seal
