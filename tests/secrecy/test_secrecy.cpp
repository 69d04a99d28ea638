// No branch and no address depends on a secret. Under valgrind, secrets are marked as undefined
// memory; its memcheck follows them through every computation, libsodium's too, and reports each
// jump and each index that they decide. What is public by design is named in the product's code
// by declassify(); what libsodium decides for itself is in libsodium.supp, with reasons.
//
// Left out, because their formats prescribe tables that a secret indexes: Blowfish in bcrypt and
// the second half of Argon2id. Both read a passphrase, on the computer of who typed it.
#include "core/base/declassify.h"
#include "core/keys/owner_key.h"
#include "core/keys/sealed_box.h"
#include "core/keys/webhook_secret.h"
#include "core/seal/bundle.h"
#include "core/seal/envelope.h"
#include "core/seal/proof.h"
#include "tests/secrecy/planted.h"
#include "tests/support/entropy.h"

#include <algorithm>
#include <doctest/doctest.h>
#include <functional>
#include <sodium.h>

using namespace tau;
using namespace tau::seal;

namespace {

void poison(std::span<std::uint8_t> bytes) {
    static_cast<void>(VALGRIND_MAKE_MEM_UNDEFINED(bytes.data(), bytes.size()));
}

/// 32 bytes known to nobody.
Secret unknown(std::uint8_t first, std::size_t size = 32) {
    Secret out = tau::test::counting_secret(first, size);
    poison(out.bytes());
    return out;
}

Secret unknown_copy(const Secret& known) {
    Secret out = known.clone();
    poison(out.bytes());
    return out;
}

/// A generator whose numbers nobody knows, other ones at each call.
class UnknownEntropy final : public Entropy {
public:
    void fill(std::span<std::uint8_t> out) override {
        tau::test::CountingEntropy(first_++).fill(out);
        poison(out);
    }

private:
    std::uint8_t first_ = 1;
};

/// Whether memcheck takes any bit of it for unknown.
bool is_unknown(ByteView bytes) {
    std::vector<std::uint8_t> bits(bytes.size());
    REQUIRE(VALGRIND_GET_VBITS(bytes.data(), bits.data(), bits.size()) == 1);
    return std::any_of(bits.begin(), bits.end(), [](std::uint8_t b) { return b != 0; });
}

/// How often memcheck reported something while `operation` ran.
std::size_t reports(const std::function<void()>& operation) {
    const std::size_t before = VALGRIND_COUNT_ERRORS;
    operation();
    return VALGRIND_COUNT_ERRORS - before;
}

void leak_free(const std::function<void()>& operation) {
    const std::size_t found = reports(operation);
    CHECK_MESSAGE(found == 0, "memcheck's reports are above");
}

/// Public halves made from keys that are known, so that a test can look at them.
struct Scene {
    tau::test::CountingEntropy known{1};
    keys::DeployKey deploy_key =
        keys::DeployKey::from_seed(tau::test::counting_secret(0x10, 32)).value();
    keys::OwnerKey owner = keys::OwnerKey::from_seed(tau::test::counting_secret(0x20, 32)).value();
    Secret vault_secret_key{crypto_sign_SECRETKEYBYTES};
    Secret v{32};
    Point V{};
    Hash32 context{7};

    Scene() {
        crypto_sign_seed_keypair(V.data(), vault_secret_key.data(),
                                 tau::test::counting_secret(0x40, 32).data());
        crypto_sign_ed25519_sk_to_curve25519(v.data(), vault_secret_key.data());
    }
    const Point& Y() const { return deploy_key.public_key(); }
};

} // namespace

TEST_CASE("leaks that are planted are found") {
    REQUIRE_MESSAGE(RUNNING_ON_VALGRIND != 0, "this program means something under valgrind only");
    const Secret secret = unknown(3);
    const Secret known = tau::test::counting_secret(3, 32);
    for (const tau::test::Planted& planted : tau::test::planted_leaks()) {
        CAPTURE(planted.name);
        CHECK(reports([&] { planted.run(secret); }) > 0);
        CHECK(reports([&] { planted.run(known); }) == 0);
    }
}

TEST_CASE("sealing and opening") {
    const Scene scene;
    UnknownEntropy entropy;
    const Secret x = unknown_copy(scene.deploy_key.scalar());
    const Secret v = unknown_copy(scene.v);
    Proof proof{};
    leak_free([&] { proof = prove(x, scene.Y(), scene.V, scene.context, entropy).value(); });
    CHECK_FALSE(is_unknown(proof));
    CHECK(verify(scene.Y(), scene.V, scene.context, proof).has_value());

    Secret opened;
    leak_free([&] { opened = recover(v, scene.Y(), scene.V, scene.context, proof).value(); });
    CHECK(is_unknown(opened.bytes())); // it was followed through hash, curve and pad
    CHECK(opened.equals(scene.deploy_key.scalar()));
}

TEST_CASE("libsodium's multiplication decides one thing: whether its point is the identity") {
    // What libsodium.supp lets pass is counted here, so that it covers nothing else.
    const Secret secret = unknown(3);
    Point point{};
    CHECK(reports([&] {
              static_cast<void>(
                  crypto_scalarmult_ed25519_base_noclamp(point.data(), secret.data()));
          }) == 1);
    CHECK(is_unknown(point));
    Point base{9};
    CHECK(reports([&] {
              const int answer =
                  crypto_scalarmult_curve25519(point.data(), secret.data(), base.data());
              static_cast<void>(answer);
          }) == 0);
    CHECK(is_unknown(point));
}

