// Which folder a node takes for its data, and that it leaves others as they are.
#include "core/base/file.h"
#include "core/node/data_folder.h"
#include "stored.h"

using namespace tau;
using namespace tau::test;

namespace {

/// What the node is told, and that the folder was left alone.
std::string refusal(const std::filesystem::path& folder) {
    const mode_t before = mode_of(folder);
    const auto refused = node::prepare_data_folder(folder);
    CHECK(mode_of(folder) == before);
    return refused ? "" : refused.error().message + " " + refused.error().hint;
}

} // namespace

TEST_CASE("a node's data is a folder of its own, and nobody else's is changed") {
    const TemporaryDirectory home;
    const auto folder = home.path() / "a" / "b";
    CHECK(node::check_data_folder(folder));
    CHECK_FALSE(std::filesystem::exists(folder)); // only looked at
    REQUIRE(node::prepare_data_folder(folder));
    CHECK(mode_of(folder) == 0700);
    // Empty, and what a start leaves that went no further.
    REQUIRE(write_file_atomic(folder / "lock", std::string_view()));
    std::filesystem::create_directory(folder / "lost+found");
    CHECK(refusal(folder).empty());
    // Somebody's: also for --check-config.
    REQUIRE(write_file_atomic(folder / "thesis.tex", std::string_view("x")));
    CHECK(refusal(folder).find("is not a node's: it holds thesis.tex.") != std::string::npos);
    CHECK_FALSE(node::check_data_folder(folder));
    REQUIRE(::chmod(folder.c_str(), 0777) == 0);
    CHECK(refusal(folder).find("is not a node's") != std::string::npos);
    // A node's.
    std::filesystem::create_directory(folder / "keys");
    CHECK(refusal(folder).find("Run: chmod 700 " + folder.string()) != std::string::npos);
    REQUIRE(::chmod(folder.c_str(), 0700) == 0);
    CHECK(refusal(folder).empty());
    CHECK(refusal(folder / "thesis.tex").find("is not a folder") != std::string::npos);
    CHECK_FALSE(node::check_data_folder(folder / "thesis.tex" / "data"));
    if (::geteuid() == 0) {
        REQUIRE(::chown(folder.c_str(), 1, 1) == 0);
        CHECK(refusal(folder).find("is another user's.") != std::string::npos);
    }
}

TEST_CASE("a node's folder may be a link, as systemd makes one for a user of the service's own") {
    World world;
    Project project(world);
    project.publish(world);
    REQUIRE(project.submit(world, project.registration(world), key('1')).status == 201);
    world.service.reset();
    const auto data = world.folder.path() / "node";
    std::filesystem::create_directory(world.folder.path() / "private");
    std::filesystem::rename(data, world.folder.path() / "private" / "node");
    std::filesystem::create_directory_symlink("private/node", data);
    world.open();
    CHECK(world.send("GET", "/healthz").status == 200);
}
