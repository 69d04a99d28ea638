#include "core/base/file.h"
#include "core/node/challenge.h"
#include "core/node/identity.h"
#include "fixture.h"

using namespace tau;
using namespace tau::test;

TEST_CASE("a damaged or readable key file stops the node instead of giving it a new identity") {
    for (const char* name : {"sign.key", "seal.key"}) {
        CAPTURE(name);
        TemporaryDirectory folder;
        REQUIRE(node::load_or_create_identity(folder.path() / "k"));
        REQUIRE(write_file_atomic(folder.path() / "k" / name, std::string_view("short")));
        CHECK_FALSE(node::load_or_create_identity(folder.path() / "k"));
        REQUIRE(write_file_atomic(folder.path() / "k" / name, std::string(64, 'x'), 0644));
        CHECK_FALSE(node::load_or_create_identity(folder.path() / "k"));
    }
    TemporaryDirectory folder;
    REQUIRE(node::load_or_create_identity(folder.path() / "k"));
    REQUIRE(write_file_atomic(folder.path() / "k" / "sign.key", std::string(64, 'x')));
    CHECK_FALSE(node::load_or_create_identity(folder.path() / "k"));
}

TEST_CASE("a node whose key is gone, or another, does not open its database") {
    World world;
    world.service.reset();
    const std::filesystem::path data = world.folder.path() / "node";
    node::Settings settings;
    settings.data = data;
    settings.barrier_key = barrier_in(world.folder.path());
    settings.name = "test";
    settings.endpoint = "http://127.0.0.1:1";
    settings.region = 1;
    const auto opens = [&] {
        return node::Service::open(settings, world.clock, world.entropy, world.log,
                                   std::make_unique<FakeRepositories>())
            .has_value();
    };
    REQUIRE(opens());
    // The barrier's key is not to lie where the database is.
    std::filesystem::rename(barrier_in(world.folder.path()), data / "barrier.key");
    settings.barrier_key = data / "barrier.key";
    CHECK_FALSE(opens());
    std::filesystem::rename(data / "barrier.key", world.folder.path() / "barrier.key");
    settings.barrier_key = barrier_in(world.folder.path());
    // Wherever that is.
    for (const std::string name : {"s/node.db", "node.db"}) {
        settings.store = name == "node.db" ? name : (world.folder.path() / name).string();
        CAPTURE(settings.store);
        settings.barrier_key = std::filesystem::absolute(settings.store).parent_path() / "bk";
        const auto refused = node::check_settings(settings);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().code == ErrorCode::invalid_argument);
        CHECK_FALSE(opens());
        CHECK_FALSE(std::filesystem::exists(settings.store));
    }
    settings.store.clear();
    settings.barrier_key = barrier_in(world.folder.path());
    REQUIRE(opens());
    const TemporaryDirectory other;
    REQUIRE(node::load_or_create_identity(other.path() / "keys"));
    for (const char* name : {"sign.key", "seal.key"}) {
        CAPTURE(std::string(name));
        const std::filesystem::path key = data / "keys" / name;
        const std::string kept = *read_file(key);
        std::filesystem::remove(key);
        CHECK_FALSE(opens());
        CHECK_FALSE(std::filesystem::exists(key)); // not replaced in silence
        REQUIRE(write_file_atomic(key, *read_file(other.path() / "keys" / name), 0600));
        CHECK_FALSE(opens());
        REQUIRE(write_file_atomic(key, kept, 0600));
        CHECK(opens());
    }
}

TEST_CASE("a challenge is recognised only whole, by its node and for its owner") {
    constexpr std::int64_t made_at = 1790000000;
    SystemEntropy entropy;
    const Secret mine = Secret::random(32);
    const Secret other = Secret::random(32);
    const auto owner = keys::OwnerKey::generate(entropy).public_key();
    const Bytes challenge = node::make_challenge(mine, owner, made_at, entropy);
    const auto opened = node::open_challenge(mine, owner, challenge);
    REQUIRE(opened);
    CHECK(opened->expires == made_at + node::challenge_life);
    CHECK_FALSE(node::open_challenge(other, owner, challenge));
    CHECK_FALSE(
        node::open_challenge(mine, keys::OwnerKey::generate(entropy).public_key(), challenge));
    for (std::size_t i = 0; i < challenge.size(); ++i) {
        Bytes bad = challenge;
        bad[i] ^= 1;
        CHECK_FALSE(node::open_challenge(mine, owner, bad));
        CHECK_FALSE(node::open_challenge(mine, owner, ByteView(challenge).first(i)));
    }
    CHECK(node::make_challenge(mine, owner, made_at, entropy) != challenge);
}
