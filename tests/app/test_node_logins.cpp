// What a node does at git hosts: against a real one over OpenSSH, and against some that want to
// hurt it. Each login must end in time, go where it was allowed to and nowhere else, and leave no
// process and no file behind.
#include "core/forge/local.h"
#include "core/forge/local_state.h"
#include "core/git/repository.h"
#include "core/keys/deploy_key.h"
#include "core/node/repositories.h"
#include "tests/support/git_cli.h"
#include "tests/support/localnet.h"
#include "tests/support/raw_server.h"

#include <algorithm>
#include <doctest/doctest.h>
#include <fstream>
#include <iterator>

using namespace tau;
using namespace std::chrono_literals;
namespace fs = std::filesystem;
using State = git::FoundFile::State;

namespace {

/// A place for the helper's folders that nobody else uses.
struct Temporary {
    test::TemporaryDirectory folder;
    Temporary() { REQUIRE(::setenv("TMPDIR", folder.path().c_str(), 1) == 0); }
    ~Temporary() { ::unsetenv("TMPDIR"); }
    bool is_empty() const { return fs::is_empty(folder.path()); }
};

struct World {
    test::TemporaryDirectory folder;
    test::Localnet localnet{folder.path() / "net"};
    std::unique_ptr<forge::Forge> forge = forge::open_local_forge(localnet.git_host()).value();
    std::string account = forge->who_am_i({}).value().login;
    Temporary temporary;
    std::unique_ptr<node::Repositories> node = node::git_repositories(true);
    int made = 0;
};

World& world() {
    static World one;
    return one;
}

/// A repository at the real host, a clone of it to push from, and its deploy key.
struct Hosted {
    forge::Repository repository =
        world()
            .forge
            ->create_repository(
                {world().account, "tb_" + std::to_string(++world().made), "", "main", true}, {})
            .value();
    git::Repository local =
        git::Repository::init(world().folder.path() / repository.name, "main", false).value();
    keys::DeployKey key = [] {
        SystemEntropy entropy;
        return keys::DeployKey::generate(entropy);
    }();
    Secret scalar = key.scalar().clone();
    /// Where the host keeps it.
    fs::path bare = forge::LocalFolder(world().localnet.git_host()).repository(repository.id);

    Hosted() {
        REQUIRE(world()
                    .forge->add_deploy_key(repository, "test", key.public_line("x"), {})
                    .has_value());
    }
    std::string commit(const std::string& branch, const git::Files& files) {
        const bool orphan = !local.branch_commit(branch).value();
        const auto done =
            local.commit(branch, files, {"Ada", "ada@example.org"}, "Change", orphan).value();
        REQUIRE(git::push(local.path(), world().forge->push_remote(repository, {}).value(),
                          {"+refs/heads/" + branch + ":refs/heads/" + branch}, {})
                    .has_value());
        return done;
    }
    void publish() {
        commit("main", {{"config.yaml", "id: x\n"}});
        commit("tau-owner", {{"claim", "{}"}});
    }
    node::Login login(vault::Role role = vault::Role::configuration) const {
        return {role,    repository.ssh_url, world().forge->host_keys({}).value(), "main",
                &scalar, "127.0.0.1"};
    }
    git::Remote remote() const {
        git::Remote remote;
        remote.url = repository.ssh_url;
        remote.host_keys = world().forge->host_keys({}).value();
        remote.credential = git::ScalarCredential{"git", scalar.clone()};
        remote.deadline = 20s;
        return remote;
    }
};

std::string reason(const tl::expected<node::Evidence, node::LoginFailure>& evidence) {
    return evidence ? "" : evidence.error().reason;
}

bool no_child_is_left() {
    for (const auto& task : fs::directory_iterator("/proc/self/task")) {
        std::ifstream file(task.path() / "children");
        for (std::istream_iterator<std::string> pid(file), end; pid != end; ++pid) {
            std::ifstream command("/proc/" + *pid + "/cmdline");
            std::string text;
            std::getline(command, text);
            if (text.find("tau-git") != std::string::npos) {
                return false;
            }
        }
    }
    return true;
}

void check_nothing_is_left() {
    CHECK(no_child_is_left());
    CHECK(world().temporary.is_empty());
}

} // namespace

