// tau-project vaults: what it shows of a network, to people and to programs.
#include "core/base/encoding.h"
#include "core/vault/network.h"
#include "tests/app/tau_project.h"
#include "tests/core/vault/fixture.h"
#include "tests/support/http_receiver.h"

#include <algorithm>
#include <cmath>
#include <sstream>

using namespace tau;
using namespace tau::test;

namespace {

struct Node {
    const char* name;
    const char* region;
    double latitude, longitude;
    std::uint32_t passed, failed, slots;
    int days;
};
const std::vector<Node> nodes{{"Zurich-1", "eu-central", 47.37, 8.54, 500, 0, 200, 300},
                              {"Zurich-2", "eu-central", 47.40, 8.50, 300, 40, 400, 300},
                              {"Lisbon", "eu-south", 38.72, -9.14, 400, 2, 90, 100},
                              {"Sydney", "au-east", -33.87, 151.21, 900, 0, 600, 500},
                              {"Fresh", "eu-west", 51.50, -0.12, 10, 0, 500, 2},
                              {"Failing", "eu-west", 51.50, -0.13, 30, 60, 500, 200},
                              {"=1+1,\"x\"", "us-east", 40.71, -74.01, 200, 1, 0, 60}};

/// A network file with these nodes, all at one address, where somebody answers.
class SampleNetwork {
public:
    SampleNetwork() {
        const std::int64_t today = SystemClock().now();
        network_.name = "Sample";
        for (const Node& node : nodes) {
            vault::ListedNode listed;
            listed.record = unsigned_record();
            listed.record.not_before = static_cast<std::uint32_t>(today - 10);
            listed.record.expires = static_cast<std::uint32_t>(today + 3600);
            listed.record.name = node.name;
            listed.record.region = vault::region_from_name(node.region).value();
            listed.record.latitude = static_cast<std::int16_t>(std::lround(node.latitude * 100));
            listed.record.longitude = static_cast<std::int16_t>(std::lround(node.longitude * 100));
            listed.record.slots_per_hour = 1000;
            listed.record.endpoint = server_.url().substr(0, server_.url().rfind('/'));
            const NodeKeys keys;
            REQUIRE(vault::sign_record(listed.record, keys.sign, keys.seal));
            listed.encoded = vault::encode(listed.record);
            listed.audits_passed = node.passed;
            listed.audits_failed = node.failed;
            listed.measured_slots = node.slots;
            listed.first_seen = today - std::int64_t{node.days} * 86400;
            network_.nodes.push_back(std::move(listed));
        }
        REQUIRE(write_file_atomic(file(), std::string_view(vault::to_yaml(network_))));
    }

    std::filesystem::path file() const { return folder_.path() / "network.yaml"; }
    std::string id(std::size_t node) const { return network_.nodes[node].record.node_id(); }

    Finished run(std::vector<std::string> arguments) const {
        arguments.insert(arguments.begin(), {"vaults", "--network", file().string()});
        return TauProject(folder_.path() / "home", file()).run(std::move(arguments));
    }
    /// The vaults that --json shows.
    std::vector<nlohmann::json> vaults(std::vector<std::string> arguments) const {
        arguments.emplace_back("--json");
        const auto ended = run(std::move(arguments));
        CHECK_MESSAGE(ended.code == 0, ended.errors);
        std::vector<nlohmann::json> found;
        std::istringstream lines(ended.output);
        for (std::string line; std::getline(lines, line);) {
            auto event = nlohmann::json::parse(line);
            if (event["event"] == "vault") {
                found.push_back(std::move(event));
            }
        }
        return found;
    }
    std::string names(std::vector<std::string> arguments) const {
        std::string text;
        for (const nlohmann::json& one : vaults(std::move(arguments))) {
            text += (text.empty() ? "" : " ") + one["name"].get<std::string>();
        }
        return text;
    }

private:
    TemporaryDirectory folder_;
    HttpReceiver server_;
    vault::Network network_;
};

} // namespace

