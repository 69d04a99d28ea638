#include "core/git/diff.h"
#include "tests/support/git_cli.h"

#include <doctest/doctest.h>

using namespace tau;
using namespace tau::git;
using test::Clone;
using test::numbered;
using test::write;
namespace fs = std::filesystem;

namespace {

/// As `git diff` prints the hunks, without what stands above them.
std::string patch(const FileDiff& diff) {
    const auto range = [](std::uint32_t begin, std::uint32_t count) {
        return std::to_string(begin) + (count == 1 ? "" : "," + std::to_string(count));
    };
    std::string text;
    for (const Hunk& hunk : diff.hunks) {
        text += "@@ -" + range(hunk.old_begin, hunk.old_count) + " +" +
                range(hunk.new_begin, hunk.new_count) + " @@\n";
        for (const DiffLine& line : hunk.lines) {
            text += (line.kind == DiffLine::Kind::added     ? "+"
                     : line.kind == DiffLine::Kind::removed ? "-"
                                                            : " ") +
                    line.text + "\n" + (line.ends_file ? "\\ No newline at end of file\n" : "");
        }
    }
    return text;
}

/// The hunks of what git prints; what it says behind the second "@@" is left out.
std::string hunks_of(const std::string& output) {
    std::string text;
    bool inside = false;
    std::size_t begin = 0;
    while (begin < output.size()) {
        const std::size_t end = output.find('\n', begin);
        std::string line = output.substr(begin, end - begin);
        begin = end == std::string::npos ? output.size() : end + 1;
        if (line.starts_with("@@")) {
            inside = true;
            line = line.substr(0, line.find("@@", 2) + 2);
        }
        text += inside ? line + "\n" : "";
    }
    return text;
}

/// Each line of the diff against the texts themselves.
void check_numbers(const FileDiff& diff, const std::string& before, const std::string& after) {
    const auto line_of = [](const std::string& text, std::uint32_t number) {
        std::size_t begin = 0;
        for (std::uint32_t i = 1; i < number; ++i) {
            begin = text.find('\n', begin) + 1;
        }
        return text.substr(begin, text.find('\n', begin) - begin);
    };
    for (const Hunk& hunk : diff.hunks) {
        for (const DiffLine& line : hunk.lines) {
            CHECK((line.old_number == 0) == (line.kind == DiffLine::Kind::added));
            CHECK((line.new_number == 0) == (line.kind == DiffLine::Kind::removed));
            if (line.old_number != 0) {
                CHECK(line_of(before, line.old_number) == line.text);
            }
            if (line.new_number != 0) {
                CHECK(line_of(after, line.new_number) == line.text);
            }
        }
    }
}

} // namespace

TEST_CASE("differences are those that git prints") {
    const std::pair<std::string, std::string> cases[] = {
        {numbered(30), numbered(30, {{2, "x"}, {25, "y"}})},
        {numbered(30), numbered(40)},
        {numbered(30), numbered(3)},
        {"a\nb", "a\nb\n"},
        {"a\n", "a\nb"},
        {"", "a\n"},
        {"a\n", ""},
        {"a:\n  b: 1\n\na:\n  b: 2\n", "a:\n  b: 1\n\nc:\n  b: 1\n\na:\n  b: 2\n"},
        {"a\r\nb\r\n", "a\r\nc\r\n"},
        {"ä: ö\n", "ä: ü\n"}};
    for (const auto& [before, after] : cases) {
        CAPTURE(before);
        CAPTURE(after);
        const Clone clone;
        write(clone.path / "a.yaml", before);
        clone.commit("Before");
        write(clone.path / "a.yaml", after);
        const auto work = diff_work_tree(clone.path, "a.yaml").value();
        CHECK(patch(work) == hunks_of(test::git(clone.path, {"diff", "HEAD", "--", "a.yaml"})));
        check_numbers(work, before, after);
        CHECK(patch(diff_texts("a.yaml", before, after).value()) == patch(work));
        const std::string id = clone.commit("After");
        const auto committed = diff_commit(clone.path, id, "a.yaml").value();
        CHECK(patch(committed) == patch(work));
        CHECK(committed.state == FileState::changed);
        CHECK(diff_work_tree(clone.path, "a.yaml").value().kind == FileDiff::Kind::none);
    }
}

