// tau-vaultd as an operator runs it: TLS, new configuration while it runs, its log, its end.
#include "tests/app/vaultd_tls.h"
#include "tests/support/tls_client.h"

#include <csignal>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

using namespace tau;
using namespace tau::test;

namespace {

std::string request(std::uint16_t port, const std::string& target, const std::string& more = "") {
    return get(target, "Host: 127.0.0.1:" + std::to_string(port) + "\r\n" + more);
}

bool is_whole(const std::string& got) {
    return got.find("\r\n\r\n") != std::string::npos && got.ends_with("}");
}

/// A node with TLS: its files must be there before it starts.
struct Secure {
    TemporaryDirectory files;
    TlsAuthority authority;
    TlsIdentity identity = authority.issue("localhost");
    VaultdProgram node;

    explicit Secure(const std::string& more = "")
        : node((put_identity(files.path(), identity), with_tls(files.path(), more))) {}
    void reload() const {
        const std::size_t before = read_again();
        node.signal(SIGHUP);
        const bool read = soon([&] { return read_again() > before; });
        CAPTURE(node.log());
        REQUIRE(read);
    }
    std::size_t read_again() const {
        const std::string log = node.log();
        std::size_t count = 0;
        for (const std::string_view word : {"Read the configuration again", "stays as it was"}) {
            for (std::size_t at = 0; (at = log.find(word, at)) != std::string::npos; ++at) {
                ++count;
            }
        }
        return count;
    }
};

vault::NodeRecord record_over(TlsConnection& connection, std::uint16_t port) {
    connection.send(request(port, "/v1/record"));
    const std::string answer = connection.read(is_whole);
    REQUIRE(status_of(answer) == 200);
    return VaultdProgram::decode(
        json::parse(answer.substr(answer.find("\r\n\r\n") + 4))["record"].get<std::string>());
}

} // namespace

TEST_CASE("the node speaks TLS 1.2 and newer, under the key that its record carries") {
    const Secure secure("limits: {handshake: 500 ms}\n");
    const VaultdProgram& node = secure.node;
    CHECK(node.first_record().tls_spki == secure.identity.spki);
    CHECK(node.first_record().endpoint == "https://127.0.0.1:" + std::to_string(node.port()));
    TlsConnection connection(node.port());
    REQUIRE(connection.connected());
    CHECK(connection.version() == TLS1_3_VERSION);
    CHECK(connection.spki() == secure.identity.spki);
    CHECK(record_over(connection, node.port()) == node.first_record());
    connection.send(request(node.port(), "/healthz", "Connection: close\r\n"));
    CHECK(status_of(connection.read([](const std::string&) { return false; })) == 200);
    CHECK(connection.farewell());

    CHECK(TlsConnection(node.port(), TLS1_2_VERSION).connected());
    CHECK_FALSE(TlsConnection(node.port(), TLS1_1_VERSION).connected());
    Connection plain(node.port());
    plain.send(request(node.port(), "/healthz"));
    CHECK(plain.read_all(5s).find("HTTP/1.1 200") == std::string::npos);
    CHECK(plain.closed());
    Connection silent(node.port());
    const auto begin = steady_clock::now();
    CHECK(silent.read_all(5s).empty());
    CHECK(silent.closed());
    CHECK(steady_clock::now() - begin >= 450ms);
    CHECK(steady_clock::now() - begin < 2s);
    TlsConnection asking(node.port());
    asking.send(request(node.port(), "/metrics", "Connection: close\r\n"));
    CHECK(asking.read([](const std::string&) { return false; })
              .find("tau_connections_cut_total{limit=\"handshake\"} 1\n") != std::string::npos);
}