TEST_CASE("a good repository shows its claim, its configuration, its refs and its history") {
    Hosted hosted;
    const std::string first = hosted.commit("main", {{"config.yaml", "id: x\n"}});
    CHECK(reason(world().node->read(hosted.login())) == "claim_missing");
    hosted.commit("tau-owner", {{"claim", "{\"a\":1}"}});
    const std::string second = hosted.commit("main", {{"config.yaml", "id: y\n"}});

    const auto evidence = world().node->read(hosted.login());
    REQUIRE(evidence);
    CHECK(evidence->claim == "{\"a\":1}");
    CHECK(evidence->config == "id: y\n");
    CHECK_FALSE(world().node->read(hosted.login(vault::Role::code))->config);

    const auto refs = world().node->list(hosted.login());
    REQUIRE(refs);
    CHECK(std::any_of(refs->begin(), refs->end(), [&](const git::RemoteRef& ref) {
        return ref.name == "refs/heads/main" && ref.commit == second;
    }));
    const auto has = [&](const std::string& commit, const std::string& branch = "main") {
        const auto found = world().node->has_commits(hosted.login(), {branch}, {{commit}});
        return found ? Result<bool>(found->at(0)) : fail(found.error());
    };
    CHECK(has(first).value());
    CHECK(has(second).value());
    CHECK_FALSE(has(std::string(40, 'a')).value());
    CHECK_FALSE(has(first, "tau-owner").value());
    CHECK(has(first, "gone").error().code == ErrorCode::not_found);
    // Many at once, some of them of one branch only.
    CHECK(
        world()
            .node
            ->has_commits(hosted.login(), {"main", "tau-owner"},
                          {{first}, {std::string(40, 'a')}, {first, "tau-owner"}, {second, "main"}})
            .value() == std::vector<bool>{true, false, false, true});
    check_nothing_is_left();
}

TEST_CASE("each thing that is missing or wrong has its own reason") {
    Hosted hosted;
    CHECK(reason(world().node->read(hosted.login())) == "claim_missing");
    hosted.commit("tau-owner", {{"other", "x"}});
    CHECK(reason(world().node->read(hosted.login())) == "default_branch_missing");
    hosted.commit("main", {{"other", "x"}});
    const auto empty = world().node->read(hosted.login());
    REQUIRE(empty);
    CHECK_FALSE(empty->claim);
    CHECK_FALSE(empty->config);
    hosted.commit("tau-owner", {{"claim", std::string(5000, 'x')}});
    CHECK(reason(world().node->read(hosted.login())) == "claim_malformed");
    hosted.commit("tau-owner", {{"claim", "{}"}});
    hosted.commit("main", {{"config.yaml", std::string(300000, 'x')}});
    CHECK(reason(world().node->read(hosted.login())) == "config_malformed");

    node::Login login = hosted.login();
    login.host_keys = {"SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"};
    CHECK(reason(world().node->read(login)) == "host_key_mismatch");
    login = hosted.login();
    SystemEntropy entropy;
    const Secret other = keys::DeployKey::generate(entropy).scalar().clone();
    login.scalar = &other;
    CHECK(reason(world().node->read(login)) == "key_refused");
    login = hosted.login();
    login.url.insert(login.url.size() - 4, "_gone");
    CHECK(reason(world().node->read(login)) == "repository_not_found");
    check_nothing_is_left();
}

TEST_CASE("only the address that was checked is connected to, whatever the name says") {
    Hosted hosted;
    hosted.publish();
    const std::string port = hosted.repository.ssh_url.substr(
        hosted.repository.ssh_url.rfind(':'),
        hosted.repository.ssh_url.find("/", 7) - hosted.repository.ssh_url.rfind(':'));
    const std::string path = hosted.repository.ssh_url.substr(
        hosted.repository.ssh_url.find('/', std::string("ssh://").size()));
    git::Remote remote = hosted.remote();
    // A name that nobody can look up: the exchange works, so nobody did.
    remote.url = "ssh://git@git.example.invalid" + port + path;
    remote.address = "127.0.0.1";
    const auto refs = git::list_remote(remote, {});
    REQUIRE_MESSAGE(refs.has_value(), refs.error().message << refs.error().detail);
    CHECK(refs->size() >= 2);
    // A name that leads to the host, and an address where nobody is.
    remote.url = "ssh://git@localhost" + port + path;
    remote.address = "127.0.0.2";
    const auto refused = git::list_remote(remote, {});
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == ErrorCode::unavailable);
    CHECK(refused.error().message.find("localhost") != std::string::npos);
    remote.address = "::1";
    CHECK_FALSE(git::list_remote(remote, {}).has_value());
    remote.address = "not-a-number";
    CHECK_FALSE(git::list_remote(remote, {}).has_value());
    check_nothing_is_left();
}

