#include "core/base/file.h"
#include "core/node/identity.h"
#include "core/node/store.h"
#include "fixture.h"

#include <chrono>
#include <csignal>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace tau;
using namespace tau::test;

namespace {

constexpr std::int64_t now = 1790000000;

std::unique_ptr<node::Store> open_store(const std::filesystem::path& folder) {
    auto database = node::open_sqlite(folder / "node.db");
    REQUIRE(database);
    auto store = node::Store::open(std::move(*database), now);
    REQUIRE(store);
    return std::move(*store);
}

/// A registration with bytes for bundles: the store does not look into them.
vault::Registration registration(const keys::OwnerKey& owner, int number) {
    vault::Registration out;
    out.project_id = "project-" + std::to_string(number);
    out.project_name = "shop";
    out.owner_key = owner.public_key();
    for (std::size_t i = 0; i < 2; ++i) {
        out.repositories[i] = {i == 0 ? Role::configuration : Role::code,
                               urls[i],
                               {"k1", "k2"},
                               "main",
                               Bytes(8000, static_cast<std::uint8_t>(number))};
    }
    out.deployments = {{"*", Role::code, "main", ""}};
    return out;
}

std::string id_of(int number) {
    std::array<std::uint8_t, 16> id{};
    ByteWriter out;
    out.u64(static_cast<std::uint64_t>(number)).u64(0);
    std::copy(out.bytes().begin(), out.bytes().end(), id.begin());
    return to_hex(id);
}

Result<std::vector<std::string>> add(node::Store& store, const keys::OwnerKey& owner, int number,
                                     const std::optional<Hash32>& fixed_nonce = {}) {
    const vault::Registration added = registration(owner, number);
    const vault::RegistrationAnswer answer{
        id_of(number), "active", {{"shape", "", vault::Outcome::passed, "", "Fine."}}, {}};
    std::array<seal::Bundle, 2> bundles;
    SystemEntropy entropy;
    for (auto& bundle : bundles) {
        entropy.fill(bundle.deploy_key.context.nonce);
    }
    if (fixed_nonce) {
        bundles[0].deploy_key.context.nonce = *fixed_nonce;
    }
    ByteWriter nonce;
    nonce.u64(static_cast<std::uint64_t>(number)).u64(1);
    return store.add({added, answer, bundles, id_of(number), {}, nonce.take(), now, now});
}

/// Writes registrations until it is killed, and tells each that was stored through the pipe.
[[noreturn]] void write_until_killed(const std::filesystem::path& folder, int pipe, int from) {
    SystemEntropy entropy;
    const keys::OwnerKey owner = keys::OwnerKey::generate(entropy);
    auto database = node::open_sqlite(folder / "node.db");
    auto store = node::Store::open(std::move(*database), now);
    for (int i = from;; ++i) {
        if (!add(**store, owner, i) || ::write(pipe, &i, sizeof i) != sizeof i) {
            ::_exit(1);
        }
    }
}

mode_t mode_of(const std::filesystem::path& path) {
    struct stat info {};
    REQUIRE(::stat(path.c_str(), &info) == 0);
    return info.st_mode & 07777U;
}

} // namespace

