#include "core/base/file.h"
#include "core/forge/local.h"
#include "core/git/repository.h"
#include "core/keys/deploy_key.h"
#include "tests/support/localnet.h"
#include "tests/support/temporary_directory.h"

#include <algorithm>
#include <doctest/doctest.h>

using namespace tau;
namespace fs = std::filesystem;

namespace {

constexpr const char* main_to_main = "refs/heads/main:refs/heads/main";

/// One git host for the whole file: starting it anew for each case would prove nothing more.
struct Host {
    test::TemporaryDirectory folder;
    test::Localnet localnet{folder.path() / "net"};
    std::unique_ptr<forge::Forge> forge = forge::open_local_forge(localnet.git_host()).value();
    std::string login = forge->who_am_i({}).value().login;
    int made = 0;

    forge::Repository repository() {
        const std::string name = "tb_" + std::to_string(++made);
        return forge->create_repository({login, name, "", "main", true}, {}).value();
    }
};

Host& host() {
    static Host one;
    return one;
}

git::Repository with_commit(const fs::path& path, const std::string& content = "one\n") {
    auto local = git::Repository::init(path, "main", false).value();
    REQUIRE(local.commit("main", {{"a.txt", content}}, {"Ada", "ada@example.org"}, "Begin"));
    return local;
}

struct Added {
    keys::DeployKey key;
    forge::DeployKey entry;
};

Added add_key(const forge::Repository& repository) {
    SystemEntropy entropy;
    auto key = keys::DeployKey::generate(entropy);
    auto entry = host().forge->add_deploy_key(repository, "test", key.public_line("x"), {}).value();
    return {std::move(key), std::move(entry)};
}

git::Remote remote_to(const forge::Repository& repository, git::Credential credential) {
    git::Remote remote;
    remote.url = repository.ssh_url;
    remote.host_keys = host().forge->host_keys({}).value();
    remote.credential = std::move(credential);
    return remote;
}

git::KeyCredential credential(const keys::DeployKey& key) {
    return {"git", key.openssh_private_key("test").value(), std::nullopt};
}

/// "" for success, else the code's name and what is said: reads well in a failing test.
template <typename T>
std::string outcome(const Result<T>& result) {
    return result ? ""
                  : std::string(to_string(result.error().code)) + ": " + result.error().message +
                        " | " + result.error().detail;
}

} // namespace

TEST_CASE("the account pushes; the deploy key lists and fetches, plain, encrypted and as scalar") {
    const test::TemporaryDirectory folder;
    auto local = with_commit(folder.path() / "work");
    const auto commit = local.branch_commit("main").value().value();
    const auto repository = host().repository();
    CHECK(repository.empty);

    std::vector<std::string> phases;
    const auto pushed =
        git::push(local.path(), host().forge->push_remote(repository, {}).value(), {main_to_main},
                  {}, [&](const git::Progress& p) { phases.push_back(p.phase); });
    CHECK(outcome(pushed) == "");
    CHECK_FALSE(phases.empty());
    CHECK_FALSE(host().forge->find_repository(host().login, repository.name, {}).value()->empty);

    const auto key = add_key(repository).key;
    const Secret passphrase = Secret::copy_of("correct horse");
    std::vector<std::pair<std::string, git::Credential>> credentials;
    credentials.emplace_back("plain", credential(key));
    credentials.emplace_back(
        "encrypted", git::KeyCredential{"git", key.openssh_private_key("x", &passphrase, 4).value(),
                                        passphrase.clone()});
    credentials.emplace_back("scalar", git::ScalarCredential{"git", key.scalar()});
    for (auto& [name, given] : credentials) {
        CAPTURE(name);
        const auto remote = remote_to(repository, std::move(given));
        const auto refs = git::list_remote(remote, {});
        CHECK(outcome(refs) == "");
        REQUIRE(refs);
        const bool listed = std::any_of(refs->begin(), refs->end(), [&](const git::RemoteRef& ref) {
            return ref.name == "refs/heads/main" && ref.commit == commit;
        });
        CHECK(listed);
        auto copy = git::Repository::init(folder.path() / name, "main", true).value();
        CHECK(outcome(git::fetch(copy.path(), remote, {"main"}, {})) == "");
        CHECK(copy.branch_commit("origin/main").value() == commit);
        CHECK(copy.read_file("origin/main", "a.txt").value() == "one\n");
        CHECK(outcome(git::fetch(copy.path(), remote, {"other"}, {})).starts_with("not_found"));
    }
}

