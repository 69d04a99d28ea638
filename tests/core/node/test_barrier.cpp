// The key that is not beside the database: what it hides there, and what it finds changed.
#include "core/base/file.h"
#include "stored.h"

#include <sys/stat.h>

using namespace tau;
using namespace tau::test;

namespace {

/// One of each kind of row.
void fill(const World& world) {
    Project project(world);
    project.publish(world);
    const auto answer = project.submit(world, project.registration(world), key('1'));
    REQUIRE(answer.status == 201);
    const std::string id = json::parse(answer.body)["registration_id"].get<std::string>();
    const std::string body = "{}";
    const Secret secret = project.hooks[0].text(project.bundles[0].webhook.context.nonce);
    REQUIRE(world
                .send("POST", "/v1/hooks/" + id + "/configuration", body,
                      {{"X-GitHub-Event", "push"},
                       {"X-GitHub-Delivery", "d-1"},
                       {"X-Hub-Signature-256", keys::sign_webhook(secret, body)}})
                .status == 202);
    project.renew(world);
    auto next = project.registration(world);
    REQUIRE(project
                .signed_request(world, "PUT", "/v1/registrations/" + id + "/sealed",
                                vault::to_json(next))
                .status == 200);
    REQUIRE(project.signed_request(world, "DELETE", "/v1/registrations/" + key('7')).status == 404);
}

Secret key_of(const World& world) {
    return read_secret_file(barrier_in(world.folder.path())).value();
}

} // namespace

TEST_CASE("every column of every row: a change is found by reading and by the scan") {
    for (const std::string& engine : engines) {
        CAPTURE(engine);
        const Place place(engine);
        {
            World world(place.where());
            fill(world);
            // The tracker's look after the hint brings rows, too.
            const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
            while (place.open()->run("SELECT 1 FROM ref_state")->empty() &&
                   std::chrono::steady_clock::now() < end) {
                std::this_thread::sleep_for(std::chrono::milliseconds(20));
            }
            world.service.reset();
            const Secret secret = key_of(world);
            const auto database = place.open();
            const node::Barrier barrier(secret);
            node::GuardedRows rows(*database, barrier);
            // Where several processes may be, their polls bring this one.
            const std::string id = database->run("SELECT id FROM registration")->front().text(0);
            const auto polled = rows.insert(node::look_row::table, {id, std::string("code"), now},
                                            node::GuardedRows::IfThere::stays);
            INFO((polled ? "" : polled.error().message + " " + polled.error().detail));
            REQUIRE(polled);
            REQUIRE(rows.insert(node::gone_row::table,
                                {id, std::string("code"), std::string("refs/heads/gone"),
                                 std::string(40, 'c'), now, std::int64_t{0}}));
            int changed = 0;
            for (const node::Table* table : node::all_tables()) {
                const auto whole = rows.scan(*table, {});
                REQUIRE(whole);
                CHECK(whole->changed.empty());
                CAPTURE(std::string(table->name));
                CHECK(whole->rows > 0);
                for (const node::Column& column : table->columns) {
                    const std::string name(column.name);
                    CAPTURE(name);
                    const Result<void> tried = database->transaction([&]() -> Result<void> {
                        const auto values = database->run("SELECT " + name + " FROM " +
                                                          std::string(table->name) + " LIMIT 1");
                        REQUIRE(values);
                        node::Value value = values->front().values()[0];
                        if (auto* number = std::get_if<std::int64_t>(&value)) {
                            *number += 1;
                        } else if (auto* text = std::get_if<std::string>(&value)) {
                            *text += "x";
                        } else {
                            std::get<Bytes>(value).push_back(1);
                        }
                        const auto set = database->run("UPDATE " + std::string(table->name) +
                                                           " SET " + name + " = $1",
                                                       {value});
                        if (set) { // else the engine's own rules forbid it
                            ++changed;
                            const auto scan = rows.scan(*table, {});
                            CHECK((scan && !scan->changed.empty()));
                            const auto read = rows.select(*table, "true", {});
                            CHECK_FALSE(read);
                        }
                        return fail(ErrorCode::cancelled, "Back to what it was.");
                    });
                    CHECK_FALSE(tried);
                }
                CHECK(rows.scan(*table, {})->changed.empty());
            }
            CHECK(changed > 40);
        }
    }
}

