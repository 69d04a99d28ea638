// Two real tau-vaultd programs before one real PostgreSQL are one node, also while the engine takes
// back one commit in ten and while one of them is killed. `test_vault_cluster rounds=100` does
// more.
#include "core/base/file.h"
#include "core/forge/local.h"
#include "core/git/repository.h"
#include "core/seal/bundle.h"
#include "core/vault/client.h"
#include "tests/app/server_talk.h"
#include "tests/core/node/engines.h"
#include "tests/core/node/fault_counts.h"
#include "tests/support/listener.h"
#include "tests/support/localnet.h"

#include <cstdio>

using namespace tau;
using namespace tau::test;

namespace {

constexpr int projects_at_once = 3;
const int rounds = times("rounds", 5);

/// One of the node's programs, with a data folder of its own.
class Member {
public:
    Member(const std::filesystem::path& folder, const std::string& options, std::uint16_t port)
        : folder_(folder), port_(port) {
        REQUIRE(write_file_atomic(folder / "node.yaml", "data: " + (folder / "node").string() +
                                                            "\nlisten: 127.0.0.1:" +
                                                            std::to_string(port) + "\n" + options));
    }
    /// When it returns the program serves.
    void start() {
        process_ = std::make_unique<Process>(run({}));
        const auto line = process_->read_line(Wait::at_most(20s));
        const std::string errors = read_file(folder_ / "log").value_or("");
        CAPTURE(errors);
        REQUIRE(line);
        REQUIRE(*line);
        REQUIRE((*line)->starts_with("ready "));
        const auto record =
            vault::decode_record(*from_base64((*line)->substr(6)), SystemClock().now());
        REQUIRE(record);
        record_ = *record;
    }
    void end(int signal) {
        process_->kill(signal);
        REQUIRE(process_->wait(Wait::at_most(20s)));
        process_.reset();
    }
    Finished also(const std::string& option) const {
        Process process = run({option});
        const auto code = process.wait(Wait::at_most(60s));
        REQUIRE(code);
        return {*code, process.take_output(), read_file(folder_ / "log").value_or("")};
    }
    const vault::NodeRecord& record() const { return record_; }
    /// Speaks with this program, wherever the node's record says that the node is.
    vault::Client client(int tries = 40) const {
        vault::NodeRecord here = record_;
        here.endpoint = "http://127.0.0.1:" + std::to_string(port_);
        return {http_, entropy_, here, {tries, 50ms, 60s}};
    }

private:
    Process run(const std::vector<std::string>& options) const {
        const int log =
            ::open((folder_ / "log").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        Command command;
        command.program = program_folder().value() / "tau-vaultd";
        command.arguments = {"--config", (folder_ / "node.yaml").string()};
        command.arguments.insert(command.arguments.end(), options.begin(), options.end());
        command.environment = {"PATH=/usr/bin:/bin"};
        command.error = log;
        auto process = Process::start(command);
        ::close(log);
        REQUIRE(process);
        return std::move(*process);
    }

    const std::filesystem::path folder_;
    const std::uint16_t port_;
    std::unique_ptr<Process> process_;
    vault::NodeRecord record_;
    static inline PlainHttp http_;
    static inline SystemEntropy entropy_;
};

/// A git host, a database, and the two programs.
struct Cluster {
    TemporaryDirectory folder;
    Localnet localnet{folder.path() / "net"};
    std::unique_ptr<forge::Forge> forge = forge::open_local_forge(localnet.git_host()).value();
    std::string login = forge->who_am_i({}).value().login;
    Place place{"PostgreSQL"};
    std::vector<std::unique_ptr<Member>> members;

    Cluster() {
        const std::array<Listener, 2> free; // ports that nobody has
        const std::string options =
            "store: " + place.where() + "\nbarrier_key: " + barrier_in(folder.path()).string() +
            "\nname: test\nregion: local\nendpoint: http://127.0.0.1:" +
            std::to_string(free[0].port()) +
            "\nrepositories: {allow_local: true}\n"
            "limits: {owner_per_minute: 0, registrations_per_minute: 0, refusal: 100 ms}\n";
        for (const Listener& listener : free) {
            const auto own = folder.path() / std::to_string(members.size());
            std::filesystem::create_directory(own);
            members.push_back(std::make_unique<Member>(own, options, listener.port()));
        }
    }
    void start() {
        members[0]->start();
        const auto second = folder.path() / "1" / "node";
        REQUIRE(make_private_directory(second));
        std::filesystem::copy(folder.path() / "0" / "node" / "keys", second / "keys");
        std::filesystem::permissions(second / "keys", std::filesystem::perms::owner_all);
        members[1]->start();
    }
    /// From now on one commit in ten of what is written to the audit log is taken back.
    void refuse_commits() const {
        const auto database = place.open();
        for (const char* sql :
             {"CREATE SEQUENCE commits",
              "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
              "IF nextval('commits') % 10 = 0 THEN RAISE SQLSTATE '40001'; END IF; "
              "RETURN NULL; END $$",
              "CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON audit DEFERRABLE "
              "INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse()"}) {
            REQUIRE(database->run(sql));
        }
    }
    std::int64_t number(const std::string& sql, const std::vector<node::Value>& values = {}) const {
        const auto rows = place.open()->run(sql, values);
        REQUIRE(rows);
        return rows->front().integer(0);
    }
};

/// A project whose repositories hold what a node looks for.
struct Prepared {
    SystemEntropy entropy;
    keys::OwnerKey owner = keys::OwnerKey::generate(entropy);
    std::string id;
    std::array<vault::RegisteredRepository, 2> repositories;

