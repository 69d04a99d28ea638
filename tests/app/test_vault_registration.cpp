#include "core/base/file.h"
#include "core/forge/local.h"
#include "core/git/repository.h"
#include "core/seal/bundle.h"
#include "core/vault/client.h"
#include "core/vault/network.h"
#include "tests/support/localnet.h"
#include "tests/support/plain_http.h"
#include "tests/support/temporary_directory.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>
#include <thread>

using namespace tau;
using namespace std::chrono_literals;
using vault::Role;

namespace {

const std::string project_id = "QmQazSMmMztAFkECFpvNjGMJpaYH4CvTTt85GDj1yYgt4a";

/// One network for the whole file: a git host over real OpenSSH and one real vault node.
struct Net {
    test::TemporaryDirectory folder;
    test::Localnet localnet{folder.path() / "net", 1};
    std::unique_ptr<forge::Forge> forge = forge::open_local_forge(localnet.git_host()).value();
    std::string login = forge->who_am_i({}).value().login;
    test::PlainHttp http;
    SystemEntropy entropy;
    vault::NodeRecord record = read_record();
    int made = 0;

    vault::NodeRecord read_record() const {
        const auto network =
            vault::parse_network(read_file(localnet.network_file()).value(), SystemClock().now());
        REQUIRE(network);
        REQUIRE(network->nodes.size() == 1);
        return network->nodes[0].record;
    }
    vault::Client client() { return {http, entropy, record}; }
};

Net& net() {
    static Net one;
    return one;
}

/// A project as the console makes it: two repositories with their deploy keys.
struct Project {
    keys::OwnerKey owner = keys::OwnerKey::generate(net().entropy);
    std::string key = to_hex(Secret::random(16).bytes());
    std::array<std::optional<keys::DeployKey>, 2> deploy_keys;
    std::array<std::optional<keys::WebhookSecret>, 2> hooks;
    std::array<forge::Repository, 2> repositories;
    std::array<seal::Bundle, 2> bundles;
    test::TemporaryDirectory folder;
    std::array<std::unique_ptr<git::Repository>, 2> work;

    Project() {
        const std::string number = std::to_string(++net().made);
        for (std::size_t i = 0; i < 2; ++i) {
            repositories[i] = net()
                                  .forge
                                  ->create_repository(
                                      {net().login, (i == 0 ? "tb_shop" : "tb_code_shop") + number,
                                       "", "main", true},
                                      {})
                                  .value();
            work[i] = std::make_unique<git::Repository>(
                git::Repository::init(folder.path() / std::to_string(i), "main", false).value());
            deploy_keys[i] = keys::DeployKey::generate(net().entropy);
            hooks[i] = keys::WebhookSecret::generate(net().entropy);
            const auto bundle =
                seal::seal_bundle(*deploy_keys[i], *hooks[i], owner,
                                  {project_id, repositories[i].ssh_url, net().record.node_id(),
                                   owner.public_key(), net().record.seal_key, SystemClock().now()},
                                  net().entropy);
            REQUIRE(bundle);
            bundles[i] = *bundle;
        }
    }
    static Role role(std::size_t i) { return i == 0 ? Role::configuration : Role::code; }
    void add_key(std::size_t i) const {
        REQUIRE(net().forge->add_deploy_key(repositories[i], "vault",
                                            deploy_keys[i]->public_line("vault"), {}));
    }
    void push(std::size_t i, const std::string& branch, const git::Files& files) const {
        REQUIRE(work[i]->commit(branch, files, {"Ada", "ada@example.org"}, "Change"));
        const std::string ref = "refs/heads/" + branch;
        REQUIRE(git::push(work[i]->path(), net().forge->push_remote(repositories[i], {}).value(),
                          {ref + ":" + ref}, {}));
    }
    void push_content(std::size_t i, const std::string& id = project_id) const {
        push(i, "main", {{i == 0 ? "config.yaml" : "main.go", "id: " + id + "\nname: shop\n"}});
    }
    void push_claim(std::size_t i) const {
        push(i, "tau-owner",
             {{"claim", vault::to_text(vault::make_claim(owner, project_id, role(i),
                                                         repositories[i].ssh_url))}});
    }
    vault::Registration registration() const {
        vault::Registration out;
        out.project_id = project_id;
        out.project_name = "shop";
        const auto challenge = net().client().challenge(owner.public_key(), {});
        REQUIRE(challenge);
        out.challenge = *challenge;
        for (std::size_t i = 0; i < 2; ++i) {
            out.repositories[i] = {role(i), repositories[i].ssh_url,
                                   net().forge->host_keys({}).value(), "main",
                                   seal::encode(bundles[i])};
        }
        vault::sign(out, owner);
        return out;
    }
    std::string refusal(const vault::Registration& registration) const {
        const auto result =
            net().client().register_project(registration, key, SystemClock().now(), {});
        if (result) {
            return "(registered)";
        }
        const auto answer = vault::parse_registration_answer(result.error().detail);
        REQUIRE(answer);
        return answer->checks.back().reason;
    }
    std::string refusal() const { return refusal(registration()); }
};

template <typename Condition>
bool soon(Condition condition) {
    const auto until = std::chrono::steady_clock::now() + 30s;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > until) {
            return false;
        }
        std::this_thread::sleep_for(50ms);
    }
    return true;
}

} // namespace