TEST_CASE("what this computer lacks is not said of the repository") {
    Hosted hosted;
    hosted.publish();
    const fs::path file = world().folder.path() / "file";
    test::write(file, "");
    for (const fs::path& unusable : {file, world().folder.path() / "none"}) {
        CAPTURE(unusable);
        REQUIRE(::setenv("TMPDIR", unusable.c_str(), 1) == 0);
        const auto evidence = world().node->read(hosted.login());
        const auto listed = world().node->list(hosted.login());
        const auto has = world().node->has_commits(hosted.login(), {"main"}, {});
        REQUIRE(::setenv("TMPDIR", world().temporary.folder.path().c_str(), 1) == 0);
        REQUIRE_FALSE(evidence);
        CHECK(evidence.error().reason == "");
        REQUIRE(evidence.error().own);
        CHECK(evidence.error().own->code == ErrorCode::io);
        CHECK(evidence.error().own->message.find("/") == std::string::npos);
        CHECK(evidence.error().own->detail != "");
        REQUIRE_FALSE(listed);
        CHECK(listed.error().code == ErrorCode::io);
        REQUIRE_FALSE(has);
        CHECK(has.error().code == ErrorCode::io);
    }
    CHECK(world().node->read(hosted.login()).has_value());
}

TEST_CASE("a node that may not go to private addresses does not, however they are written") {
    const auto strict = node::git_repositories(false);
    const auto why = [&](const std::string& url) {
        const auto allowed = strict->allow(url, node::Instant::max());
        return allowed ? "" : allowed.error().reason;
    };
    const test::Listener inside;
    const std::string port = std::to_string(inside.port());
    for (const std::string host :
         {"127.0.0.1", "localhost", "[::1]", "10.0.0.1", "169.254.169.254", "100.64.0.1",
          "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[fd00::1]", "192.0.2.1",
          "2130706433", "0x7f000001", "0177.0.0.1", "127.1"}) {
        CAPTURE(host);
        CHECK(why("ssh://git@" + host + "/a/b.git") != "");
        CHECK(why("ssh://git@" + host + ":" + port + "/a/b.git") != "");
    }
    CHECK(why("ssh://git@localhost/a/b.git") == "address_not_allowed");
    CHECK(why("ssh://git@8.8.8.8:25/a/b.git") == "port_not_allowed");
    CHECK(strict->allow("ssh://git@8.8.8.8/a/b.git", node::Instant::max()) == "8.8.8.8");
    for (const std::string url :
         {"https://git.example.org/a/b.git", "http://8.8.8.8/a/b.git", "file:///etc",
          "git://8.8.8.8/a/b.git", "/etc", "ext::sh -c id", "git@8.8.8.8:a/b.git",
          "ssh://git:pw@8.8.8.8/a/b.git", "ssh://me@8.8.8.8/a/b.git"}) {
        CAPTURE(url);
        CHECK(why(url) == "url_not_allowed");
        CHECK_FALSE(world().node->allow(url, node::Instant::max()).has_value());
    }
    // Also a login that was never asked about goes nowhere.
    Hosted hosted;
    node::Login login = hosted.login();
    login.address.clear();
    CHECK(reason(strict->read(login)) == "address_not_allowed");
    CHECK(reason(world().node->read(login)) == "claim_missing");
}

TEST_CASE("a host that hangs is given up after eight seconds") {
    const test::Listener silent;
    Hosted hosted;
    node::Login login = hosted.login();
    login.url = "ssh://git@127.0.0.1:" + std::to_string(silent.port()) + "/a/b.git";
    const auto start = std::chrono::steady_clock::now();
    CHECK(reason(world().node->read(login)) == "repository_timeout");
    CHECK(std::chrono::steady_clock::now() - start < 10s);
    check_nothing_is_left();
}

TEST_CASE("a peer that never stops talking is cut off") {
    Hosted hosted;
    for (const std::string begin : {"", "SSH-2.0-x\r\n"}) {
        std::atomic<std::size_t> sent = 0;
        const test::Listener listener;
        std::jthread flood([&] {
            const int peer = ::accept4(listener.fd(), nullptr, nullptr, SOCK_CLOEXEC);
            const std::string block(1U << 16U, 'x');
            bool open = test::RawServer::send(peer, begin);
            while (open && sent < test::gigabyte) {
                open = test::RawServer::send(peer, block);
                sent += block.size();
            }
            ::close(peer);
        });
        git::Remote remote = hosted.remote();
        remote.url = "ssh://git@127.0.0.1:" + std::to_string(listener.port()) + "/a/b.git";
        remote.max_bytes = 1U << 20U;
        remote.deadline = 8s;
        CHECK_FALSE(git::list_remote(remote, {}).has_value());
        flood.join();
        CHECK(sent < 16U << 20U); // the socket's buffers take some that nobody reads
    }
    check_nothing_is_left();
}

