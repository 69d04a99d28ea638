#include "core/keys/deploy_key.h"
#include "core/keys/scalar_signer.h"
#include "core/keys/ssh_wire.h"
#include "core/keys/webhook_secret.h"
#include "tests/support/entropy.h"

#include <doctest/doctest.h>
#include <functional>
#include <sodium.h>

using namespace tau;
using namespace tau::keys;

namespace {

/// The parts of what an SSH client signs to log in.
struct LoginRequest {
    Bytes session = Bytes(32, 1);
    std::uint8_t message = 50;
    std::string user = "git";
    std::string service = "ssh-connection";
    std::string method = "publickey";
    std::uint8_t has_signature = 1;
    std::string algorithm = "ssh-ed25519";
    Bytes key;
    Bytes rest;

    Bytes encoded() const {
        Bytes out;
        append_ssh_string(out, session);
        out.push_back(message);
        for (const std::string& text : {user, service, method}) {
            append_ssh_string(out, as_bytes(text));
        }
        out.push_back(has_signature);
        append_ssh_string(out, as_bytes(algorithm));
        append_ssh_string(out, key);
        out.insert(out.end(), rest.begin(), rest.end());
        return out;
    }
};

bool fits(const seal::Point& key, ByteView message, const Signature& signature) {
    return crypto_sign_verify_detached(signature.data(), message.data(), message.size(),
                                       key.data()) == 0;
}

} // namespace

TEST_CASE("the scalar alone signs as its key does, 1000 times, each time differently") {
    SystemEntropy entropy;
    Signature last{};
    for (int i = 0; i < 1000; ++i) {
        const DeployKey key = DeployKey::generate(entropy);
        const ScalarSigner signer = ScalarSigner::create(key.scalar()).value();
        const Bytes message(static_cast<std::size_t>(i % 300), 0x61);
        const auto signature = signer.sign(message, entropy);
        REQUIRE(signature.has_value());
        REQUIRE(fits(key.public_key(), message, *signature));
        REQUIRE(*signature != last);
        last = *signature;
    }
}

TEST_CASE("with a generator that is stuck no nonce serves two messages") {
    tau::test::CountingEntropy stuck(0);
    const DeployKey key = DeployKey::generate(stuck);
    const ScalarSigner signer = ScalarSigner::create(key.scalar()).value();
    const Signature one = signer.sign(as_bytes("one"), stuck).value();
    const Signature two = signer.sign(as_bytes("two"), stuck).value();
    CHECK(one == signer.sign(as_bytes("one"), stuck).value());
    CHECK_FALSE(std::equal(one.begin(), one.begin() + 32, two.begin())); // R
}