TEST_CASE("SIGHUP changes certificate, record and limits, and cuts nobody off") {
    Secure secure;
    VaultdProgram& node = secure.node;
    TlsConnection old(node.port());
    record_over(old, node.port());
    const TlsIdentity second = secure.authority.issue("localhost");
    put_identity(secure.files.path(), second);
    node.configure(with_tls(secure.files.path(),
                            "slots: 7\nlimits: {requests_per_minute: 5, queue: 9}\n"
                            "log: {addresses: true}\n"));
    secure.reload();
    TlsConnection fresh(node.port());
    CHECK(fresh.spki() == second.spki);
    const auto record = record_over(old, node.port()); // the old connection goes on
    CHECK(record.tls_spki == second.spki);
    CHECK(record.slots_per_hour == 7);
    CHECK(record.seq > node.first_record().seq);
    CHECK(record_over(fresh, node.port()) == record);
    for (int i = 0; i < 6; ++i) {
        fresh.send(request(node.port(), "/healthz"));
        if (status_of(fresh.read(is_whole)) == 429) {
            break;
        }
        REQUIRE(i < 5);
    }
    CHECK(soon([&] { return node.log().find("peer=127.0.0.1") != std::string::npos; }));
    node.signal(SIGTERM);
    CHECK(node.wait().value() == 0);
}

TEST_CASE("what is wrong with a new configuration is told, and the old one stays") {
    rlimit files{};
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &files) == 0);
    files.rlim_max = std::min<rlim_t>(files.rlim_max, 20'000);
    files.rlim_cur = std::min(files.rlim_cur, files.rlim_max);
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &files) == 0); // the other tests need less
    Secure secure;
    VaultdProgram& node = secure.node;
    const auto still_there = [&](std::string_view reason) {
        secure.reload();
        CAPTURE(node.log());
        CHECK(soon([&] { return node.log().find(reason) != std::string::npos; }));
        TlsConnection connection(node.port());
        CHECK(connection.spki() == secure.identity.spki);
        CHECK(record_over(connection, node.port()) == node.first_record());
    };
    const auto certificate = secure.files.path() / "tls.pem";
    REQUIRE(write_file_atomic(certificate, std::string_view("no certificate\n")));
    still_there("The certificate file " + certificate.string() +
                " cannot be used. (no start line)"
                " It must hold a certificate as PEM.");
    std::filesystem::remove(certificate);
    still_there(" cannot be used. (No such file or directory)");
    // A key that is not the certificate's.
    put_identity(secure.files.path(),
                 {secure.authority.issue("localhost").certificate, secure.identity.key, {}});
    still_there(" cannot be used. (key values mismatch) It must hold");
    put_identity(secure.files.path(), secure.identity);
    ::chmod((secure.files.path() / "tls.key").c_str(), 0644);
    still_there("is everybody's to read.");
    ::chmod((secure.files.path() / "tls.key").c_str(), 0600);
    node.configure(with_tls(secure.files.path(), "slots: many\n"));
    still_there(":9:8: slots must be a number from 0 to 65535");
    std::string many;
    for (int i = 0; i < 20; ++i) {
        many += "unknown_setting_" + std::to_string(i) + ": 1\n";
    }
    node.configure(with_tls(secure.files.path(), many));
    still_there("There is no setting \\\"unknown_setting_19\\\".");
    node.configure("slots: 9\n");
    still_there("Whether there is TLS changes only with a restart.");
    node.configure(with_tls(secure.files.path(), "limits: {workers: 4}\n"));
    still_there("limits.workers changes only with a restart.");
    CHECK(node.log().find("too few for limits.connections") == std::string::npos);
    node.configure(with_tls(secure.files.path(), "limits: {connections: 1000000}\n"));
    still_there("files open at once, too few for limits.connections.");
}

TEST_CASE("another address to listen on waits for a restart, and the record says so") {
    VaultdProgram node("");
    node.configure("listen: 127.0.0.9:" + std::to_string(node.port()) + "\n");
    node.signal(SIGHUP);
    REQUIRE(soon([&] { return node.log().find("listen changes only") != std::string::npos; }));
    Connection connection(node.port());
    connection.send(request(node.port(), "/v1/record"));
    const std::string answer = connection.read(5s, is_whole);
    const auto record = VaultdProgram::decode(
        json::parse(answer.substr(answer.find("\r\n\r\n") + 4))["record"].get<std::string>());
    CHECK(record == node.first_record());
}

TEST_CASE("a peer that stays until the end of the drain does not trouble the end") {
    VaultdProgram node("limits: {drain: 200 ms}\n");
    Connection half(node.port());
    half.send("GET /healthz HTTP/1.1\r\nHost: ");
    Connection whole(node.port());
    whole.send(request(node.port(), "/healthz"));
    CHECK(status_of(whole.read(5s, is_whole)) == 200);
    node.signal(SIGTERM);
    CHECK(node.wait().value() == 0); // also under a sanitizer
}

