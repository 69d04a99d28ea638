#include "core/project/config.h"
#include "core/project/export.h"
#include "tests/core/vault/fixture.h"

#include <algorithm>
#include <doctest/doctest.h>
#include <functional>

using namespace tau;
using namespace tau::project;

namespace {

/// What a vault of the test's own answers to a registration, as a real creation keeps it.
Enrolment enrol(const Export& project, const keys::OwnerKey& owner, const std::string& name) {
    SystemEntropy entropy;
    const test::NodeKeys node_keys;
    vault::NodeRecord node = test::unsigned_record();
    node.name = name;
    REQUIRE(vault::sign_record(node, node_keys.sign, node_keys.seal));
    Enrolment enrolment;
    enrolment.record = vault::encode(node);
    enrolment.idempotency_key = "00112233445566778899aabbccddeeff";
    vault::Registration& registration = enrolment.registration;
    registration = test::make_registration(owner);
    registration.project_id = project.project_id;
    registration.owner_key = owner.public_key();
    vault::Receipt& receipt = enrolment.receipt;
    for (std::size_t i = 0; i < 2; ++i) {
        auto& repository = registration.repositories[i];
        const auto deploy_key = keys::DeployKey::generate(entropy);
        const auto webhook = keys::WebhookSecret::generate(entropy);
        const auto bundle = seal::seal_bundle(deploy_key, webhook, owner,
                                              {project.project_id, repository.url, node.node_id(),
                                               owner.public_key(), node.seal_key, test::now - 3},
                                              entropy);
        REQUIRE(bundle.has_value());
        repository.sealed = seal::encode(*bundle);
        receipt.proof_hashes[2 * i] = vault::proof_hash(bundle->deploy_key.proof);
        receipt.proof_hashes[2 * i + 1] = vault::proof_hash(bundle->webhook.proof);
    }
    vault::sign(registration, owner);
    enrolment.registration_body = vault::to_json(registration);
    receipt.registration_id =
        vault::registration_id(node.node_id(), owner.public_key(), enrolment.idempotency_key)
            .value();
    receipt.project_id = project.project_id;
    receipt.node_id = node.node_id();
    receipt.owner_key = owner.public_key();
    receipt.body_hash = vault::body_hash(enrolment.registration_body);
    receipt.time = test::now;
    receipt.record_seq = node.seq;
    REQUIRE(vault::sign(receipt, node_keys.sign));
    return enrolment;
}

const keys::OwnerKey& owner_key() {
    static const keys::OwnerKey owner = test::make_owner();
    return owner;
}

/// A whole project as a real creation would leave it, with these vaults.
Export make_project(const std::vector<std::string>& vaults) {
    SystemEntropy entropy;
    const keys::OwnerKey& owner = owner_key();
    Export project;
    project.project_id = new_project_id(entropy);
    project.name = "shop";
    project.description = "Things: \"all\" of them #1\n– and 漢字";
    project.email = "me@example.org";
    project.created_at = test::now - 5;
    const vault::Registration asked = test::make_registration(owner);
    for (std::size_t i = 0; i < 2; ++i) {
        const auto& repository = asked.repositories[i];
        project.claims[i] =
            vault::make_claim(owner, project.project_id, repository.role, repository.url);
    }
    for (const std::string& name : vaults) {
        project.vaults.push_back(enrol(project, owner, name));
    }
    sign(project, owner);
    return project;
}

Export make_export() {
    static const Export made = make_project({"zürich-1"});
    return made;
}

Export make_three() {
    static const Export made = make_project({"ash", "elm", "oak"});
    return made;
}

std::string failing(const Export& project) {
    std::string subjects;
    for (const Finding& finding : verify(project)) {
        subjects += finding.ok ? "" : finding.subject + "; ";
        CHECK(finding.sentence.ends_with("."));
    }
    return subjects;
}

template <typename Container>
void flip(Container& bytes, std::size_t at) {
    using Byte = std::remove_reference_t<decltype(bytes[0])>;
    bytes[at] = static_cast<Byte>(bytes[at] ^ 1);
}

} // namespace

TEST_CASE("a project goes into its file and comes back, and everything in it holds") {
    const Export project = make_export();
    CHECK(failing(project) == "");
    const std::string yaml = to_yaml(project);
    CHECK(yaml.starts_with("# A Taubyte project"));
    CHECK(yaml.find("tau-project verify") != std::string::npos);
    const auto back = parse_export(yaml);
    REQUIRE_MESSAGE(back.has_value(), back.error().message);
    CHECK(back->description == project.description);
    CHECK(back->vaults[0].registration_body == project.vaults[0].registration_body);
    CHECK(to_yaml(*back) == yaml);
    CHECK(failing(*back) == "");
}

