#include "core/git/discard.h"
#include "core/git/work_tree.h"
#include "tests/support/git_cli.h"

#include <doctest/doctest.h>

using namespace tau;
using namespace tau::git;
using test::Clone;
using test::contents;
using test::write;
namespace fs = std::filesystem;

TEST_CASE("discarded files are as they were committed, and come back byte by byte") {
    const Clone clone;
    const std::string ping = contents(clone.path / "functions/ping.yaml");
    write(clone.path / "config.yaml", "id: Qm\r\nname: garden\r\n");
    fs::remove(clone.path / "functions/ping.yaml");
    write(clone.path / "new/deep/run", std::string("#!/bin/sh\n\0\xff", 12));
    fs::permissions(clone.path / "new/deep/run", fs::perms::owner_all);
    write(clone.path / "staged.yaml", "id: 1\n");
    test::git(clone.path, {"add", "staged.yaml", "config.yaml"});
    write(clone.path / "stays.yaml", "id: 2\n");
    const std::string dirty = test::git(clone.path, {"status", "--porcelain", "-uall"});
    const std::vector<std::string> files{"config.yaml", "functions/ping.yaml", "new/deep/run",
                                         "staged.yaml"};
    const auto discarded = discard_changes(clone.path, files);
    REQUIRE_MESSAGE(discarded.has_value(), (discarded ? "" : discarded.error().message));
    CHECK(test::git(clone.path, {"status", "--porcelain", "-uall"}) == "?? stays.yaml\n");
    CHECK(contents(clone.path / "config.yaml") == "id: Qm\nname: shop\n");
    CHECK(contents(clone.path / "functions/ping.yaml") == ping);
    CHECK_FALSE(fs::exists(clone.path / "new"));
    CHECK(clone.problem() == "");

    REQUIRE(bring_back(clone.path, *discarded));
    CHECK(fs::status(clone.path / "new/deep/run").permissions() == fs::perms::owner_all);
    CHECK(contents(clone.path / "config.yaml") == "id: Qm\r\nname: garden\r\n");
    CHECK_FALSE(fs::exists(clone.path / "functions/ping.yaml"));
    CHECK(contents(clone.path / "new/deep/run") == std::string("#!/bin/sh\n\0\xff", 12));
    CHECK(status_of(clone.path)->files.size() == 5);
    CHECK(clone.problem() == "");
}

TEST_CASE("what cannot be discarded is refused, and nothing is touched") {
    const Clone clone;
    write(clone.path / "config.yaml", "id: mine\n");
    fs::create_symlink("/etc/passwd", clone.path / "link.yaml");
    const auto refused = [&](const std::vector<std::string>& files) {
        const auto done = discard_changes(clone.path, files);
        CHECK(contents(clone.path / "config.yaml") == "id: mine\n");
        return done ? ErrorCode::internal : done.error().code;
    };
    CHECK(refused({"config.yaml", "functions/ping.yaml"}) == ErrorCode::conflict);
    CHECK(refused({"config.yaml", "link.yaml"}) == ErrorCode::invalid_argument);
    CHECK(refused({"config.yaml", "../outside"}) == ErrorCode::conflict);
    CHECK(fs::is_symlink(clone.path / "link.yaml"));
}

TEST_CASE("nothing behind a link, or in a file's way, is overwritten") {
    const Clone clone;
    write(clone.path / "a/b", "one\n");
    clone.commit("Files");
    const fs::path outside = clone.folder.path() / "outside";
    write(outside / "b", "precious\n");
    write(outside / "c", "precious\n");
    write(clone.path / "a/c", "new\n");
    const auto discarded = discard_changes(clone.path, {"a/c"});
    REQUIRE(discarded);
    fs::remove_all(clone.path / "a");
    fs::create_symlink(outside, clone.path / "a");
    CHECK(discard_changes(clone.path, {"a/b"}).error().code == ErrorCode::invalid_argument);
    CHECK_FALSE(bring_back(clone.path, *discarded));
    CHECK(contents(outside / "b") == "precious\n");
    CHECK(contents(outside / "c") == "precious\n");
    fs::remove(clone.path / "a");
    write(clone.path / "a", "a file\n");
    CHECK(discard_changes(clone.path, {"a/b"}).error().code == ErrorCode::invalid_argument);
    CHECK(contents(clone.path / "a") == "a file\n");
    fs::remove(clone.path / "a");
    CHECK(discard_changes(clone.path, {"a/b"}));
    CHECK(contents(clone.path / "a/b") == "one\n");
}

