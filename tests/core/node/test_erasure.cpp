// What is erased leaves the disk, and who may still see it meanwhile.
#include "core/base/file.h"
#include "stored.h"

#include <chrono>
#include <future>
#include <thread>

using namespace tau;
using namespace tau::test;

namespace {

/// A registration's first bundle as it stands in the database: in cipher.
Bytes stored_bundle(const Place& place, int number) {
    const auto rows =
        place.open()->run("SELECT bundle FROM sealed WHERE registration_id = $1", {id_of(number)});
    REQUIRE(rows);
    REQUIRE(rows->size() == 2);
    return rows->front().bytes(0);
}

bool is_on_disk(const Place& place, const Bytes& bundle) {
    for (const char* name : {"node.db", "node.db-wal"}) {
        const auto bytes = read_file(place.folder() / name, 64U << 20U);
        REQUIRE(bytes);
        for (std::size_t at = 0; at + 64 <= bundle.size(); at += 64) {
            if (bytes->find(as_text(ByteView(bundle).subspan(at, 64))) != std::string::npos) {
                return true;
            }
        }
    }
    return false;
}

bool goes_off_disk(const Place& place, const Bytes& bundle) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (is_on_disk(place, bundle) && std::chrono::steady_clock::now() < end) {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return !is_on_disk(place, bundle);
}

} // namespace

TEST_CASE("what is erased is off the disk") {
    const Place place("SQLite");
    const auto store = open_store(place);
    SystemEntropy entropy;
    const keys::OwnerKey owner = keys::OwnerKey::generate(entropy);
    REQUIRE(add(*store, owner, 0x51));
    const Bytes first = stored_bundle(place, 0x51);
    CHECK(is_on_disk(place, first));
    REQUIRE(store->revoke(id_of(0x51), now));
    CHECK_FALSE(is_on_disk(place, first));

    REQUIRE(add(*store, owner, 0x52));
    const Bytes second = stored_bundle(place, 0x52);
    vault::Registration next = registration(owner, 0x53);
    next.project_id = "project-" + std::to_string(0x52);
    std::array<seal::Bundle, 2> bundles;
    entropy.fill(bundles[0].deploy_key.context.nonce);
    entropy.fill(bundles[1].deploy_key.context.nonce);
    const vault::RegistrationAnswer answer{id_of(0x53), "active", {}, {}};
    const auto replaced = store->add(
        {next, answer, bundles, vault::to_json(answer), id_of(0x53), {}, Bytes(16, 9), now, now});
    REQUIRE(replaced);
    CHECK(*replaced == std::vector<std::string>{id_of(0x52)});
    const Bytes third = stored_bundle(place, 0x53);
    CHECK(is_on_disk(place, third));
    CHECK(goes_off_disk(place, second));
    CHECK(is_on_disk(place, third));
}

TEST_CASE("what a reader keeps on the disk is not called erased, and goes when it ends") {
    const Place place("SQLite");
    const auto store = open_store(place);
    SystemEntropy entropy;
    REQUIRE(add(*store, keys::OwnerKey::generate(entropy), 1));
    const Bytes bundle = stored_bundle(place, 1);
    CHECK(store->erased());
    const auto reader = place.open();
    REQUIRE(reader->run("BEGIN"));
    REQUIRE(reader->run("SELECT count(*) FROM sealed"));
    for (int i = 0; i < 2; ++i) {
        const auto revoked = store->revoke(id_of(1), now);
        REQUIRE_FALSE(revoked);
        CHECK(revoked.error().code == ErrorCode::unavailable);
        CHECK((*store->find(id_of(1)))->state == "revoked");
        CHECK(is_on_disk(place, bundle));
        CHECK_FALSE(store->erased());
    }
    const auto while_read = node::Store::open(place.open(), place.key(), {}, now);
    CHECK(while_read); // who reads does not keep a node from starting
    REQUIRE(reader->run("COMMIT"));
    CHECK(goes_off_disk(place, bundle)); // by itself
    CHECK(store->revoke(id_of(1), now));
    CHECK(store->erased());
}

TEST_CASE("what looks through the whole database makes nobody wait, and waits for nobody") {
    const Place place("SQLite");
    const auto store = open_store(place);
    SystemEntropy entropy;
    REQUIRE(add(*store, keys::OwnerKey::generate(entropy), 1));
    const auto database = place.open();
    const auto whole = database->transaction([&]() -> Result<void> {
        REQUIRE(database->run("DELETE FROM used_nonce"));
        auto looking = std::async(std::launch::async, [&] {
            const auto counted = database->run_aside("SELECT count(*) FROM used_nonce");
            return database->check_structure() && counted && counted->front().integer(0) == 2;
        });
        REQUIRE(looking.wait_for(std::chrono::seconds(20)) == std::future_status::ready);
        CHECK(looking.get()); // and sees only what is committed
        return {};
    });
    CHECK(whole);
    CHECK_FALSE(database->run_aside("DELETE FROM registration"));
}