TEST_CASE("systemd hears when the node is ready, reads its configuration again, and stops") {
    const TemporaryDirectory folder;
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string path = (folder.path() / "notify").string();
    REQUIRE(path.size() < sizeof address.sun_path);
    path.copy(address.sun_path, path.size());
    const int manager = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    REQUIRE(::bind(manager, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    const auto heard = [manager] {
        pollfd says{manager, POLLIN, 0};
        std::array<char, 64> text{};
        const ssize_t size =
            ::poll(&says, 1, 20000) == 1 ? ::recv(manager, text.data(), text.size(), 0) : 0;
        return std::string(text.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
    };
    const VaultdProgram node("", {"NOTIFY_SOCKET=" + path});
    CHECK(heard() == "READY=1");
    node.signal(SIGHUP);
    CHECK(heard() == "RELOADING=1");
    CHECK(heard() == "READY=1");
    node.signal(SIGTERM);
    CHECK(heard() == "STOPPING=1");
    CHECK(node.wait().value() == 0);
    ::close(manager);
}

TEST_CASE("--verify-store says where the audit log ends, and takes that as what is expected") {
    VaultdProgram node("");
    node.signal(SIGTERM);
    REQUIRE(node.wait().value() == 0);
    const Finished verified = node.also({"--verify-store"});
    CAPTURE(verified.errors);
    REQUIRE(verified.code == 0);
    CHECK(verified.output.find("The audit log ends with 0:\n") != std::string::npos); // nobody came
    const std::string hash(64, 'a');
    CHECK(node.also({"--verify-store", "--expect-head", "1:" + hash}).code == 1);
    CHECK(node.log().find("does not have the entry 1 that was expected") != std::string::npos);
    for (const std::string& wrong :
         std::vector<std::string>{"1", "1:aa", "0:" + hash, "1-" + hash, ":" + hash}) {
        CAPTURE(wrong);
        CHECK(node.also({"--verify-store", "--expect-head", wrong}).code == 2);
    }
    CHECK(node.also({"--expect-head", "1:" + hash}).code == 2);
    // As a copy may be that was put back: the node could not write to it.
    std::filesystem::permissions(node.folder() / "node/node.db", std::filesystem::perms{0444});
    CHECK(node.also({"--verify-store"}).code == 1);
    CHECK(node.log().find("may not read and write") != std::string::npos);
}

TEST_CASE("without the helper beside it a node does not start, and --check-config says why") {
    const VaultdProgram node("");
    Command command;
    command.program = node.folder() / "tau-vaultd";
    std::filesystem::copy_file(program_folder().value() / "tau-vaultd", command.program);
    command.arguments = {"--config", node.config().string(), "--data",
                         (node.folder() / "other").string()};
    for (int i = 0; i < 2; ++i) {
        const auto ended = run_process(command, {}, Wait::at_most(20s));
        REQUIRE(ended);
        CHECK(ended->code == 1);
        CHECK(ended->errors.find("tau-git is missing") != std::string::npos);
        command.arguments.push_back("--check-config");
    }
}

TEST_CASE("--check-config says what is wrong, in the file and in what it names") {
    VaultdProgram node("");
    CHECK(node.also({"--check-config"}).code == 0);
    CHECK(node.also({"--check-config"}).output == "The configuration is good.\n");
    node.configure("nam: x\nlimits: {idle: 5}\n");
    const Finished bad = node.also({"--check-config", "--slots", "x"});
    CHECK(bad.code == 2);
    const std::string file = "tau-vaultd: " + node.config().string();
    CHECK(bad.errors.find(file + ":6:1: There is no setting \"nam\".\n") != std::string::npos);
    CHECK(bad.errors.find(file + ":7:16: limits.idle must be a time") != std::string::npos);
    CHECK(bad.errors.find("tau-vaultd: --slots must be a number") != std::string::npos);
    node.configure("tls: {certificate: /nothing, key: /nothing}\n");
    CHECK(node.also({"--check-config"}).code == 1);
    for (const auto& [store, code] :
         std::vector<std::pair<std::string, int>>{{"postgresql://u:pw@127.0.0.1/x", 2},
                                                  {"postgresql://u@192.0.2.1/x?sslmode=disable", 2},
                                                  {"postgresql://%", 2},
                                                  {"postgresql://u@127.0.0.1/x", 0},
                                                  {"postgresql://u@192.0.2.1/x", 0}}) {
        CAPTURE(store);
        node.configure("store: \"" + store + "\"\n");
        CHECK(node.also({"--check-config"}).code == code);
    }
    node.configure("");
    REQUIRE(write_file_atomic(node.folder() / "pw", std::string_view("*:*:*:*:pw\n"), 0644));
    const std::string data = (node.folder() / "new" / "node").string(); // which the start makes
    CHECK(node.also({"--check-config", "--data", data}).code == 0);
    CHECK(node.also({"--check-config", "--data", data, "--store", data + "/a.db"}).code == 0);
    CHECK(node.also({"--check-config", "--data", "not-there-yet"}).code == 0); // here
    CHECK(node.also({"--check-config", "--store",
                     "postgresql://u@127.0.0.1/x?passfile=/run/credentials/tau-vaultd.service/pg"})
              .code == 0); // systemd's, when it starts the node
    for (const auto& [option, value] : std::vector<std::pair<std::string, std::string>>{
             {"--barrier-key", "/nothing"},
             {"--barrier-key", (node.folder() / "node" / "node.db").string()},
             {"--data", "/etc/passwd"},
             {"--data", "/etc"},
             {"--store", "mysql://u:sekret@127.0.0.1/x"},
             {"--store", (node.folder() / "beside.db").string()}, // the barrier key
             {"--store", (node.folder() / "none" / "node.db").string()},
             {"--store", "postgresql://u@127.0.0.1/x?passfile=/nothing"},
             {"--store", "postgresql://u@127.0.0.1/x?passfile=" + (node.folder() / "pw").string()},
             {"--store", "postgresql://u@192.0.2.1/x?sslrootcert=/nothing"},
             {"--endpoint", "https://::::"},
             {"--endpoint", "https://a:70000"},
             {"--name", "two\nlines"}}) {
        CAPTURE(value);
        const Finished found = node.also({"--check-config", option, value});
        CHECK(found.code != 0);
        CHECK(found.output.empty());
    }
    CHECK(node.log().find("tau-vaultd --make-barrier-key FILE makes one.") != std::string::npos);
    CHECK(node.log().find("sekret") == std::string::npos);
    for (const char* wrong :
         {"tls: {certificate: /nothing}\n", "listen: 192.0.2.1:80\n", "endpoint: http://a.b\n"}) {
        CAPTURE(std::string(wrong));
        const std::string text(wrong);
        std::vector<std::string> options{"--check-config"};
        const std::size_t colon = text.find(": ");
        if (!text.starts_with("tls")) {
            options.insert(options.end(), {"--" + text.substr(0, colon),
                                           text.substr(colon + 2, text.size() - colon - 3)});
        }
        node.configure(text.starts_with("tls") ? text : "");
        CHECK(node.also(options).code == 2);
    }
}

TEST_CASE("the log says what was asked and how it ended, and of whom and what only a hash") {
    const VaultdProgram node("limits: {refusal: 100 ms}\nlog: {level: debug}\n");
    const std::string secret = key('7');
    PlainHttp http;
    const auto ask = [&](const std::string& method, const std::string& target,
                         const std::string& body) {
        HttpRequest request;
        request.method = method;
        request.url = "http://127.0.0.1:" + std::to_string(node.port()) + target;
        request.body = body;
        request.headers = {{"Authorization", "secret-" + secret},
                           {"Idempotency-Key", secret},
                           {"X-Forwarded-For", "203.0.113.9"},
                           {"X-Hub-Signature-256", "sha256=" + secret}};
        return http.send(request, {}).value().status;
    };
    CHECK(ask("GET", "/healthz", "") == 200);
    CHECK(ask("POST", "/v1/registrations", "{\"secret\":\"" + secret + "\"}") == 422);
    CHECK(ask("DELETE", "/v1/registrations/" + secret, "") == 401);
    CHECK(ask("DELETE", "/v1/registrations/" + secret, "") == 401);
    Connection large(node.port());
    large.send(to(node, post("/v1/hooks/" + secret + "/code", "Content-Length: 1048577\r\n")));
    CHECK(status_of(large.read(5s, is_whole)) == 413);
    CHECK(ask("GET", "/" + secret + "?" + secret, "") == 404);
    CHECK(ask("BREW", "/" + secret, "") == 405);
    CHECK(soon([&] { return node.log().find("route=other status=405") != std::string::npos; }));
    const std::string log = node.log();
    CAPTURE(log);
    CHECK(log.find(secret) == std::string::npos);
    CHECK(log.find("127.0.0.1 ") == std::string::npos);
    CHECK(log.find("203.0.113") == std::string::npos);
    CHECK(log.find("level=debug area=request method=GET route=/healthz status=200 us=") !=
          std::string::npos);
    CHECK(log.find(" method=POST route=/v1/registrations status=422 reason=malformed us=") !=
          std::string::npos);
    CHECK(log.find(" method=GET route=other status=404 reason=not_found us=") != std::string::npos);
    CHECK(log.find(" method=other route=other status=405 reason=method_not_allowed us=") !=
          std::string::npos);
    CHECK(log.find(" method=POST route=/v1/hooks/{id}/{role} status=413 reason=too_large us=") !=
          std::string::npos);
    // All lines about one registration say the same of it.
    std::vector<std::string> subjects;
    for (std::size_t at = 0; (at = log.find(" subject=", at)) != std::string::npos; ++at) {
        subjects.push_back(log.substr(at + 9, log.find('\n', at) - at - 9));
    }
    REQUIRE(subjects.size() == 3);
    CHECK(subjects[0].size() == 16);
    CHECK(subjects[0] == subjects[1]);
    CHECK(subjects[0] == subjects[2]);
}

TEST_CASE("whoever reads the log may stop reading or go: the node serves, and ends when told") {
    for (const bool goes : {false, true}) {
        CAPTURE(goes);
        std::array<int, 2> log{};
        REQUIRE(::pipe2(log.data(), O_CLOEXEC) == 0);
        REQUIRE(::fcntl(log[1], F_SETPIPE_SZ, 4096) >= 4096);
        VaultdProgram node("limits: {requests_per_minute: 0}\n", {}, log[1]);
        ::close(log[1]);
        if (goes) {
            ::close(log[0]);
        }
        Connection connection(node.port());
        for (int i = 0; i < 300; ++i) {
            connection.send(request(node.port(), "/v1/record"));
            REQUIRE(status_of(connection.read(5s, is_whole)) == 200);
        }
        connection.send(request(node.port(), "/metrics", "Connection: close\r\n"));
        const std::string metrics = connection.read_all(5s);
        CHECK(metrics.find("tau_log_lines_lost_total ") != std::string::npos);
        CHECK((metrics.find("tau_log_lines_lost_total 0\n") == std::string::npos) == goes);
        node.signal(SIGTERM);
        CHECK(node.wait().value() == 0);
        if (!goes) {
            ::close(log[0]);
        }
    }
}

TEST_CASE("a proxy's word on who asks is taken when it is named, and nobody else's") {
    for (const bool trusted : {false, true}) {
        CAPTURE(trusted);
        const VaultdProgram node(
            std::string("limits: {requests_per_minute: 2, refusal: 100 ms, per_address: 1}\n") +
            (trusted ? "proxy: 127.0.0.1\n" : ""));
        const auto status = [&](const std::string& forwarded) {
            Connection connection(node.port());
            connection.send(request(node.port(), "/healthz",
                                    "Connection: close\r\nX-Forwarded-For: " + forwarded + "\r\n"));
            return status_of(connection.read_all(5s));
        };
        for (int i = 0; i < 3; ++i) { // the first address is the client's own invention
            const int got =
                status("1.2.3." + std::to_string(i) + ", 198.51.100." + std::to_string(i));
            CHECK(got == (!trusted && i == 2 ? 429 : 200));
        }
        if (trusted) {
            CHECK(status("1.1.1.1, 192.0.2.1") == 200);
            CHECK(status("2.2.2.2, 192.0.2.1") == 200);
            CHECK(status("3.3.3.3,192.0.2.1") == 429);
            Connection one(node.port());
            Connection two(node.port()); // a proxy has more than one connection
            two.send(request(node.port(), "/healthz", "X-Forwarded-For: 192.0.2.7\r\n"));
            CHECK(status_of(two.read(5s, is_whole)) == 200);
        }
    }
}
