#include "client_world.h"

#include "core/vault/seer.h"

using namespace tau;
using namespace tau::test;

namespace {

/// Answers every request alike, and remembers the last one.
class OneAnswer final : public Http {
public:
    explicit OneAnswer(Result<HttpResponse> answer) : answer_(std::move(answer)) {}
    Result<HttpResponse> send(const HttpRequest& request, std::stop_token) override {
        asked = request;
        ++count;
        return answer_;
    }
    HttpRequest asked;
    int count = 0;

private:
    Result<HttpResponse> answer_;
};

HttpResponse ok(std::string body) {
    return {200, {}, std::move(body)};
}

std::string seer_node(const std::string& id, std::int64_t time, double latitude, double longitude) {
    return "\"" + id + "\":{\"Timestamp\":" + std::to_string(time) +
           ",\"Location\":{\"Latitude\":" + std::to_string(latitude) +
           ",\"Longitude\":" + std::to_string(longitude) + "}}";
}

const std::string peer = "QmSoLPppuBtQSGwKDZT2M73ULpjvfd3aZ6ha4oFGL1KrGM";

vault::Network seer_network() {
    vault::Network network{"n", {}, {}, {}};
    network.seer = "https://seer.example.org";
    return network;
}

vault::ListedNode in_file(const vault::PagedRecord& node) {
    vault::ListedNode out;
    out.record = vault::decode_record(node.record, start).value();
    out.encoded = node.record;
    out.audits_passed = 200;
    return out;
}

} // namespace

TEST_CASE("a seer's nodes have a place, and no key to choose them by") {
    OneAnswer http(ok(
        "{\"other\":[1,{\"nodes\":2}],\"nodes\":{" + seer_node(peer, start - 60, 47.3769, 8.5417) +
        "," + seer_node("late", start - 3700, 1, 1) + "," + seer_node("ahead", start + 3700, 1, 1) +
        "," + seer_node("off the earth", start, 91, 0) + "," +
        seer_node("<b>bold</b>", start, 1, 0) + ",\"nowhere\":{\"Timestamp\":1}," +
        "\"odd\":{\"Timestamp\":\"x\",\"Location\":[]}}}"));
    const SetClock clock(start);
    const TemporaryDirectory cache;
    const auto source = vault::open_nodes(seer_network(), http, clock, cache.path()).value();
    const auto list = source->load({}, vault::Extent::nearby, {}, {});
    REQUIRE(list);
    CHECK(http.asked.url == "https://seer.example.org/geo/all");
    REQUIRE(list->table->size() == 1);
    const vault::NodeTable& table = *list->table;
    CHECK(table.name(0) == "QmSoLP…L1KrGM");
    CHECK(table.latitude[0] == 4738);
    CHECK(table.longitude[0] == 854);
    CHECK(table.flags[0] == vault::no_seal_key);
    CHECK(std::isnan(table.reputation[0]));
    CHECK(std::isnan(table.slots[0]));
    CHECK(table.region[0] == vault::region_of({47.38, 8.54}));
    CHECK(says(list->notice, "2 nodes of the seer are left out"));
    CHECK(list->published == 0);
    const auto node = source->node(table, 0, {});
    REQUIRE_FALSE(node);
    CHECK(node.error().code == ErrorCode::not_found);
}