TEST_CASE("files that come and go") {
    const Clone clone;
    write(clone.path / "new.yaml", "a\nb\n");
    auto diff = diff_work_tree(clone.path, "new.yaml").value();
    CHECK(diff.state == FileState::untracked);
    CHECK(patch(diff) == "@@ -0,0 +1,2 @@\n+a\n+b\n");
    CHECK(diff.added == 2);
    test::git(clone.path, {"add", "new.yaml"});
    CHECK(diff_work_tree(clone.path, "new.yaml").value().state == FileState::added);
    fs::remove(clone.path / "config.yaml");
    diff = diff_work_tree(clone.path, "config.yaml").value();
    CHECK(diff.state == FileState::removed);
    CHECK(diff.removed == 2);
    const std::string first = clone.head();
    CHECK(diff_commit(clone.path, first, "config.yaml").value().added == 2); // has no parent
    CHECK(diff_commit(clone.path, first, "nowhere").value().kind == FileDiff::Kind::none);
    CHECK(diff_commit(clone.path, std::string(40, '0'), "x").error().code == ErrorCode::not_found);
}

TEST_CASE("what is no text, or too much of it, is said and not shown") {
    const Clone clone;
    write(clone.path / "picture", std::string("\x89PNG\0\0\1", 7));
    CHECK(diff_work_tree(clone.path, "picture").value().kind == FileDiff::Kind::binary);
    write(clone.path / "huge.yaml", std::string(largest_compared + 1, 'x'));
    auto huge = diff_work_tree(clone.path, "huge.yaml").value();
    CHECK(huge.kind == FileDiff::Kind::too_large);
    CHECK(huge.hunks.empty());
    const std::string id = clone.commit("Large");
    CHECK(diff_commit(clone.path, id, "huge.yaml").value().kind == FileDiff::Kind::too_large);
    CHECK(diff_commit(clone.path, id, "picture").value().kind == FileDiff::Kind::binary);

    std::string many;
    for (std::size_t i = 0; i < most_lines + 10; ++i) {
        many += "a\n";
    }
    write(clone.path / "many.yaml", many);
    const auto cut = diff_work_tree(clone.path, "many.yaml").value();
    CHECK_FALSE(cut.complete);
    CHECK(cut.added == most_lines);
    write(clone.path / "latin.yaml", "name: caf\xe9\n");
    const auto mended = diff_work_tree(clone.path, "latin.yaml").value();
    REQUIRE(mended.hunks.size() == 1);
    CHECK(mended.hunks[0].lines[0].text.find("name: caf") == 0);
}

TEST_CASE("a change of the mode alone has no lines and both modes") {
    const Clone clone;
    fs::permissions(clone.path / "config.yaml", fs::perms::owner_all);
    const auto diff = diff_work_tree(clone.path, "config.yaml").value();
    CHECK(diff.hunks.empty());
    CHECK(diff.old_mode == 0100644);
    CHECK(diff.new_mode == 0100755);
}

TEST_CASE("a link is shown as what it says, never followed") {
    const Clone clone;
    write(clone.folder.path() / "secret", "not of the clone\n");
    fs::create_symlink(clone.folder.path() / "secret", clone.path / "link.yaml");
    const auto diff = diff_work_tree(clone.path, "link.yaml").value();
    REQUIRE(diff.hunks.size() == 1);
    CHECK(diff.hunks[0].lines[0].text == (clone.folder.path() / "secret").string());
    CHECK(diff_work_tree(clone.path, "../secret").value_or(FileDiff{}).hunks.empty());
}