TEST_CASE("what does not fit is refused without saying more") {
    const Scene scene;
    UnknownEntropy entropy;
    const Secret other = unknown(9);
    const Secret order =
        Secret::copy_of(from_hex("edd3f55c1a631258d69cf7a2def9de14000000000000000000000000000000"
                                 "10")
                            .value());
    leak_free([&] {
        CHECK_FALSE(prove(other, scene.Y(), scene.V, scene.context, entropy).has_value());
        CHECK_FALSE(keys::ScalarSigner::create(unknown_copy(order)).has_value());
        CHECK_FALSE(
            recover(other, scene.Y(), scene.V, scene.context, Bytes(proof_size)).has_value());
        CHECK_FALSE(other.equals(order));
    });
}

TEST_CASE("signing with the scalar alone, and with the owner's key") {
    const Scene scene;
    UnknownEntropy entropy;
    const Secret a = unknown_copy(scene.deploy_key.scalar());
    const Secret seed = unknown_copy(scene.owner.seed());
    const ByteView message = as_bytes("a message");
    keys::Signature by_scalar{};
    keys::Signature by_owner{};
    leak_free([&] {
        const auto signer = keys::ScalarSigner::create(a).value();
        CHECK(signer.public_key() == scene.Y());
        by_scalar = signer.sign(message, entropy).value();
        const auto owner = keys::OwnerKey::from_seed(seed).value();
        by_owner = owner.sign("test", message);
    });
    CHECK(crypto_sign_verify_detached(by_scalar.data(), message.data(), message.size(),
                                      scene.Y().data()) == 0);
    CHECK(keys::verify_signature(scene.owner.public_key(), "test", message, by_owner));
}

TEST_CASE("a deploy key and its OpenSSH form") {
    const Scene scene;
    UnknownEntropy entropy;
    const Secret seed = unknown_copy(scene.deploy_key.seed());
    leak_free([&] {
        CHECK_FALSE(is_unknown(keys::DeployKey::generate(entropy).public_key()));
        const auto key = keys::DeployKey::from_seed(seed).value();
        CHECK(key.public_key() == scene.Y());
        CHECK(is_unknown(key.scalar().bytes()));
        CHECK(is_unknown(key.openssh_private_key("comment").value().bytes()));
    });
}

TEST_CASE("a webhook's secret and its signatures") {
    UnknownEntropy entropy;
    leak_free([&] {
        const auto webhook = keys::WebhookSecret::generate(entropy);
        CHECK_FALSE(is_unknown(webhook.commitment()));
        const Secret text = webhook.text(Hash32{1});
        CHECK(is_unknown(text.bytes()));
        std::string header = keys::sign_webhook(text, "body");
        CHECK(keys::verify_webhook(text, "body", header));
        header.back() = header.back() == '0' ? '1' : '0';
        CHECK_FALSE(keys::verify_webhook(text, "body", header));
    });
}

TEST_CASE("the envelope of a seed, also when it is junk") {
    const Scene scene;
    tau::test::CountingEntropy known(5);
    const Secret a = unknown_copy(scene.deploy_key.scalar());
    const Secret seed = unknown_copy(scene.deploy_key.seed());
    const EnvelopeBinding binding{scene.Y(), scene.V, Hash32{1}};
    leak_free([&] {
        Bytes envelope = seal_seed(seed, a, binding, known);
        CHECK_FALSE(is_unknown(envelope));
        const auto opened = open_seed(envelope, a, binding);
        REQUIRE(opened.has_value());
        CHECK(is_unknown(opened->bytes()));
        envelope.back() ^= 1U;
        CHECK_FALSE(open_seed(envelope, a, binding).has_value());
        envelope = seal_seed(unknown(9), a, binding, known); // another key's seed
        CHECK_FALSE(open_seed(envelope, a, binding).has_value());
    });
}

TEST_CASE("a secret kept under a key") {
    tau::test::CountingEntropy known(5);
    const Secret key = unknown(1);
    const Secret plain = unknown(2);
    leak_free([&] {
        const Bytes box = keys::close_box(key, plain.bytes(), as_bytes("ad"), known);
        CHECK(keys::open_box(key, box, as_bytes("ad")).has_value());
        CHECK_FALSE(keys::open_box(key, box, as_bytes("other")).has_value());
    });
}

TEST_CASE("a whole bundle, from the keys' generation to the vault's opening") {
    Scene scene;
    UnknownEntropy entropy;
    const Secret vault_secret_key = unknown_copy(scene.vault_secret_key);
    // The vault key's public half stands in the same 64 bytes.
    declassify(vault_secret_key.data() + 32, 32);
    leak_free([&] {
        const auto deploy_key = keys::DeployKey::generate(entropy);
        const auto webhook = keys::WebhookSecret::generate(entropy);
        const auto owner = keys::OwnerKey::generate(entropy);
        const Expected expected{
            "project", "ssh://git@example.org/a/b.git", "node", owner.public_key(), scene.V, 1};
        const Bundle bundle = seal_bundle(deploy_key, webhook, owner, expected, entropy).value();
        CHECK_FALSE(is_unknown(encode(bundle)));
        const Opened opened = open_bundle(bundle, vault_secret_key).value();
        CHECK(is_unknown(opened.deploy_scalar.bytes()));
        CHECK(is_unknown(opened.webhook_scalar.bytes()));
        REQUIRE(opened.deploy_seed.has_value());
        CHECK(opened.deploy_seed->equals(deploy_key.seed()));
    });
}