TEST_CASE("a seer that answers with something else is refused, whatever it is") {
    std::string many = "{\"nodes\":{";
    for (int i = 0; i < 50'001; ++i) {
        many += (i == 0 ? "" : ",") + seer_node("p" + std::to_string(i), start, 1, 1);
    }
    many += "}}";
    const std::pair<std::string, const char*> cases[] = {
        {"", "not JSON"},
        {"<html>", "not JSON"},
        {"[]", "no nodes"},
        {"{\"nodes\":[]}", "no nodes"},
        {"{\"nodes\":{}} x", "not JSON"},
        {"{\"nodes\":{" + seer_node(peer, start, 1, 1), "not JSON"},
        {"{\"a\":1e999}", "not JSON"},
        {"\xff", "not UTF-8"},
        {std::string(4'000'000, '['), "nested too deeply"},
        {"{\"nodes\":" + std::string(4'000'000, '['), "nested too deeply"},
        {many, "too many nodes"},
        {std::string(vault::max_seer_answer + 1, ' '), "more than"},
    };
    const SetClock clock(start);
    const TemporaryDirectory cache;
    for (const auto& [body, why] : cases) {
        CAPTURE(body.substr(0, 60));
        OneAnswer http(ok(body));
        const auto source = vault::open_nodes(seer_network(), http, clock, cache.path()).value();
        const auto list = source->load({}, vault::Extent::all, {}, {});
        REQUIRE_FALSE(list);
        CAPTURE(list.error().message);
        CHECK(says(list.error().message, why));
        CHECK_FALSE(list.error().hint.empty());
    }
}

TEST_CASE("a network's directory, file and seer are one table") {
    ClientWorld world;
    vault::Network network = world.network();
    const VaultKeys own;
    const auto mine = listed_node(own, start, {100, 200}, "mine");
    network.nodes = {in_file(mine), in_file(world.nodes[5])};
    network.refused = {{"bad", {ErrorCode::untrusted, "No.", {}, {}}}};
    const auto source =
        vault::open_nodes(network, world.http, world.clock, world.cache.path()).value();
    const auto list = source->load({}, vault::Extent::all, {}, {});
    REQUIRE(list);
    CHECK(list->total == ClientWorld::count + 1);
    CHECK(list->refused.size() == 1);
    auto all = world.nodes;
    REQUIRE(list->table->size() == all.size() + 1); // the one that both name is there once
    // The directory's rows have no names, but the file's record is signed and has one.
    const auto both = vault::row_of(*list->table, world.nodes[5].summary.key);
    REQUIRE(both);
    CHECK(list->table->name(*both) == "node-5");
    CHECK(list->table->slots[*both] == vault::slots_of(world.nodes[5].summary.slots));
    const auto other = vault::row_of(*list->table, world.nodes[6].summary.key);
    REQUIRE(other);
    CHECK(list->table->name(*other) != "node-6");
    const auto row = static_cast<std::uint32_t>(all.size());
    CHECK(list->table->key[row] == mine.summary.key);
    const auto node = source->node(*list->table, row, {});
    REQUIRE(node);
    CHECK(node->record.name == "mine");
    CHECK(node->audits_passed == 200);

    // Without its directory the file's nodes are still there, and what is missing is said.
    const TemporaryDirectory empty;
    world.http.change = [](const std::string&, Result<HttpResponse>& answer) {
        answer = fail(ErrorCode::unavailable, "There is no network.");
    };
    const auto alone = vault::open_nodes(network, world.http, world.clock, empty.path()).value();
    const auto some = alone->load({}, vault::Extent::all, {}, {});
    REQUIRE(some);
    CHECK(some->table->size() == 2);
    CHECK(some->offline);
    CHECK(says(some->notice, "There is no network."));
    CHECK(alone->node(*some->table, 1, {}));
}

TEST_CASE("a network that only lists records needs no network") {
    OneAnswer http(fail(ErrorCode::unavailable, "Nobody there."));
    const SetClock clock(start);
    const TemporaryDirectory cache;
    const VaultKeys own;
    vault::Network network{"n", {}, {in_file(listed_node(own, start, {1, 2}, "mine"))}, {}};
    const auto source = vault::open_nodes(network, http, clock, cache.path()).value();
    const auto list = source->load({}, vault::Extent::nearby, {}, {});
    REQUIRE(list);
    CHECK(http.count == 0);
    CHECK(list->table->name(0) == "mine");
    CHECK(list->notice == "");
    CHECK(source->node(*list->table, 0, {})->encoded == network.nodes[0].encoded);
    CHECK_FALSE(source->node(*list->table, 1, {}));
}

