#include "core/git/configuration.h"
#include "core/git/ignored.h"
#include "core/git/repository.h"
#include "core/git/work_tree.h"
#include "tests/support/git_cli.h"

#include <doctest/doctest.h>
#include <git2.h>

using namespace tau;
using namespace tau::git;
using test::Clone;
using test::write;
namespace fs = std::filesystem;

namespace {

/// A home that is followed while this lives; the other tests know of none.
struct Home {
    test::TemporaryDirectory folder;
    fs::path home = folder.path() / "home";
    fs::path xdg = home / ".config/git";
    fs::path system = folder.path() / "etc";
    Home() { REQUIRE(follow_configuration({system, xdg, home})); }
    ~Home() { REQUIRE(follow_configuration({})); }
    Home(const Home&) = delete;
    Home& operator=(const Home&) = delete;
};

std::vector<std::string> untracked(const fs::path& clone) {
    std::vector<std::string> names;
    const auto status = status_of(clone);
    REQUIRE(status);
    for (const FileChange& file : status->files) {
        names.push_back(file.path);
    }
    return names;
}

using Names = std::vector<std::string>;

} // namespace

TEST_CASE("the author is who git itself would name") {
    const Clone clone;
    const Home own;
    const auto nobody = configured_author(clone.path);
    REQUIRE_FALSE(nobody);
    CHECK(nobody.error().code == ErrorCode::not_found);
    write(own.system / "gitconfig", "[user]\n\tname = Root\n\temail = root@example.org\n");
    CHECK(configured_author(clone.path)->name == "Root");
    write(own.xdg / "config", "[user]\n\tname = Grace\n");
    CHECK(configured_author(clone.path)->name == "Grace");
    CHECK(configured_author(clone.path)->email == "root@example.org");
    write(own.home / ".gitconfig", "[include]\n\tpath = ~/more\n\tpath = ~/absent\n");
    write(own.home / "more", "[user]\n\temail = grace@example.org\n");
    CHECK(configured_author(clone.path)->email == "grace@example.org");
    write(own.home / ".gitconfig", "[includeIf \"gitdir:" + clone.path.string() +
                                       "/\"]\n\tpath = ~/more\n[user]\n\tname = Grace Hopper\n");
    CHECK(configured_author(clone.path)->name == "Grace Hopper");
    CHECK(configured_author(clone.path)->email == "grace@example.org");
    test::git(clone.path, {"config", "user.name", "Ada"}); // the repository's own comes first
    CHECK(configured_author(clone.path)->name == "Ada");

    write(own.home / ".gitconfig", "[user\n");
    const auto broken = configured_author(clone.path);
    REQUIRE_FALSE(broken);
    CHECK(broken.error().message.find(".gitconfig") != std::string::npos);
}

TEST_CASE("what a person ignores everywhere is ignored here") {
    const Clone clone;
    const Home own;
    // libgit2 forgets an exception to nothing in its own file, so there is something.
    write(clone.path / ".gitignore", "keep*\n!keep.env\n");
    clone.commit("Keep");
    for (const char* path : {".env", "functions/.env", "keep.env", "code.swp"}) {
        write(clone.path / path, "x");
    }
    const auto check = [&](const Names& expected, const Names& ignored) {
        CHECK(untracked(clone.path) == expected);
        const auto known = Ignored::of(clone.path).value();
        for (const std::string& path : ignored) {
            CAPTURE(path);
            CHECK(known.has(path));
        }
        for (const std::string& path : expected) {
            CAPTURE(path);
            CHECK_FALSE(known.has(path));
        }
    };
    check({".env", "code.swp", "functions/.env", "keep.env"}, {});
    write(own.xdg / "ignore", "*.swp\n");
    check({".env", "functions/.env", "keep.env"}, {"code.swp"});
    // The setting takes the place of that file; a repository's own rule comes before both.
    write(own.home / "lists/all", "*.env\n");
    write(own.home / ".gitconfig", "[core]\n\texcludesFile = ~/lists/all\n");
    check({"code.swp", "keep.env"}, {".env", "functions/.env"});
    CHECK(test::git(clone.path, {"-c", "core.excludesFile=" + (own.home / "lists/all").string(),
                                 "status", "--porcelain", "-uall"}) ==
          "?? code.swp\n?? keep.env\n");
    write(own.home / ".gitconfig", "[core]\n\texcludesFile = ~/lists/none\n");
    check({".env", "code.swp", "functions/.env", "keep.env"}, {});
    test::git(clone.path, {"config", "core.excludesFile", "~/lists/all"});
    check({"code.swp", "keep.env"}, {".env", "functions/.env"});
}

TEST_CASE("a repository's address is the one it was given, whatever git would use instead") {
    const Clone clone;
    const Home own;
    write(own.home / ".gitconfig",
          "[url \"https://elsewhere.example/\"]\n\tinsteadOf = git@git.example:\n");
    test::git(clone.path, {"remote", "add", "origin", "git@git.example:ada/shop.git"});
    CHECK(Repository::open(clone.path)->origin().value() == "git@git.example:ada/shop.git");
}

TEST_CASE("folders of others are trusted as the person's configuration says") {
    const Home own;
    const auto checks_owners = [] {
        int checks = -1;
        git_libgit2_opts(GIT_OPT_GET_OWNER_VALIDATION, &checks);
        return checks;
    };
    CHECK(checks_owners() == 1);
    const auto following = [&](const std::string& text) {
        write(own.home / ".gitconfig", text);
        REQUIRE(follow_configuration({own.system, own.xdg, own.home}));
        return checks_owners();
    };
    CHECK(following("[safe]\n\tdirectory = /srv\n\tdirectory = *\n") == 0);
    CHECK(following("[safe]\n\tdirectory = *\n\tdirectory =\n\tdirectory = /srv\n") == 1);
}

TEST_CASE("nothing of it is known without being told, nor below a folder with a colon") {
    const Clone clone;
    const test::TemporaryDirectory folder;
    const fs::path home = folder.path() / "a:b";
    write(home / ".gitconfig", "[user]\n\tname = Grace\n\temail = grace@example.org\n");
    CHECK_FALSE(configured_author(clone.path));
    REQUIRE(follow_configuration({{}, {}, home}));
    CHECK_FALSE(configured_author(clone.path));
    REQUIRE(follow_configuration({}));
}
