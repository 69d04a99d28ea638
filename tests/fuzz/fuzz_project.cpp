// Hostile files: a repository's config.yaml, which a vault node reads, exported projects, and a
// configuration that somebody else wrote.
#include "core/project/check.h"
#include "core/project/config.h"
#include "core/project/draft.h"
#include "core/project/export.h"
#include "core/project/fixes.h"
#include "core/project/one_file.h"
#include "core/project/problem_report.h"
#include "core/project/zip.h"
#include "tests/fuzz/decoder.h"
#include "tests/support/entropy.h"

using namespace tau;
using namespace tau::project;

namespace {

std::string good_export() {
    tau::test::CountingEntropy entropy(1);
    const auto owner = keys::OwnerKey::generate(entropy);
    Export project;
    project.project_id = new_project_id(entropy);
    project.name = "shop";
    project.email = "me@example.org";
    project.created_at = 1790000000;
    Enrolment enrolment;
    enrolment.record = Bytes(300, 1);
    enrolment.idempotency_key = std::string(32, '0');
    enrolment.registration.project_id = project.project_id;
    enrolment.registration.project_name = "shop";
    enrolment.registration.owner_key = owner.public_key();
    enrolment.registration.challenge = Bytes(56, 1);
    for (std::size_t i = 0; i < 2; ++i) {
        const auto role = i == 0 ? vault::Role::configuration : vault::Role::code;
        const std::string url = "ssh://git@git.example.org/me/" + std::to_string(i) + ".git";
        enrolment.registration.repositories[i] = {
            role,
            url,
            {"SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU"},
            "main",
            Bytes(100, 1)};
        project.claims[i] = vault::make_claim(owner, project.project_id, role, url);
    }
    vault::sign(enrolment.registration, owner);
    enrolment.registration_body = vault::to_json(enrolment.registration);
    enrolment.receipt.registration_id = std::string(32, 'b');
    enrolment.receipt.project_id = project.project_id;
    enrolment.receipt.node_id = "node";
    enrolment.receipt.owner_key = owner.public_key();
    enrolment.receipt.time = 1790000000;
    project.vaults = {enrolment, enrolment};
    sign(project, owner);
    return to_yaml(project);
}

std::string good_config() {
    tau::test::CountingEntropy entropy(1);
    Draft draft;
    draft.name = "shop";
    draft.description = "Things";
    draft.email = "me@example.org";
    return configuration_files(draft, new_project_id(entropy)).at("config.yaml");
}

std::string good_function() {
    return "id: QmTz6X9hTn18fpKxrnbE3BvmkZHy3r1mRyHzfXK3gVZLxR\nname: f\ntags: [smartops:x]\n"
           "source: libraries/x\ntrigger: {type: https, method: GET, paths: [/], domains: [../d]}\n"
           "execution:\n    timeout: 1m30s\n    memory: 1GB500MB\n    call: f\n"
           "storage:\n    size: 10gb\nobject: {size: 5 GB}\ncertificate:\n    type: AUTO\n"
           "fqdn: a.b\nnotification:\n    email: a <a@b>\n";
}

/// The same text as a document of every kind, and each fix that is offered.
void check_everywhere(std::string_view text) {
    git::Files files{{"config.yaml", std::string(text)}};
    for (const Kind& each : kinds()) {
        files[path_of(each.id, each.id == KindId::application ? "" : "a", "a")] = text;
    }
    const auto store = Store::from(files);
    if (!store) {
        return;
    }
    const auto problems = check(*store, CheckOptions{"QmX", "g.tau.link", {}});
    static_cast<void>(to_sarif(problems, ReportPlace{}, "0"));
    tau::test::CountingEntropy entropy(1);
    for (const Problem& each : problems) {
        static_cast<void>(apply_fix(*store, each, entropy, 1));
    }
}

std::string good_one_file() {
    const auto store = Store::from(
        {{"config.yaml", good_config()}, {"functions/ping.yaml", "id: Qm1\ntags: []\n"}});
    return to_one_file(*store).value();
}

} // namespace

namespace tau::fuzz {

const std::vector<Decoder>& decoders() {
    static const std::vector<Decoder> all{
        {"config", bytes_of(good_config()),
         [](ByteView bytes) { static_cast<void>(parse_config(as_text(bytes))); }},
        round_trip("export", good_export(), parse_export,
                   [](const Export& project) { return to_yaml(project); }),
        {"check", bytes_of(good_function()),
         [](ByteView bytes) { check_everywhere(as_text(bytes)); }},
        {"one_file", bytes_of(good_one_file()),
         [](ByteView bytes) { static_cast<void>(from_one_file(std::string(as_text(bytes)))); }},
        {"zip", bytes_of(to_zip({{"config.yaml", good_config()}, {"x/y", "z"}}).value()),
         [](ByteView bytes) { static_cast<void>(from_zip(as_text(bytes))); }},
    };
    return all;
}

} // namespace tau::fuzz
