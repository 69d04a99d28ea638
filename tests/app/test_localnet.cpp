#include "core/base/file.h"
#include "core/forge/local.h"
#include "core/vault/ranking/ranking.h"
#include "tests/support/localnet.h"
#include "tests/support/temporary_directory.h"

#include <arpa/inet.h>
#include <csignal>
#include <doctest/doctest.h>
#include <fstream>
#include <set>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

using namespace tau;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

std::vector<pid_t> children_of(pid_t pid) {
    std::vector<pid_t> found;
    std::error_code code;
    const fs::path tasks = fs::path("/proc") / std::to_string(pid) / "task";
    for (const auto& task : fs::directory_iterator(tasks, code)) {
        std::ifstream list(task.path() / "children");
        for (pid_t child = 0; list >> child;) {
            found.push_back(child);
        }
    }
    return found;
}

/// The process and everything below it.
std::vector<pid_t> tree_of(pid_t root) {
    std::vector<pid_t> tree{root};
    for (std::size_t i = 0; i < tree.size(); ++i) {
        const auto below = children_of(tree[i]);
        tree.insert(tree.end(), below.begin(), below.end());
    }
    return tree;
}

template <typename Condition>
bool soon(Condition condition) {
    const auto until = std::chrono::steady_clock::now() + 20s;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > until) {
            return false;
        }
        std::this_thread::sleep_for(10ms);
    }
    return true;
}

bool runs(pid_t pid) {
    std::ifstream status("/proc/" + std::to_string(pid) + "/stat");
    std::string number, name, state;
    return status >> number >> name >> state && state != "Z";
}

bool all_gone(const std::vector<pid_t>& tree) {
    return soon([&] { return std::none_of(tree.begin(), tree.end(), runs); });
}

std::uint16_t port_in(const std::string& url) {
    const std::size_t colon = url.rfind(':');
    return static_cast<std::uint16_t>(std::stoul(url.substr(colon + 1)));
}

struct Reply {
    std::string head, body;
};

Reply get(std::uint16_t port, const std::string& path) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    REQUIRE(::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    const std::string request = "GET " + path +
                                " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port) +
                                "\r\nConnection: close\r\n\r\n";
    REQUIRE(::write(fd, request.data(), request.size()) == static_cast<ssize_t>(request.size()));
    std::string text;
    char buffer[4096];
    for (ssize_t got = 0; (got = ::read(fd, buffer, sizeof buffer)) > 0;) {
        text.append(buffer, static_cast<std::size_t>(got));
    }
    ::close(fd);
    const std::size_t end = text.find("\r\n\r\n");
    REQUIRE(end != std::string::npos);
    return {text.substr(0, end + 2), text.substr(end + 4)};
}

/// A repository, and an ssh client that is logged in and then says nothing.
struct StalledSession {
    explicit StalledSession(const test::Localnet& net)
        : forge(forge::open_local_forge(net.git_host()).value()) {
        const std::string login = forge->who_am_i({}).value().login;
        auto found = forge->find_repository(login, "tb_shop", {}).value();
        repository =
            found ? *found
                  : forge->create_repository({login, "tb_shop", "", "main", true}, {}).value();
        Command command;
        command.program = "/usr/bin/ssh";
        command.arguments = {"-i",
                             (net.git_host() / "user_key").string(),
                             "-p",
                             std::to_string(port_in(repository.ssh_url)),
                             "-F",
                             "none",
                             "-o",
                             "StrictHostKeyChecking=no",
                             "-o",
                             "UserKnownHostsFile=/dev/null",
                             "-o",
                             "BatchMode=yes",
                             "git@127.0.0.1",
                             "git-receive-pack '/" + login + "/tb_shop.git'"};
        command.environment = {"PATH=/usr/bin:/bin", "HOME=/nonexistent"};
        client.emplace(Process::start(command).value());
        // The server's first words: git runs and waits for ours.
        REQUIRE(client->read_line(Wait::at_most(20s)).value().has_value());
    }
    std::unique_ptr<forge::Forge> forge;
    forge::Repository repository;
    std::optional<Process> client;
};

} // namespace