TEST_CASE("a network whose directory has no root of trust is refused") {
    OneAnswer http(fail(ErrorCode::unavailable, "Nobody there."));
    const SetClock clock(start);
    vault::Network network{"n", {}, {}, {}};
    network.directory = vault::NamedDirectory{"https://a.example.org", Bytes(40, 1)};
    const auto source = vault::open_nodes(network, http, clock, "unused");
    REQUIRE_FALSE(source);
    CHECK(source.error().code == ErrorCode::corrupt);
}

TEST_CASE("a node is named by hand: by its address or its record") {
    const VaultKeys keys;
    const auto node = listed_node(keys, start, {4737, 854}, "by-hand");
    const std::string record = to_base64(node.record);
    const std::string body = "{\"record\":\"" + record + "\"}";
    OneAnswer http(ok(body));
    const auto named = vault::node_by_hand(" https://v.example.org:8443/ \n", http, start, {});
    REQUIRE(named);
    CHECK(http.asked.url == "https://v.example.org:8443/v1/record");
    CHECK(named->record.name == "by-hand");
    CHECK(named->encoded == node.record);
    CHECK(named->audits_passed == 0);
    CHECK(named->measured_slots == 0);
    CHECK(vault::node_by_hand("\t" + record + "\n", http, start, {}));
    CHECK(http.count == 1);

    auto forged = node.record;
    forged[10] ^= 1U;
    const auto dead = listed_node(keys, start, {4737, 854}, "x", vault::tombstone_seq);
    const std::pair<std::string, const char*> typed[] = {
        {"", "neither"},
        {"by-hand", "neither"},
        {"http://v.example.org", "plain http"},
        {"ftp://v.example.org", "not http"},
        {"https://v.example.org/path", "bad host"},
        {"https://me:pw@v.example.org", "bad port"},
        {"https://me@v.example.org", "bad host"},
        {to_base64(forged), "signature"},
        {to_base64(Bytes(300, 7)), "record"},
        {to_base64(dead.record), "dead for ever"},
        {std::string(100'000, 'A'), "record"},
    };
    for (const auto& [text, why] : typed) {
        CAPTURE(text);
        const auto refused = vault::node_by_hand(text, http, start, {});
        REQUIRE_FALSE(refused);
        CAPTURE(refused.error().message);
        CHECK(says(refused.error().message, why));
    }
    CHECK(http.count == 1);
    const auto late = vault::node_by_hand(record, http, start + 8 * 86400, {});
    REQUIRE_FALSE(late);
    CHECK(late.error().code == ErrorCode::untrusted);

    for (const char* answer : {"", "[]", "{\"record\":1}", "{\"record\":\"!\"}", "[[[[[[[[[[[["}) {
        OneAnswer other(ok(answer));
        CHECK_FALSE(vault::node_by_hand("https://v.example.org", other, start, {}));
    }
    OneAnswer missing(HttpResponse{404, {}, ""});
    CHECK(says(vault::node_by_hand("https://v.example.org", missing, start, {}).error().hint,
               "Check the address"));
}

TEST_CASE("a round trip is the shortest of three") {
    const VaultKeys keys;
    auto record =
        vault::decode_record(listed_node(keys, start, {0, 0}, "far").record, start).value();
    record.tls_spki[3] = 9;
    OneAnswer http(ok("ok"));
    const auto time = vault::round_trip(record, http, {});
    REQUIRE(time);
    CHECK(time->count() >= 0);
    CHECK(time->count() < 1000);
    CHECK(http.count == 3);
    CHECK(http.asked.url == record.endpoint + "/healthz");
    CHECK(http.asked.spki_pin == record.tls_spki);
    OneAnswer down(HttpResponse{503, {}, ""});
    CHECK_FALSE(vault::round_trip(record, down, {}));
    OneAnswer gone(fail(ErrorCode::timeout, "Too late."));
    const auto failed = vault::round_trip(record, gone, {});
    REQUIRE_FALSE(failed);
    CHECK(says(failed.error().message, "far"));
    CHECK(gone.count == 1);
}