TEST_CASE("filters, weights and sorting are those of the window") {
    const SampleNetwork network;
    const std::string key = to_hex(ByteView(from_base58(network.id(3)).value()).subspan(0, 6));
    struct Case {
        std::vector<std::string> arguments;
        std::string names;
    };
    const std::string near = "47.37,8.54";
    const std::vector<Case> cases{
        {{"--near", near}, "Zurich-1 Sydney Lisbon Zurich-2 =1+1,\"x\" Failing Fresh"},
        {{"--near", near, "--emphasis", "reputation=0,distance=1,capacity=0", "--recommended"},
         "Zurich-1 Zurich-2 Lisbon =1+1,\"x\" Sydney"},
        {{"--emphasis", "reputation=0,distance=0,capacity=1", "--limit", "2"}, "Sydney Zurich-2"},
        {{"--region", "eu-west,eu-south", "--sort", "name"}, "Failing Fresh Lisbon"},
        {{"--min-reputation", "0.98", "--sort", "name"}, "Lisbon Sydney Zurich-1"},
        {{"--min-slots", "300", "--sort", "capacity", "--descending", "--min-age", "10"},
         "Sydney Failing Zurich-2"},
        {{"--near", near, "--max-km", "1000", "--sort", "distance"},
         "Zurich-1 Zurich-2 Fresh Failing"},
        {{"--text", "zURI", "--sort", "name", "--descending"}, "Zurich-2 Zurich-1"},
        {{"--block", network.id(0) + "," + key, "--min-reputation", "0.8", "--sort", "age"},
         "=1+1,\"x\" Lisbon Zurich-2"},
        {{"--require", "auditor"}, ""},
        {{"--limit", "1", "--sort", "reputation", "--descending"}, "Sydney"},
        {{"--node", "Failing"}, "Failing"},
        {{"--node", key}, "Sydney"},
        {{"--node", network.id(4), "--recommended"}, "Fresh"}};
    for (const Case& one : cases) {
        std::string shown;
        for (const std::string& argument : one.arguments) {
            shown += argument + " ";
        }
        CAPTURE(shown);
        CHECK(network.names(one.arguments) == one.names);
    }
}

TEST_CASE("programs get every figure, and null for what is not known") {
    const SampleNetwork network;
    const auto all = network.vaults({"--near", "47.37,8.54"});
    REQUIRE(all.size() == nodes.size());
    const nlohmann::json& best = all[0];
    CHECK(best["rank"] == 1);
    CHECK(best["id"] == network.id(0));
    CHECK(best["region"] == "eu-central");
    CHECK(best["km"] == 0);
    CHECK(best["slots_per_hour"] == 200);
    CHECK(best["eligible"] == true);
    CHECK(best["uptime"].is_null());
    CHECK(best["round_trip_ms"].is_null());
    CHECK(best["attested_by"].empty());
    double product = 1;
    for (const auto& factor : best["factors"]) {
        product *= factor["part"].get<double>();
    }
    CHECK(best["score"].get<double>() == doctest::Approx(product));
    const auto fresh = network.vaults({"--node", "Fresh"});
    REQUIRE(fresh.size() == 1);
    CHECK(fresh[0]["eligible"] == false);
    CHECK(fresh[0]["reputation"].is_null());
    CHECK(fresh[0]["km"].is_null());
    const auto unmeasured = network.vaults({"--text", "=1"});
    REQUIRE(unmeasured.size() == 1);
    CHECK(unmeasured[0]["slots_per_hour"].is_null());
}

TEST_CASE("people get a table, what each factor costs, and how many there are") {
    const SampleNetwork network;
    const auto ended = network.run({"--explain", "--limit", "2", "--near", "47.37,8.54"});
    CHECK(ended.code == 0);
    for (const std::string& part :
         {std::string("Zurich-1"), "id " + network.id(0), std::string("reputation 0."),
          std::string(" x capacity 0."), std::string("of audits, about 0 km away"),
          std::string("2 of 7 vaults that pass, of 7 loaded, of 7 in the network.")}) {
        CHECK_MESSAGE(ended.output.find(part) != std::string::npos, ended.output);
    }
    CHECK(ended.output.find("Lisbon") == std::string::npos);
}