TEST_CASE("each missing or wrong thing at the git host has its own reason, then it registers") {
    const Project project;
    auto registration = project.registration();
    CHECK(project.refusal(registration) == "key_refused");
    project.add_key(0);
    project.add_key(1);
    CHECK(project.refusal(registration) == "claim_missing");
    project.push_claim(0);
    CHECK(project.refusal(registration) == "default_branch_missing");
    project.push_content(0, "QmTz6X9hTn18fpKxrnbE3BvmkZHy3r1mRyHzfXK3gVZLxR");
    CHECK(project.refusal(registration) == "claim_missing");
    project.push(1, "tau-owner", {{"other", "x"}});
    CHECK(project.refusal(registration) == "claim_missing");
    project.push(1, "tau-owner",
                 {{"claim", vault::to_text(vault::make_claim(
                                keys::OwnerKey::generate(net().entropy), project_id, Role::code,
                                project.repositories[1].ssh_url))}});
    CHECK(project.refusal(registration) == "claim_other_owner");
    project.push_claim(1);
    CHECK(project.refusal(registration) == "project_id_mismatch");
    project.push_content(0);
    project.push_content(1);

    auto wrong_host = registration;
    wrong_host.repositories[0].host_keys = {"SHA256:" + std::string(43, 'A')};
    vault::sign(wrong_host, project.owner);
    CHECK(project.refusal(wrong_host) == "host_key_mismatch");

    const auto client = net().client();
    const auto answer =
        net().client().register_project(registration, project.key, SystemClock().now(), {});
    REQUIRE(answer);
    CHECK(answer->state == "active");
    const auto again =
        net().client().register_project(registration, project.key, SystemClock().now(), {});
    REQUIRE(again);
    CHECK(vault::to_json(*again->receipt) == vault::to_json(*answer->receipt));

    const auto status = [&] {
        return net().client().status(answer->registration_id, project.owner, SystemClock().now(),
                                     {});
    };
    // Without any webhook the node looks at the refs once.
    CHECK(soon([&] {
        const auto now = status();
        return now && now->refs.size() == 4;
    }));

    // The git host's own webhook, over its own dispatcher.
    for (std::size_t i = 0; i < 2; ++i) {
        const Secret secret = project.hooks[i]->text(project.bundles[i].webhook.context.nonce);
        const auto hook = net().forge->add_webhook(
            project.repositories[i], client.hook_url(answer->registration_id, Project::role(i)),
            secret, {});
        REQUIRE(hook);
        REQUIRE(net().forge->ping_webhook(project.repositories[i], hook->id, {}));
    }
    CHECK(soon([&] {
        const auto now = status();
        return now && now->webhook_seen[0] != 0 && now->webhook_seen[1] != 0;
    }));
    const auto last = status();
    REQUIRE(last);
    for (const auto& check : last->checks) {
        CAPTURE(check.name);
        CHECK(check.outcome == vault::Outcome::passed);
    }
    // A push changes what the node knows of the branch.
    const auto commit_of = [&](Role role) -> std::string {
        const auto now = status();
        if (now) {
            for (const auto& ref : now->refs) {
                if (ref.repository == role && ref.ref == "refs/heads/next") {
                    return ref.commit;
                }
            }
        }
        return {};
    };
    CHECK(commit_of(Role::code).empty());
    project.push(1, "next", {{"main.go", "package main\n"}});
    CHECK(soon([&] { return !commit_of(Role::code).empty(); }));

    // Another owner cannot take the project, even with repositories of its own.
    const Project thief;
    for (std::size_t i = 0; i < 2; ++i) {
        thief.add_key(i);
        thief.push_claim(i);
        thief.push_content(i);
    }
    CHECK(thief.refusal() == "project_not_found");

    REQUIRE(net().client().revoke(answer->registration_id, project.owner, SystemClock().now(), {}));
    CHECK(status()->state == "revoked");
    CHECK(thief.refusal() == "(registered)");
    const auto its_id =
        vault::registration_id(net().record.node_id(), thief.owner.public_key(), thief.key);
    REQUIRE(its_id);
    CHECK(net().client().revoke(*its_id, thief.owner, SystemClock().now(), {}));
}

TEST_CASE("an address that is no repository is told from a key that does not fit") {
    Project project;
    for (std::size_t i = 0; i < 2; ++i) {
        project.add_key(i);
        project.push_claim(i);
        project.push_content(i);
    }
    auto registration = project.registration();
    // Same key, another repository of this host: the key must not open it.
    const Project other;
    auto crossed = project.registration();
    crossed.repositories[1].url = other.repositories[1].ssh_url;
    const auto bundle =
        seal::seal_bundle(*project.deploy_keys[1], *project.hooks[1], project.owner,
                          {project_id, crossed.repositories[1].url, net().record.node_id(),
                           project.owner.public_key(), net().record.seal_key, SystemClock().now()},
                          net().entropy);
    REQUIRE(bundle);
    crossed.repositories[1].sealed = seal::encode(*bundle);
    vault::sign(crossed, project.owner);
    CHECK(project.refusal(crossed) == "repository_not_found");
    // A URL that is not an SSH one never reaches git.
    for (const std::string url :
         {"file:///etc/passwd", "https://127.0.0.1/x.git", "ssh://git@127.0.0.1:22/a/../b.git"}) {
        CAPTURE(url);
        auto odd = project.registration();
        odd.repositories[0].url = url;
        const auto sealed =
            seal::seal_bundle(*project.deploy_keys[0], *project.hooks[0], project.owner,
                              {project_id, url, net().record.node_id(), project.owner.public_key(),
                               net().record.seal_key, SystemClock().now()},
                              net().entropy);
        REQUIRE(sealed);
        odd.repositories[0].sealed = seal::encode(*sealed);
        vault::sign(odd, project.owner);
        CHECK(project.refusal(odd) == "url_not_allowed");
    }
    CHECK(project.refusal(registration) == "(registered)");
}
