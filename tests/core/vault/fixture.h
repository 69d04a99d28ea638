#pragma once

#include "core/vault/network.h"
#include "core/vault/registration.h"

#include <doctest/doctest.h>
#include <sodium.h>

namespace tau::test {

inline constexpr std::int64_t now = 1790000000;

struct NodeKeys {
    Secret sign{crypto_sign_SECRETKEYBYTES};
    Secret seal{crypto_sign_SECRETKEYBYTES};
    NodeKeys() {
        seal::Point ignored{};
        crypto_sign_keypair(ignored.data(), sign.data());
        crypto_sign_keypair(ignored.data(), seal.data());
    }
};

inline vault::NodeRecord unsigned_record() {
    vault::NodeRecord record;
    record.seq = 7;
    record.not_before = static_cast<std::uint32_t>(now - 10);
    record.expires = static_cast<std::uint32_t>(now + 3600);
    record.latitude = 4737;
    record.longitude = 854;
    record.region = 2;
    record.slots_per_hour = 120;
    record.name = "zürich-1";
    record.endpoint = "http://127.0.0.1:8123";
    return record;
}

inline vault::NodeRecord make_record(const NodeKeys& keys) {
    vault::NodeRecord record = unsigned_record();
    REQUIRE(vault::sign_record(record, keys.sign, keys.seal));
    return record;
}

inline keys::OwnerKey make_owner() {
    SystemEntropy entropy;
    return keys::OwnerKey::generate(entropy);
}

inline const std::string project_id = "QmQazSMmMztAFkECFpvNjGMJpaYH4CvTTt85GDj1yYgt4a";

/// Well-shaped in every field; its bundles are bytes without meaning.
inline vault::Registration make_registration(const keys::OwnerKey& owner) {
    vault::Registration registration;
    registration.project_id = project_id;
    registration.project_name = "shop";
    registration.challenge = Bytes(56, 1);
    const std::array<vault::Role, 2> roles{vault::Role::configuration, vault::Role::code};
    for (std::size_t i = 0; i < 2; ++i) {
        auto& repository = registration.repositories[i];
        repository.role = roles[i];
        repository.url = i == 0 ? "ssh://git@git.example.org/me/tb_shop.git"
                                : "ssh://git@git.example.org/me/tb_code_shop.git";
        repository.host_keys = {"SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU"};
        repository.default_branch = "main";
        repository.sealed = Bytes(100, static_cast<std::uint8_t>(i));
    }
    registration.deployments = {{"*", vault::Role::configuration, "main", ""},
                                {"region:eu-west", vault::Role::code, "", std::string(40, 'a')}};
    vault::sign(registration, owner);
    return registration;
}

} // namespace tau::test
