#include "core/git/commit.h"
#include "core/git/diff.h"
#include "core/git/discard.h"
#include "core/git/ignored.h"
#include "core/git/work_tree.h"
#include "tests/support/git_cli.h"

#include <doctest/doctest.h>
#include <map>
#include <unistd.h>

using namespace tau;
using namespace tau::git;
using test::Clone;
using test::contents;
using test::write;
namespace fs = std::filesystem;

namespace {

const Author author{"Ada", "ada@example.org"};

std::string listed(const Status& status) {
    std::string text;
    for (const FileChange& file : status.files) {
        text += std::string(to_string(file.state)) + " " + file.path + "\n";
    }
    return text;
}

ErrorCode refusal(const Result<CommitId>& result) {
    return result ? ErrorCode::internal : result.error().code;
}

} // namespace

TEST_CASE("the status is what git says, staged or not") {
    const Clone clone;
    CHECK(listed(status_of(clone.path).value()).empty());
    CHECK(status_of(clone.path).value().branch == "main");
    CHECK(status_of(clone.path).value().commit == clone.head());

    write(clone.path / ".gitignore", "*.log\nbuild/\n");
    write(clone.path / "notes.log", "x");
    write(clone.path / "build/out.yaml", "x");
    write(clone.path / "config.yaml", "id: Qm\nname: garden\n");
    write(clone.path / "websites/a b/ü.yaml", "id: 1\n");
    fs::remove(clone.path / "functions/ping.yaml");
    const std::string all = "untracked .gitignore\nchanged config.yaml\nremoved functions/"
                            "ping.yaml\nuntracked websites/a b/ü.yaml\n";
    CHECK(listed(status_of(clone.path).value()) == all);
    CHECK(test::git(clone.path, {"-c", "core.quotePath=false", "status", "--porcelain", "-uall"}) ==
          " M config.yaml\n D functions/ping.yaml\n?? .gitignore\n?? \"websites/a b/ü.yaml\"\n");

    test::git(clone.path, {"add", "-A"});
    const std::string staged = "added .gitignore\nchanged config.yaml\nremoved functions/"
                               "ping.yaml\nadded websites/a b/ü.yaml\n";
    CHECK(listed(status_of(clone.path).value()) == staged);
    write(clone.path / "config.yaml", "id: Qm\nname: shop\n"); // staged, and changed back
    fs::remove(clone.path / ".gitignore");                     // staged, and gone again
    CHECK(listed(status_of(clone.path).value()) ==
          "untracked build/out.yaml\nremoved functions/ping.yaml\nuntracked notes.log\n"
          "added websites/a b/ü.yaml\n");
}

TEST_CASE("a commit takes the chosen files and leaves the rest alone") {
    const Clone clone;
    const std::string before = clone.head();
    write(clone.path / "config.yaml", "id: Qm\nname: garden\n");
    write(clone.path / "new.yaml", "id: 1\n");
    write(clone.path / "other.yaml", "id: 2\n");
    fs::remove(clone.path / "functions/ping.yaml");
    test::git(clone.path, {"add", "other.yaml"}); // staged, but not chosen
    const auto made = commit_files(clone.path, {"config.yaml", "new.yaml", "functions/ping.yaml"},
                                   author, "Rename to garden\n\nIt is one now.");
    REQUIRE(made);
    CHECK(clone.head() == *made);
    CHECK(clone.head("HEAD^") == before);
    CHECK(test::git(clone.path, {"log", "-1", "--format=%an <%ae>|%s|%b"}) ==
          "Ada <ada@example.org>|Rename to garden|It is one now.\n\n");
    CHECK(test::git(clone.path, {"show", "--name-status", "--format="}) ==
          "M\tconfig.yaml\nD\tfunctions/ping.yaml\nA\tnew.yaml\n");
    CHECK(test::git(clone.path, {"status", "--porcelain"}) == "A  other.yaml\n");
    CHECK(clone.problem() == "");
}

TEST_CASE("modes and links are kept as git keeps them") {
    const Clone clone;
    write(clone.path / "run", "#!/bin/sh\n");
    fs::permissions(clone.path / "run", fs::perms::owner_all);
    fs::create_symlink("config.yaml", clone.path / "link.yaml");
    REQUIRE(commit_files(clone.path, {"run", "link.yaml"}, author, "Add"));
    CHECK(test::git(clone.path, {"ls-tree", "HEAD", "run", "link.yaml"}).find("120000 blob") !=
          std::string::npos);
    CHECK(test::git(clone.path, {"ls-tree", "HEAD", "run"}).starts_with("100755 blob"));
    CHECK(test::git(clone.path, {"status", "--porcelain"}).empty());
}

