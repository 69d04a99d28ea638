// Hostile registration JSON, and all else that owners and nodes send each other as JSON: whatever
// is read is written so that it is read as the same, and the hash of what was signed stays.
#include "core/node/project_file.h"
#include "core/vault/proofs.h"
#include "core/vault/registration.h"
#include "core/vault/running.h"
#include "tests/fuzz/decoder.h"
#include "tests/support/entropy.h"

#include <sodium.h>

using namespace tau;
using namespace tau::vault;

namespace {

const std::string project_id = "QmQazSMmMztAFkECFpvNjGMJpaYH4CvTTt85GDj1yYgt4a";

const keys::OwnerKey& owner() {
    static const auto key = keys::OwnerKey::from_seed(tau::test::counting_secret(1, 32)).value();
    return key;
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

/// What is read holds within the protocol's bounds, and keeps its signature when written anew.
void read_registration(ByteView bytes) {
    const auto registration = parse_registration(as_text(bytes));
    if (!registration) {
        return;
    }
    fuzz::require(bytes.size() <= max_registration_size);
    const auto again = parse_registration(to_json(*registration));
    fuzz::require(again && to_json(*again) == to_json(*registration));
    fuzz::require(has_good_signature(*again) == has_good_signature(*registration));
    for (const RegisteredRepository& repository : registration->repositories) {
        fuzz::require(repository.url.size() <= 1024 && !repository.host_keys.empty());
    }
}

/// Somebody else's words under this owner's signature: never without the owner's key.
void read_changed(ByteView bytes) {
    static const std::string good = good_registration();
    const auto registration = parse_registration(as_text(bytes));
    if (registration && has_good_signature(*registration)) {
        fuzz::require(to_json(*registration) == good);
    }
}

} // namespace

namespace tau::fuzz {

const std::vector<Decoder>& decoders() {
    static const std::vector<Decoder> all{
        {"registration", bytes_of(good_registration()), &read_registration},
        {"changed", bytes_of(good_registration()), &read_changed},
        {"deployments",
         bytes_of(R"([{"where":"*","repository":"code","branch":"main"},)"
                  R"({"where":"region:eu-west","repository":"code","commit":")" +
                  std::string(40, 'a') + "\"}]"),
         [](ByteView bytes) { static_cast<void>(parse_deployments(as_text(bytes))); }},
        {"config.yaml", bytes_of("id: " + project_id + "\nname: shop\n"),
         [](ByteView bytes) {
             static_cast<void>(node::project_id_of(std::string(as_text(bytes))));
         }},
    };
    return all;
}

} // namespace tau::fuzz