TEST_CASE("a deploy key cannot push, and sees no other repository") {
    const test::TemporaryDirectory folder;
    auto local = with_commit(folder.path() / "work");
    const auto mine = host().repository();
    const auto other = host().repository();
    const auto key = add_key(mine).key;
    const auto try_push = [&](const forge::Repository& repository) {
        return outcome(
            git::push(local.path(), remote_to(repository, credential(key)), {main_to_main}, {}));
    };
    CHECK(try_push(mine).starts_with("permission_denied"));
    CHECK(try_push(mine).find("read-only") != std::string::npos);
    CHECK(try_push(other).starts_with("not_found"));
    CHECK(host().forge->find_repository(host().login, mine.name, {}).value()->empty);
    CHECK(
        outcome(git::list_remote(remote_to(other, credential(key)), {})).starts_with("not_found"));
}

TEST_CASE("wrong key, wrong passphrase, removed key and wrong host key have their own reasons") {
    const auto repository = host().repository();
    const auto list = [&](git::Credential given) {
        return outcome(git::list_remote(remote_to(repository, std::move(given)), {}));
    };
    SystemEntropy entropy;
    const auto stranger = keys::DeployKey::generate(entropy);
    CHECK(list(credential(stranger)).starts_with("unauthenticated"));
    CHECK(list(git::ScalarCredential{"git", stranger.scalar()}).starts_with("unauthenticated"));

    const auto added = add_key(repository);
    const Secret passphrase = Secret::copy_of("right");
    const std::string locked =
        list(git::KeyCredential{"git", added.key.openssh_private_key("x", &passphrase, 4).value(),
                                Secret::copy_of("wrong")});
    CAPTURE(locked);
    CHECK(locked.starts_with("unauthenticated"));
    CHECK(list(credential(added.key)) == "");

    auto remote = remote_to(repository, credential(added.key));
    remote.host_keys = {keys::ssh_fingerprint(stranger.public_key())};
    const auto refused = git::list_remote(remote, {});
    CHECK(outcome(refused).starts_with("untrusted"));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().detail == host().forge->host_keys({}).value().front());

    REQUIRE(host().forge->remove_deploy_key(repository, added.entry.id, {}));
    CHECK(list(credential(added.key)).starts_with("unauthenticated"));
}

TEST_CASE("a push that the host refuses is an error, though libgit2 calls it success") {
    const test::TemporaryDirectory folder;
    const auto repository = host().repository();
    auto first = with_commit(folder.path() / "first", "one\n");
    auto second = with_commit(folder.path() / "second", "two\n");
    const auto push = [&](const git::Repository& from, const std::string& refspec) {
        return outcome(git::push(from.path(), host().forge->push_remote(repository, {}).value(),
                                 {refspec}, {}));
    };
    CHECK(push(first, main_to_main) == "");
    CHECK(push(second, main_to_main).starts_with("conflict"));
    const std::string forced = push(second, std::string("+") + main_to_main);
    CHECK(forced.starts_with("permission_denied"));
    CHECK(forced.find("non-fast-forward") != std::string::npos);
    CHECK(push(first, ":refs/heads/main").starts_with("permission_denied"));
    CHECK(push(first, main_to_main) == ""); // nothing to do
    CHECK(push(first, "refs/heads/none:refs/heads/none").starts_with("invalid_argument"));
    const auto refs =
        git::list_remote(host().forge->push_remote(repository, {}).value(), {}).value();
    CHECK(refs.size() == 2); // HEAD and main
    CHECK(refs.back().commit == first.branch_commit("main").value().value());
}