TEST_CASE("rows that changed places, and rows that are gone") {
    for (const std::string& engine : engines) {
        for (const char* sql :
             {"UPDATE sealed SET bundle = (SELECT o.bundle FROM sealed o WHERE o.registration_id = "
              "sealed.registration_id AND o.role <> sealed.role)",
              "DELETE FROM sealed", "DELETE FROM repository WHERE role = 'code'",
              "DELETE FROM used_nonce", "DELETE FROM audit WHERE seq = 1",
              "UPDATE registration SET row_mac = NULL"}) {
            CAPTURE(engine);
            CAPTURE(sql);
            const Place place(engine);
            SystemEntropy entropy;
            const auto store = open_store(place);
            REQUIRE(add(*store, keys::OwnerKey::generate(entropy), 1));
            REQUIRE(add(*store, keys::OwnerKey::generate(entropy), 2));
            CHECK(store->verify({}));
            REQUIRE(place.open()->run(sql));
            const auto found = store->verify({});
            REQUIRE_FALSE(found);
            CHECK(found.error().code == ErrorCode::corrupt);
            CHECK_FALSE(found.error().detail.empty());
        }
    }
}

TEST_CASE("rows put back to what they were, each with its own good MAC") {
    struct Trick {
        std::vector<std::string> keep; ///< before the owner rotated one's keys, revoked the other
        std::vector<std::string> put_back;
        const char* word;
    };
    const std::vector<Trick> tricks{
        {{"CREATE TABLE kept AS SELECT * FROM registration"},
         {"UPDATE registration SET (state, updated_at, row_mac) = (SELECT k.state, "
          "k.updated_at, k.row_mac FROM kept k WHERE k.id = registration.id)"},
         "active again"},
        {{"CREATE TABLE kept AS SELECT * FROM sealed"},
         {"UPDATE sealed SET (version, bundle, nonce, bundle_hash, created_at, row_mac) = "
          "(SELECT k.version, k.bundle, k.nonce, k.bundle_hash, k.created_at, k.row_mac "
          "FROM kept k WHERE k.registration_id = sealed.registration_id "
          "AND k.role = sealed.role)"},
         "older than its last rotation"},
        {{}, {"DELETE FROM rotation"}, "the answer to a rotation"},
        {{}, {"DELETE FROM deployment WHERE ord = 0"}, "a deployment"},
        {{}, {"DELETE FROM deployment WHERE ord = 1"}, "a deployment"}, // the last one
        {{}, {"DELETE FROM deployment"}, "a deployment"},
        {{}, {"DELETE FROM deployment", "DELETE FROM deployed"}, "older than its last change"},
        {{"CREATE TABLE kept AS SELECT * FROM deployment"},
         {"DELETE FROM deployment", "INSERT INTO deployment SELECT * FROM kept"},
         "a deployment"},
        {{"CREATE TABLE kept AS SELECT * FROM deployment",
          "CREATE TABLE kept_too AS SELECT * FROM deployed"},
         {"DELETE FROM deployment", "INSERT INTO deployment SELECT * FROM kept",
          "DELETE FROM deployed", "INSERT INTO deployed SELECT * FROM kept_too"},
         "older than its last change"},
    };
    for (const std::string& engine : engines) {
        for (const Trick& trick : tricks) {
            CAPTURE(engine);
            CAPTURE(trick.put_back.front());
            const auto run = [](const Place& at, const std::vector<std::string>& statements) {
                for (const std::string& sql : statements) {
                    REQUIRE(at.open()->run(sql));
                }
            };
            const Place place(engine);
            SystemEntropy entropy;
            const auto owner = keys::OwnerKey::generate(entropy);
            const auto store = open_store(place);
            REQUIRE(add(*store, owner, 1));
            REQUIRE(add(*store, owner, 2));
            REQUIRE(store->set_deployments(
                id_of(1), {owner.public_key(), now, Hash32{1}},
                {{"*", Role::code, "main", ""}, {"node:Qm", Role::code, "", std::string(40, 'c')}},
                now));
            run(place, trick.keep);
            REQUIRE(rotate(*store, owner, 1));
            REQUIRE(store->set_deployments(
                id_of(1), {owner.public_key(), now, Hash32{2}},
                {{"*", Role::code, "main", ""}, {"node:Qm", Role::code, "next", ""}}, now));
            REQUIRE(store->revoke(id_of(2), now));
            CHECK(store->verify({}));
            run(place, trick.put_back);
            const auto found = store->verify({});
            REQUIRE_FALSE(found);
            CHECK(found.error().detail.find(trick.word) != std::string::npos);
        }
    }
}

