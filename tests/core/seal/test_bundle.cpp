#include "core/keys/scalar_signer.h"
#include "core/seal/bundle.h"
#include "core/seal/bundle_signature.h"
#include "core/seal/envelope.h"
#include "tests/core/seal/known_answers.h"

#include <functional>

using namespace tau;
using namespace tau::seal;
using namespace tau::seal::test;

namespace {

/// A sealed repository with everything that made it.
struct Scene {
    SystemEntropy entropy;
    keys::DeployKey deploy_key = keys::DeployKey::generate(entropy);
    keys::WebhookSecret webhook = keys::WebhookSecret::generate(entropy);
    keys::OwnerKey owner = keys::OwnerKey::generate(entropy);
    VaultKey vault{0x33};
    Expected expected{"project", "ssh://git@example.org/me/tb_shop.git",
                      "node",    owner.public_key(),
                      vault.V,   1700000000};
    Bundle bundle = seal_bundle(deploy_key, webhook, owner, expected, entropy).value();

    void sign_again() { bundle.owner_signature = owner.sign(bundle_tag, signed_part(bundle)); }
    Sealed prove_again(Sealed sealed, const Secret& x) {
        const Hash32 context = context_hash(encode(sealed.context).value());
        sealed.proof = prove(x, sealed.point, sealed.vault_key, context, entropy).value();
        return sealed;
    }
};

using Change = std::function<void(Scene&)>;

struct Refusal {
    const char* name;
    const char* reason; ///< a part of the message
    Change change;
};

} // namespace

TEST_CASE("bundle: sealed, encoded, decoded, checked, verified and opened by the vault") {
    Scene scene;
    const Bytes bytes = encode(scene.bundle);
    CHECK(bytes.size() < 9000);
    const auto decoded = decode_bundle(bytes);
    REQUIRE(decoded.has_value());
    CHECK(encode(*decoded) == bytes);
    CHECK(check_bundle(*decoded, scene.expected).has_value());
    CHECK(verify_proof(decoded->deploy_key).has_value());
    CHECK(verify_proof(decoded->webhook).has_value());

    const auto opened = open_bundle(*decoded, scene.vault.secret_key);
    REQUIRE(opened.has_value());
    CHECK(opened->deploy_scalar.equals(scene.deploy_key.scalar()));
    REQUIRE(opened->deploy_seed.has_value());
    CHECK(opened->deploy_seed->equals(scene.deploy_key.seed()));
    CHECK(opened->webhook_scalar.equals(scene.webhook.scalar()));
}

TEST_CASE("bundle: each reason to refuse it has its own sentence") {
    const std::vector<Refusal> refusals = {
        {"project", "another project", [](Scene& s) { s.expected.project_id = "other"; }},
        {"repository", "another repository",
         [](Scene& s) { s.expected.repository_url = "ssh://git@example.org/me/other.git"; }},
        {"node", "another vault", [](Scene& s) { s.expected.node_id = "other"; }},
        {"owner", "another owner", [](Scene& s) { s.expected.owner_key[0] ^= 1; }},
        {"vault key", "another vault key",
         [](Scene& s) { s.expected.vault_key = VaultKey(0x44).V; }},
        {"expired", "expired",
         [](Scene& s) {
             s.bundle.deploy_key.context.expires_at = 1700000000;
             s.sign_again();
         }},
        {"one nonce differs", "do not belong together",
         [](Scene& s) {
             s.bundle.webhook.context.nonce[0] ^= 1;
             s.sign_again();
         }},
        {"purposes exchanged", "another purpose",
         [](Scene& s) { std::swap(s.bundle.deploy_key, s.bundle.webhook); }},
        {"the same secret twice", "must not be the same",
         [](Scene& s) {
             s.bundle.webhook.point = s.bundle.deploy_key.point;
             s.sign_again();
         }},
        {"envelope of another seal", "envelope",
         [](Scene& s) {
             s.bundle.deploy_key.envelope = Scene().bundle.deploy_key.envelope;
             s.sign_again();
         }},
        {"envelope removed", "envelope",
         [](Scene& s) {
             s.bundle.deploy_key.envelope.clear();
             s.sign_again();
         }},
        {"envelope of another size", "envelope",
         [](Scene& s) {
             s.bundle.deploy_key.envelope.push_back(0);
             s.bundle.deploy_key.context.aux_hash = envelope_hash(s.bundle.deploy_key.envelope);
             s.sign_again();
         }},
        {"envelope for a webhook", "envelope",
         [](Scene& s) {
             s.bundle.webhook.envelope = s.bundle.deploy_key.envelope;
             s.sign_again();
         }},
        {"signature changed", "signature", [](Scene& s) { s.bundle.owner_signature[0] ^= 1; }},
        {"signed by somebody else", "signature",
         [](Scene& s) {
             s.bundle.owner_signature = Scene().owner.sign(bundle_tag, signed_part(s.bundle));
         }},
        {"signed under another tag", "signature", [](Scene& s) {
             s.bundle.owner_signature = s.owner.sign("TauREG1-request", signed_part(s.bundle));
         }}};
    for (const Refusal& refusal : refusals) {
        CAPTURE(refusal.name);
        Scene scene;
        refusal.change(scene);
        const auto checked = check_bundle(scene.bundle, scene.expected);
        REQUIRE_FALSE(checked.has_value());
        CHECK(checked.error().code == ErrorCode::untrusted);
        CAPTURE(checked.error().message);
        CHECK(checked.error().message.find(refusal.reason) != std::string::npos);
    }
}

