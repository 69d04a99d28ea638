// What a registration costs beside its proofs: the node's logins to both repositories over SSH, in
// processes of their own, which wait for git hosts more than they work.
#include "core/forge/local.h"
#include "core/git/repository.h"
#include "core/node/repositories.h"
#include "tests/bench/node_setting.h"
#include "tests/bench/report.h"
#include "tests/support/localnet.h"

#include <algorithm>
#include <thread>

using namespace tau;
using bench::require;

namespace {

const std::string project_id = "QmQazSMmMztAFkECFpvNjGMJpaYH4CvTTt85GDj1yYgt4a";

/// A repository at a real git host, with its deploy key and the owner's claim.
struct Registered {
    keys::DeployKey key;
    Secret scalar;
    node::Login login;
};

Registered provide(forge::Forge& forge, const std::filesystem::path& folder, vault::Role role,
                   Entropy& entropy) {
    const std::string name = std::string("tb_") + std::string(vault::to_string(role));
    const auto repository =
        forge.create_repository({forge.who_am_i({}).value().login, name, "", "main", true}, {})
            .value();
    Registered made{keys::DeployKey::generate(entropy), {}, {}};
    made.scalar = made.key.scalar();
    require(
        forge.add_deploy_key(repository, "vault", made.key.public_line("vault"), {}).has_value(),
        "the git host does not take the key");
    auto work = git::Repository::init(folder / name, "main", false).value();
    const auto owner = keys::OwnerKey::generate(entropy);
    const std::string claim =
        vault::to_text(vault::make_claim(owner, project_id, role, repository.ssh_url));
    for (const auto& [branch, file, text] : std::vector<std::array<std::string, 3>>{
             {"main", "config.yaml", "id: " + project_id + "\n"}, {"tau-owner", "claim", claim}}) {
        const std::string ref = "refs/heads/" + branch;
        require(
            work.commit(branch, {{file, text}}, {"Ada", "ada@example.org"}, "Start").has_value() &&
                git::push(work.path(), forge.push_remote(repository, {}).value(), {ref + ":" + ref},
                          {})
                    .has_value(),
            "a push fails");
    }
    made.login.role = role;
    made.login.url = repository.ssh_url;
    made.login.host_keys = forge.host_keys({}).value();
    made.login.default_branch = "main";
    return made;
}

} // namespace

int main(int argc, char** argv) {
    require(protect_process(), "libsodium does not start");
    const bool quick =
        std::any_of(argv + 1, argv + argc, [](std::string_view a) { return a == "--quick"; });
    const test::TemporaryDirectory folder;
    const test::Localnet network(folder.path() / "net");
    const auto forge = forge::open_local_forge(network.git_host()).value();
    SystemEntropy entropy;
    std::array<Registered, 2> both{
        provide(*forge, folder.path(), vault::Role::configuration, entropy),
        provide(*forge, folder.path(), vault::Role::code, entropy)};
    const auto repositories = node::git_repositories(true);
    const auto log_in = [&](Registered& one) {
        one.login.scalar = &one.scalar;
        const auto evidence = repositories->read(one.login);
        require(evidence && evidence->claim, "a login fails");
    };
    const std::vector<double> times =
        bench::medians(quick ? 2 : 15, {[&] {
                           std::jthread other([&] { log_in(both[1]); });
                           log_in(both[0]);
                       }});
    return bench::report(
        {{"a registration's two logins, beside its proofs", times[0], "ms", "", 0, {}, {}}}, argc,
        argv);
}