TEST_CASE("what is secret is in the database in cipher only") {
    const Place place("SQLite");
    {
        const auto store = open_store(place);
        SystemEntropy entropy;
        REQUIRE(add(*store, keys::OwnerKey::generate(entropy), 0x51));
    }
    const std::string file = *read_file(place.where(), 64U << 20U);
    CHECK(file.find(std::string(32, 0x51)) == std::string::npos);
    CHECK(file.find("git.example.org") == std::string::npos);
    CHECK(file.find("project-81") != std::string::npos); // and this is where it would be
}

TEST_CASE("another key is refused before anything is read or written") {
    for (const std::string& engine : engines) {
        CAPTURE(engine);
        const Place place(engine);
        SystemEntropy entropy;
        REQUIRE(add(*open_store(place), keys::OwnerKey::generate(entropy), 1));
        const auto head = place.folder() / "audit.head"; // it is under the key, too
        REQUIRE(std::filesystem::exists(head));
        const Secret other = Secret::random(node::barrier_key_size);
        const auto refused = node::Store::open(place.open(), other, head, now);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().code == ErrorCode::unauthenticated);
        const auto not_read = node::Store::open_to_read(place.open(), other, head);
        REQUIRE_FALSE(not_read);
        CHECK(not_read.error().code == ErrorCode::unauthenticated);
        CHECK(open_store(place)->verify({}));
    }
}

TEST_CASE("a registration that was replaced and is put back is found") {
    for (const std::string& engine : engines) {
        CAPTURE(engine);
        const Place place(engine);
        SystemEntropy entropy;
        const auto owner = keys::OwnerKey::generate(entropy);
        const auto store = open_store(place);
        REQUIRE(add(*store, owner, 1));
        REQUIRE(place.open()->run("CREATE TABLE kept AS SELECT * FROM registration"));
        REQUIRE(place.open()->run("CREATE TABLE kept_keys AS SELECT * FROM sealed"));
        const auto replaced = with_new(owner, 2, 1, {}, [&](node::NewRegistration all) {
            vault::Registration same = all.registration;
            same.project_id = registration(owner, 1).project_id;
            return store->add({same,
                               all.answer,
                               all.bundles,
                               all.text,
                               all.idempotency_key,
                               {},
                               all.challenge_nonce,
                               now,
                               now});
        });
        REQUIRE(replaced);
        REQUIRE(*replaced == std::vector<std::string>{id_of(1)});
        REQUIRE(store->revoke(id_of(2), now));
        CHECK(store->verify({}));
        REQUIRE(place.open()->run("UPDATE registration SET (state, updated_at, row_mac) = (SELECT "
                                  "k.state, k.updated_at, k.row_mac FROM kept k WHERE k.id = "
                                  "registration.id) WHERE id = '" +
                                  id_of(1) + "'"));
        REQUIRE(place.open()->run("INSERT INTO sealed SELECT * FROM kept_keys"));
        const auto found = store->verify({});
        REQUIRE_FALSE(found);
        CHECK(found.error().detail.find("was replaced and is active again: " + id_of(1)) !=
              std::string::npos);
    }
}