TEST_CASE("what was acknowledged survives SIGKILL, and nothing is there in part") {
    TemporaryDirectory folder;
    open_store(folder.path());
    int highest = 0;
    for (int round = 0; round < 10; ++round) {
        std::array<int, 2> ends{};
        REQUIRE(::pipe(ends.data()) == 0);
        const pid_t child = ::fork();
        if (child == 0) {
            ::close(ends[0]);
            write_until_killed(folder.path(), ends[1], 1000 * (round + 1));
        }
        ::close(ends[1]);
        int last = 0;
        for (int i = 0; i < 5 + round; ++i) {
            REQUIRE(::read(ends[0], &last, sizeof last) == sizeof last);
        }
        ::kill(child, SIGKILL);
        while (::read(ends[0], &last, sizeof last) == sizeof last) {
            // Told before it died.
        }
        ::close(ends[0]);
        REQUIRE(::waitpid(child, nullptr, 0) == child);
        highest = last;
        const auto store = open_store(folder.path());
        for (int i = 1000 * (round + 1); i <= highest; ++i) {
            CAPTURE(i);
            const auto found = store->find(id_of(i));
            REQUIRE(found);
            REQUIRE(*found);
            CHECK((*found)->repositories[1].sealed.size() == 8000);
        }
        const auto ids = store->active_ids();
        REQUIRE(ids);
        for (const std::string& id : *ids) {
            CHECK(store->checks(id)->size() == 1);
            CHECK(store->deployments(id)->size() == 1);
            const auto found = store->find(id);
            CHECK((*found)->repositories[0].sealed.size() == 8000);
            CHECK((*found)->repositories[0].host_keys == std::vector<std::string>{"k1", "k2"});
        }
        const auto entries = store->verify_audit();
        REQUIRE(entries);
        CHECK(*entries == static_cast<std::int64_t>(ids->size()));
    }
}

TEST_CASE("a conflict leaves nothing behind") {
    TemporaryDirectory folder;
    const auto store = open_store(folder.path());
    SystemEntropy entropy;
    const keys::OwnerKey owner = keys::OwnerKey::generate(entropy);
    REQUIRE(add(*store, owner, 1));
    const auto again = add(*store, owner, 1);
    REQUIRE_FALSE(again);
    CHECK(again.error().code == ErrorCode::conflict);
    const auto entries = store->verify_audit();
    REQUIRE(entries);
    CHECK(*entries == 1);
}

TEST_CASE("a nonce stays with its content after the registration is gone") {
    TemporaryDirectory folder;
    const auto store = open_store(folder.path());
    SystemEntropy entropy;
    const keys::OwnerKey owner = keys::OwnerKey::generate(entropy);
    Hash32 nonce{};
    entropy.fill(nonce);
    REQUIRE(add(*store, owner, 1, nonce));
    REQUIRE(store->revoke(id_of(1), now));
    const auto refused = add(*store, owner, 2, nonce);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::conflict);
    CHECK_FALSE(*store->find(id_of(2)));
    CHECK(*store->nonce_is_taken(nonce, {}));
    CHECK_FALSE(*store->nonce_is_taken(nonce, node::bundle_hash(Bytes(8000, 1))));
}

namespace {

/// Makes of a database what this older program would have left.
void age(const std::filesystem::path& folder, int version) {
    auto database = node::open_sqlite(folder / "node.db");
    REQUIRE(database);
    std::vector<std::string> statements{"DROP TABLE rotation",
                                        "ALTER TABLE ref_state DROP COLUMN forced_at",
                                        "DELETE FROM migration WHERE version = 3"};
    if (version < 2) {
        statements.insert(statements.end(),
                          {"DROP TABLE used_nonce", "CREATE INDEX sealed_nonce ON sealed(nonce)",
                           "DELETE FROM migration WHERE version = 2"});
    }
    for (const std::string& sql : statements) {
        REQUIRE((*database)->run(sql));
    }
}

} // namespace

TEST_CASE("a database of each older program is brought up to date, after a copy of it") {
    for (const int version : {1, 2}) {
        CAPTURE(version);
        TemporaryDirectory folder;
        SystemEntropy entropy;
        const keys::OwnerKey owner = keys::OwnerKey::generate(entropy);
        {
            const auto store = open_store(folder.path());
            REQUIRE(add(*store, owner, 1));
            REQUIRE(store->set_refs(id_of(1), Role::code, {{Role::code, "refs/heads/a", "c", 7}}));
        }
        age(folder.path(), version);
        const auto store = open_store(folder.path());
        const auto found = store->find(id_of(1));
        REQUIRE(found);
        REQUIRE(*found);
        CHECK((*found)->owner_key == owner.public_key());
        CHECK((*found)->sealed_version == 1);
        CHECK((*found)->repositories[1].sealed == Bytes(8000, 1));
        const auto refs = store->refs(id_of(1));
        REQUIRE(refs);
        REQUIRE(refs->size() == 1);
        CHECK(refs->front().observed_at == 7);
        CHECK(refs->front().forced_at == 0);
        CHECK(store->verify_audit());

        const auto copy = folder.path() / ("backup-" + std::to_string(version) + ".db");
        struct stat info {};
        REQUIRE(::stat(copy.c_str(), &info) == 0);
        CHECK((info.st_mode & 0777U) == 0600U);
        const auto old = node::open_sqlite(copy);
        REQUIRE(old);
        const auto newest = (*old)->run("SELECT max(version) FROM migration");
        REQUIRE(newest);
        CHECK(newest->front().integer(0) == version);
        const auto kept = (*old)->run("SELECT count(*) FROM registration");
        REQUIRE(kept);
        CHECK(kept->front().integer(0) == 1);
        // Nothing to do the next time, and so no copy either.
        REQUIRE(std::filesystem::remove(copy));
        CHECK(open_store(folder.path())->find(id_of(1)));
        CHECK_FALSE(std::filesystem::exists(copy));
    }
}

