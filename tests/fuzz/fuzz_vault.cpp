// Hostile messages between a console and a vault node, node records, claims and network files.
#include "core/vault/claim.h"
#include "core/vault/network.h"
#include "core/vault/registration.h"
#include "core/vault/retry.h"
#include "tests/fuzz/decoder.h"
#include "tests/support/entropy.h"

#include <sodium.h>

using namespace tau;
using namespace tau::vault;

namespace {

constexpr std::int64_t now = 1790000000;
const std::string project_id = "QmQazSMmMztAFkECFpvNjGMJpaYH4CvTTt85GDj1yYgt4a";

Secret node_key(std::uint8_t first) {
    Secret out(crypto_sign_SECRETKEYBYTES);
    seal::Point ignored{};
    crypto_sign_seed_keypair(ignored.data(), out.data(),
                             tau::test::counting_secret(first, 32).data());
    return out;
}

const keys::OwnerKey& owner() {
    static const auto key = keys::OwnerKey::from_seed(tau::test::counting_secret(1, 32)).value();
    return key;
}

NodeRecord good_record() {
    NodeRecord record;
    record.seq = 7;
    record.not_before = static_cast<std::uint32_t>(now - 10);
    record.expires = static_cast<std::uint32_t>(now + 3600);
    record.region = 2;
    record.name = "node-1";
    record.endpoint = "http://127.0.0.1:8123";
    fuzz::require(sign_record(record, node_key(2), node_key(3)).has_value());
    return record;
}

std::string good_registration() {
    Registration registration;
    registration.project_id = project_id;
    registration.project_name = "shop";
    registration.challenge = Bytes(56, 1);
    for (std::size_t i = 0; i < 2; ++i) {
        registration.repositories[i] = {i == 0 ? Role::configuration : Role::code,
                                        "ssh://git@git.example.org/me/" + std::to_string(i) +
                                            ".git",
                                        {"SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU"},
                                        "main",
                                        Bytes(100, 1)};
    }
    registration.deployments = {{"*", Role::configuration, "main", ""},
                                {"region:eu-west", Role::code, "", std::string(40, 'a')}};
    sign(registration, owner());
    return to_json(registration);
}

Receipt good_receipt() {
    Receipt receipt;
    receipt.registration_id = std::string(32, 'b');
    receipt.project_id = project_id;
    receipt.node_id = good_record().node_id();
    receipt.owner_key = owner().public_key();
    receipt.time = now;
    receipt.record_seq = 3;
    fuzz::require(sign(receipt, node_key(2)).has_value());
    return receipt;
}

std::string good_answer() {
    return to_json(RegistrationAnswer{
        std::string(32, 'b'),
        "active",
        {{"proof", "code", Outcome::passed, "", ""},
         {"ownership", "code", Outcome::failed, "claim_missing", "There is no claim."}},
        good_receipt()});
}

std::string good_status() {
    return to_json(RegistrationStatus{
        std::string(32, 'b'),
        "active",
        {{"webhook", "code", Outcome::pending, "webhook_unseen", "Nothing came yet."}},
        {now, 0},
        {{Role::code, "refs/heads/main", std::string(40, 'a'), now}},
        {{"*", Role::code, "main", ""}}});
}

std::string good_network() {
    ListedNode node;
    node.record = good_record();
    node.encoded = encode(node.record);
    return to_yaml(Network{"Local network", {{"local", "Here", "/x"}}, {node}, {}});
}

void read_record(ByteView bytes) {
    static const Bytes good = encode(good_record());
    const auto record = decode_record(bytes, now);
    // Each byte is signed, and only this node's signature is at hand.
    fuzz::require(record.has_value() == fuzz::same(bytes, good));
    fuzz::require(!record || fuzz::same(encode(*record), bytes));
}

void read_authorization(ByteView bytes) {
    static const std::string good = owner_authorization(owner(), "GET", "/v1/x", "body", now);
    fuzz::require(
        check_owner_authorization(as_text(bytes), "GET", "/v1/x", "body", now).has_value() ==
        (as_text(bytes) == good));
}

} // namespace

namespace tau::fuzz {

const std::vector<Decoder>& decoders() {
    const auto json = [](const auto& message) { return to_json(message); };
    const auto network = [](std::string_view yaml) { return parse_network(yaml, now); };
    static const std::vector<Decoder> all{
        {"record", encode(good_record()), &read_record},
        round_trip("claim",
                   to_text(make_claim(owner(), project_id, Role::code,
                                      "ssh://git@git.example.org/me/1.git")),
                   parse_claim, [](const Claim& claim) { return to_text(claim); }),
        round_trip("registration", good_registration(), parse_registration, json),
        round_trip("receipt", to_json(good_receipt()), parse_receipt, json),
        round_trip("answer", good_answer(), parse_registration_answer, json),
        round_trip("status", good_status(), parse_registration_status, json),
        round_trip("network", good_network(), network,
                   [](const Network& value) { return to_yaml(value); }),
        {"authorization", bytes_of(owner_authorization(owner(), "GET", "/v1/x", "body", now)),
         &read_authorization},
        {"date", bytes_of("Sun, 06 Nov 1994 08:49:37 GMT"),
         [](ByteView bytes) { static_cast<void>(parse_http_date(as_text(bytes))); }},
    };
    return all;
}

} // namespace tau::fuzz