TEST_CASE("a mode that changed is told although the text was changed back") {
    const Clone clone;
    write(clone.path / "run", "one\n");
    clone.commit("Run");
    write(clone.path / "run", "two\n");
    test::git(clone.path, {"add", "run"});
    write(clone.path / "run", "one\n");
    CHECK(listed(status_of(clone.path).value()) == "");
    fs::permissions(clone.path / "run", fs::perms::owner_all);
    CHECK(listed(status_of(clone.path).value()) == "changed run\n");
}

TEST_CASE("a folder takes a file's place, and a file a folder's") {
    const Clone clone;
    write(clone.path / "lib.rs", "mod a;\n");
    write(clone.path / "old/a.yaml", "id: a\n");
    write(clone.path / "old/b.yaml", "id: b\n");
    clone.commit("Files");
    fs::remove(clone.path / "lib.rs");
    write(clone.path / "lib.rs/mod.rs", "mod b;\n");
    fs::remove_all(clone.path / "old");
    write(clone.path / "old", "a file\n");
    const Status status = status_of(clone.path).value();
    CHECK(listed(status) == "removed lib.rs\nuntracked lib.rs/mod.rs\nuntracked old\n"
                            "removed old/a.yaml\nremoved old/b.yaml\n");
    const FileDiff gone = diff_work_tree(clone.path, "lib.rs").value();
    CHECK(gone.state == FileState::removed);
    CHECK(gone.removed == 1);
    CHECK(gone.added == 0); // not the lines of what is inside of the folder
    const FileDiff came = diff_work_tree(clone.path, "old").value();
    CHECK(came.state == FileState::untracked);
    CHECK(came.added == 1);
    CHECK(came.removed == 0);
    std::vector<std::string> files;
    for (const FileChange& file : status.files) {
        files.push_back(file.path);
    }
    const auto made = commit_files(clone.path, files, author, "Swap");
    REQUIRE_MESSAGE(made.has_value(), (made ? "" : made.error().message));
    CHECK(test::git(clone.path, {"ls-tree", "-r", "--name-only", "HEAD"}) ==
          "config.yaml\nfunctions/ping.yaml\nlib.rs/mod.rs\nold\n");
    CHECK(test::git(clone.path, {"status", "--porcelain"}).empty());
    CHECK(clone.problem() == "");
}

TEST_CASE("a file in a folder's place is committed and discarded alone, too") {
    for (const bool link : {true, false}) {
        for (const bool staged : {true, false}) {
            CAPTURE(link);
            CAPTURE(staged);
            const Clone clone;
            write(clone.path / "functions/pong.yaml", "id: pong\n");
            clone.commit("Two");
            const auto replace = [&] {
                fs::remove_all(clone.path / "functions");
                if (link) {
                    fs::create_symlink("config.yaml", clone.path / "functions");
                } else {
                    write(clone.path / "functions", "x");
                }
                if (staged) {
                    test::git(clone.path, {"add", "-A"});
                }
            };
            replace();
            if (!link) { // links are left to git
                write(clone.path / "config.yaml", "id: mine\n");
                const auto gone = discard_changes(clone.path, {"config.yaml", "functions"});
                REQUIRE_MESSAGE(gone.has_value(), (gone ? "" : gone.error().message));
                CHECK(test::git(clone.path, {"status", "--porcelain"}).empty());
                CHECK(contents(clone.path / "functions/pong.yaml") == "id: pong\n");
                replace();
            }
            const auto done = commit_files(clone.path, {"functions"}, author, "A file now");
            REQUIRE_MESSAGE(done.has_value(), (done ? "" : done.error().message));
            CHECK(test::git(clone.path, {"ls-tree", "-r", "--name-only", "HEAD"}) ==
                  "config.yaml\nfunctions\n");
            CHECK(test::git(clone.path, {"status", "--porcelain"}).empty());
            CHECK(test::try_git(clone.path, {"write-tree"}).code == 0);
            CHECK(clone.problem() == "");
        }
    }
}

TEST_CASE("nothing behind a link is committed in the place of what is gone") {
    const Clone clone;
    write(clone.path / "a/b", "one\n");
    clone.commit("Files");
    write(clone.folder.path() / "outside/b", "secret\n");
    fs::remove_all(clone.path / "a");
    fs::create_symlink(clone.folder.path() / "outside", clone.path / "a");
    CHECK(listed(status_of(clone.path).value()) == "untracked a\nremoved a/b\n");
    REQUIRE(commit_files(clone.path, {"a", "a/b"}, author, "Swap"));
    CHECK(test::git(clone.path, {"ls-tree", "HEAD", "a"}).starts_with("120000 blob"));
    CHECK(test::git(clone.path, {"status", "--porcelain"}).empty());
    CHECK(clone.problem() == "");
}