TEST_CASE("a database that goes back under a running node is noticed with the next entry") {
    for (const std::string& engine : engines) {
        CAPTURE(engine);
        const Place place(engine);
        SystemEntropy entropy;
        const auto owner = keys::OwnerKey::generate(entropy);
        const auto store = open_store(place);
        REQUIRE(add(*store, owner, 1));
        REQUIRE(add(*store, owner, 2));
        REQUIRE(place.open()->run("DELETE FROM audit WHERE seq = 2"));
        const auto refused = add(*store, owner, 3);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().code == ErrorCode::corrupt);
        CHECK(refused.error().message.find("went back") != std::string::npos);
    }
}

TEST_CASE("a database that cannot be read was not changed") {
    const Place place("PostgreSQL");
    SystemEntropy entropy;
    const auto store = node::Store::open(
        std::move(
            node::open_postgresql(place.where(), {.statement = std::chrono::seconds(1)}).value()),
        place.key(), place.folder() / "audit.head", now);
    REQUIRE(store);
    REQUIRE(add(**store, keys::OwnerKey::generate(entropy), 1));
    const auto other = place.open();
    REQUIRE(other->transaction([&]() -> Result<void> {
        REQUIRE(other->run("LOCK TABLE delivery IN ACCESS EXCLUSIVE MODE"));
        const auto unread = (*store)->verify({});
        REQUIRE_FALSE(unread);
        CHECK(unread.error().code != ErrorCode::corrupt);
        // What is found beside it is told all the same.
        REQUIRE(place.open()->run("UPDATE registration SET project_name = 'x'"));
        CHECK((*store)->verify({}).error().code == ErrorCode::corrupt);
        return {};
    }));
}

TEST_CASE("a database that was put back to an older state is refused") {
    const Place place("SQLite");
    const auto head = place.folder() / "audit.head";
    SystemEntropy entropy;
    REQUIRE(add(*open_store(place), keys::OwnerKey::generate(entropy), 1));
    const std::string older = *read_file(place.where(), 64U << 20U);
    REQUIRE(add(*open_store(place), keys::OwnerKey::generate(entropy), 2));
    const std::string newer = *read_file(place.where(), 64U << 20U);
    const auto put = [&](const std::string& bytes) {
        for (const char* more : {"-wal", "-shm"}) {
            std::filesystem::remove(place.where() + more);
        }
        REQUIRE(write_file_atomic(place.where(), std::string_view(bytes)));
        return node::Store::open(place.open(), place.key(), head, now);
    };
    const auto refused = put(older);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::corrupt);
    CHECK(refused.error().hint.find("audit.head") != std::string::npos);
    CHECK(put(newer));
    // An empty one is older, too; and so is one from before there was protection.
    CHECK_FALSE(put(""));
    REQUIRE(put(newer));
    REQUIRE(place.open()->run("DELETE FROM migration WHERE version >= 5"));
    CHECK_FALSE(node::Store::open(place.open(), place.key(), head, now));
    // With consent it is taken.
    REQUIRE(std::filesystem::remove(head));
    CHECK(put(older));
}

TEST_CASE("a whole folder that was put back shows against an entry written down elsewhere") {
    const Place place("SQLite");
    SystemEntropy entropy;
    REQUIRE(add(*open_store(place), keys::OwnerKey::generate(entropy), 1));
    const auto early = *open_store(place)->last_entry();
    CHECK(early.seq == 1);
    const std::string database = *read_file(place.where(), 64U << 20U);
    const std::string head = *read_file(place.folder() / "audit.head");
    REQUIRE(add(*open_store(place), keys::OwnerKey::generate(entropy), 2));
    const auto late = *open_store(place)->last_entry();
    CHECK(late.seq == 2);
    for (const auto& entry : {early, late}) {
        CHECK(*open_store(place)->has_entry(entry));
    }
    for (const char* more : {"-wal", "-shm"}) {
        std::filesystem::remove(place.where() + more);
    }
    REQUIRE(write_file_atomic(place.where(), std::string_view(database)));
    REQUIRE(write_file_atomic(place.folder() / "audit.head", std::string_view(head)));
    const auto store = open_store(place); // nothing in the folder tells
    CHECK(store->verify({}));
    CHECK(*store->has_entry(early));
    CHECK_FALSE(*store->has_entry(late));
    CHECK_FALSE(*store->has_entry({1, late.hash}));
}

