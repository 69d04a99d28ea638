#pragma once

#include "core/flow/create_project.h"
#include "core/forge/local_state.h"
#include "core/keys/secret_file.h"
#include "core/project/export.h"
#include "core/vault/client.h"
#include "tests/app/tau_project.h"
#include "tests/support/plain_http.h"

#include <set>

namespace tau::test {

/// A project's file as the program keeps it; its vaults are known by it.
inline project::Export project_file(const TauProject& program, const std::string& name) {
    const auto projects = flow::list_projects(program.data);
    REQUIRE(projects);
    for (const flow::LocalProject& project : *projects) {
        if (project.name == name) {
            auto file = flow::load_export(project);
            REQUIRE(file);
            return std::move(*file);
        }
    }
    FAIL("There is no project ", name);
    return {};
}

/// A client of the vault that holds this enrolment, and the record it goes by.
inline vault::NodeRecord node_of(const project::Enrolment& enrolment) {
    auto record = vault::decode_record(enrolment.record, enrolment.receipt.time);
    REQUIRE(record);
    return std::move(*record);
}

/// What the git host has of one repository must be what project.yaml says, no more and no less,
/// with webhook secrets that are those of the seals.
inline void check_host(const forge::LocalFolder& host, SecretStore& secrets,
                       const project::Export& file, std::size_t side) {
    const auto state = host.load();
    REQUIRE(state);
    const std::string& url = file.claims[side].repository_url;
    const auto repository =
        std::find_if(state->repositories.begin(), state->repositories.end(),
                     [&](const auto& one) { return state->ssh_url(one) == url; });
    REQUIRE(repository != state->repositories.end());
    std::set<std::string> keys;
    std::set<std::string> hooks;
    for (const project::Enrolment& enrolment : file.vaults) {
        const auto bundle =
            seal::decode_bundle(enrolment.registration.repositories[side].sealed).value();
        keys.insert(keys::ssh_fingerprint(bundle.deploy_key.point));
        const std::string role(vault::to_string(enrolment.registration.repositories[side].role));
        const vault::NodeRecord node = node_of(enrolment);
        const std::string hook_url =
            node.endpoint + "/v1/hooks/" + enrolment.receipt.registration_id + "/" + role;
        hooks.insert(hook_url);
        const auto hook = std::find_if(repository->hooks.begin(), repository->hooks.end(),
                                       [&](const auto& one) { return one.url == hook_url; });
        REQUIRE(hook != repository->hooks.end());
        const auto scalar =
            secrets.get("webhook/" + file.project_id + "/" + role + "/" + node.node_id()).value();
        REQUIRE(scalar);
        const auto secret = keys::WebhookSecret::from_scalar(*scalar).value();
        CHECK(secret.commitment() == bundle.webhook.point);
        const auto text = secret.text(bundle.webhook.context.nonce);
        CHECK(read_file(host.hook_secret(hook->id), 1000).value() == as_text(text.bytes()));
    }
    CHECK(repository->keys.size() == keys.size());
    for (const auto& key : repository->keys) {
        CHECK(keys.count(key.fingerprint) == 1);
    }
    CHECK(repository->hooks.size() == hooks.size());
}

/// Git host, vaults, secret store and project.yaml agree on the project's keys.
inline void check_consistent(const TauProject& program, const std::filesystem::path& network,
                             const std::string& name) {
    const project::Export file = project_file(program, name);
    CHECK(project::all_ok(project::verify(file)));
    SystemEntropy entropy;
    const auto store = keys::open_secret_file(program.data / "secrets",
                                              Secret::copy_of(std::string_view("correct horse")),
                                              keys::KeyStretching::interactive, entropy);
    REQUIRE(store);
    const forge::LocalFolder host(network / "git");
    for (std::size_t side = 0; side < 2; ++side) {
        check_host(host, **store, file, side);
    }
    PlainHttp http;
    for (const project::Enrolment& enrolment : file.vaults) {
        const auto proofs = vault::Client(http, entropy, node_of(enrolment))
                                .proofs(enrolment.receipt.registration_id, {});
        REQUIRE_MESSAGE(proofs.has_value(), proofs.error().message);
        CHECK(proofs->receipt.proof_hashes == enrolment.receipt.proof_hashes);
    }
}

} // namespace tau::test