TEST_CASE("however the network is ended, no process of it is left") {
    struct Ending {
        const char* what;
        bool worker;
        int signal;
    };
    const test::TemporaryDirectory folder;
    for (const Ending& ending :
         {Ending{"interrupted", false, SIGINT}, Ending{"terminated", false, SIGTERM},
          Ending{"killed", false, SIGKILL}, Ending{"its worker killed", true, SIGKILL}}) {
        CAPTURE(ending.what);
        test::Localnet net(folder.path() / "net", 2); // the same folder again and again
        const StalledSession session(net);
        const auto tree = tree_of(net.process().pid());
        CHECK(tree.size() >= 6); // guard, worker, two vault nodes, sshd, git
        ::kill(ending.worker ? children_of(tree[0]).at(0) : tree[0], ending.signal);
        CHECK(all_gone(tree));
        const auto code = net.process().wait(Wait::at_most(10s));
        CHECK(code.value() == (ending.signal == SIGKILL ? 128 + SIGKILL : 0));
    }
}

TEST_CASE("started again, it is the same network; only one may run in a folder") {
    const test::TemporaryDirectory folder;
    std::string url, host_key;
    for (int i = 0; i < 2; ++i) {
        const test::Localnet net(folder.path() / "net");
        const StalledSession session(net);
        if (i == 1) {
            CHECK(session.repository.ssh_url == url);
            CHECK(session.forge->host_keys({}).value().front() == host_key);
        }
        url = session.repository.ssh_url;
        host_key = session.forge->host_keys({}).value().front();
        Command second;
        second.program = program_folder().value() / "tau-localnet";
        second.arguments = {"--dir", (folder.path() / "net").string(), "--vaults", "0"};
        const auto refused = run_process(second, {}, Wait::at_most(20s));
        REQUIRE(refused);
        CHECK(refused->code == 1);
        CHECK(refused->errors.find("already") != std::string::npos);
    }
}

TEST_CASE("silent connections are held without harm to others") {
    const test::TemporaryDirectory folder;
    const test::Localnet net(folder.path() / "net");
    const StalledSession first(net);
    std::vector<int> silent;
    for (int i = 0; i < 10; ++i) {
        const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        address.sin_port = htons(port_in(first.repository.ssh_url));
        REQUIRE(::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
        silent.push_back(fd);
    }
    const auto remote = first.forge->push_remote(first.repository, {}).value();
    CHECK(git::list_remote(remote, {}).has_value());
    for (const int fd : silent) {
        ::close(fd);
    }
}

TEST_CASE("a folder that sshd's settings cannot name is refused") {
    const test::TemporaryDirectory folder;
    for (const std::string name : {"with'quote", "with\"quote", "with%h", "with\\x"}) {
        CAPTURE(name);
        Command command;
        command.program = program_folder().value() / "tau-localnet";
        command.arguments = {"--dir", (folder.path() / name).string(), "--vaults", "0"};
        const auto done = run_process(command, {}, Wait::at_most(20s));
        REQUIRE(done);
        CHECK(done->code == 1);
        CHECK(done->errors.find("cannot hold the git host") != std::string::npos);
    }
}

TEST_CASE("seven vault nodes serve the records that the network file lists, now and next time") {
    const test::TemporaryDirectory folder;
    std::map<std::string, std::string> before;
    for (int i = 0; i < 2; ++i) {
        const test::Localnet net(folder.path() / "net", 7);
        CHECK(net.said() == std::vector<std::string>{"network: " + net.network_file().string()});
        const std::int64_t now = SystemClock().now();
        const auto network =
            vault::parse_network(read_file(net.network_file()).value(), now).value();
        CHECK(network.refused.empty());
        REQUIRE(network.git_hosts.size() == 1);
        CHECK(forge::open_local_forge(network.git_hosts[0].root).has_value());

        std::set<std::uint16_t> regions, slots;
        std::map<std::string, std::string> nodes;
        for (const vault::ListedNode& node : network.nodes) {
            regions.insert(node.record.region);
            slots.insert(node.record.slots_per_hour);
            nodes[node.record.node_id()] = node.record.endpoint;
            const Reply reply = get(port_in(node.record.endpoint), "/v1/record");
            CHECK(reply.head.starts_with("HTTP/1.1 200 "));
            CHECK(reply.body.find(to_base64(node.encoded)) != std::string::npos);
        }
        CHECK(regions.size() == 7);
        CHECK(slots.size() == 7);
        vault::Ranking ranking(vault::table_of(network.nodes, now));
        ranking.set_place(vault::Place{47, 8});
        const auto order = ranking.order();
        CHECK(ranking.eligible(order[0]));
        CHECK(ranking.score(order[0]) > ranking.score(order[1]));
        if (i == 1) {
            CHECK(nodes == before);
        }
        before = nodes;
    }
}