TEST_CASE("an empty repository lists nothing; several branches go together") {
    const test::TemporaryDirectory folder;
    const auto repository = host().repository();
    const auto remote = [&] { return host().forge->push_remote(repository, {}).value(); };
    const auto none = git::list_remote(remote(), {});
    CHECK(outcome(none) == "");
    CHECK(none->empty());
    auto local = with_commit(folder.path() / "work");
    const auto claim =
        local.commit("tau-owner", {{"claim", "x"}}, {"Ada", "ada@example.org"}, "Claim", true)
            .value();
    CHECK(outcome(git::push(local.path(), remote(),
                            {main_to_main, "refs/heads/tau-owner:refs/heads/tau-owner"}, {})) ==
          "");
    auto copy = git::Repository::init(folder.path() / "copy", "main", true).value();
    CHECK(outcome(git::fetch(copy.path(), remote(), {"main", "tau-owner"}, {})) == "");
    CHECK(copy.branch_commit("origin/tau-owner").value() == claim);
    CHECK(copy.branch_commit("origin/main").value() == local.branch_commit("main").value());
}

TEST_CASE("received bytes are bounded") {
    const test::TemporaryDirectory folder;
    const auto repository = host().repository();
    const Secret noise = Secret::random(512U << 10U);
    auto local = with_commit(folder.path() / "work", std::string(noise.view()));
    auto remote = host().forge->push_remote(repository, {}).value();
    REQUIRE(git::push(local.path(), remote, {main_to_main}, {}));
    auto copy = git::Repository::init(folder.path() / "copy", "main", true).value();
    remote.max_bytes = 100U << 10U;
    CHECK(outcome(git::fetch(copy.path(), remote, {"main"}, {})).starts_with("limit_exceeded"));
    remote.max_bytes = 1U << 20U;
    CHECK(outcome(git::fetch(copy.path(), remote, {"main"}, {})) == "");
}

TEST_CASE("ssh gets nothing from the host but git") {
    const auto repository = host().repository();
    const auto added = add_key(repository);
    const test::TemporaryDirectory folder;
    const auto key_file = folder.path() / "key";
    REQUIRE(write_file_atomic(key_file, added.key.openssh_private_key("x").value().bytes()));
    const std::string url = repository.ssh_url;
    const std::string port = url.substr(url.rfind(':') + 1, url.find('/', 8) - url.rfind(':') - 1);
    for (const std::string attempt :
         {"id", "git-upload-pack '/etc/passwd'; id", "git-upload-archive '/a/b.git'",
          "git-upload-pack '../../../etc'", "git-upload-pack '/a/b.git' --x", "git-upload-pack"}) {
        CAPTURE(attempt);
        Command ssh;
        ssh.program = "/usr/bin/ssh";
        ssh.arguments = {"-i",
                         key_file.string(),
                         "-p",
                         port,
                         "-F",
                         "none",
                         "-o",
                         "IdentitiesOnly=yes",
                         "-o",
                         "StrictHostKeyChecking=no",
                         "-o",
                         "UserKnownHostsFile=/dev/null",
                         "-o",
                         "BatchMode=yes",
                         "git@127.0.0.1",
                         attempt};
        ssh.environment = {"PATH=/usr/bin:/bin", "HOME=" + folder.path().string()};
        const auto done = run_process(ssh, {}, Wait::at_most(std::chrono::seconds(20)));
        REQUIRE(done);
        CHECK(done->code == 1);
        CHECK(done->output.empty());
        CHECK(done->errors.find("tau-localnet: ") != std::string::npos);
    }
}
