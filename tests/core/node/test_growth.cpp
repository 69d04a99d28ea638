// What would grow for ever if nobody forgot it, and what one owner may add.
#include "hooked.h"
#include "stored.h"

#include <algorithm>

using namespace tau;
using namespace tau::test;

namespace {

/// Counts what each statement that deletes takes away at most.
class CountedDeletes final : public node::Database {
public:
    CountedDeletes(std::unique_ptr<node::Database> real, std::shared_ptr<std::size_t> most)
        : real_(std::move(real)), most_(std::move(most)) {}
    Result<node::Rows> run(std::string_view sql,
                           const std::vector<node::Value>& parameters) override {
        auto rows = real_->run(sql, parameters);
        if (rows && sql.starts_with("DELETE")) {
            CHECK(sql.find("RETURNING") < sql.size());
            *most_ = std::max(*most_, rows->size());
        }
        return rows;
    }
    Result<node::Rows> run_aside(std::string_view sql) override { return real_->run_aside(sql); }
    Result<void> transaction(const Work& work) override { return real_->transaction(work); }
    Result<void> in_turn(const Work& work) override { return real_->in_turn(work); }
    Result<void> alone(const Work& work) override { return real_->alone(work); }
    bool is_shared() const override { return real_->is_shared(); }
    std::string_view bytes_type() const override { return real_->bytes_type(); }
    Result<void> check_structure() override { return real_->check_structure(); }
    Result<void> scrub() override { return real_->scrub(); }
    Result<void> keep_copy(const std::string& name) override { return real_->keep_copy(name); }
    void stop() override { real_->stop(); }
    Result<void> forget_copies(const std::string& start, std::int64_t before) override {
        return real_->forget_copies(start, before);
    }

private:
    const std::unique_ptr<node::Database> real_;
    const std::shared_ptr<std::size_t> most_;
};

std::int64_t rows_in(const Place& place, const std::string& table) {
    const auto counted = place.open()->run("SELECT count(*) FROM " + table);
    REQUIRE(counted);
    return counted->front().integer(0);
}

} // namespace

TEST_CASE("what is past is forgotten") {
    for (const std::string& engine : engines) {
        CAPTURE(engine);
        const Place place(engine);
        const auto store = open_store(place);
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
        REQUIRE(*store->add_delivery(id_of(1), Role::code, "d", {}, now) ==
                node::Delivery::repeated);
        REQUIRE(store->expire(now + 31 * 86400));
        CHECK(*store->add_delivery(id_of(1), Role::code, "d", {}, now) == node::Delivery::fresh);
    }
}

TEST_CASE("thousands of rows that are past go some at a time") {
    for (const std::string& engine : engines) {
        CAPTURE(engine);
        const Place place(engine);
        SystemEntropy entropy;
        REQUIRE(add(*open_store(place), keys::OwnerKey::generate(entropy), 1));
        constexpr std::int64_t many = 1234;
        REQUIRE(place.open()->run(
            "INSERT INTO delivery(registration_id, role, delivery_id, body_hash, received_at, "
            "row_mac) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " +
                std::to_string(many) + ") SELECT '" + id_of(1) +
                "', 'code', CAST(i AS TEXT), $1, CASE WHEN i % 100 = 0 THEN $2 ELSE $3 END, $1 "
                "FROM n",
            {Bytes(32, 1), now, now - 31 * 86400}));
        const auto most = std::make_shared<std::size_t>(0);
        const auto store = node::Store::open(std::make_unique<CountedDeletes>(place.open(), most),
                                             place.key(), place.folder() / "audit.head", now);
        REQUIRE(store);
        REQUIRE((*store)->expire(now));
        CHECK(rows_in(place, "delivery") == many / 100);
        CHECK(*most == node::GuardedRows::erased_at_once);
    }
}

TEST_CASE("a delivery that is sent again after a rotation shows that the new secret is known") {
    for (const std::string& engine : engines) {
        CAPTURE(engine);
        const Place place(engine);
        SystemEntropy entropy;
        const auto store = open_store(place);
        const auto owner = keys::OwnerKey::generate(entropy);
        REQUIRE(add(*store, owner, 1));
        const auto deliver = [&](std::int64_t at) {
            return *store->add_delivery(id_of(1), Role::code, "d", {}, at);
        };
        const auto seen = [&] { return (*store->find(id_of(1)))->repositories[1].webhook_seen; };
        CHECK(deliver(now) == node::Delivery::fresh);
        CHECK(deliver(now + 1) == node::Delivery::repeated);
        CHECK(seen() == now);
        REQUIRE(rotate(*store, owner, 1));
        CHECK(seen() == 0);
        CHECK(deliver(now + 2) == node::Delivery::repeated);
        CHECK(seen() == now + 2);
    }
}

TEST_CASE("of many rotations one answer is stored, the last") {
    for (const std::string& engine : engines) {
        CAPTURE(engine);
        const Place place(engine);
        SystemEntropy entropy;
        const auto store = open_store(place);
        const auto owner = keys::OwnerKey::generate(entropy);
        REQUIRE(add(*store, owner, 1));
        const auto rotate_at = [&](int step) {
            return with_new(owner, 1, step, {},
                            [&store](const auto& all) { return store->rotate(all); });
        };
        const auto size_of_answers = [&place] {
            return place.open()
                ->run("SELECT CAST(sum(length(answer)) AS BIGINT) FROM rotation")
                ->front()
                .integer(0);
        };
        REQUIRE(rotate_at(2));
        const std::int64_t of_one = size_of_answers();
        for (int step = 3; step < 40; ++step) {
            REQUIRE(rotate_at(step));
        }
        CHECK(size_of_answers() == of_one);
        CHECK(rows_in(place, "rotation") == 38);
        const auto found = store->find(id_of(1));
        REQUIRE(found);
        CHECK((*found)->answer == (*store->find_request(owner.public_key(), id_of(1)))->answer);
        CHECK(store->verify({}));
    }
}

