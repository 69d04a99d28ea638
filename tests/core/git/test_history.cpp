#include "core/git/history.h"
#include "tests/support/git_cli.h"

#include <algorithm>
#include <doctest/doctest.h>

using namespace tau;
using namespace tau::git;
using test::Clone;
using test::write;
namespace fs = std::filesystem;

TEST_CASE("commits come in pages, as git lists them") {
    const Clone clone;
    for (int i = 0; i < 25; ++i) {
        write(clone.path / "config.yaml", "id: " + std::to_string(i) + "\n");
        clone.commit("Change " + std::to_string(i) + "\n\nBecause of " + std::to_string(i));
    }
    test::git(clone.path, {"checkout", "-q", "-b", "side", "HEAD~5"});
    write(clone.path / "side.yaml", "a: 1\n");
    clone.commit("Side");
    test::git(clone.path, {"checkout", "-q", "main"});
    test::git(clone.path, {"merge", "-q", "--no-ff", "-m", "Bring side in", "side"});

    std::string ours;
    std::size_t skip = 0;
    bool more = true;
    for (int pages = 0; more; ++pages) {
        REQUIRE(pages < 10);
        const auto page = history(clone.path, "main", skip, 10).value();
        CHECK(page.commits.size() <= 10);
        for (const Commit& commit : page.commits) {
            ours += commit.id + "|" + commit.author.name + "|" + commit.author.email + "|" +
                    std::to_string(commit.time) + "|" + commit.subject + "|" +
                    std::to_string(commit.parents.size()) + "\n";
        }
        skip += page.commits.size();
        more = page.more;
    }
    CHECK(skip == 28);
    // The order of commits of the same second is git's own business; which they are is not.
    const auto sorted = [](const std::string& text) {
        std::vector<std::string> lines;
        for (std::size_t begin = 0; begin < text.size();) {
            const std::size_t end = text.find('\n', begin);
            lines.push_back(text.substr(begin, end - begin));
            begin = end + 1;
        }
        std::sort(lines.begin(), lines.end());
        return lines;
    };
    std::string theirs = test::git(clone.path, {"log", "--format=%H|%an|%ae|%ct|%s|%p"});
    std::string counted;
    for (std::size_t begin = 0; begin < theirs.size();) {
        const std::size_t end = theirs.find('\n', begin);
        const std::string line = theirs.substr(begin, end - begin);
        const std::size_t bar = line.rfind('|');
        const std::string parents = line.substr(bar + 1);
        counted += line.substr(0, bar + 1) +
                   (parents.empty()                          ? "0"
                    : parents.find(' ') == std::string::npos ? "1"
                                                             : "2") +
                   "\n";
        begin = end + 1;
    }
    CHECK(sorted(ours) == sorted(counted));
    const auto merge = history(clone.path, "main", 0, 1).value().commits.at(0);
    CHECK(merge.subject == "Bring side in");
    CHECK(merge.id == clone.head());
    CHECK(history(clone.path, clone.head("HEAD~3"), 0, 1).value().commits.at(0).message ==
          "Change 22\n\nBecause of 22");
    CHECK(history(clone.path, "main", 1000, 10).value().commits.empty());
    CHECK(history(clone.path, "nowhere", 0, 10).error().code == ErrorCode::not_found);
}

TEST_CASE("the files of a commit are those that git names") {
    const Clone clone;
    const auto first = files_of(clone.path, clone.head()).value();
    CHECK(first.files == std::vector<FileChange>{{"config.yaml", FileState::added},
                                                 {"functions/ping.yaml", FileState::added}});
    write(clone.path / "config.yaml", "id: 2\n");
    write(clone.path / "b/c.yaml", "id: 3\n");
    fs::remove(clone.path / "functions/ping.yaml");
    const std::string id = clone.commit("Much");
    std::string text;
    const auto changed = files_of(clone.path, id).value();
    for (const FileChange& file : changed.files) {
        const std::string word(to_string(file.state));
        text += (word == "added" ? "A\t" : word == "changed" ? "M\t" : "D\t") + file.path + "\n";
    }
    CHECK(text ==
          test::git(clone.path, {"show", "--no-renames", "--name-status", "--format=", id}));
}

TEST_CASE("hostile names and messages are mended, not shown as they are") {
    const Clone clone;
    write(clone.path / "config.yaml", "id: 2\n");
    test::git(clone.path, {"add", "-A"});
    test::git(clone.path,
              {"-c", "user.name=E\033[31mve", "-c", "user.email=e@x.org", "commit", "-q",
               "--author", "E\033[31mve <e@x.org>", "-m", "Red \033[31malert\n\nand \a bell"});
    const auto commit = history(clone.path, "main", 0, 1).value().commits.at(0);
    CHECK(commit.author.name.find('\033') == std::string::npos);
    CHECK(commit.subject.find('\033') == std::string::npos);
    CHECK(commit.message.find('\033') == std::string::npos);
}