TEST_CASE("an older database learns the nonces it has used") {
    TemporaryDirectory folder;
    SystemEntropy entropy;
    const keys::OwnerKey owner = keys::OwnerKey::generate(entropy);
    Hash32 nonce{};
    entropy.fill(nonce);
    REQUIRE(add(*open_store(folder.path()), owner, 1, nonce));
    age(folder.path(), 1);
    CHECK(*open_store(folder.path())->nonce_is_taken(nonce, {}));
}

TEST_CASE("nothing is written for a registration that has just been revoked") {
    TemporaryDirectory folder;
    const auto store = open_store(folder.path());
    SystemEntropy entropy;
    REQUIRE(add(*store, keys::OwnerKey::generate(entropy), 1));
    REQUIRE(store->revoke(id_of(1), now));
    CHECK(*store->add_delivery(id_of(1), Role::code, "d", {}, now) == node::Delivery::ended);
    REQUIRE(store->set_refs(id_of(1), Role::code, {{Role::code, "refs/heads/a", "c", now}}));
    CHECK(store->refs(id_of(1))->empty());
}

TEST_CASE("what is erased is off the disk") {
    TemporaryDirectory folder;
    const auto store = open_store(folder.path());
    const auto on_disk = [&folder](int number) {
        const std::string needle(200, static_cast<char>(number));
        for (const char* name : {"node.db", "node.db-wal"}) {
            const auto bytes = read_file(folder.path() / name, 64U << 20U);
            REQUIRE(bytes);
            if (bytes->find(needle) != std::string::npos) {
                return true;
            }
        }
        return false;
    };
    SystemEntropy entropy;
    const keys::OwnerKey owner = keys::OwnerKey::generate(entropy);
    REQUIRE(add(*store, owner, 0x51));
    CHECK(on_disk(0x51));
    REQUIRE(store->revoke(id_of(0x51), now));
    CHECK_FALSE(on_disk(0x51));

    REQUIRE(add(*store, owner, 0x52));
    vault::Registration next = registration(owner, 0x53);
    next.project_id = "project-" + std::to_string(0x52);
    std::array<seal::Bundle, 2> bundles;
    entropy.fill(bundles[0].deploy_key.context.nonce);
    entropy.fill(bundles[1].deploy_key.context.nonce);
    const auto replaced = store->add(
        {next, {id_of(0x53), "active", {}, {}}, bundles, id_of(0x53), {}, Bytes(16, 9), now, now});
    REQUIRE(replaced);
    CHECK(*replaced == std::vector<std::string>{id_of(0x52)});
    CHECK(on_disk(0x53));
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (on_disk(0x52) && std::chrono::steady_clock::now() < end) {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    CHECK_FALSE(on_disk(0x52));
    CHECK(on_disk(0x53));
}

TEST_CASE("an exception in a transaction leaves none open") {
    TemporaryDirectory folder;
    const auto database = node::open_sqlite(folder.path() / "a.db");
    REQUIRE(database);
    REQUIRE((*database)->run("CREATE TABLE t(v BIGINT)"));
    const auto half = [&]() -> Result<void> {
        REQUIRE((*database)->run("INSERT INTO t(v) VALUES(1)"));
        throw std::bad_alloc();
    };
    CHECK_THROWS_AS((void)(*database)->transaction(half), std::bad_alloc);
    CHECK((*database)->transaction([&]() -> Result<void> {
        return (*database)->run("INSERT INTO t(v) VALUES(2)").map([](const node::Rows&) {});
    }));
    CHECK((*database)->run("SELECT count(*) FROM t")->front().integer(0) == 1);
}

TEST_CASE("an audit log that was changed is found out") {
    TemporaryDirectory folder;
    SystemEntropy entropy;
    const keys::OwnerKey owner = keys::OwnerKey::generate(entropy);
    {
        const auto store = open_store(folder.path());
        for (int i = 0; i < 5; ++i) {
            REQUIRE(add(*store, owner, i));
        }
        REQUIRE(store->verify_audit());
    }
    for (const char* sql : {"UPDATE audit SET subject = 'x' WHERE seq = 3",
                            "DELETE FROM audit WHERE seq = 2", "UPDATE audit SET at = at + 1"}) {
        CAPTURE(sql);
        TemporaryDirectory copy;
        for (const char* name : {"node.db", "node.db-wal"}) {
            std::error_code ignored;
            std::filesystem::copy(folder.path() / name, copy.path() / name, ignored);
        }
        auto database = node::open_sqlite(copy.path() / "node.db");
        REQUIRE(database);
        REQUIRE((*database)->run(sql));
        const auto store = node::Store::open(std::move(*database), now);
        REQUIRE(store);
        CHECK_FALSE((*store)->verify_audit());
    }
}

TEST_CASE("a database of a newer program is left alone") {
    TemporaryDirectory folder;
    open_store(folder.path());
    auto database = node::open_sqlite(folder.path() / "node.db");
    REQUIRE(database);
    REQUIRE((*database)->run("INSERT INTO migration(version, applied_at) VALUES(99, 0)"));
    const auto store = node::Store::open(std::move(*database), now);
    REQUIRE_FALSE(store);
    CHECK(store.error().code == ErrorCode::corrupt);
}

TEST_CASE("what is past is forgotten") {
    TemporaryDirectory folder;
    const auto store = open_store(folder.path());
    SystemEntropy entropy;
    const keys::OwnerKey owner = keys::OwnerKey::generate(entropy);
    REQUIRE(add(*store, owner, 1));
    ByteWriter nonce;
    nonce.u64(1).u64(1);
    REQUIRE(*store->is_redeemed(nonce.bytes()));
    REQUIRE(store->expire(now + 299));
    CHECK(*store->is_redeemed(nonce.bytes()));
    REQUIRE(store->expire(now + 301));
    CHECK_FALSE(*store->is_redeemed(nonce.bytes()));
    REQUIRE(*store->add_delivery(id_of(1), Role::code, "d", {}, now) == node::Delivery::fresh);
    REQUIRE(*store->add_delivery(id_of(1), Role::code, "d", {}, now) == node::Delivery::repeated);
    REQUIRE(store->expire(now + 31 * 86400));
    CHECK(*store->add_delivery(id_of(1), Role::code, "d", {}, now) == node::Delivery::fresh);
}

TEST_CASE("keys and database are for this user only, whatever the umask") {
    TemporaryDirectory folder;
    const mode_t old = ::umask(0);
    const auto identity = node::load_or_create_identity(folder.path() / "keys");
    open_store(folder.path());
    ::umask(old);
    REQUIRE(identity);
    CHECK(mode_of(folder.path() / "keys") == 0700);
    for (const char* name : {"keys/sign.key", "keys/seal.key", "keys/challenge.key", "node.db"}) {
        CAPTURE(name);
        CHECK(mode_of(folder.path() / name) == 0600);
    }
    const auto again = node::load_or_create_identity(folder.path() / "keys");
    REQUIRE(again);
    CHECK(again->node_id() == identity->node_id());
    CHECK(again->seal_public() == identity->seal_public());
    CHECK(again->sign_public() != again->seal_public());
}
