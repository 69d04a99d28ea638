#include "core/base/file.h"
#include "core/base/process.h"
#include "core/git/remote.h"
#include "core/keys/deploy_key.h"
#include "tests/support/listener.h"
#include "tests/support/temporary_directory.h"

#include <doctest/doctest.h>
#include <poll.h>
#include <sys/stat.h>
#include <thread>

using namespace tau;
namespace fs = std::filesystem;

namespace {

/// `program` with its output, which must succeed.
std::string run(const fs::path& program, std::vector<std::string> arguments) {
    Command command;
    command.program = program;
    command.arguments = std::move(arguments);
    command.environment = {"PATH=/usr/bin:/bin", "HOME=/nonexistent"};
    const auto done = run_process(command, {}, Wait::at_most(std::chrono::seconds(30)));
    REQUIRE(done);
    INFO(done->errors);
    REQUIRE(done->code == 0);
    return done->output;
}

/// An SSH server with host keys of the given kinds, which lets nobody in.
class SshServer {
public:
    explicit SshServer(const std::vector<std::string>& kinds) {
        ::mkdir("/run/sshd", 0755); // for root; others cannot and need not
        std::string settings = "UsePAM no\nStrictModes no\nPasswordAuthentication no\n"
                               "KbdInteractiveAuthentication no\nAuthorizedKeysFile none\n";
        for (const std::string& kind : kinds) {
            const fs::path key = folder_.path() / kind;
            run("/usr/bin/ssh-keygen", {"-q", "-t", kind, "-N", "", "-f", key.string()});
            settings += "HostKey " + key.string() + "\n";
        }
        REQUIRE(write_file_atomic(folder_.path() / "config", settings));
        thread_ = std::jthread([this](const std::stop_token& stop) { serve(stop); });
    }
    std::uint16_t port() const { return listener_.port(); }
    std::string fingerprint(const std::string& kind) const {
        const std::string line =
            run("/usr/bin/ssh-keygen", {"-l", "-f", (folder_.path() / (kind + ".pub")).string()});
        const std::size_t begin = line.find("SHA256:");
        return line.substr(begin, line.find(' ', begin) - begin);
    }

private:
    void serve(const std::stop_token& stop) {
        std::vector<Process> sessions;
        while (!stop.stop_requested()) {
            pollfd waiting{listener_.fd(), POLLIN, 0};
            if (::poll(&waiting, 1, 50) <= 0) {
                continue;
            }
            const int peer = ::accept4(listener_.fd(), nullptr, nullptr, SOCK_CLOEXEC);
            Command sshd;
            sshd.program = "/usr/sbin/sshd";
            sshd.arguments = {"-i", "-f", (folder_.path() / "config").string()};
            sshd.environment = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin"};
            sshd.input = peer;
            sshd.output = peer;
            if (auto session = Process::start(sshd)) {
                sessions.push_back(std::move(*session));
            }
            ::close(peer);
        }
    }

    test::TemporaryDirectory folder_;
    test::Listener listener_;
    std::jthread thread_;
};

ErrorCode try_to_list(const std::string& url, const std::string& pin) {
    SystemEntropy entropy;
    git::Remote remote;
    remote.url = url;
    remote.host_keys = {pin};
    remote.credential = git::KeyCredential{
        "git", keys::DeployKey::generate(entropy).openssh_private_key("x").value(), std::nullopt};
    const auto listed = git::list_remote(remote, {});
    REQUIRE_FALSE(listed);
    CAPTURE(listed.error().message);
    CAPTURE(listed.error().detail);
    return listed.error().code;
}

} // namespace

TEST_CASE("of several host keys the Ed25519 one is asked for, and only pins are trusted") {
    const SshServer server({"ecdsa", "ed25519"});
    const std::string url = "ssh://git@127.0.0.1:" + std::to_string(server.port()) + "/a/b.git";
    // The login fails, after the host key was accepted.
    CHECK(try_to_list(url, server.fingerprint("ed25519")) == ErrorCode::unauthenticated);
    CHECK(try_to_list(url, server.fingerprint("ecdsa")) == ErrorCode::untrusted);
    CHECK(try_to_list(url, "SHA256:") == ErrorCode::untrusted);
    CHECK(try_to_list(url, "") == ErrorCode::untrusted);
}

TEST_CASE("a host without an Ed25519 key is refused with that reason") {
    const SshServer server({"ecdsa"});
    const std::string url = "ssh://git@127.0.0.1:" + std::to_string(server.port()) + "/a/b.git";
    CHECK(try_to_list(url, server.fingerprint("ecdsa")) == ErrorCode::untrusted);
}

TEST_CASE("a certificate that nobody vouches for is refused before the token is shown") {
    const test::TemporaryDirectory folder;
    const std::string key = (folder.path() / "key").string();
    const std::string certificate = (folder.path() / "certificate").string();
    run("/usr/bin/openssl",
        {"req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=127.0.0.1"});
    std::uint16_t port = 0;
    {
        const test::Listener free;
        port = free.port();
    }
    Command command;
    command.program = "/usr/bin/openssl";
    command.arguments = {"s_server",  "-accept",  "127.0.0.1:" + std::to_string(port),
                         "-key",      key,        "-cert",
                         certificate, "-naccept", "1"};
    auto server = Process::start(command).value();
    const Wait wait = Wait::at_most(std::chrono::seconds(20));
    for (std::optional<std::string> line = ""; line && *line != "ACCEPT";) {
        line = server.read_line(wait).value();
    }
    git::Remote remote;
    remote.url = "https://127.0.0.1:" + std::to_string(port) + "/a/b.git";
    remote.credential = git::TokenCredential{"ada", Secret::copy_of("the-token")};
    const auto listed = git::list_remote(remote, {});
    REQUIRE_FALSE(listed);
    CAPTURE(listed.error().detail);
    CHECK(listed.error().code == ErrorCode::untrusted);
    REQUIRE(server.wait(wait));
    CHECK(server.take_output().find("the-token") == std::string::npos);
}
