#include "core/keys/deploy_key.h"
#include "core/keys/webhook_secret.h"
#include "core/seal/context.h"
#include "core/seal/envelope.h"
#include "core/seal/tagged_hash.h"
#include "tests/core/seal/known_answers.h"

using namespace tau;
using namespace tau::seal;
using namespace tau::seal::test;
using tau::test::counting_secret;
using tau::test::CountingEntropy;

namespace {

Context known_context() {
    Context context;
    CountingEntropy(0xa0).fill(context.nonce);
    context.created_at = 0x15;
    context.project_id = "proj-kat";
    context.repository_url = "ssh://git@github.com/example/repo.git";
    context.node_id = "12D3KooWKAT";
    Point owner;
    owner.fill(0x77);
    context.owner_key = context_owner_key(owner);
    return context;
}

} // namespace

TEST_CASE("known answer: BLAKE2b under a tag, with and without a key, as another library has it") {
    // Made with Python's hashlib.blake2b(data, digest_size, person=tag, key).
    struct Answer {
        const char* tag;
        std::size_t key_size;
        Bytes data;
        const char* digest;
    };
    const Bytes abc = {'a', 'b', 'c'};
    const Answer answers[] = {
        {"TauVE1-context", 0, abc,
         "32353ea9a47c32075b0ad43e20e242ff4319ed9529534f19ebe4ed0b94d8fb34"},
        {"TauVE1-subset",
         0,
         {},
         "3e49c0b634f833eb2869cec7465eaa11292d5a41b4118b6eef54f5057fab6c64"
         "89c6b9d292c26bd425c91d7bf514509de529697c3e9c67de07ef97914ef3b5fb"},
        {"0123456789abcdef", 0, abc, "4243ca07c67e8dc379d9036ae7386a2f"},
        {"TauVE1-hooksec", 32, abc,
         "d2040331b7bef6d889e63dee14bf6737b6f58c7c3c759911f61647695a3d3f68"},
        {"TauVE1-root", 64, Bytes(200),
         "65dbc6273ac104e4831a38bd85d0a141730c52a8e770882c748e92da85d02a79"
         "5a2ca7ba067b0e1929d1ca6593e81991adb0cc4bc4116df160aceb38478a1e54"},
    };
    for (const Answer& answer : answers) {
        CAPTURE(answer.tag);
        const Secret key = counting_secret(0, answer.key_size);
        Bytes digest(std::string_view(answer.digest).size() / 2);
        HashState state;
        const ByteView data = answer.data;
        const ByteView front = data.first(data.size() / 2); // in two parts: they are one input
        hash_parts(state, answer.tag, key.bytes(), {front, data.subspan(front.size())}, digest);
        CHECK(to_hex(digest) == answer.digest);
        if (answer.key_size == 0) {
            tagged_hash(answer.tag, data, digest);
            CHECK(to_hex(digest) == answer.digest);
        }
    }
}

TEST_CASE("known answer: the subset of the known proof's h") {
    // Made with Python from the definition; its second block is needed.
    const std::vector<std::size_t> expected = {
        5,  8,   11,  12,  14,  16,  17,  18,  19,  20,  24,  28,  29,  33,  40,  41,
        46, 48,  52,  53,  56,  62,  63,  64,  65,  73,  75,  78,  86,  89,  91,  95,
        97, 101, 103, 105, 110, 112, 118, 120, 123, 125, 127, 128, 129, 134, 135, 136};
    const std::vector<bool> hidden = subset(suite1, known("h"));
    std::vector<std::size_t> found;
    for (std::size_t j = 0; j < hidden.size(); ++j) {
        if (hidden[j]) {
            found.push_back(j);
        }
    }
    CHECK(found == expected);
}