TEST_CASE("bundle: a point that is not valid is refused with the proof") {
    Scene scene;
    scene.bundle.webhook.point = Point{1};
    scene.sign_again();
    CHECK_FALSE(verify_proof(scene.bundle.webhook).has_value());
    CHECK_FALSE(open_bundle(scene.bundle, scene.vault.secret_key).has_value());
}

TEST_CASE("bundle: a seal that is not yet expired is fine") {
    Scene scene;
    scene.bundle.deploy_key.context.expires_at = 1700000001;
    scene.sign_again();
    CHECK(check_bundle(scene.bundle, scene.expected).has_value());
}

TEST_CASE("bundle: a proof does not fit another purpose or any other context") {
    Scene scene;
    const std::vector<std::function<void(Context&)>> changes = {
        [](Context& c) {
            c.purpose = Purpose::webhook;
            c.aux_hash = {};
        },
        [](Context& c) { c.nonce[0] ^= 1; },
        [](Context& c) { ++c.created_at; },
        [](Context& c) { ++c.expires_at; },
        [](Context& c) { c.aux_hash = {}; },
        [](Context& c) { c.project_id = "other"; },
        [](Context& c) { c.repository_url += "x"; },
        [](Context& c) { c.node_id = "other"; },
        [](Context& c) { c.owner_key.back() ^= 1; }};
    for (std::size_t i = 0; i < changes.size(); ++i) {
        CAPTURE(i);
        Sealed sealed = scene.bundle.deploy_key;
        changes[i](sealed.context);
        CHECK_FALSE(verify_proof(sealed).has_value());
    }
    Sealed for_other = scene.bundle.deploy_key;
    for_other.vault_key = VaultKey(0x44).V;
    CHECK_FALSE(verify_proof(for_other).has_value());
}

TEST_CASE("bundle: truncated, longer or reordered bytes are refused") {
    Scene scene;
    const Bytes good = encode(scene.bundle);
    for (std::size_t size = 0; size < good.size(); ++size) {
        REQUIRE_FALSE(decode_bundle(ByteView(good).first(size)).has_value());
    }
    Bytes longer = good;
    longer.push_back(0);
    CHECK_FALSE(decode_bundle(longer).has_value());
    for (const std::size_t at : {std::size_t{0}, std::size_t{3}, std::size_t{4}}) {
        for (const std::uint8_t mask : Bytes{1, 0x80}) {
            Bytes changed = good;
            changed[at] ^= mask;
            const auto decoded = decode_bundle(changed);
            REQUIRE_FALSE(decoded.has_value());
            CHECK(decoded.error().code == ErrorCode::corrupt);
        }
    }
    Scene swapped;
    std::swap(swapped.bundle.deploy_key, swapped.bundle.webhook);
    CHECK_FALSE(decode_bundle(encode(swapped.bundle)).has_value());
    Scene odd_envelope;
    odd_envelope.bundle.deploy_key.envelope.push_back(0);
    CHECK_FALSE(decode_bundle(encode(odd_envelope.bundle)).has_value());
}

TEST_CASE("bundle: with a junk envelope the vault gets the scalar, which alone signs for SSH") {
    Scene scene;
    Sealed& deploy = scene.bundle.deploy_key;
    std::fill(deploy.envelope.begin(), deploy.envelope.end(), std::uint8_t{0x5a});
    deploy.context.aux_hash = envelope_hash(deploy.envelope);
    deploy = scene.prove_again(std::move(deploy), scene.deploy_key.scalar());
    scene.sign_again();
    REQUIRE(check_bundle(scene.bundle, scene.expected).has_value());
    const auto opened = open_bundle(scene.bundle, scene.vault.secret_key);
    REQUIRE(opened.has_value());
    CHECK_FALSE(opened->deploy_seed.has_value());
    const auto signer = keys::ScalarSigner::create(opened->deploy_scalar);
    REQUIRE(signer.has_value());
    CHECK(signer->public_key() == scene.deploy_key.public_key());
    CHECK(signer->sign(as_bytes("message"), scene.entropy).has_value());
}

TEST_CASE("bundle: another vault cannot open it, and an owner cannot seal for another") {
    Scene scene;
    CHECK_FALSE(open_bundle(scene.bundle, VaultKey(0x44).secret_key).has_value());
    CHECK_FALSE(open_bundle(scene.bundle, Secret(32)).has_value());
    const keys::OwnerKey other = keys::OwnerKey::generate(scene.entropy);
    CHECK_FALSE(seal_bundle(scene.deploy_key, scene.webhook, other, scene.expected, scene.entropy)
                    .has_value());
    Expected no_vault = scene.expected;
    no_vault.vault_key = Point{1};
    CHECK_FALSE(seal_bundle(scene.deploy_key, scene.webhook, scene.owner, no_vault, scene.entropy)
                    .has_value());
}