TEST_CASE("of one webhook's deliveries the newest are remembered") {
    for (const std::string& engine : engines) {
        CAPTURE(engine);
        const Place place(engine);
        SystemEntropy entropy;
        const auto store = open_store(place);
        REQUIRE(add(*store, keys::OwnerKey::generate(entropy), 1));
        REQUIRE(*store->add_delivery(id_of(1), Role::configuration, "c", {}, now - 99) ==
                node::Delivery::fresh);
        REQUIRE(place.open()->run(
            "INSERT INTO delivery(registration_id, role, delivery_id, body_hash, received_at, "
            "row_mac) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
            "5999) SELECT '" +
                id_of(1) +
                "', 'code', CAST(i AS TEXT), $1, CASE WHEN i <= 1000 THEN $2 ELSE $3 END, $1 "
                "FROM n",
            {Bytes(32, 1), now - 20, now - 10}));
        CHECK(*store->add_delivery(id_of(1), Role::code, "d", {}, now) == node::Delivery::fresh);
        CHECK(rows_in(place, "delivery") == 6001);
        REQUIRE(store->expire(now + 601)); // nothing came for long
        CHECK(rows_in(place, "delivery") == 6001);
        REQUIRE(store->expire(now));
        CHECK(rows_in(place, "delivery") == 5001);
        const auto oldest =
            place.open()->run("SELECT min(received_at) FROM delivery WHERE role = 'code'");
        REQUIRE(oldest);
        CHECK(oldest->front().integer(0) == now - 10);
        CHECK(*store->add_delivery(id_of(1), Role::code, "d", {}, now) == node::Delivery::repeated);
        CHECK(*store->add_delivery(id_of(1), Role::configuration, "c", {}, now) ==
              node::Delivery::repeated);
    }
}

TEST_CASE("of a registration that ended long ago only that remains") {
    for (const std::string& engine : engines) {
        CAPTURE(engine);
        const Place place(engine);
        const auto store = open_store(place);
        SystemEntropy entropy;
        const keys::OwnerKey owner = keys::OwnerKey::generate(entropy);
        for (int i = 0; i < 60; ++i) {
            REQUIRE(add(*store, owner, i));
        }
        REQUIRE(rotate(*store, owner, 1));
        for (int i = 1; i < 60; ++i) {
            REQUIRE(store->revoke(id_of(i), now));
        }
        REQUIRE(store->expire(now + 30 * 86400));
        CHECK(rows_in(place, "repository") == 120);
        REQUIRE(store->expire(now + 30 * 86400 + 1));
        for (const auto& [table, left] :
             std::vector<std::pair<std::string, std::int64_t>>{{"repository", 2},
                                                               {"check_row", 1},
                                                               {"deployment", 1},
                                                               {"deployed", 1},
                                                               {"rotation", 0},
                                                               {"registration", 60},
                                                               {"used_nonce", 122}}) {
            CAPTURE(table);
            CHECK(rows_in(place, table) == left);
        }
        CHECK(store->verify({}));
        const auto known = store->find_request(owner.public_key(), id_of(1));
        REQUIRE(known);
        REQUIRE(*known);
        CHECK((*known)->state == "revoked");
        CHECK((*known)->answer.empty());
        CHECK((*store->find(id_of(1)))->state == "revoked");
        CHECK((*store->find(id_of(0)))->state == "active");
        REQUIRE(place.open()->run("DELETE FROM repository"));
        CHECK_FALSE(store->verify({}));
    }
}

TEST_CASE("an owner hears that a registration ended, also when its rows are forgotten") {
    Hooked hooked;
    const std::string path = "/v1/registrations/" + hooked.id;
    REQUIRE(hooked.project.signed_request(hooked.world, "DELETE", path).status == 200);
    hooked.world.clock.time += 31 * 86400;
    REQUIRE(hooked.world.service->maintain());
    CHECK(hooked.world.rows("repository") == 0);
    CHECK(hooked.status().state == "revoked");
    CHECK(hooked.world.send("GET", path + "/proofs").status == 404);
    CHECK(hooked.project.signed_request(hooked.world, "DELETE", path).status == 200);
}

TEST_CASE("one owner has so many projects registered, and makes room by ending one") {
    World world;
    world.owner_projects = 1;
    world.open();
    Project project(world);
    project.publish(world);
    const auto submit = [&](char number) {
        project.renew(world);
        return project.submit(world, project.registration(world), key(number));
    };
    const auto first = submit('1');
    REQUIRE(first.status == 201);
    const auto again = submit('2'); // the same project takes its own place
    REQUIRE(again.status == 201);
    const std::string id = json::parse(again.body)["registration_id"];
    project.id = "QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG";
    project.publish(world);
    const auto refused = submit('3');
    CHECK(refused.status == 422);
    CHECK(failed_reason(refused) == "too_many_projects");
    REQUIRE(project.signed_request(world, "DELETE", "/v1/registrations/" + id).status == 200);
    CHECK(submit('4').status == 201);
    const Project other(world); // somebody else's do not count
    other.publish(world);
    CHECK(failed_reason(other.submit(world, other.registration(world), key('5'))).empty());
}