TEST_CASE("a submodule that moved is named, and left out of commits") {
    const Clone clone;
    const Clone library;
    test::git(clone.path, {"-c", "protocol.file.allow=always", "submodule", "--quiet", "add",
                           library.path.string(), "vendor/lib"});
    clone.commit("Library");
    CHECK(status_of(clone.path)->submodules.empty());
    write(clone.path / "vendor/lib/new.rs", "// new\n");
    test::git(clone.path / "vendor/lib", {"add", "-A"});
    test::git(clone.path / "vendor/lib", {"commit", "-q", "-m", "New"});
    write(clone.path / "config.yaml", "id: Qm\nname: garden\n");
    const Status status = status_of(clone.path).value();
    CHECK(listed(status) == "changed config.yaml\n");
    CHECK(status.submodules == std::vector<std::string>{"vendor/lib"});
    REQUIRE(commit_files(clone.path, {"config.yaml"}, author, "Rename"));
    CHECK(test::git(clone.path, {"status", "--porcelain"}) == " M vendor/lib\n");
    test::git(clone.path, {"add", "vendor/lib"});
    CHECK(status_of(clone.path)->submodules == std::vector<std::string>{"vendor/lib"});
    test::git(clone.path, {"reset", "-q"});
    // One that cannot be read hides no other change.
    write(clone.path / "vendor/lib/.git", "gitdir: ../../nowhere\n");
    write(clone.path / "config.yaml", "id: Qm\nname: shop\n");
    CHECK(listed(status_of(clone.path).value()) == "changed config.yaml\n");
    write(clone.path / ".gitmodules", "[submodule \"vendor/lib\n<<<<<<< ours\n");
    CHECK(listed(status_of(clone.path).value()) == "changed .gitmodules\nchanged config.yaml\n");
}

TEST_CASE("what git ignores is known in any folder of a clone, and nowhere else") {
    const Clone clone;
    write(clone.path / ".gitignore", "*.log\nbuild/\n/own/\n.env\n!keep.log\n");
    write(clone.path / "sub/.gitignore", "local.yaml\n");
    write(clone.path / ".git/info/exclude", "mine\n");
    for (const char* path : {"added.log", "sub/.env", "sub/local.yaml", "own/a.log"}) {
        write(clone.path / path, "x");
    }
    test::git(clone.path, {"add", "-f", "added.log"});
    const auto top = Ignored::of(clone.path).value();
    for (const char* path : {"a.log", "sub/a.log", "build/x/y", ".env", "sub/.env", "mine",
                             "sub/local.yaml", "own/a.log"}) {
        CAPTURE(path);
        CHECK(top.has(path));
    }
    for (const char* path : {"added.log", "keep.log", "local.yaml", "build", "config.yaml"}) {
        CAPTURE(path);
        CHECK_FALSE(top.has(path));
    }
    // What is in an ignored folder stays ignored, whatever rule takes its name out again.
    write(clone.path / "sub/.gitignore", "local.yaml\n!*.log\n/secrets/\n!*.yaml\n");
    write(clone.path / "sub/secrets/deep/key.yaml", "x");
    CHECK(test::git(clone.path, {"check-ignore", "sub/secrets/deep/key.yaml"}) ==
          "sub/secrets/deep/key.yaml\n");
    CHECK(top.has("sub/secrets/deep/key.yaml"));
    CHECK_FALSE(top.has("sub/a.log"));
    write(clone.path / "sub/.gitignore", "local.yaml\n");
    const auto below = Ignored::of(clone.path / "sub").value();
    CHECK(below.has(".env"));
    CHECK(below.has("local.yaml"));
    CHECK_FALSE(below.has("config.yaml"));
    // A folder that is ignored itself, as all of a home folder may be, is somebody's own.
    CHECK_FALSE(Ignored::of(clone.path / "own").value().has("a.log"));
    const test::TemporaryDirectory other;
    CHECK_FALSE(Ignored::of(other.path()).value().has(".env"));
    CHECK_FALSE(Ignored::of(other.path() / "none").value().has(".env"));
}