TEST_CASE("a discard that fails loses nothing") {
    const Clone clone;
    write(clone.path / "config.yaml", "id: mine\n");
    write(clone.path / "new.yaml", "id: new\n");
    const std::vector<std::string> files{"new.yaml", "config.yaml"};
    write(clone.path / ".git/index.lock", ""); // another program's
    const auto locked = discard_changes(clone.path, files);
    CHECK_FALSE(locked);
    CHECK(contents(clone.path / "config.yaml") == "id: mine\n");
    CHECK(contents(clone.path / "new.yaml") == "id: new\n");
    fs::remove(clone.path / ".git/index.lock");
    const auto done = discard_changes(clone.path, files);
    REQUIRE(done);
    // A file that git ignores has come in the place of one that was discarded.
    write(clone.path / ".gitignore", "new.yaml\n");
    write(clone.path / "new.yaml", "id: another\n");
    CHECK(bring_back(clone.path, *done).error().code == ErrorCode::conflict);
    CHECK(contents(clone.path / "new.yaml") == "id: another\n");
}

TEST_CASE("odd names are discarded as they are written") {
    const Clone clone;
    const std::vector<std::string> names{"c*", "[d]", "!e", "#f", " g "};
    for (const std::string& name : names) {
        write(clone.path / name, "one\n");
    }
    clone.commit("Odd");
    for (const std::string& name : names) {
        write(clone.path / name, "two\n");
    }
    for (const std::string& name : names) {
        CAPTURE(name);
        REQUIRE(discard_changes(clone.path, {name}));
        CHECK(contents(clone.path / name) == "one\n");
    }
    CHECK(test::git(clone.path, {"status", "--porcelain"}).empty());
    write(clone.path / "a\\b", "one\n");
    clone.commit("Odder");
    write(clone.path / "a\\b", "two\n");
    CHECK(discard_changes(clone.path, {"a\\b"}).error().code == ErrorCode::invalid_argument);
}

TEST_CASE("what was changed since is not overwritten by bringing back") {
    const Clone clone;
    write(clone.path / "config.yaml", "id: mine\n");
    write(clone.path / "new.yaml", "id: new\n");
    const auto discarded = discard_changes(clone.path, {"config.yaml", "new.yaml"});
    REQUIRE(discarded);
    write(clone.path / "new.yaml", "id: another\n");
    const auto back = bring_back(clone.path, *discarded);
    REQUIRE_FALSE(back);
    CHECK(back.error().code == ErrorCode::conflict);
    CHECK(back.error().message.find("new.yaml") != std::string::npos);
    CHECK(contents(clone.path / "config.yaml") == "id: Qm\nname: shop\n");
    CHECK(contents(clone.path / "new.yaml") == "id: another\n");
}

TEST_CASE("a clone without a commit has only new files to lose") {
    const test::TemporaryDirectory folder;
    test::git(folder.path(), {"init", "-q", "-b", "dev", "clone"});
    const fs::path path = folder.path() / "clone";
    write(path / "config.yaml", "id: Qm\n");
    const auto discarded = discard_changes(path, {"config.yaml"});
    REQUIRE(discarded);
    CHECK_FALSE(fs::exists(path / "config.yaml"));
    REQUIRE(bring_back(path, *discarded));
    CHECK(contents(path / "config.yaml") == "id: Qm\n");
}
