// A database that is damaged or gone: said, with the way back, and nothing is done to it.
#include "core/base/file.h"
#include "core/node/node_store.h"
#include "stored.h"

using namespace tau;
using namespace tau::test;

namespace {

/// A node that had a registration and runs no more.
struct Ended {
    World world;
    node::Settings settings;
    std::filesystem::path file = world.folder.path() / "node" / "node.db";

    Ended() {
        Project project(world);
        project.publish(world);
        REQUIRE(project.submit(world, project.registration(world), key('1')).status == 201);
        world.service.reset();
        settings.data = file.parent_path();
        settings.barrier_key = barrier_in(world.folder.path());
    }
    /// What its start says, and what --verify-store says.
    std::array<Error, 2> refusals() const {
        const auto store = node::open_node_store(settings, now);
        REQUIRE_FALSE(store);
        const auto report = node::verify_store(settings);
        REQUIRE_FALSE(report);
        return {store.error(), report.error()};
    }
};

} // namespace

TEST_CASE("a damaged database is called that, with the way back, and left as it is") {
    const Ended node;
    const std::string whole = *read_file(node.file, 64U << 20U);
    const std::size_t page = 4096;
    REQUIRE(whole.size() > 4 * page);
    std::string scribbled = whole;
    scribbled.replace(100, page, std::string(page, 'x'));
    for (const std::string& bytes :
         {whole.substr(0, page * 2), whole.substr(0, 50), std::string(whole.size(), 'x'),
          std::string(page, '\0') + whole.substr(page), scribbled}) {
        REQUIRE(write_file_atomic(node.file, std::string_view(bytes)));
        for (const Error& error : node.refusals()) {
            CAPTURE(error.detail);
            CHECK(error.code == ErrorCode::corrupt);
            CHECK(error.message == "The node's database is damaged.");
            CHECK(error.hint.find("BACKUP in tau-vaultd(8)") != std::string::npos);
        }
        CHECK(*read_file(node.file, 64U << 20U) == bytes);
    }
    REQUIRE(write_file_atomic(node.file, std::string_view(whole)));
    CHECK(node::open_node_store(node.settings, now));
}

TEST_CASE("a database that is gone or empty is not replaced by a new one") {
    const Ended node;
    std::filesystem::remove(node.file);
    for (const Error& error : node.refusals()) {
        CHECK(error.message.find("is not there, or empty") != std::string::npos);
        CHECK(error.hint.find("audit.head") != std::string::npos);
    }
    CHECK_FALSE(std::filesystem::exists(node.file));
    REQUIRE(write_file_atomic(node.file, std::string_view()));
    CHECK(node.refusals()[0].code == ErrorCode::not_found);
    CHECK(std::filesystem::file_size(node.file) == 0);
    // With consent the node begins anew.
    std::filesystem::remove(node.file.parent_path() / "audit.head");
    CHECK(node::open_node_store(node.settings, now));
}