TEST_CASE("a history that is larger than allowed is not read, and one beside it is") {
    Hosted hosted;
    const std::string first = hosted.commit("main", {{"config.yaml", "id: x\n"}});
    std::string noise(3U << 20U, '\0');
    SystemEntropy entropy;
    entropy.fill({reinterpret_cast<std::uint8_t*>(noise.data()), noise.size()});
    const std::string large = hosted.commit("large", {{"noise", noise}});
    const auto careful = node::git_repositories(true, 2U << 20U);
    const auto has = [&](node::Repositories& node, const std::vector<std::string>& branches) {
        return node.has_commits(hosted.login(), branches, {{first}, {large}});
    };
    CHECK(has(*careful, {"main"}).value() == std::vector<bool>{true, false});
    CHECK(has(*careful, {"main", "large"}).error().code == ErrorCode::limit_exceeded);
    CHECK(has(*world().node, {"main", "large"}).value() == std::vector<bool>{true, true});
    check_nothing_is_left();
}

TEST_CASE("what is larger than the limits is refused, in bytes, in objects and in names") {
    Hosted hosted;
    hosted.publish();
    git::Files many;
    for (int i = 0; i < 150; ++i) {
        many["f" + std::to_string(i)] = std::to_string(i);
    }
    many["config.yaml"] = "id: x\n";
    hosted.commit("main", many);
    git::Remote remote = hosted.remote();
    const auto read = [&] {
        const auto found = git::read_files(remote, {{"main", "config.yaml"}}, {});
        return found ? found->at(0).state == State::found ? "" : "other"
                     : std::string(to_string(found.error().code));
    };
    CHECK(read() == "");
    remote.max_objects = 100;
    CHECK(read() == "limit_exceeded");
    remote.max_objects = 1000;
    CHECK(read() == "");

    // 4 MB that cannot be compressed.
    std::string noise(4U << 20U, '\0');
    SystemEntropy entropy;
    entropy.fill({reinterpret_cast<std::uint8_t*>(noise.data()), noise.size()});
    hosted.commit("main", {{"config.yaml", "id: x\n"}, {"noise", noise}});
    CHECK(reason(world().node->read(hosted.login())) == "repository_too_large");
    CHECK(world().node->read(hosted.login(vault::Role::code)).has_value());

    // Zeros compress a thousandfold: what unpacks is bounded, too, and not only what arrives.
    hosted.commit("main", {{"config.yaml", std::string(64U << 20U, '\0')}});
    CHECK(reason(world().node->read(hosted.login())) != "");

    // 40,000 refs are 2.5 MB of names, and come before anything else.
    std::string packed = "# pack-refs with: peeled fully-peeled sorted \n";
    const std::string tip = hosted.local.branch_commit("main").value().value();
    for (int i = 100000; i < 140000; ++i) {
        packed += tip + " refs/heads/x" + std::to_string(i) + "\n";
    }
    REQUIRE(fs::exists(hosted.bare));
    test::write(hosted.bare / "packed-refs", packed);
    const auto listed = world().node->list(hosted.login());
    REQUIRE_FALSE(listed.has_value());
    CHECK(listed.error().code == ErrorCode::limit_exceeded);
    CHECK(reason(world().node->read(hosted.login(vault::Role::code))) == "repository_too_large");
    check_nothing_is_left();
}

TEST_CASE("submodules, links and settings in a repository lead nowhere") {
    Hosted hosted;
    hosted.publish();
    const test::Listener trap;
    const fs::path work = hosted.local.path();
    const std::string url = "ssh://git@127.0.0.1:" + std::to_string(trap.port()) + "/a/b.git";
    test::git(work, {"checkout", "-q", "-f", "main"});
    test::write(work / ".gitmodules",
                "[submodule \"s\"]\n\tpath = s\n\turl = " + url + "\n\tupdate = !touch /tmp/x\n");
    fs::create_symlink("/etc/passwd", work / "link");
    fs::remove(work / "config.yaml");
    fs::create_symlink("/etc/passwd", work / "config.yaml");
    test::git(work, {"add", "-A"});
    test::git(work, {"update-index", "--add", "--cacheinfo",
                     "160000," + hosted.local.branch_commit("main").value().value() + ",s"});
    test::git(work, {"commit", "-q", "-m", "Trap"});
    // A good host would not take it; this one does.
    test::git(hosted.bare, {"fetch", "-q", work.string(), "+main:main"});
    const auto evidence = world().node->read(hosted.login());
    // A link is a blob like others: its text is the configuration, and nobody follows it.
    REQUIRE(evidence);
    CHECK((!evidence->config || evidence->config == "/etc/passwd"));
    pollfd knocked{trap.fd(), POLLIN, 0};
    CHECK(::poll(&knocked, 1, 0) == 0);
    check_nothing_is_left();
}