    Prepared(const Cluster& cluster, int number) {
        constexpr std::string_view letters = "abcdefghij";
        id = project_id;
        id.back() = letters.at(static_cast<std::size_t>(number));
        for (std::size_t i = 0; i < 2; ++i) {
            prepare(cluster, i, number);
        }
    }
    void prepare(const Cluster& cluster, std::size_t i, int number) {
        const Role role = i == 0 ? Role::configuration : Role::code;
        const std::string name = (i == 0 ? "tb_shop" : "tb_code_shop") + std::to_string(number);
        const auto remote =
            cluster.forge->create_repository({cluster.login, name, "", "main", true}, {});
        REQUIRE(remote);
        const auto deploy_key = keys::DeployKey::generate(entropy);
        REQUIRE(
            cluster.forge->add_deploy_key(*remote, "vault", deploy_key.public_line("vault"), {}));
        const TemporaryDirectory folder;
        auto work = git::Repository::init(folder.path() / "work", "main", false);
        REQUIRE(work);
        const std::array<std::pair<std::string, git::Files>, 2> branches{
            {{"main", {{"config.yaml", "id: " + id + "\nname: shop\n"}}},
             {"tau-owner",
              {{"claim", vault::to_text(vault::make_claim(owner, id, role, remote->ssh_url))}}}}};
        for (const auto& [branch, files] : branches) {
            const std::string ref = "refs/heads/" + branch;
            REQUIRE(work->commit(branch, files, {"Ada", "ada@example.org"}, "Begin"));
            REQUIRE(git::push(work->path(), cluster.forge->push_remote(*remote, {}).value(),
                              {ref + ":" + ref}, {}));
        }
        const vault::NodeRecord& record = cluster.members[0]->record();
        const auto bundle =
            seal::seal_bundle(deploy_key, keys::WebhookSecret::generate(entropy), owner,
                              {id, remote->ssh_url, record.node_id(), owner.public_key(),
                               record.seal_key, SystemClock().now()},
                              entropy);
        REQUIRE(bundle);
        repositories[i] = {role, remote->ssh_url, cluster.forge->host_keys({}).value(), "main",
                           seal::encode(*bundle)};
    }
    /// With a challenge of this member.
    vault::Registration registration(const Member& member) const {
        vault::Registration out;
        out.project_id = id;
        out.project_name = "shop";
        const auto challenge = member.client().challenge(owner.public_key(), {});
        INFO((challenge ? "" : challenge.error().message));
        REQUIRE(challenge);
        out.challenge = *challenge;
        out.repositories = repositories;
        vault::sign(out, owner);
        return out;
    }
    /// The answer's JSON; else the reason in words.
    std::string submit(const Member& member, const vault::Registration& registration,
                       const std::string& idempotency_key, int tries = 40) const {
        const auto answer = member.client(tries).register_project(registration, idempotency_key,
                                                                  SystemClock().now(), {});
        return answer ? vault::to_json(*answer) : answer.error().message + answer.error().detail;
    }
};

std::string new_key() {
    return to_hex(Secret::random(16).bytes());
}

bool is_answer(const std::string& said) {
    return said.starts_with("{") && said.find("\"active\"") != std::string::npos;
}

/// The cluster with some projects, for the whole file.
struct Scene {
    Cluster cluster;
    std::vector<std::unique_ptr<Prepared>> projects;
    std::map<std::string, std::string> answers; ///< idempotency key -> what it got