TEST_CASE("where git cannot say what it ignores, nothing is taken for not ignored") {
    const Clone clone;
    write(clone.path / ".gitignore", ".env\n");
    const auto refusal = [&clone] {
        const auto ignored = Ignored::of(clone.path);
        return ignored ? "" : ignored.error().message + " " + ignored.error().hint;
    };
    CHECK(refusal() == "");
    const fs::path index = clone.path / ".git/index";
    const std::string before = test::contents(index);
    write(index, "no index");
    CHECK(refusal().find("without its .git") != std::string::npos);
    write(index, before);
    CHECK(refusal() == "");
    // Only root can give a folder away.
    if (::geteuid() == 0) {
        REQUIRE(::chown(clone.path.c_str(), 65534, 65534) == 0);
        REQUIRE(::chown((clone.path / ".git").c_str(), 65534, 65534) == 0);
        CHECK(refusal().find("belongs to another user") != std::string::npos);
    } else {
        fs::permissions(clone.path / ".git", fs::perms::none);
        CHECK(refusal() != "");
        fs::permissions(clone.path / ".git", fs::perms::owner_all);
    }
}

TEST_CASE("the first commit of an empty clone") {
    const test::TemporaryDirectory folder;
    test::git(folder.path(), {"init", "-q", "-b", "dev", "clone"});
    const fs::path path = folder.path() / "clone";
    CHECK_FALSE(status_of(path).value().commit);
    CHECK(status_of(path).value().branch == "dev");
    write(path / "config.yaml", "id: Qm\n");
    REQUIRE(commit_files(path, {"config.yaml"}, author, "Begin"));
    CHECK(test::git(path, {"log", "--format=%s", "dev"}) == "Begin\n");
}

TEST_CASE("what cannot be committed is refused, and nothing moves") {
    const Clone clone;
    const std::string before = clone.head();
    write(clone.path / "config.yaml", "id: Qm\nname: garden\n");
    CHECK(refusal(commit_files(clone.path, {}, author, "x")) == ErrorCode::invalid_argument);
    CHECK(refusal(commit_files(clone.path, {"config.yaml"}, author, " \n")) ==
          ErrorCode::invalid_argument);
    CHECK(refusal(commit_files(clone.path, {"config.yaml"}, {"", ""}, "x")) ==
          ErrorCode::invalid_argument);
    CHECK(test::git(clone.path, {"status", "--porcelain"}) == " M config.yaml\n"); // not staged
    for (const std::string path : {"functions/ping.yaml", "../x", "/etc/passwd", ".git/config"}) {
        CAPTURE(path);
        CHECK(refusal(commit_files(clone.path, {path}, author, "x")) == ErrorCode::conflict);
    }
    write(clone.path / "config.yaml", "<<<<<<< ours\nid: a\n=======\nid: b\n>>>>>>> theirs\n");
    const auto marked = commit_files(clone.path, {"config.yaml"}, author, "x");
    REQUIRE_FALSE(marked);
    CHECK(marked.error().message.find("conflict markers") != std::string::npos);
    test::git(clone.path, {"checkout", "-q", "--detach"});
    CHECK(refusal(commit_files(clone.path, {"config.yaml"}, author, "x")) ==
          ErrorCode::invalid_argument);
    CHECK(clone.head() == before);
    CHECK(clone.problem() == "");
}

TEST_CASE("a merge that git began elsewhere is left to git") {
    const Clone clone;
    test::git(clone.path, {"checkout", "-q", "-b", "side"});
    write(clone.path / "config.yaml", "id: side\n");
    clone.commit("Side");
    test::git(clone.path, {"checkout", "-q", "main"});
    write(clone.path / "config.yaml", "id: main\n");
    clone.commit("Main");
    CHECK(test::try_git(clone.path, {"merge", "side"}).code != 0);
    const auto refused = commit_files(clone.path, {"config.yaml"}, author, "x");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::conflict);
}

TEST_CASE("conflict markers are told from ordinary text") {
    const std::map<std::string, bool> texts{
        {"<<<<<<< HEAD\na\n=======\nb\n>>>>>>> x\n", true},
        {"a\n<<<<<<<\n>>>>>>>\n", true},
        {"a\r\n<<<<<<< x\r\nb\r\n>>>>>>> y\r\n", true},
        {"text: |\n  <<<<<<< HEAD\n  >>>>>>> x\n", false}, // within a block of text
        {"# =======\n", false},
        {">>>>>>> x\n<<<<<<< y\n", false},
        {"", false}};
    for (const auto& [text, marked] : texts) {
        CAPTURE(text);
        CHECK(has_conflict_markers(text) == marked);
    }
}
