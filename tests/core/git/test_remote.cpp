#include "core/base/file.h"
#include "core/base/process.h"
#include "core/git/helper_protocol.h"
#include "core/git/landlock.h"
#include "core/keys/deploy_key.h"
#include "tests/support/listener.h"
#include "tests/support/temporary_directory.h"

#include <csignal>
#include <cstdlib>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace tau;
using namespace tau::git;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

Remote remote_at(std::uint16_t port) {
    Remote remote;
    remote.url = "ssh://git@127.0.0.1:" + std::to_string(port) + "/me/a.git";
    remote.host_keys = {"SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"};
    SystemEntropy entropy;
    const auto key = keys::DeployKey::generate(entropy);
    remote.credential = KeyCredential{"git", key.openssh_private_key("test").value(), std::nullopt};
    return remote;
}

std::string contents(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// Process numbers of this process's children.
std::vector<std::string> children() {
    std::vector<std::string> found;
    for (const auto& task : fs::directory_iterator("/proc/self/task")) {
        std::ifstream file(task.path() / "children");
        found.insert(found.end(), std::istream_iterator<std::string>(file), {});
    }
    return found;
}

} // namespace

TEST_CASE("a silent peer is given up at the deadline, and leaves nothing behind") {
    const test::Listener silent;
    Remote remote = remote_at(silent.port());
    remote.deadline = 300ms;
    const auto begin = std::chrono::steady_clock::now();
    const auto result = list_remote(remote, {});
    CHECK(std::chrono::steady_clock::now() - begin < 3s);
    CHECK(result.error().code == ErrorCode::timeout);
    CHECK(children().empty());
}

TEST_CASE("cancel works on a silent peer, and no secret shows in the process list") {
    const test::Listener silent;
    Remote remote = remote_at(silent.port());
    remote.max_bytes = 1U << 20U;
    const auto& key = std::get<KeyCredential>(remote.credential).private_key;
    // A line in the middle of the key's text, which is enough to know it by.
    const std::string needle(key.view().substr(key.size() / 2, 24));

    std::stop_source stop;
    ErrorCode code = ErrorCode::internal;
    std::jthread worker([&] {
        const auto result = list_remote(remote, stop.get_token());
        code = result ? ErrorCode::internal : result.error().code;
    });
    const int peer = ::accept(silent.fd(), nullptr, nullptr); // it is connecting now
    const auto running = children();
    CHECK(running.size() == 1);
    for (const std::string& child : running) {
        const fs::path proc = fs::path("/proc") / child;
        CHECK(contents(proc / "cmdline").find("tau-git") != std::string::npos);
        // It protects itself: only root may look at its environment.
        CHECK(contents(proc / "environ").empty() == (::geteuid() != 0));
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
        // What it may put into memory goes with what it may receive.
        CHECK(contents(proc / "limits").find(std::to_string(260U << 20U)) != std::string::npos);
#endif
        for (const char* file : {"cmdline", "environ"}) {
            CHECK(contents(proc / file).find(needle) == std::string::npos);
        }
    }
    const auto begin = std::chrono::steady_clock::now();
    stop.request_stop();
    worker.join();
    CHECK(std::chrono::steady_clock::now() - begin < 1s);
    CHECK(code == ErrorCode::cancelled);
    CHECK(children().empty());
    ::close(peer);
}

TEST_CASE("no listener, and a peer that speaks nonsense, are unavailable") {
    std::uint16_t port = 0;
    {
        const test::Listener closed;
        port = closed.port();
    }
    CHECK(list_remote(remote_at(port), {}).error().code == ErrorCode::unavailable);

    const test::Listener listener;
    std::jthread nonsense([&] {
        const int peer = ::accept(listener.fd(), nullptr, nullptr);
        const std::string_view text = "HTTP/1.1 400 Bad Request\r\n\r\n";
        [[maybe_unused]] const ssize_t ignored = ::write(peer, text.data(), text.size());
        ::close(peer);
    });
    CHECK(list_remote(remote_at(listener.port()), {}).error().code == ErrorCode::unavailable);
}