TEST_CASE("known answer: the keys") {
    const auto deploy = keys::DeployKey::from_seed(known_secret("deploy_seed"));
    REQUIRE(deploy.has_value());
    CHECK(deploy->public_key() == known("Y"));
    CHECK(deploy->scalar().equals(known_bytes("a")));
    Point V;
    Secret secret_key(64);
    Secret v(32);
    crypto_sign_seed_keypair(V.data(), secret_key.data(), known_bytes("vault_seed").data());
    crypto_sign_ed25519_sk_to_curve25519(v.data(), secret_key.data());
    CHECK(V == known("V"));
    CHECK(v.equals(known_bytes("v_x25519")));
}

TEST_CASE("known answer: the context's bytes and hash, there and back") {
    const auto encoded = encode(known_context());
    REQUIRE(encoded.has_value());
    CHECK(to_hex(*encoded) == known_answers().at("ctx_bytes"));
    CHECK(context_hash(*encoded) == known("ctx"));
    CHECK(decode_context(*encoded).value() == known_context());
}

TEST_CASE("known answer: the session, and the whole proof byte for byte") {
    const Statement kat;
    const auto session = make_session(suite1, kat.Y, kat.V, kat.context, known_bytes("salt"));
    REQUIRE(session.has_value());
    CHECK(session->id == known("sid"));

    CountingEntropy entropy(0xe0);
    const auto proof = prove(kat.x, kat.Y, kat.V, kat.context, entropy);
    REQUIRE(proof.has_value());
    const Bytes expected = known_proof();
    REQUIRE(expected.size() == proof_size);
    CHECK(std::equal(proof->begin(), proof->end(), expected.begin()));
    CHECK(to_hex(ByteView(*proof).subspan(8, 32)) == known_answers().at("salt"));
    CHECK(to_hex(ByteView(*proof).subspan(40, 32)) == known_answers().at("h"));
    Hash32 digest;
    crypto_hash_sha256(digest.data(), expected.data(), expected.size());
    CHECK(to_hex(digest) == known_answers().at("sha256_proof"));

    CHECK(verify(kat.Y, kat.V, kat.context, expected).has_value());
    const auto recovered = recover(kat.v, kat.Y, kat.V, kat.context, expected);
    REQUIRE(recovered.has_value());
    CHECK(recovered->equals(known_bytes("recovered")));
}

TEST_CASE("known answer: the webhook's scalar, commitment and text") {
    CountingEntropy entropy(0);
    const keys::WebhookSecret made = keys::WebhookSecret::generate(entropy);
    CHECK(made.scalar().equals(known_bytes("hook_s")));
    CHECK(made.commitment() == known("hook_S"));
    CHECK(made.text(known("hook_nonce")).view() == known_answers().at("hook_secret_ascii_hex"));
}

TEST_CASE("known answer: the envelope and its key") {
    const Statement kat;
    const EnvelopeBinding binding{kat.Y, kat.V, known_context().nonce};
    CHECK(keyed_hash("TauVE1-envkey", 32, kat.x, {kat.Y, kat.V, binding.nonce})
              .equals(known_bytes("envkey")));
    CountingEntropy entropy(0x10);
    const Secret seed = known_secret("deploy_seed");
    const Bytes envelope = seal_seed(seed, kat.x, binding, entropy);
    CHECK(to_hex(envelope) == known_answers().at("envelope"));
    CHECK(envelope_hash(envelope) == known("aux_hash"));
    const auto opened = open_seed(envelope, kat.x, binding);
    REQUIRE(opened.has_value());
    CHECK(opened->equals(seed));
}

TEST_CASE("known answer: the prefix of the scalar signer") {
    const Statement kat;
    const Secret prefix = keyed_hash("TauVE1-sshnonce", 64, kat.x, {kat.Y});
    CHECK(to_hex(prefix.bytes().first(32)) == known_answers().at("ssh_prefix"));
}

TEST_CASE("this build and its libsodium pass the start-up test") {
    const auto passed = self_test();
    CHECK_MESSAGE(passed.has_value(), (passed ? "" : passed.error().message));
}