TEST_CASE("a changed field is named by the finding that covers it") {
    struct Case {
        std::string subject;
        std::function<void(Export&)> change;
    };
    const auto repository = [](Export& project, std::size_t i) -> vault::RegisteredRepository& {
        return project.vaults[0].registration.repositories[i];
    };
    const std::vector<Case> cases{
        {"Project;", [](Export& p) { flip(p.project_id, 5); }},
        {"Project;", [](Export& p) { p.name = "shop2"; }},
        {"Project file;", [](Export& p) { flip(p.description, 0); }},
        {"Project file;", [](Export& p) { p.email.clear(); }},
        {"Project file;", [](Export& p) { ++p.created_at; }},
        {"Project file;", [](Export& p) { flip(p.signature, 63); }},
        {"Vault record, number 1;", [](Export& p) { flip(p.vaults[0].record, 40); }},
        {"Receipt, zürich-1;", [](Export& p) { flip(p.vaults[0].idempotency_key, 3); }},
        {"Registration, zürich-1;",
         [](Export& p) { flip(p.vaults[0].registration.project_name, 0); }},
        {"Registration, zürich-1;", [](Export& p) { flip(p.vaults[0].registration.owner_key, 0); }},
        {"Registration, zürich-1;", [](Export& p) { flip(p.vaults[0].registration.challenge, 0); }},
        {"Registration, zürich-1;", [&](Export& p) { flip(repository(p, 1).host_keys[0], 20); }},
        {"Registration, zürich-1;", [&](Export& p) { repository(p, 0).default_branch = "maim"; }},
        {"Registration, zürich-1;",
         [](Export& p) { p.vaults[0].registration.deployments[0].branch = "dev"; }},
        {"Registration, zürich-1;", [](Export& p) { flip(p.vaults[0].registration.signature, 0); }},
        {"Sealed keys, configuration, zürich-1;",
         [&](Export& p) { flip(repository(p, 0).url, 30); }},
        {"Sealed keys, code, zürich-1;", [&](Export& p) { flip(repository(p, 1).sealed, 60); }},
        {"Claim, configuration;", [](Export& p) { flip(p.claims[0].signature, 0); }},
        {"Claim, code;", [](Export& p) { flip(p.claims[1].repository_url, 12); }},
        {"Claim, code;", [](Export& p) { p.claims[1] = p.claims[0]; }},
        {"Receipt, zürich-1;", [](Export& p) { flip(p.vaults[0].receipt.registration_id, 0); }},
        {"Receipt, zürich-1;", [](Export& p) { flip(p.vaults[0].receipt.body_hash, 0); }},
        {"Receipt, zürich-1;", [](Export& p) { ++p.vaults[0].receipt.time; }},
        {"Receipt, zürich-1;", [](Export& p) { ++p.vaults[0].receipt.record_seq; }},
        {"Receipt, zürich-1;", [](Export& p) { flip(p.vaults[0].receipt.signature, 0); }},
        {"Deploy key proof, configuration, zürich-1;",
         [](Export& p) { flip(p.vaults[0].receipt.proof_hashes[0], 0); }},
        {"Webhook proof, code, zürich-1;",
         [](Export& p) { flip(p.vaults[0].receipt.proof_hashes[3], 31); }},
    };
    for (const Case& one : cases) {
        Export project = make_export();
        one.change(project);
        const std::string subjects = failing(project);
        CHECK_MESSAGE(subjects.find(one.subject) != std::string::npos,
                      one.subject << " in " << subjects);
    }
}

TEST_CASE("a changed byte of a proof is named as that proof") {
    const Export good = make_export();
    const auto bundle = seal::decode_bundle(good.vaults[0].registration.repositories[0].sealed);
    REQUIRE(bundle.has_value());
    const auto& sealed = good.vaults[0].registration.repositories[0].sealed;
    const auto at_of = [&](const seal::Proof& proof) {
        return static_cast<std::size_t>(
            std::search(sealed.begin(), sealed.end(), proof.begin(), proof.end()) - sealed.begin());
    };
    for (const std::size_t offset :
         {std::size_t{0}, std::size_t{45}, std::size_t{2000}, seal::proof_size - 1}) {
        Export project = make_export();
        flip(project.vaults[0].registration.repositories[0].sealed,
             at_of(bundle->deploy_key.proof) + offset);
        CHECK(failing(project).find("Deploy key proof, configuration, zürich-1;") !=
              std::string::npos);
        project = make_export();
        flip(project.vaults[0].registration.repositories[0].sealed,
             at_of(bundle->webhook.proof) + offset);
        CHECK(failing(project).find("Webhook proof, configuration, zürich-1;") !=
              std::string::npos);
    }
}

