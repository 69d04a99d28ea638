#include "core/base/file.h"
#include "core/forge/local.h"
#include "core/forge/local_spool.h"
#include "core/keys/deploy_key.h"
#include "tests/support/temporary_directory.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <thread>

using namespace tau;
using namespace tau::forge;
namespace fs = std::filesystem;

namespace {

std::string key_line() {
    SystemEntropy entropy;
    return keys::DeployKey::generate(entropy).public_line("somebody@somewhere");
}

/// The folder as tau-localnet leaves it, without a server.
struct Folder {
    test::TemporaryDirectory temporary;
    LocalFolder local{temporary.path() / "host"};

    Folder() {
        for (const fs::path& path :
             {local.root(), local.spool(), local.repository("x").parent_path(),
              local.hook_secret("x").parent_path()}) {
            REQUIRE(make_private_directory(path));
        }
        LocalState state;
        state.login = "ada";
        state.port = 2222;
        state.program = "/usr/bin/tau-localnet";
        state.host_fingerprint = "SHA256:host";
        state.user_line = "ssh-ed25519 AAAA user";
        REQUIRE(local.store(state));
        REQUIRE(write_file_atomic(local.user_key(), std::string_view("the user's key")));
    }
    std::unique_ptr<Forge> open() const { return open_local_forge(local.root()).value(); }
};

std::size_t entries(const fs::path& folder) {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

} // namespace

TEST_CASE("a folder that is no git host says how to get one") {
    const test::TemporaryDirectory empty;
    const auto none = open_local_forge(empty.path());
    REQUIRE_FALSE(none);
    CHECK(none.error().code == ErrorCode::unavailable);
    CHECK(none.error().hint.find("tau-localnet") != std::string::npos);
    REQUIRE(write_file_atomic(empty.path() / "host.json", std::string_view("{")));
    CHECK(open_local_forge(empty.path()).error().code == ErrorCode::corrupt);
}

TEST_CASE("repositories are made once, found, and removed again and again") {
    const Folder folder;
    const auto forge = folder.open();
    CHECK(forge->kind() == "local");
    CHECK(forge->who_am_i({}).value().owners == std::vector<std::string>{"ada"});

    const NewRepository wanted{"ada", "tb_shop", "A shop", "trunk", true};
    const auto made = forge->create_repository(wanted, {}).value();
    CHECK(made.ssh_url == "ssh://git@127.0.0.1:2222/ada/tb_shop.git");
    CHECK(made.empty);
    CHECK(read_file(folder.local.repository(made.id) / "HEAD").value() ==
          "ref: refs/heads/trunk\n");
    CHECK(forge->create_repository(wanted, {}).error().code == ErrorCode::already_exists);
    const auto found = forge->find_repository("ada", "tb_shop", {}).value();
    REQUIRE(found);
    CHECK(found->id == made.id);
    CHECK(found->default_branch == "trunk");
    CHECK(found->description == "A shop");
    CHECK_FALSE(forge->find_repository("ada", "other", {}).value());

    const auto remote = forge->push_remote(*found, {}).value();
    CHECK(remote.host_keys == forge->host_keys({}).value());
    CHECK(std::get<git::KeyCredential>(remote.credential).private_key.view() == "the user's key");

    for (int i = 0; i < 2; ++i) {
        CHECK(forge->delete_repository(made.id, {}));
        CHECK_FALSE(fs::exists(folder.local.repository(made.id)));
        CHECK_FALSE(forge->find_repository("ada", "tb_shop", {}).value());
    }
    CHECK(forge->push_remote(*found, {}).error().code == ErrorCode::not_found);
    CHECK(forge->create_repository(wanted, {}).value().id != made.id);
}

TEST_CASE("names and owners that cannot be are refused, and removal never leaves the folder") {
    const Folder folder;
    const auto forge = folder.open();
    CHECK(forge->create_repository({"eve", "a", "", "main", true}, {}).error().code ==
          ErrorCode::permission_denied);
    for (const std::string name : {"", "..", "A", "a/b", "a.git", "-a", "a b", "a\n"}) {
        CAPTURE(name);
        CHECK(forge->create_repository({"ada", name, "", "main", true}, {}).error().code ==
              ErrorCode::invalid_argument);
    }
    CHECK(entries(folder.local.repository("x").parent_path()) == 0);
    const fs::path outside = folder.temporary.path() / "victim.git";
    fs::create_directory(outside);
    CHECK(forge->delete_repository("../../victim", {}));
    CHECK(fs::exists(outside));
}

TEST_CASE("a deploy key enters authorized_keys for its repository only, and leaves it") {
    const Folder folder;
    const auto forge = folder.open();
    const auto one = forge->create_repository({"ada", "one", "", "main", true}, {}).value();
    const auto two = forge->create_repository({"ada", "two", "", "main", true}, {}).value();
    const std::string line = key_line();
    const auto added = forge->add_deploy_key(one, "vault", line, {}).value();
    CHECK(added.read_only);
    CHECK(forge->add_deploy_key(one, "vault", line, {}).error().code == ErrorCode::already_exists);
    CHECK(forge->add_deploy_key(two, "vault", line, {}).error().code == ErrorCode::already_exists);
    CHECK(forge->find_deploy_key(one, added.fingerprint, {}).value()->id == added.id);
    CHECK_FALSE(forge->find_deploy_key(two, added.fingerprint, {}).value());

    const std::string text = read_file(folder.local.authorized_keys()).value();
    const std::string bare = line.substr(0, line.rfind(' '));
    CHECK(text.find("restrict,command=\"'/usr/bin/tau-localnet' gate '" +
                    folder.local.root().string() + "' key " + one.id + "\" " + bare + "\n") !=
          std::string::npos);
    CHECK(text.find("somebody") == std::string::npos);
    const std::vector<std::string> bad_lines{"", "ssh-rsa AAAA", "ssh-ed25519 AAAA",
                                             "command=\"x\" " + line, bare + "\nssh-ed25519 AAAA"};
    for (const std::string& bad : bad_lines) {
        CAPTURE(bad);
        CHECK_FALSE(forge->add_deploy_key(two, "bad", bad, {}));
    }
    CHECK(read_file(folder.local.authorized_keys()).value() == text);
    for (int i = 0; i < 2; ++i) {
        CHECK(forge->remove_deploy_key(one, added.id, {}));
    }
    CHECK(read_file(folder.local.authorized_keys()).value().find(bare) == std::string::npos);
    CHECK(forge->add_deploy_key(two, "vault", line, {}));
    CHECK(forge->delete_repository(two.id, {}));
    CHECK(read_file(folder.local.authorized_keys()).value().find(bare) == std::string::npos);
}

TEST_CASE("a webhook's secret is kept privately, replaced, and removed with it") {
    const Folder folder;
    const auto forge = folder.open();
    const auto repository = forge->create_repository({"ada", "one", "", "main", true}, {}).value();
    const std::string url = "http://127.0.0.1:9/v1/hooks/1";
    const Secret secret = Secret::copy_of("first"), other = Secret::copy_of("second");
    const auto hook = forge->add_webhook(repository, url, secret, {}).value();
    CHECK(forge->add_webhook(repository, url, secret, {}).error().code ==
          ErrorCode::already_exists);
    CHECK(forge->find_webhook(repository, url, {}).value()->id == hook.id);
    CHECK_FALSE(forge->find_webhook(repository, url + "0", {}).value());
    const fs::path file = folder.local.hook_secret(hook.id);
    CHECK(read_secret_file(file).value().view() == "first");
    CHECK(forge->update_webhook(repository, hook.id, other, {}));
    CHECK(read_secret_file(file).value().view() == "second");
    CHECK(forge->update_webhook(repository, "none", other, {}).error().code ==
          ErrorCode::not_found);
    CHECK(read_file(folder.local.root() / "host.json").value().find("second") == std::string::npos);

    CHECK(forge->ping_webhook(repository, hook.id, {}));
    const auto waiting = queued(folder.local);
    REQUIRE(waiting.size() == 1);
    const auto ping = read_delivery(waiting.front()).value();
    CHECK(ping.event == "ping");
    CHECK(ping.url == url);
    CHECK(nlohmann::json::parse(ping.body).at("repository").at("id") == repository.id);
    CHECK(forge->ping_webhook(repository, "none", {}).error().code == ErrorCode::not_found);

    for (const std::string bad :
         {"", "file:///etc/passwd", "gopher://a", "http://a b", "http://a\nb"}) {
        CAPTURE(bad);
        CHECK(forge->add_webhook(repository, bad, secret, {}).error().code ==
              ErrorCode::invalid_argument);
    }
    CHECK_FALSE(forge->add_webhook(repository, url + "1", Secret(), {}));
    for (int i = 0; i < 2; ++i) {
        CHECK(forge->remove_webhook(repository, hook.id, {}));
    }
    CHECK(entries(folder.local.hook_secret("x").parent_path()) == 0);
}

TEST_CASE("two consoles at once lose nothing") {
    const Folder folder;
    constexpr int each = 10;
    {
        std::vector<std::jthread> consoles;
        for (const std::string name : {"a", "b", "c"}) {
            consoles.emplace_back([&folder, name] {
                const auto forge = open_local_forge(folder.local.root()).value();
                for (int i = 0; i < each; ++i) {
                    (void)forge->create_repository(
                        {"ada", name + std::to_string(i), "", "main", true}, {});
                }
            });
        }
    }
    CHECK(folder.local.load().value().repositories.size() == 3 * each);
    CHECK(entries(folder.local.repository("x").parent_path()) == 3 * each);
}

TEST_CASE("a push is told in GitHub's shape") {
    LocalState state;
    state.login = "ada";
    state.port = 2222;
    const LocalRepository repository{"00ff", "ada", "one", "", "main", true, {}, {}};
    const std::string zero(40, '0'), commit(40, 'a');
    const auto delivery = push_delivery(state, repository, {"h1", "http://127.0.0.1:9/x"},
                                        {zero, commit, "refs/heads/main"});
    const auto body = nlohmann::json::parse(delivery.body);
    CHECK(body.at("ref") == "refs/heads/main");
    CHECK(body.at("before") == zero);
    CHECK(body.at("after") == commit);
    CHECK(body.at("created") == true);
    CHECK(body.at("deleted") == false);
    CHECK(body.at("repository").at("full_name") == "ada/one");
    CHECK(body.at("repository").at("ssh_url") == "ssh://git@127.0.0.1:2222/ada/one.git");
    CHECK(body.at("pusher").at("name") == "ada");
    CHECK(delivery.id.size() == 36);
    CHECK(delivery.id[14] == '4');
}

TEST_CASE("a deletion that was killed half way is finished by doing it again") {
    const Folder folder;
    const auto forge = folder.open();
    const auto kept = forge->create_repository({"ada", "kept", "", "main", true}, {}).value();
    const auto gone = forge->create_repository({"ada", "gone", "", "main", true}, {}).value();
    const std::string url = "http://127.0.0.1:9/v1/hooks/1";
    const Secret secret = Secret::copy_of("secret");
    const auto kept_hook = forge->add_webhook(kept, url, secret, {}).value();
    const auto hook = forge->add_webhook(gone, url, secret, {}).value();
    REQUIRE(forge->delete_repository(gone.id, {}));
    // Killed after it was noted: what belongs to the repository is still there.
    REQUIRE(write_file_atomic(folder.local.hook_secret(hook.id), secret.bytes()));
    fs::create_directory(folder.local.repository(gone.id));
    CHECK_FALSE(forge->find_repository("ada", "gone", {}).value());
    REQUIRE(forge->delete_repository(gone.id, {}));
    CHECK_FALSE(fs::exists(folder.local.hook_secret(hook.id)));
    CHECK_FALSE(fs::exists(folder.local.repository(gone.id)));
    CHECK(fs::exists(folder.local.hook_secret(kept_hook.id)));
    CHECK(fs::exists(folder.local.repository(kept.id)));
}
