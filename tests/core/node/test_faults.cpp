// What a node promises when it is killed, when its files are damaged and when requests are played
// again. Counts on the command line, as in `test_node_faults kills=1000`; it prints its figures.
#include "core/base/file.h"
#include "fault_counts.h"
#include "node_process.h"
#include "stored.h"

#include <barrier>
#include <random>
#include <thread>

using namespace tau;
using namespace tau::test;

namespace {

/// A request for a registration with a fresh challenge.
node::Request registering(const NodeProcess& process, const Project& project,
                          const std::string& idempotency_key) {
    const auto challenge =
        process.ask({"POST",
                     "/v1/challenges",
                     {},
                     json{{"owner_key", to_base64(project.owner.public_key())}}.dump()});
    REQUIRE(challenge.status == 200);
    const auto registration = project.registration_for(
        *from_base64(json::parse(challenge.body)["challenge"].get<std::string>()));
    return {"POST",
            "/v1/registrations",
            {{"Idempotency-Key", idempotency_key}},
            vault::to_json(registration)};
}

std::string hex_key(int number) {
    std::array<char, 33> text{};
    std::snprintf(text.data(), text.size(), "%032x", static_cast<unsigned>(number));
    return text.data();
}

void flip(std::string& bytes, std::size_t at, std::size_t bit) {
    bytes[at] = static_cast<char>(static_cast<unsigned char>(bytes[at]) ^ (1U << bit));
}

struct Kills {
    int before_login = 0;  ///< while the proofs or logins were worked on
    int storing = 0;       ///< after the last login, before an answer came
    int stored = 0;        ///< of these, the registration was there afterwards
    int answered = 0;      ///< after the answer
    int before_commit = 0; ///< on purpose, when COMMIT was to be sent
    int after_commit = 0;  ///< on purpose, when the engine had said that it is done
};

/// Waits until the request is at its last step, or for a moment drawn by lot; then a little more.
void wait_for_moment(NodeProcess& process, std::mt19937& random) {
    const bool late = random() % 4 != 0;
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (late && process.stage().logins < 2 && std::chrono::steady_clock::now() < end) {
        std::this_thread::sleep_for(std::chrono::microseconds(100));
    }
    std::this_thread::sleep_for(std::chrono::microseconds(random() % (late ? 6000 : 60'000)));
}

/// Kills the process at a moment that the round decides and gives the answer if one came before:
/// of three, one kill is just before COMMIT, one just after it, and one at any time.
std::optional<node::Response> kill_in_round(int round, NodeProcess& process,
                                            const node::Request& request, std::mt19937& random,
                                            Kills& count) {
    using Death = Stage::Death;
    Stage& stage = process.stage();
    stage.logins = 0;
    stage.death = std::array{Death::before_commit, Death::after_commit, Death::none}.at(
        static_cast<std::size_t>(round % 3));
    process.send(request);
    std::optional<node::Response> early;
    if (stage.death == Death::none) {
        wait_for_moment(process, random);
        const bool storing = stage.logins >= 2;
        pollfd ready{process.socket(), POLLIN, 0};
        if (::poll(&ready, 1, 0) == 1) {
            early = process.receive();
        }
        ++(early ? count.answered : storing ? count.storing : count.before_login);
    } else {
        CHECK_FALSE(process.receive()); // it is dead when this returns
        ++(stage.death == Death::before_commit ? count.before_commit : count.after_commit);
    }
    process.kill();
    stage.death = Death::none;
    process.start();
    return early;
}

} // namespace

TEST_CASE("SIGKILL while registering: nothing acknowledged is lost, one registration a key") {
    const int kills = times("kills", 15);
    for (const std::string& engine : engines) {
        CAPTURE(engine);
        const Place place(engine);
        std::unique_ptr<World> world = std::make_unique<World>(place.where());
        Project project(*world);
        project.publish(*world);
        world->service.reset();
        node::Settings settings;
        settings.data = world->folder.path() / "node";
        settings.store = place.where();
        settings.barrier_key = barrier_in(world->folder.path());
        settings.name = "test";
        settings.endpoint = "http://127.0.0.1:1";
        settings.region = 1;
        NodeProcess process(settings, world->repositories);
        std::mt19937 random(7);
        std::map<std::string, std::string> answers; ///< idempotency key -> what it got
        Kills count;
        process.start();
        for (int i = 0; i < kills; ++i) {
            CAPTURE(i);
            const std::string one_key = hex_key(i + 1);
            const node::Request request = registering(process, project, one_key);
            const Kills before = count;
            const auto early = kill_in_round(i, process, request, random, count);
            const node::Response again = process.ask(request);
            if (early) {
                CHECK(early->status == 201);
                CHECK(again.status == 200);
                CHECK(again.body == early->body);
            } else if (count.before_commit > before.before_commit) {
                CHECK(again.status == 201);
            } else if (count.after_commit > before.after_commit) {
                CHECK(again.status == 200);
            } else {
                CHECK((again.status == 200 || again.status == 201));
                count.stored += again.status == 200 ? 1 : 0;
            }
            CHECK(process.ask(request).body == again.body);
            answers[one_key] = again.body;
        }
        process.kill();
        const auto database = place.open();
        const auto rows = database->run("SELECT idempotency_key, answer, state FROM registration");
        REQUIRE(rows);
        CHECK(rows->size() == answers.size());
        int active = 0;
        for (const node::Row& row : *rows) {
            CHECK(answers[row.text(0)] == row.text(1));
            active += row.text(2) == "active" ? 1 : 0;
        }
        CHECK(active == 1); // of one project: the last
        CHECK(node::verify_store(settings));
        std::printf("%s: killed %d times while registering (%d before the last login, %d while "
                    "storing of which %d were stored, %d just before COMMIT of which none was, %d "
                    "just after COMMIT of which all were, %d after the answer): no acknowledged "
                    "registration lost, one for each key, receipts the same\n",
                    engine.c_str(), kills, count.before_login, count.storing, count.stored,
                    count.before_commit, count.after_commit, count.answered);
    }
}

TEST_CASE("a damaged log: what opens is an exact beginning of what was written") {
    const int trials = times("logs", 40);
    const Place place("SQLite");
    constexpr int written = 12;
    SystemEntropy entropy;
    const keys::OwnerKey owner = keys::OwnerKey::generate(entropy);
    const auto store = open_store(place); // its log is empty now
    for (int i = 0; i < written; ++i) {
        REQUIRE(add(*store, owner, i));
    }
    const std::string file = *read_file(place.where(), 64U << 20U);
    const std::string log = *read_file(place.where() + "-wal", 64U << 20U);
    REQUIRE(log.size() > 100'000);
    std::mt19937 random(11);
    std::map<std::size_t, int> prefixes;
    for (int i = 0; i < trials; ++i) {
        CAPTURE(i);
        std::string damaged = log;
        const std::size_t at = random() % log.size();
        const std::size_t length = std::min<std::size_t>(random() % 20'000, log.size() - at);
        switch (i % 4) {
        case 0:
            damaged.resize(at);
            break;
        case 1:
            flip(damaged, at, random() % 8);
            break;
        case 2:
            std::fill_n(damaged.begin() + static_cast<std::ptrdiff_t>(at), length, '\0');
            break;
        default:
            std::generate_n(damaged.begin() + static_cast<std::ptrdiff_t>(at), length,
                            [&random] { return static_cast<char>(random()); });
        }
        const TemporaryDirectory copy;
        const auto path = copy.path() / "node.db";
        REQUIRE(write_file_atomic(path, std::string_view(file)));
        REQUIRE(write_file_atomic(copy.path() / "node.db-wal", std::string_view(damaged)));
        auto database = node::open_sqlite(path);
        REQUIRE(database);
        const auto opened = node::Store::open(std::move(*database), place.key(), {}, now);
        REQUIRE(opened);
        const auto ids = (*opened)->active_ids();
        REQUIRE(ids);
        ++prefixes[ids->size()];
        for (std::size_t n = 0; n < ids->size(); ++n) {
            CHECK(*(*opened)->find(id_of(static_cast<int>(n))));
        }
        CHECK((*opened)->verify({}));
    }
    CHECK(prefixes.size() > 3);
    std::printf("SQLite: %d damaged logs, each opened as an exact beginning of %d registrations "
                "(%zu different ones)\n",
                trials, written, prefixes.size());
}

namespace {

/// All that a program reads from it; "damaged" where it cannot be read.
std::string dump(const std::filesystem::path& path) {
    const auto database = node::open_sqlite(path);
    if (!database) {
        return "damaged";
    }
    std::string text;
    for (const node::Table* table : node::all_tables()) {
        const auto rows = (*database)->run("SELECT * FROM " + std::string(table->name));
        if (!rows) {
            return "damaged";
        }
        for (const node::Row& row : *rows) {
            for (const node::Value& value : row.values()) {
                if (const auto* number = std::get_if<std::int64_t>(&value)) {
                    text += "i" + std::to_string(*number);
                } else if (const auto* words = std::get_if<std::string>(&value)) {
                    text += "t" + *words;
                } else if (const auto* bytes = std::get_if<Bytes>(&value)) {
                    text += "b";
                    text += as_text(*bytes);
                } else {
                    text += "n";
                }
                text += '\x1f';
            }
            text += '\x1e';
        }
        text += '\x1d';
    }
    return text;
}

} // namespace

TEST_CASE("flipped bits in the database: every one that changes a row is found") {
    const int trials = times("flips", 100);
    const Place place("SQLite");
    {
        SystemEntropy entropy;
        const keys::OwnerKey owner = keys::OwnerKey::generate(entropy);
        const auto store = open_store(place);
        for (int i = 0; i < 8; ++i) {
            REQUIRE(add(*store, owner, i));
            REQUIRE(store->set_refs(id_of(i), Role::code,
                                    {{Role::code, "refs/heads/main", std::string(40, 'c'), now}},
                                    {}));
            REQUIRE(store->add_delivery(id_of(i), Role::code, "d", {}, now));
            REQUIRE(store->withdraw(owner.public_key(), hex_key(i), now + 120));
        }
    }
    const std::string file = *read_file(place.where(), 64U << 20U);
    const std::string whole = dump(place.where());
    REQUIRE(whole != "damaged");
    std::mt19937 random(13);
    int changed = 0;
    int found = 0;
    int noticed = 0;
    for (int i = 0; i < trials; ++i) {
        std::string damaged = file;
        const std::size_t at = random() % file.size();
        const std::size_t bit = random() % 8;
        flip(damaged, at, bit);
        CAPTURE(at);
        CAPTURE(bit);
        const TemporaryDirectory copy;
        const auto path = copy.path() / "node.db";
        REQUIRE(write_file_atomic(path, std::string_view(damaged)));
        const bool is_changed = dump(path) != whole;
        auto database = node::open_sqlite(path);
        auto opened = database ? node::Store::open(std::move(*database), place.key(), {}, now)
                               : fail(database.error());
        const bool is_found = !opened || !(*opened)->verify({});
        changed += is_changed ? 1 : 0;
        found += is_changed && is_found ? 1 : 0;
        noticed += is_found ? 1 : 0;
        CHECK((!is_changed || is_found));
    }
    CHECK(changed > trials / 4);
    std::printf("SQLite: %d flipped bits, %d changed what is read and %d of these were found "
                "(%d found in all)\n",
                trials, changed, found, noticed);
}

TEST_CASE("a challenge is redeemed once, however often it comes") {
    const int replays = times("replays", 1500);
    const int parallel = times("parallel", 24);
    for (const std::string& engine : engines) {
        CAPTURE(engine);
        const Place place(engine);
        const World world(place.where());
        const Project project(world);
        project.publish(world);
        const auto used = project.registration(world);
        REQUIRE(project.submit(world, used, hex_key(1)).status == 201);
        std::atomic<int> accepted{0};
        std::atomic<int> redeemed{0};
        {
            std::vector<std::jthread> threads;
            for (int t = 0; t < 4; ++t) {
                threads.emplace_back([&, t] {
                    for (int i = t; i < replays; i += 4) {
                        const auto answer = project.submit(world, used, hex_key(1000 + i));
                        accepted += answer.status < 400 ? 1 : 0;
                        redeemed +=
                            answer.body.find("challenge_redeemed") != std::string::npos ? 1 : 0;
                    }
                });
            }
        }
        CHECK(accepted == 0);
        CHECK(redeemed == replays);

        const auto fresh = project.registration(world);
        std::atomic<int> good{0};
        std::atomic<int> odd{0};
        {
            std::barrier<> start(parallel);
            std::vector<std::jthread> threads;
            for (int i = 0; i < parallel; ++i) {
                threads.emplace_back([&, i] {
                    start.arrive_and_wait();
                    const int status = project.submit(world, fresh, hex_key(1'000'000 + i)).status;
                    good += status == 201 ? 1 : 0;
                    odd += status != 201 && status != 422 && status != 503 ? 1 : 0;
                });
            }
        }
        CHECK(good == 1);
        CHECK(odd == 0);
        std::printf("%s: %d replayed challenges, %d accepted; %d at once, %d accepted\n",
                    engine.c_str(), replays, accepted.load(), parallel, good.load());
    }
}