TEST_CASE("a row that was taken away and a broken chain are both told") {
    const Place place("SQLite");
    const auto store = open_store(place);
    SystemEntropy entropy;
    REQUIRE(add(*store, keys::OwnerKey::generate(entropy), 1));
    REQUIRE(add(*store, keys::OwnerKey::generate(entropy), 2));
    REQUIRE(place.open()->run("DELETE FROM audit WHERE seq = 1"));
    REQUIRE(place.open()->run("DELETE FROM repository WHERE role = 'code'"));
    const auto found = store->verify({});
    REQUIRE_FALSE(found);
    CHECK(found.error().detail.find("a repository of this registration is not there") !=
          std::string::npos);
    CHECK(found.error().detail.find("audit log was changed at entry 1") != std::string::npos);
}

TEST_CASE("where the barrier key comes from") {
    const TemporaryDirectory folder;
    SystemEntropy entropy;
    const auto never = []() -> Result<Secret> { return fail(ErrorCode::internal, "Not asked."); };
    const auto plain = folder.path() / "plain";
    REQUIRE(node::make_barrier_key(plain, nullptr, entropy));
    const auto made = node::read_barrier_key(plain, never);
    REQUIRE(made);
    CHECK(made->size() == node::barrier_key_size);
    struct stat info {};
    REQUIRE(::stat(plain.c_str(), &info) == 0);
    CHECK((info.st_mode & 07777U) == 0600U);
    const auto again = node::make_barrier_key(plain, nullptr, entropy);
    REQUIRE_FALSE(again);
    CHECK(again.error().code == ErrorCode::already_exists);
    CHECK(node::read_barrier_key(plain, never)->equals(*made));

    const auto phrased = folder.path() / "phrased";
    const Secret phrase = Secret::copy_of(std::string_view("correct horse"));
    REQUIRE(node::make_barrier_key(phrased, &phrase, entropy));
    CHECK(node::read_barrier_key(phrased, [&]() -> Result<Secret> { return phrase.clone(); }));
    const auto wrong = node::read_barrier_key(phrased, []() -> Result<Secret> {
        return Secret::copy_of(std::string_view("incorrect horse"));
    });
    REQUIRE_FALSE(wrong);
    CHECK(wrong.error().code == ErrorCode::unauthenticated);

    const auto fail_code = [&](const std::filesystem::path& file) {
        const auto read = node::read_barrier_key(file, never);
        REQUIRE_FALSE(read);
        return read.error().code;
    };
    ::unsetenv("CREDENTIALS_DIRECTORY");
    CHECK(fail_code({}) == ErrorCode::invalid_argument);
    CHECK(fail_code(folder.path() / "absent") == ErrorCode::not_found);
    REQUIRE(write_file_atomic(folder.path() / "short", std::string(31, 'k'), 0600));
    CHECK(fail_code(folder.path() / "short") == ErrorCode::corrupt);
    REQUIRE(write_file_atomic(folder.path() / "open", std::string(32, 'k'), 0644));
    CHECK(fail_code(folder.path() / "open") == ErrorCode::permission_denied);

    std::filesystem::create_directory(folder.path() / "credentials");
    REQUIRE(write_file_atomic(folder.path() / "credentials" / "barrier.key", made->bytes(), 0440));
    ::setenv("CREDENTIALS_DIRECTORY", (folder.path() / "credentials").c_str(), 1);
    const auto credential = node::read_barrier_key({}, never);
    const auto named = node::read_barrier_key(folder.path() / "credentials" / "barrier.key", never);
    ::unsetenv("CREDENTIALS_DIRECTORY");
    REQUIRE(credential);
    CHECK(credential->equals(*made));
    REQUIRE(named);
    CHECK(named->equals(*made));
}