TEST_CASE("what cannot work is refused before anything is started") {
    Remote remote = remote_at(22);
    remote.host_keys.clear();
    CHECK(list_remote(remote, {}).error().code == ErrorCode::invalid_argument);
    remote = remote_at(22);
    remote.url = "ext::sh -c id";
    CHECK(list_remote(remote, {}).error().code == ErrorCode::invalid_argument);
    remote = remote_at(22);
    remote.credential = TokenCredential{"me", Secret::copy_of("token")};
    CHECK(list_remote(remote, {}).error().code == ErrorCode::invalid_argument);
    const test::TemporaryDirectory empty;
    CHECK(push(empty.path(), remote_at(22), {"refs/heads/main:refs/heads/main"}, {}).error().code ==
          ErrorCode::not_found);
}

TEST_CASE("a request crosses with its secrets, and a broken one is refused") {
    Remote remote = remote_at(2222);
    std::get<KeyCredential>(remote.credential).passphrase = Secret::copy_of("pass");
    const auto request =
        encode_request({HelperOperation::push, "/a/b", {"refs/heads/a:refs/heads/a"}}, remote)
            .value();
    const auto through_pipe = [](ByteView bytes) {
        int ends[2];
        REQUIRE(::pipe(ends) == 0);
        REQUIRE(::write(ends[1], bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
        ::close(ends[1]);
        auto read = read_request(ends[0]);
        ::close(ends[0]);
        return read;
    };
    const auto read = through_pipe(request.bytes()).value();
    CHECK(read.task.operation == HelperOperation::push);
    CHECK(read.task.repository == "/a/b");
    CHECK(read.remote.url == remote.url);
    CHECK(read.remote.host_keys == remote.host_keys);
    CHECK(read.task.names == std::vector<std::string>{"refs/heads/a:refs/heads/a"});
    const auto& sent = std::get<KeyCredential>(remote.credential);
    const auto& got = std::get<KeyCredential>(read.remote.credential);
    CHECK(got.private_key.equals(sent.private_key));
    CHECK(got.passphrase->equals(*sent.passphrase));
    for (std::size_t size = 0; size < request.size(); size += 7) {
        CAPTURE(size);
        CHECK_FALSE(through_pipe(request.bytes().first(size)));
    }
    const auto header =
        as_text(request.bytes().first(request.size() - sent.private_key.size() - 12));
    CHECK(header.find("pass\"") == std::string_view::npos);
}

TEST_CASE("messages of the helper cross unchanged; nonsense is refused") {
    const auto progress =
        std::get<Progress>(decode_message(encode_progress({"sending", 1, 2, 3})).value());
    CHECK(progress.phase == "sending");
    CHECK(progress.bytes == 3);
    const auto refs = std::get<HelperResult>(
        decode_message(encode_result(HelperAnswer{{{"refs/heads/a", "00"}}})).value());
    CHECK(refs.value().refs.at(0).name == "refs/heads/a");
    const auto error = std::get<HelperResult>(
        decode_message(encode_result(fail(ErrorCode::untrusted, "m", "h", "d\xff"))).value());
    CHECK(error.error().code == ErrorCode::untrusted);
    CHECK(error.error().hint == "h");
    for (const char* line : {"", "{", "[]", "{}", "3", "{\"phase\":1}", "{\"refs\":[[1]]}"}) {
        CHECK_FALSE(decode_message(line));
    }
}

TEST_CASE("a killed program's helper folders go with the next start, those in use stay") {
    const test::TemporaryDirectory folder;
    const test::Listener silent;
    REQUIRE(::setenv("TMPDIR", folder.path().c_str(), 1) == 0);
    const auto homes = [&] {
        std::vector<fs::path> found;
        for (const auto& entry : fs::directory_iterator(folder.path())) {
            found.push_back(entry.path());
        }
        return found;
    };
    const auto wait_for_homes = [&](std::size_t count) {
        const auto end = std::chrono::steady_clock::now() + 30s;
        while (homes().size() != count && std::chrono::steady_clock::now() < end) {
            std::this_thread::sleep_for(10ms);
        }
        return homes();
    };
    // Two programs at work, one after the other, so that we know whose folder is whose.
    const auto start = [&] {
        const pid_t child = ::fork();
        REQUIRE(child >= 0);
        if (child == 0) {
            Remote remote = remote_at(silent.port());
            remote.deadline = 60s;
            static_cast<void>(list_remote(remote, {}));
            ::_exit(0);
        }
        return child;
    };
    const pid_t killed = start();
    const auto first = wait_for_homes(1);
    REQUIRE(first.size() == 1);
    const pid_t working = start();
    REQUIRE(wait_for_homes(2).size() == 2);
    const auto end = [](pid_t child) {
        REQUIRE(::kill(child, SIGKILL) == 0);
        REQUIRE(::waitpid(child, nullptr, 0) == child);
    };
    end(killed);
    CHECK(homes().size() == 2); // nobody was left to clean up

    Remote remote = remote_at(silent.port());
    remote.deadline = 200ms;
    CHECK_FALSE(list_remote(remote, {}));
    CHECK(homes().size() == 2); // too young: it could be one that is just being made
    // What people have that only looks like ours: no lock, another mode, other names.
    struct Look {
        const char* name;
        bool has_lock;
        mode_t mode;
    };
    constexpr Look others[] = {{"tau-other", true, 0700},
                               {"tau-git-abcdef", false, 0700},
                               {"tau-git-shared", true, 0755},
                               {"tau-git-notes", true, 0700},
                               {"tau-git-backups", true, 0700}};
    for (const Look& other : others) {
        const fs::path path = folder.path() / other.name;
        fs::create_directory(path);
        std::ofstream(path / (other.has_lock ? "lock" : "work.txt")) << "mine";
        REQUIRE(::chmod(path.c_str(), other.mode) == 0);
    }
    for (const fs::path& home : homes()) {
        const timespec old[2] = {{1000, 0}, {1000, 0}};
        REQUIRE(::utimensat(AT_FDCWD, home.c_str(), old, 0) == 0);
    }
    CHECK_FALSE(list_remote(remote, {}));
    CHECK_FALSE(fs::exists(first.front()));
    CHECK(homes().size() == 1 + std::size(others)); // the one in use, and what is not ours
    for (const Look& other : others) {
        CAPTURE(other.name);
        const fs::path path = folder.path() / other.name;
        CHECK(contents(path / (other.has_lock ? "lock" : "work.txt")) == "mine");
        CHECK(fs::exists(path / "lock") == other.has_lock);
    }
    end(working);
    REQUIRE(::unsetenv("TMPDIR") == 0);
}

// A sanitizer needs more files and calls than the helper keeps.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST_CASE("what takes a stranger's repository apart can change and read nothing but its own") {
    const test::TemporaryDirectory folder;
    const fs::path home = folder.path() / "home";
    const fs::path elsewhere = folder.path() / "elsewhere";
    fs::create_directory(home);
    const test::Listener silent;
    Remote remote = remote_at(silent.port());
    remote.address = "127.0.0.1";
    remote.deadline = 20s;
    const auto answer = [&](const fs::path& repository) {
        const auto request =
            encode_request({HelperOperation::read, repository, {}, {{"main", "a"}}}, remote);
        Command command;
        command.program = find_helper().value();
        command.environment = {"HOME=" + home.string()};
        auto helper = Process::start(command).value();
        const Wait wait = Wait::at_most(20s, {});
        REQUIRE(helper.write_input(request->bytes(), wait));
        helper.close_input();
        std::string first = helper.read_line(wait, 1U << 20U).value().value_or("");
        if (first.find("connecting") != std::string::npos) {
            const auto status =
                contents(fs::path("/proc") / std::to_string(helper.pid()) / "status");
            CHECK(status.find("NoNewPrivs:\t1") != std::string::npos);
            CHECK(status.find("Seccomp:\t2") != std::string::npos);
        }
        return first;
    };
    CHECK(answer(home / "clone").find("connecting") != std::string::npos);
    if (landlock_version() == 0) {
        MESSAGE("this kernel has no Landlock: only the calls are checked");
        return;
    }
    const std::string refused = answer(elsewhere);
    CAPTURE(refused);
    CHECK(refused.find("error") != std::string::npos);
    CHECK_FALSE(fs::exists(elsewhere));
}
#endif