    Scene() {
        cluster.start();
        cluster.refuse_commits();
        for (int i = 0; i < projects_at_once; ++i) {
            projects.push_back(std::make_unique<Prepared>(cluster, i));
        }
    }
    Member& member(std::size_t i) const { return *cluster.members.at(i); }
    /// One registration for each key and, of each project, one that is active.
    void check() const {
        for (const auto& [idempotency_key, answer] : answers) {
            CHECK(cluster.number("SELECT count(*) FROM registration WHERE idempotency_key = $1",
                                 {idempotency_key}) == 1);
        }
        CHECK(cluster.number("SELECT count(*) FROM registration") ==
              static_cast<std::int64_t>(answers.size()));
        CHECK(cluster.number("SELECT count(*) FROM registration WHERE state = 'active'") <=
              projects_at_once);
    }
    std::int64_t taken_back() const {
        return cluster.number("SELECT last_value FROM commits") / 10;
    }
};

Scene& scene() {
    static Scene one;
    return one;
}

struct Request {
    const Prepared& project;
    vault::Registration registration;
    std::string key = new_key();
    std::array<std::string, 2> said{};
};

} // namespace

TEST_CASE("the same request through two programs at once, with commits taken back: one answer") {
    Scene& all = scene();
    CHECK(all.member(0).record() == all.member(1).record());
    for (int round = 0; round < rounds; ++round) {
        std::vector<Request> requests;
        for (const auto& project : all.projects) {
            requests.push_back(
                {*project, project->registration(all.member(round % 2 == 0 ? 0 : 1))});
        }
        {
            std::vector<std::jthread> threads;
            for (Request& request : requests) {
                for (std::size_t i = 0; i < 2; ++i) {
                    threads.emplace_back([&request, &all, i] {
                        request.said.at(i) = request.project.submit(
                            all.member(i), request.registration, request.key);
                    });
                }
            }
        }
        for (const Request& request : requests) {
            CAPTURE(request.said[0]);
            CAPTURE(request.said[1]);
            CHECK(is_answer(request.said[0]));
            CHECK(request.said[0] == request.said[1]);
            all.answers[request.key] = request.said[0];
        }
    }
    all.check();
    CHECK(all.taken_back() > 0);
    std::printf("two tau-vaultd before one PostgreSQL: %zu registrations through both at once, "
                "%lld commits taken back: one registration and one answer for each key\n",
                all.answers.size(), static_cast<long long>(all.taken_back()));
}

TEST_CASE("a challenge of one program is good at the other, and once in all") {
    Scene& all = scene();
    const Prepared& shop = *all.projects[0];
    const auto first = shop.registration(all.member(0));
    const std::string taken = new_key();
    all.answers[taken] = shop.submit(all.member(1), first, taken);
    CHECK(is_answer(all.answers[taken]));
    CHECK(shop.submit(all.member(0), first, new_key()).find("challenge_redeemed") !=
          std::string::npos);

    const auto second = shop.registration(all.member(1));
    const std::array<std::string, 2> racing{new_key(), new_key()};
    std::array<std::string, 2> said;
    {
        const std::jthread one([&] { said[0] = shop.submit(all.member(0), second, racing[0]); });
        const std::jthread other([&] { said[1] = shop.submit(all.member(1), second, racing[1]); });
    }
    CAPTURE(said[0]);
    CAPTURE(said[1]);
    CHECK(is_answer(said[0]) != is_answer(said[1]));
    const std::size_t winner = is_answer(said[0]) ? 0 : 1;
    all.answers[racing.at(winner)] = said.at(winner);
    CHECK(said.at(1 - winner).find("challenge_redeemed") != std::string::npos);
    all.check();
}

TEST_CASE("one of two programs is killed while it registers: the other finishes what it began") {
    Scene& all = scene();
    Member& victim = all.member(0);
    int unanswered = 0;
    for (int round = 0; round < rounds; ++round) {
        std::vector<Request> requests;
        for (const auto& project : all.projects) {
            requests.push_back({*project, project->registration(victim)});
        }
        {
            std::vector<std::jthread> threads;
            for (Request& request : requests) {
                threads.emplace_back([&request, &victim] {
                    request.said[0] =
                        request.project.submit(victim, request.registration, request.key, 1);
                });
            }
            std::this_thread::sleep_for(40ms + 50ms * (round % 8)); // proofs, logins, storing
            victim.end(SIGKILL);
        }
        for (const Request& request : requests) {
            const std::string again =
                request.project.submit(all.member(1), request.registration, request.key);
            CAPTURE(again);
            CHECK(is_answer(again));
            CHECK((!is_answer(request.said[0]) || request.said[0] == again));
            unanswered += is_answer(request.said[0]) ? 0 : 1;
            all.answers[request.key] = again;
        }
        victim.start();
        CHECK(victim.record() == all.member(1).record());
    }
    CHECK(unanswered > 0);
    all.check();
    victim.end(SIGTERM);
    const Finished verified = victim.also("--verify-store");
    CAPTURE(verified.errors);
    CHECK(verified.code == 0);
    victim.start();
    std::printf("one of two tau-vaultd killed %d times: %d registrations begun there and finished "
                "at the other\n",
                rounds, unanswered);
}
