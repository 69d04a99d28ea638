#include "core/flow/journal.h"

#include "core/base/file.h"
#include "tests/support/temporary_directory.h"

#include <doctest/doctest.h>
#include <thread>

using namespace tau;
using namespace tau::flow;
namespace fs = std::filesystem;

namespace {

const SystemClock clock_now;

/// A journal with a plan, two intents and one outcome.
std::string write_sample(const fs::path& path) {
    auto journal = Journal::create(path, clock_now, {});
    REQUIRE(journal.has_value());
    REQUIRE((*journal)->append(Kind::plan, "", {{"title", "Create project shop"}}));
    REQUIRE((*journal)->append(Kind::intent, "one", {}));
    REQUIRE((*journal)->append(Kind::outcome, "one",
                               {{"id", "42"}, {"sentence", "Made \"one\" in C:\\ – ü\n."}}));
    REQUIRE((*journal)->append(Kind::intent, "two", {}));
    return read_file(path).value();
}

void put(const fs::path& path, std::string_view text) {
    REQUIRE(write_file_atomic(path, text));
}

} // namespace

TEST_CASE("a journal gives back what was appended, and goes on after it") {
    const test::TemporaryDirectory folder;
    const fs::path path = folder.path() / "journal";
    write_sample(path);
    CHECK(Journal::create(path, clock_now, {}).error().code == ErrorCode::already_exists);
    {
        auto opened = Journal::open(path, clock_now, {});
        REQUIRE(opened.has_value());
        REQUIRE(opened->entries.size() == 4);
        CHECK(opened->entries[2].kind == Kind::outcome);
        CHECK(opened->entries[2].step == "one");
        CHECK(opened->entries[2].facts.at("sentence") == "Made \"one\" in C:\\ – ü\n.");
        REQUIRE(opened->journal->append(Kind::closed, "", {{"state", "done"}}));
    }
    const auto entries = Journal::read(path);
    REQUIRE(entries.has_value());
    CHECK(entries->size() == 5);
    CHECK(entries->back().kind == Kind::closed);
}

TEST_CASE("half a line at the end is ignored at every length, and cut before going on") {
    const test::TemporaryDirectory folder;
    const fs::path path = folder.path() / "journal";
    const std::string whole = write_sample(path);
    const std::size_t last = whole.rfind('\n', whole.size() - 2) + 1;
    for (std::size_t size = last; size < whole.size(); ++size) {
        put(path, whole.substr(0, size));
        auto opened = Journal::open(path, clock_now, {});
        REQUIRE(opened.has_value());
        CHECK(opened->entries.size() == 3);
        REQUIRE(opened->journal->append(Kind::intent, "again", {}));
        CHECK(Journal::read(path).value().back().step == "again");
    }
}

TEST_CASE("any changed byte before the end is told, and the file is put aside") {
    const test::TemporaryDirectory folder;
    const fs::path path = folder.path() / "journal";
    const std::string whole = write_sample(path);
    for (std::size_t i = 0; i + 1 < whole.size(); ++i) {
        std::string damaged = whole;
        damaged[i] = static_cast<char>(damaged[i] ^ 0x04);
        put(path, damaged);
        CHECK_MESSAGE(Journal::read(path).error().code == ErrorCode::corrupt, i);
    }
    const auto error = Journal::open(path, clock_now, {}).error();
    CHECK(error.code == ErrorCode::corrupt);
    CHECK(error.message.find("line 4") != std::string::npos);
    CHECK(error.detail.find("Made \"one\"") != std::string::npos);
    CHECK_FALSE(fs::exists(path));
    const fs::path aside = *fs::directory_iterator(folder.path());
    CHECK(aside.filename().string().starts_with("journal.bad-"));
}

TEST_CASE("a line that is missing, doubled or moved is damage") {
    const test::TemporaryDirectory folder;
    const fs::path path = folder.path() / "journal";
    const std::string whole = write_sample(path);
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < whole.size();) {
        const std::size_t end = whole.find('\n', at) + 1;
        lines.push_back(whole.substr(at, end - at));
        at = end;
    }
    for (const std::string& text : {lines[0] + lines[2] + lines[3], lines[0] + lines[0] + lines[1],
                                    lines[1] + lines[0] + lines[2], "\n" + whole}) {
        put(path, text);
        CHECK(Journal::read(path).error().code == ErrorCode::corrupt);
    }
}

TEST_CASE("two threads may append, and a full disk is an error that stays") {
    const test::TemporaryDirectory folder;
    const fs::path path = folder.path() / "journal";
    {
        auto journal = Journal::create(path, clock_now, {});
        REQUIRE(journal.has_value());
        const auto write = [&] {
            for (int i = 0; i < 50; ++i) {
                CHECK((*journal)->append(Kind::intent, "step", {}));
            }
        };
        std::jthread one(write);
        std::jthread two(write);
    }
    CHECK(Journal::read(path).value().size() == 100);

    fs::create_symlink("/dev/full", folder.path() / "full");
    CHECK_FALSE(Journal::create(folder.path() / "full", clock_now, {}).has_value());
}