TEST_CASE("the list alone, in the formats that other programs read") {
    const SampleNetwork network;
    const auto list = [&](std::vector<std::string> arguments) {
        arguments.insert(arguments.end(), {"--near", "47.37,8.54"});
        const auto ended = network.run(std::move(arguments));
        CHECK_MESSAGE(ended.code == 0, ended.errors);
        return ended.output;
    };
    const auto json = nlohmann::json::parse(list({"--format", "json", "--limit", "2"}));
    REQUIRE(json.size() == 2);
    CHECK(json[0].at("name") == "Zurich-1");
    CHECK(json[0].at("rank") == 1);
    CHECK(nlohmann::json::parse(list({"--format", "json"})).size() == nodes.size());
    CHECK(nlohmann::json::parse(list({"--format", "json", "--text", "nobody"})).empty());

    const std::string csv = list({"--format", "csv", "--limit", "all"});
    CHECK(csv.starts_with("rank,key,name,"));
    CHECK(static_cast<std::size_t>(std::count(csv.begin(), csv.end(), '\n')) == nodes.size() + 1);
    CHECK(csv.find("\"'=1+1,\"\"x\"\"\"") != std::string::npos);

    const std::string yaml = list({"--format", "yaml", "--node", "Fresh", "--recommended"});
    CHECK(yaml.starts_with("- rank: null\n"));
    CHECK(yaml.find("  name: \"Fresh\"\n") != std::string::npos);

    CHECK(list({"--format", "text"}) == list({}));
}

TEST_CASE("a probe measures the round trip and the order follows it") {
    const SampleNetwork network;
    const auto all = network.vaults({"--probe", "--near", "47.37,8.54"});
    REQUIRE(all.size() == nodes.size());
    for (const nlohmann::json& one : all) {
        CHECK(one["round_trip_ms"].is_number() == one["eligible"].get<bool>());
    }
    CHECK(all[0]["reason"].get<std::string>().find("answers in") != std::string::npos);
}

TEST_CASE("an option that makes no sense is refused with a sentence") {
    const SampleNetwork network;
    const std::vector<std::pair<std::vector<std::string>, std::string>> cases{
        {{"--near", "1,2,3"}, "degrees"},
        {{"--near", "nan,1"}, "degrees"},
        {{"--emphasis", "speed=1"}, "weights from 0 to 1"},
        {{"--emphasis", "distance=2"}, "weights from 0 to 1"},
        {{"--region", "moon"}, "no region of that name"},
        {{"--min-reputation", "2"}, "a share from 0 to 1"},
        {{"--min-slots", "many"}, "registrations an hour"},
        {{"--min-age", "-1"}, "days"},
        {{"--max-km", "100"}, "--near"},
        {{"--require", "police"}, "auditor, operator or hardware"},
        {{"--block", "me"}, "ids or keys"},
        {{"--sort", "luck"}, "--sort takes"},
        {{"--limit", "0"}, "--limit takes"},
        {{"--format", "xml"}, "--format takes"},
        {{"--format", "csv", "--explain"}, "--format text"},
        {{"--format", "json", "--json"}, "either --json or --format"}};
    for (const auto& [arguments, sentence] : cases) {
        CAPTURE(sentence);
        const auto ended = network.run(arguments);
        CHECK(ended.code == 2);
        CHECK_MESSAGE(ended.errors.find(sentence) != std::string::npos, ended.errors);
    }
    const auto missing = network.run({"--node", "nobody"});
    CHECK(missing.code == 1);
    CHECK(missing.errors.find("no vault \"nobody\"") != std::string::npos);
}