TEST_CASE("each vault has its own lines, and a change is named with the vault it concerns") {
    const Export project = make_three();
    CHECK(failing(project) == "");
    const auto back = parse_export(to_yaml(project));
    REQUIRE_MESSAGE(back.has_value(), back.error().message);
    CHECK(to_yaml(*back) == to_yaml(project));
    const auto findings = verify(*back);
    CHECK(findings.size() == 4 + 3 * 9);
    for (const char* name : {"ash", "elm", "oak"}) {
        CHECK(std::count_if(findings.begin(), findings.end(), [&](const Finding& one) {
                  return one.ok && one.subject.ends_with(name);
              }) == 9);
    }
    struct Case {
        std::string subjects;
        std::function<void(Export&)> change;
    };
    const std::vector<Case> cases{
        {"Receipt, elm; Project file; ", [](Export& p) { flip(p.vaults[1].receipt.signature, 0); }},
        {"Deploy key proof, code, oak; Project file; ",
         [](Export& p) { flip(p.vaults[2].receipt.proof_hashes[2], 0); }},
        {"Vault record, number 3; Project file; ", [](Export& p) { flip(p.vaults[2].record, 40); }},
        {"Project file; ", [](Export& p) { p.vaults.pop_back(); }},
        {"Project file; ", [](Export& p) { std::swap(p.vaults[0], p.vaults[1]); }},
    };
    for (const Case& one : cases) {
        Export changed = make_three();
        one.change(changed);
        // The receipt's signature covers its proof hashes, so it is named as well.
        std::string found = failing(changed);
        if (one.subjects.starts_with("Deploy")) {
            const std::string receipt = "Receipt, oak; ";
            REQUIRE(found.find(receipt) != std::string::npos);
            found.erase(found.find(receipt), receipt.size());
        }
        CHECK(found == one.subjects);
    }
}

TEST_CASE("vaults of another project, owner or repository do not hold, even if signed anew") {
    const auto signed_anew = [](const std::function<void(Export&)>& change) {
        Export project = make_three();
        change(project);
        sign(project, owner_key());
        return failing(project);
    };
    CHECK(signed_anew([](Export& p) { p.vaults[1] = make_export().vaults[0]; }) == "Project; ");
    CHECK(signed_anew([](Export& p) { p.vaults[1] = p.vaults[0]; }) == "Project; ");
    CHECK(signed_anew([](Export& p) { p.vaults.clear(); }) == "Project; ");
    CHECK(signed_anew([](Export& p) {
              const keys::OwnerKey other = test::make_owner();
              p.vaults[1] = enrol(p, other, "elm");
          }) == "Registration, elm; ");
    CHECK(signed_anew([](Export& p) {
              p.claims[1] = vault::make_claim(owner_key(), p.project_id, vault::Role::code,
                                              "ssh://git@git.example.org/me/other.git");
          }) == "Registration, ash; Registration, elm; Registration, oak; ");
}

TEST_CASE("more vaults than three, or none, are no project file") {
    for (const std::vector<std::size_t>& order :
         {std::vector<std::size_t>{}, std::vector<std::size_t>{0, 1, 2, 0}}) {
        Export project = make_three();
        project.vaults.clear();
        for (const std::size_t i : order) {
            project.vaults.push_back(make_three().vaults[i]);
        }
        CHECK_FALSE(parse_export(to_yaml(project)).has_value());
    }
}

TEST_CASE("any changed character of the file is refused or fails a finding") {
    const std::string yaml = to_yaml(make_export());
    const std::size_t start = yaml.find("version:");
    // Each place of the readable parts; the long base64 blocks in steps.
    std::size_t tried = 0;
    for (std::size_t i = start; i < yaml.size(); ++i) {
        const std::size_t line = yaml.rfind('\n', i) + 1;
        const bool block = yaml.find('\n', i) - line > 70 && yaml.find(':', line) > line + 40;
        if (yaml[i] == ' ' || yaml[i] == '\n' || (block && i % 997 != 0) ||
            (!block && i % 7 != 0)) {
            continue;
        }
        std::string damaged = yaml;
        damaged[i] = yaml[i] == 'a' ? 'b' : 'a';
        const auto project = parse_export(damaged);
        ++tried;
        if (project && to_yaml(*project) != yaml) {
            CHECK_MESSAGE(!all_ok(verify(*project)), damaged.substr(line, 80));
        }
        if (project && to_yaml(*project) == yaml) {
            // Quotes and the like may stand differently for the same values.
            CHECK(std::string_view("\"-|").find(yaml[i]) != std::string_view::npos);
        }
    }
    CHECK(tried > 300);
}

TEST_CASE("a file that is none is refused with its place") {
    const std::string yaml = to_yaml(make_export());
    const auto error = [](const std::string& text) {
        const auto project = parse_export(text);
        REQUIRE_FALSE(project.has_value());
        return project.error();
    };
    CHECK(error("").code == ErrorCode::corrupt);
    CHECK(error("[").message.find("line 1") != std::string::npos);
    CHECK(error(std::string(2U << 20U, ' ')).code == ErrorCode::limit_exceeded);
    CHECK(error("\xff\xfe").code == ErrorCode::corrupt);
    CHECK(error(yaml + "extra: 1\n").message.find("\"extra\" does not belong") !=
          std::string::npos);
    CHECK(error(yaml + "version: 1\n").message.find("version") != std::string::npos);
    CHECK(error(yaml.substr(0, yaml.find("vaults:"))).message.find("missing") != std::string::npos);
    for (std::size_t size = 0; size < yaml.size(); size += 211) {
        CHECK_FALSE(parse_export(yaml.substr(0, size)).has_value());
    }
    std::string longer = yaml;
    longer.replace(longer.find("name: shop"), 10, "name: " + std::string(70000, 'a'));
    CHECK(error(longer).message.find("too long") != std::string::npos);
}
