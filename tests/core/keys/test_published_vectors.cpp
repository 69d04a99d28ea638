#include "core/keys/deploy_key.h"
#include "core/keys/scalar_signer.h"
#include "core/keys/sealed_box.h"
#include "core/keys/webhook_secret.h"
#include "tests/support/wycheproof.h"

#include <sodium.h>

using namespace tau;
using namespace tau::keys;
using tau::test::for_each_wycheproof;
using tau::test::hex;

namespace {

Bytes bytes(std::string_view text) {
    return from_hex(text).value();
}

struct SignatureVector {
    const char* seed;
    const char* public_key;
    const char* message;
    const char* signature;
};

// RFC 8032, section 7.1: tests 1, 2, 3 and SHA(abc).
const SignatureVector rfc8032[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b"
     "4"
     "6bd25bf5f0595bbe24655141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11"
     "d"
     "8c387b2eaeb4302aeeb00d291612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc"
     "6"
     "594a7c15e9716ed28dc027beceea1ec40a"},
    {"833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
     "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
     "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3fee"
     "b"
     "bd454d4423643ce80e2a9ac94fa54ca49f",
     "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e"
     "0"
     "303dca179c138ac17ad9bef1177331a704"}};

} // namespace

TEST_CASE("RFC 8032: keys from seeds, and both signers' signatures are accepted like the RFC's") {
    SystemEntropy entropy;
    for (const SignatureVector& vector : rfc8032) {
        const Secret seed = Secret::copy_of(bytes(vector.seed));
        const DeployKey key = DeployKey::from_seed(seed).value();
        CHECK(to_hex(key.public_key()) == vector.public_key);
        const Bytes message = bytes(vector.message);
        CHECK(crypto_sign_verify_detached(bytes(vector.signature).data(), message.data(),
                                          message.size(), key.public_key().data()) == 0);
        const ScalarSigner signer = ScalarSigner::create(key.scalar()).value();
        CHECK(signer.public_key() == key.public_key());
        const Signature made = signer.sign(message, entropy).value();
        CHECK(crypto_sign_verify_detached(made.data(), message.data(), message.size(),
                                          key.public_key().data()) == 0);
    }
}

TEST_CASE("RFC 7748, section 5.2: X25519 once, and fed to itself a thousand times") {
    const Bytes scalar = bytes("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4");
    const Bytes u = bytes("e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c");
    Hash32 out;
    REQUIRE(crypto_scalarmult_curve25519(out.data(), scalar.data(), u.data()) == 0);
    CHECK(to_hex(out) == "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552");

    Hash32 k{9};
    Hash32 point{9};
    for (int i = 1; i <= 1000; ++i) {
        REQUIRE(crypto_scalarmult_curve25519(out.data(), k.data(), point.data()) == 0);
        point = k;
        k = out;
        if (i == 1) {
            CHECK(to_hex(k) == "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079");
        }
    }
    CHECK(to_hex(k) == "684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51");
}

TEST_CASE("RFC 7748, section 6.1: both sides come to the same secret") {
    struct Side {
        const char* secret;
        const char* public_u;
    };
    const Side alice{"77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a",
                     "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"};
    const Side bob{"5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb",
                   "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"};
    for (const auto& [mine, other] : {std::pair(alice, bob), std::pair(bob, alice)}) {
        Hash32 out;
        REQUIRE(crypto_scalarmult_curve25519_base(out.data(), bytes(mine.secret).data()) == 0);
        CHECK(to_hex(out) == mine.public_u);
        REQUIRE(crypto_scalarmult_curve25519(out.data(), bytes(mine.secret).data(),
                                             bytes(other.public_u).data()) == 0);
        CHECK(to_hex(out) == "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742");
    }
}

TEST_CASE("Wycheproof: Ed25519 verification") {
    for_each_wycheproof("ed25519_test.json", [](const auto& group, const auto& one) {
        const auto key = to_array<32>(hex(group.at("publicKey"), "pk"), "key").value();
        const Bytes message = hex(one, "msg");
        const Bytes signature = hex(one, "sig");
        const bool accepted =
            signature.size() == 64 && crypto_sign_verify_detached(signature.data(), message.data(),
                                                                  message.size(), key.data()) == 0;
        CHECK(accepted == (one.at("result") == "valid"));
    });
}

TEST_CASE("Wycheproof: X25519, on the curve, on the twist, and with points of low order") {
    for_each_wycheproof("x25519_test.json", [](const auto&, const auto& one) {
        const Bytes scalar = hex(one, "private");
        const Bytes u = hex(one, "public");
        const Bytes expected = hex(one, "shared");
        Hash32 shared{};
        const int status = crypto_scalarmult_curve25519(shared.data(), scalar.data(), u.data());
        if (sodium_is_zero(expected.data(), expected.size()) != 0) {
            CHECK(status != 0); // low order: libsodium refuses what Wycheproof calls acceptable
        } else {
            CHECK(status == 0);
            CHECK(to_hex(shared) == to_hex(expected));
        }
    });
}

TEST_CASE("Wycheproof: the box of files is XChaCha20-Poly1305") {
    for_each_wycheproof("xchacha20_poly1305_test.json", [](const auto&, const auto& one) {
        const Bytes nonce = hex(one, "iv");
        if (nonce.size() != 24) {
            CHECK(one.at("result") == "invalid"); // our boxes have no other size
            return;
        }
        const Secret key = Secret::copy_of(hex(one, "key"));
        const Bytes box = ByteWriter().raw(nonce).raw(hex(one, "ct")).raw(hex(one, "tag")).take();
        const auto opened = open_box(key, box, hex(one, "aad"));
        REQUIRE(opened.has_value() == (one.at("result") == "valid"));
        if (opened) {
            CHECK(opened->equals(hex(one, "msg")));
        }
    });
}

TEST_CASE("Wycheproof: webhooks are signed with HMAC-SHA256") {
    for_each_wycheproof("hmac_sha256_test.json", [](const auto& group, const auto& one) {
        if (group.at("tagSize") != 256) {
            return; // shortened tags: a webhook's header never has one
        }
        const Secret key = Secret::copy_of(hex(one, "key"));
        const Bytes body = hex(one, "msg");
        const std::string header = "sha256=" + one.at("tag").template get<std::string>();
        const bool valid = one.at("result") == "valid";
        CHECK(verify_webhook(key, as_text(body), header) == valid);
        CHECK((sign_webhook(key, as_text(body)) == header) == valid);
    });
}
