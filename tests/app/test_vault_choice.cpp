// tau-project create: where its vaults come from, when a network lists them in its file, and when
// it only names a directory.
#include "core/base/encoding.h"
#include "core/vault/network.h"
#include "tests/app/tau_project.h"

#include <algorithm>

using namespace tau;
using namespace tau::test;

namespace {

/// A real network of three vaults, and its file as others might write it.
struct ThreeListed {
    TemporaryDirectory folder;
    Localnet network{folder.path() / "net", 3};
    vault::Network read = [this] {
        const std::string yaml = read_file(network.network_file()).value();
        auto parsed = vault::parse_network(yaml, SystemClock().now());
        REQUIRE(parsed.has_value());
        REQUIRE(parsed->nodes.size() == 3);
        REQUIRE(parsed->directory.has_value());
        return std::move(*parsed);
    }();

    /// A person who knows the network by this file.
    TauProject person(const std::string& name, const vault::Network& as) const {
        const auto file = folder.path() / (name + ".yaml");
        REQUIRE(write_file_atomic(file, std::string_view(vault::to_yaml(as))));
        return {folder.path() / name, file};
    }
    vault::Network directory_only() const {
        vault::Network out = read;
        out.nodes.clear();
        return out;
    }
    vault::Network dead_directory() const {
        vault::Network out = read;
        out.directory->url = "http://127.0.0.1:1";
        return out;
    }
    const vault::NodeRecord& node(std::size_t number) const { return read.nodes[number].record; }
    std::string key(std::size_t number) const {
        return to_hex(ByteView(from_base58(node(number).node_id()).value()).first(6));
    }
};

/// What would be done with these vaults; nothing is.
Finished plan(const TauProject& program, const std::vector<std::string>& vaults) {
    auto arguments = program.create("shop");
    arguments.insert(arguments.end(), vaults.begin(), vaults.end());
    arguments.emplace_back("--dry-run");
    return program.run(std::move(arguments));
}

std::size_t vaults_named(const ThreeListed& world, const std::string& text) {
    return static_cast<std::size_t>(
        std::count_if(world.read.nodes.begin(), world.read.nodes.end(),
                      [&](const auto& node) { return contains(text, node.record.name); }));
}

} // namespace

TEST_CASE("a network that only names a directory: the best of it, or those that are named") {
    const ThreeListed world;
    const TauProject program = world.person("far", world.directory_only());
    for (std::size_t count : {std::size_t{1}, std::size_t{2}, std::size_t{3}}) {
        const auto ended = plan(program, {"--vaults", std::to_string(count)});
        CHECK_MESSAGE(ended.code == 0, ended.errors);
        CHECK_MESSAGE(vaults_named(world, ended.output) == count, ended.output);
    }
    const std::string key = world.key(1);
    for (const std::string& wanted : {world.node(1).node_id(), key,
                                      key.substr(0, 6) + "-" + key.substr(6), world.node(1).name}) {
        CAPTURE(wanted);
        const auto ended = plan(program, {"--vault", wanted});
        CHECK_MESSAGE(ended.code == 0, ended.errors);
        CHECK(vaults_named(world, ended.output) == 1);
        CHECK(contains(ended.output, world.node(1).name));
    }

    auto arguments = program.create("shop");
    arguments.insert(arguments.end(), {"--vaults", "2"});
    const auto made = program.run(std::move(arguments));
    CHECK_MESSAGE(made.code == 0, made.errors);
    CHECK(remains_of("shop", world.folder.path() / "net").registrations == 2);
}

TEST_CASE("a vault that is not there is not taken for another") {
    const ThreeListed world;
    const TauProject program = world.person("far", world.directory_only());
    Bytes near_miss = from_base58(world.node(0).node_id()).value();
    near_miss.back() ^= 1U;
    for (const std::string& wanted : {std::string("nobody"), to_base58(near_miss)}) {
        const auto ended = plan(program, {"--vault", wanted});
        CHECK(ended.code == 1);
        CHECK_MESSAGE(contains(ended.errors, "has no vault \"" + wanted + "\""), ended.errors);
    }
    CHECK(program.flows().empty());
}

TEST_CASE("a vault that the file lists needs no directory, and the file's do when there is none") {
    const ThreeListed world;
    const TauProject program = world.person("near", world.dead_directory());
    const auto named = plan(program, {"--vault", world.node(2).name, "--vault", world.key(0)});
    CHECK_MESSAGE(named.code == 0, named.errors);
    CHECK(vaults_named(world, named.output) == 2);
    CHECK_FALSE(contains(named.output, "127.0.0.1:1"));

    const auto best = plan(program, {"--vaults", "3"});
    CHECK_MESSAGE(best.code == 0, best.errors);
    CHECK(vaults_named(world, best.output) == 3);
    CHECK_MESSAGE(contains(best.output, "Note: The directory http://127.0.0.1:1"), best.output);

    vault::Network nothing = world.dead_directory();
    nothing.nodes.clear();
    const auto none = plan(world.person("lost", nothing), {"--vaults", "1"});
    CHECK(none.code == 1);
    CHECK_MESSAGE(contains(none.errors, "The directory http://127.0.0.1:1"), none.errors);
}
