#include "core/base/file.h"

#include "core/base/encoding.h"
#include "tests/support/temporary_directory.h"

#include <array>
#include <doctest/doctest.h>
#include <fstream>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace tau;
namespace fs = std::filesystem;

namespace {
unsigned mode_of(const fs::path& path) {
    struct stat status {};
    REQUIRE(::lstat(path.c_str(), &status) == 0);
    return status.st_mode & 07777U;
}
} // namespace

TEST_CASE("an atomic write has the asked mode under any umask and leaves no other file") {
    const test::TemporaryDirectory folder;
    const mode_t old = ::umask(0);
    const fs::path path = folder.path() / "key";
    REQUIRE(write_file_atomic(path, std::string_view("one"), 0600));
    REQUIRE(write_file_atomic(path, std::string_view("two"), 0600));
    ::umask(old);
    CHECK(mode_of(path) == 0600);
    CHECK(read_file(path).value() == "two");
    CHECK(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()) == 1);
}

TEST_CASE("a new file has the asked mode, takes nobody's place and follows no link") {
    const test::TemporaryDirectory folder;
    const mode_t old = ::umask(077);
    const fs::path path = folder.path() / "new";
    CHECK(write_new_file(path, as_bytes("one"), 0644));
    ::umask(old);
    CHECK(mode_of(path) == 0644);
    CHECK(write_new_file(path, as_bytes("two"), 0644).error().code == ErrorCode::already_exists);
    CHECK(read_file(path).value() == "one");
    fs::create_symlink(folder.path() / "elsewhere", folder.path() / "link");
    CHECK_FALSE(write_new_file(folder.path() / "link", as_bytes("x"), 0644));
    CHECK_FALSE(fs::exists(folder.path() / "elsewhere"));
    CHECK(sync_filesystem(folder.path()));
    CHECK(sync_filesystem(folder.path() / "none").error().code == ErrorCode::not_found);
}

TEST_CASE("an atomic write replaces a planted link and does not follow it") {
    const test::TemporaryDirectory folder;
    const fs::path victim = folder.path() / "victim";
    REQUIRE(write_file_atomic(victim, std::string_view("untouched")));
    fs::create_symlink(victim, folder.path() / "key");
    REQUIRE(write_file_atomic(folder.path() / "key", std::string_view("new")));
    CHECK(read_file(victim).value() == "untouched");
    CHECK_FALSE(fs::is_symlink(folder.path() / "key"));
}

TEST_CASE("a program's input is read also when it is a socket") {
    std::array<int, 2> ends{};
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) == 0);
    REQUIRE(::write(ends[1], "12345", 5) == 5);
    ::close(ends[1]);
    const int kept = ::dup(STDIN_FILENO);
    REQUIRE(::dup2(ends[0], STDIN_FILENO) == STDIN_FILENO);
    const auto text = read_file("/dev/stdin");
    ::dup2(kept, STDIN_FILENO);
    ::close(kept);
    ::close(ends[0]);
    REQUIRE(text);
    CHECK(*text == "12345");
}

TEST_CASE("reads are bounded, and secrets readable by others are refused") {
    const test::TemporaryDirectory folder;
    const fs::path path = folder.path() / "file";
    REQUIRE(write_file_atomic(path, std::string_view("12345"), 0644));
    CHECK(read_file(path, 5).value() == "12345");
    CHECK(read_file(path, 4).error().code == ErrorCode::limit_exceeded);
    CHECK(read_file(folder.path() / "none").error().code == ErrorCode::not_found);
    CHECK(read_secret_file(path).error().code == ErrorCode::permission_denied);
    REQUIRE(::chmod(path.c_str(), 0600) == 0);
    CHECK(read_secret_file(path).value().view() == "12345");
    CHECK(read_secret_file(path, 4).error().code == ErrorCode::limit_exceeded);
}

TEST_CASE("a private folder is 0700, and a link in its place is refused") {
    const test::TemporaryDirectory folder;
    REQUIRE(make_private_directory(folder.path() / "a" / "b"));
    CHECK(mode_of(folder.path() / "a" / "b") == 0700);
    CHECK(mode_of(folder.path() / "a") == 0700); // or it would be refused when it is asked for
    REQUIRE(::chmod((folder.path() / "a" / "b").c_str(), 0755) == 0);
    REQUIRE(make_private_directory(folder.path() / "a" / "b"));
    CHECK(mode_of(folder.path() / "a" / "b") == 0700);
    REQUIRE(::chmod((folder.path() / "a").c_str(), 0755) == 0);
    const auto shared = make_private_directory(folder.path() / "a"); // b is in it
    REQUIRE_FALSE(shared);
    CHECK(shared.error().code == ErrorCode::permission_denied);
    CHECK(mode_of(folder.path() / "a") == 0755);
    fs::create_symlink("/", folder.path() / "link");
    CHECK_FALSE(make_private_directory(folder.path() / "link").has_value());
}

TEST_CASE("a second holder of a lock waits, then says who is in the way") {
    const test::TemporaryDirectory folder;
    const fs::path path = folder.path() / "lock";
    {
        const auto first = FileLock::acquire(path, 0);
        REQUIRE(first.has_value());
        CHECK(FileLock::acquire(path, 60).error().code == ErrorCode::unavailable);
    }
    CHECK(FileLock::acquire(path, 0).has_value());
}