TEST_CASE("a scalar that is zero, not canonical or of another size is refused") {
    Secret order = Secret::copy_of(
        from_hex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010").value());
    for (const std::size_t size : {std::size_t{0}, std::size_t{31}, std::size_t{32}}) {
        CHECK_FALSE(ScalarSigner::create(Secret(size)).has_value());
        CHECK_FALSE(WebhookSecret::from_scalar(Secret(size)).has_value());
    }
    CHECK_FALSE(ScalarSigner::create(order).has_value());
    CHECK_FALSE(WebhookSecret::from_scalar(order).has_value());
    order.data()[0] = 0xec; // L - 1
    CHECK(ScalarSigner::create(order).has_value());
    CHECK(WebhookSecret::from_scalar(order).has_value());
}

TEST_CASE("for SSH, only this key's own login to the git host is signed") {
    SystemEntropy entropy;
    const DeployKey key = DeployKey::generate(entropy);
    const ScalarSigner signer = ScalarSigner::create(key.scalar()).value();
    LoginRequest good;
    good.key = ssh_public_blob(key.public_key());
    const Bytes blob = good.encoded();
    const auto signature = signer.sign_ssh_request(blob, entropy);
    REQUIRE(signature.has_value());
    CHECK(fits(key.public_key(), blob, *signature));

    LoginRequest bound = good;
    bound.method = "publickey-hostbound-v00@openssh.com";
    append_ssh_string(bound.rest, as_bytes("host key"));
    CHECK(signer.sign_ssh_request(bound.encoded(), entropy).has_value());

    LoginRequest other_account = good;
    other_account.user = "alice";
    CHECK(signer.sign_ssh_request(other_account.encoded(), entropy, "alice").has_value());
    CHECK_FALSE(signer.sign_ssh_request(blob, entropy, "alice").has_value());

    const std::vector<std::function<void(LoginRequest&)>> changes = {
        [](LoginRequest& r) { r.session.resize(19); },
        [](LoginRequest& r) { r.session.resize(65); },
        [](LoginRequest& r) { r.message = 51; },
        [](LoginRequest& r) { r.user = "root"; },
        [](LoginRequest& r) { r.service = "ssh-userauth"; },
        [](LoginRequest& r) { r.method = "hostbased"; },
        [](LoginRequest& r) { r.method = "publickey-hostbound-v00@openssh.com"; },
        [](LoginRequest& r) { r.has_signature = 0; },
        [](LoginRequest& r) { r.algorithm = "ssh-rsa"; },
        [](LoginRequest& r) { r.key.back() ^= 1; },
        [](LoginRequest& r) { r.key.clear(); },
        [](LoginRequest& r) { r.rest.push_back(0); }};
    for (std::size_t i = 0; i < changes.size(); ++i) {
        CAPTURE(i);
        LoginRequest bad = good;
        changes[i](bad);
        const auto refused = signer.sign_ssh_request(bad.encoded(), entropy);
        REQUIRE_FALSE(refused.has_value());
        CHECK(refused.error().code == ErrorCode::permission_denied);
    }
    for (std::size_t size = 0; size < blob.size(); ++size) {
        REQUIRE_FALSE(signer.sign_ssh_request(ByteView(blob).first(size), entropy).has_value());
    }
    CHECK_FALSE(signer.sign_ssh_request(as_bytes("tree 0123\nauthor me"), entropy).has_value());
}

TEST_CASE("webhook signatures: GitHub's published example") {
    const Secret secret = Secret::copy_of(std::string_view("It's a Secret to Everybody"));
    const std::string header =
        "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
    CHECK(sign_webhook(secret, "Hello, World!") == header);
    CHECK(verify_webhook(secret, "Hello, World!", header));
}

TEST_CASE("webhook signatures: anything but the exact header is refused") {
    const Secret secret = Secret::copy_of(std::string_view("s"));
    const std::string good = sign_webhook(secret, "body");
    CHECK(verify_webhook(secret, "body", good));
    CHECK_FALSE(verify_webhook(secret, "body ", good));
    CHECK_FALSE(verify_webhook(Secret::copy_of(std::string_view("t")), "body", good));
    const std::string digits = good.substr(7);
    for (const std::string& bad :
         {std::string(), digits, "sha1=" + digits, "SHA256=" + digits, good + "00", good + " ",
          " " + good, good.substr(0, good.size() - 2), good.substr(0, good.size() - 1),
          "sha256=" + std::string(64, 'z'), std::string("sha256="),
          "sha256=" + std::string(64, '0')}) {
        CAPTURE(bad);
        CHECK_FALSE(verify_webhook(secret, "body", bad));
    }
    for (std::size_t i = 7; i < good.size(); ++i) {
        std::string flipped = good;
        flipped[i] = flipped[i] == '0' ? '1' : '0';
        CHECK_FALSE(verify_webhook(secret, "body", flipped));
    }
}

TEST_CASE("a webhook's text depends on the nonce and is not the scalar") {
    SystemEntropy entropy;
    const WebhookSecret webhook = WebhookSecret::generate(entropy);
    const Secret one = webhook.text(Hash32{1});
    CHECK(one.size() == 64);
    CHECK(one.equals(webhook.text(Hash32{1})));
    CHECK_FALSE(one.equals(webhook.text(Hash32{2})));
    CHECK(one.view() != to_hex(webhook.scalar().bytes()));
    const WebhookSecret again = WebhookSecret::from_scalar(webhook.scalar()).value();
    CHECK(again.commitment() == webhook.commitment());
}
