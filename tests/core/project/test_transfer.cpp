#include "core/base/file.h"
#include "core/project/canonical.h"
#include "core/project/one_file.h"
#include "core/project/transfer.h"
#include "tests/support/archive.h"
#include "tests/support/git_cli.h"
#include "tests/support/temporary_directory.h"
#include "tests/support/vectors.h"

#include <array>
#include <cstring>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>
#include <yaml-cpp/yaml.h>

using namespace tau;
using namespace tau::project;
using test::archive_of;
namespace fs = std::filesystem;

namespace {

constexpr const char* id = "Qmc3WjpDvCaVY3jWmxranUY7roFhRj66SNqstiRbKxDbU4";

git::Files sample() {
    return {{"config.yaml", std::string("# my shop\nname: shop\nid: ") + id + "\nextra: 1\n"},
            {"README.md", "hello\n"},
            {"notes.yaml", "- b\n- a\n"},
            {"empty.yaml", ""},
            {"applications/till/config.yaml", "tags: []\nid: x\n"},
            {"functions/ping.yaml", "execution: {call: ping, timeout: 10s, memory: 10MB}\n"
                                    "# why\nid: y\nmine:\n  - z: 'true'\n"
                                    "domains: [d]\nsource: .\ntrigger: {paths: [/], type: https, "
                                    "method: get}\n"}};
}

constexpr const char* sample_text =
    "# The configuration of a Taubyte project: all its YAML files in one.\n"
    "# Files of it again: tau-project import <this file> --to <folder>\n"
    "format: taubyte-project/1\n"
    "project:\n"
    "    id: Qmc3WjpDvCaVY3jWmxranUY7roFhRj66SNqstiRbKxDbU4\n"
    "    name: shop\n"
    "files:\n"
    "    config.yaml:\n"
    "        id: Qmc3WjpDvCaVY3jWmxranUY7roFhRj66SNqstiRbKxDbU4\n"
    "        # my shop\n"
    "        name: shop\n"
    "        extra: 1\n"
    "    functions/ping.yaml:\n"
    "        # why\n"
    "        id: \"y\"\n"
    "        source: .\n"
    "        trigger:\n"
    "            type: https\n"
    "            method: get\n"
    "            paths:\n"
    "                - /\n"
    "        domains:\n"
    "            - d\n"
    "        execution:\n"
    "            timeout: 10s\n"
    "            memory: 10MB\n"
    "            call: ping\n"
    "        mine:\n"
    "            - z: \"true\"\n"
    "    applications/till/config.yaml:\n"
    "        id: x\n"
    "        tags: []\n"
    "    empty.yaml:\n"
    "    notes.yaml:\n"
    "        - b\n"
    "        - a\n";

Store stored(const git::Files& files) {
    auto store = Store::from(files);
    REQUIRE(store);
    return std::move(*store);
}

} // namespace

TEST_CASE("a project as one file has its keys in the table's order and nothing lost") {
    const auto text = to_one_file(stored(sample()));
    REQUIRE_MESSAGE(text.has_value(), (text ? "" : text.error().message));
    CHECK(*text == sample_text);
    CHECK(is_one_file(*text));
    const auto files = from_one_file(*text);
    REQUIRE_MESSAGE(files.has_value(), (files ? "" : files.error().message));
    CHECK(files->size() == 5);
    CHECK(files->at("empty.yaml").empty());
    CHECK(files->at("applications/till/config.yaml") == "id: x\ntags: []\n");
    CHECK(*to_one_file(stored(*files)) == *text);
    // Line ends are the one file's own, whatever the files have.
    auto dos = sample();
    for (const char* path : {"config.yaml", "functions/ping.yaml"}) {
        std::string& file = dos[path];
        for (std::size_t at = file.find('\n'); at != std::string::npos;
             at = file.find('\n', at + 2)) {
            file.replace(at, 1, "\r\n");
        }
    }
    CHECK(*to_one_file(stored(dos)) == *text);
    // Another reader finds the same.
    const YAML::Node other = YAML::Load(*text);
    CHECK(other["files"]["functions/ping.yaml"]["mine"][0]["z"].Scalar() == "true");
}

TEST_CASE("a file without a canonical form stands in the one file as it is") {
    struct Case {
        const char* path;
        const char* text;
    };
    for (const Case& one :
         {Case{"functions/a.yaml", "? [x]\n: y\n"}, Case{"functions/a.yaml", "text\n"},
          Case{"functions/a.yaml", "a: 1\na: 2\n"}, Case{"functions/a.yaml", "&x\na: 1\n"},
          Case{"config.yaml", "id: x\nid: y\n"}, Case{"functions/a.yaml", "a: 1\n---\nb: [\n"},
          Case{".github/workflows/x.yaml", "a: 1\r\n---\r\nb: 2\r\n"},
          Case{"chart/x.yaml", "{{- if .x }}\na: b: c\n  {{ end }}\n"},
          Case{"x.yaml", "a: [\x07\n"},
          // Comments that its canonical form would lose, or say again.
          Case{"functions/a.yaml", "# id: x\n# source: .\n"},
          Case{"functions/a.yaml", "{ # c1\n}\n"}, Case{"functions/a.yaml", "# c0\n[] # c1\n"},
          Case{"functions/a.yaml", "a: # c1\n  # c2\n  | # c3\n  x\n"},
          Case{"functions/a.yaml", "p: !x # c1\n  y # c2\n"},
          Case{"functions/a.yaml", "tags:\n    - !!str # keep\n      a: 1\n"}}) {
        CAPTURE(one.text);
        auto files = sample();
        files[one.path] = one.text;
        const auto text = to_one_file(stored(files));
        REQUIRE_MESSAGE(text.has_value(), (text ? "" : text.error().message));
        CHECK(text->find("# As it is, since it has no canonical form.\n    " +
                         std::string(one.path)) != std::string::npos);
        const auto back = from_one_file(*text);
        REQUIRE_MESSAGE(back.has_value(), (back ? "" : back.error().message));
        CHECK(back->at(one.path) == one.text);
        CHECK(*to_one_file(stored(*back)) == *text);
    }
}

TEST_CASE("what could not be taken in again is not exported") {
    for (const char* name : {"functions/a:b.yaml", "functions/a\\b.yaml"}) {
        CAPTURE(name);
        auto files = sample();
        files[name] = "id: x\n";
        CHECK(to_one_file(stored(files)).error().code == ErrorCode::invalid_argument);
        CHECK(to_zip(files).error().code == ErrorCode::invalid_argument);
        const test::TemporaryDirectory folder;
        const auto written = write_folder(files, folder.path() / "copy");
        REQUIRE_FALSE(written);
        CHECK(written.error().hint.find("Rename") == 0);
    }
}

TEST_CASE("an alias stays behind what it names in the one file") {
    const std::string text = "id: x\nlimits: &l 10s # why\nexecution:\n    timeout: *l\n"
                             "source: .\n";
    auto files = sample();
    files["functions/a.yaml"] = text;
    const auto one = to_one_file(stored(files));
    REQUIRE_MESSAGE(one.has_value(), (one ? "" : one.error().message));
    const auto back = from_one_file(*one);
    REQUIRE_MESSAGE(back.has_value(), (back ? "" : back.error().message));
    CHECK(back->at("functions/a.yaml") == text);
}

TEST_CASE("a project that cannot be one file says which file it is") {
    struct Case {
        const char* path;
        const char* text;
        ErrorCode code;
    };
    for (const Case& one : {Case{"functions/a.yaml", "a: b: c\n", ErrorCode::corrupt},
                            Case{"config.yaml", "\xff: b\n", ErrorCode::corrupt},
                            Case{"x.yaml", "\xff: b\n", ErrorCode::corrupt}}) {
        auto files = sample();
        files[one.path] = one.text;
        const auto text = to_one_file(stored(files));
        REQUIRE_FALSE(text);
        CHECK(text.error().code == one.code);
        CHECK(text.error().message.find(one.path) != std::string::npos);
    }
    CHECK(to_one_file(stored({{"a.yaml", "b: c\n"}})).error().code == ErrorCode::not_found);
    // One that cannot be read is not said to be no YAML, and no other form could take it either.
    const test::TemporaryDirectory folder;
    REQUIRE(write_folder(sample(), folder.path() / "p"));
    const auto unread =
        to_one_file(*Store::load(folder.path() / "p", StoreLimits{.file_bytes = 60}));
    REQUIRE_FALSE(unread);
    CHECK(unread.error().message.starts_with("config.yaml cannot be read. The file "));
    CHECK(unread.error().hint.find("folder") == std::string::npos);
}

TEST_CASE("what one file cannot hold is named") {
    const test::TemporaryDirectory folder;
    REQUIRE(write_folder(sample(), folder.path() / "p"));
    REQUIRE(write_folder({{"a", ""}}, folder.path() / "p/scripts\n"));
    REQUIRE(symlink("config.yaml", (folder.path() / "p/link.yaml").c_str()) == 0);
    fs::create_directory(folder.path() / "p/docs");
    std::ofstream(folder.path() / "p/docs/b\xff.yaml") << "a: 1\n";
    const auto store = Store::load(folder.path() / "p");
    REQUIRE(store);
    CHECK(left_out_of_one_file(*store) ==
          std::vector<std::string>{"README.md", "link.yaml", "scripts\\x0a/a", "docs/b\\xff.yaml"});
    CHECK(*to_one_file(*store) == sample_text);
}

TEST_CASE("a project in one file is known by its content") {
    const std::string sample = sample_text;
    for (const std::string mark : {"", "\xef\xbb\xbf"}) {
        CHECK(is_one_file(mark + sample));
        CHECK(is_one_file(mark + sample.substr(sample.find("format:"))));
        CHECK_FALSE(is_one_file(mark + "id: x\n"));
    }
}

TEST_CASE("what is no project in one file is refused") {
    const std::string good = sample_text;
    const auto changed = [&](const std::string& from, const std::string& to) {
        std::string text = good;
        text.replace(text.find(from), from.size(), to);
        return text;
    };
    for (const std::string& text :
         {changed("project/1", "project/2"), changed("files:", "other:"),
          changed("    id: Qmc", "    id: Qmd"), changed("notes.yaml", "notes.txt"),
          changed("    config.yaml", "    x.yaml"), changed("empty.yaml", "notes.yaml"),
          std::string("format: taubyte-project/1\nfiles: 1\n"), std::string()}) {
        const auto files = from_one_file(text);
        REQUIRE_FALSE(files);
        CHECK(files.error().code == ErrorCode::corrupt);
    }
    // Paths are looked at where files are written.
    const auto outside = from_one_file(changed("notes.yaml", "../notes.yaml"));
    REQUIRE(outside);
    const test::TemporaryDirectory folder;
    CHECK(write_folder(*outside, folder.path() / "new").error().code ==
          ErrorCode::invalid_argument);
    CHECK_FALSE(fs::exists(folder.path() / "notes.yaml"));
}

TEST_CASE("the real repositories survive each form, and canonical form keeps their meaning") {
    if (test::vectors().empty()) {
        MESSAGE("skipped: no vectors");
        return;
    }
    for (const char* name : {"tb_test_project", "tb_ChatProject", "tb_examples"}) {
        CAPTURE(name);
        const auto files = read_project(test::vectors() / "taubyte" / name);
        REQUIRE_MESSAGE(files.has_value(), (files ? "" : files.error().message));
        const Store store = stored(*files);
        CHECK(*from_zip(*to_zip(*files)) == *files);
        const auto text = to_one_file(store);
        REQUIRE_MESSAGE(text.has_value(), (text ? "" : text.error().message));
        const Store again = stored(*from_one_file(*text));
        CHECK(*to_one_file(again) == *text);
        CHECK(again.files().size() == store.files().size());
        for (const auto& [path, file] : store.files()) {
            CAPTURE(path);
            REQUIRE(again.file(path) != nullptr);
            CHECK(yaml::same_content(*file.document(), *again.file(path)->document()));
            const auto canon = canonical(*file.document(), path);
            REQUIRE(canon);
            CHECK(*canonical(*yaml::Document::parse(*canon), path) == *canon);
        }
    }
}

TEST_CASE("the same files make the same archive, and come out of it") {
    auto files = sample();
    files["code/big"] = std::string(3U << 20U, 'x');
    const auto bytes = to_zip(files);
    REQUIRE(bytes);
    CHECK(is_zip(*bytes));
    CHECK(*bytes == *to_zip(files));
    CHECK(*from_zip(*bytes) == files);
    const auto none = to_zip({});
    REQUIRE(none);
    CHECK(from_zip(*none)->empty());
    const auto wrapped = from_zip(archive_of({{"shop-main/", {}},
                                              {"shop-main/config.yaml", "id: x\n"},
                                              {"shop-main/functions/a.yaml", "id: y\n"}}));
    REQUIRE(wrapped);
    CHECK(wrapped->contains("functions/a.yaml"));
}

TEST_CASE("what only came along with a project stays in its archive") {
    const git::Files wanted{{"config.yaml", "id: x\n"}, {"functions/a.yaml", "id: y\n"}};
    const std::string link = "/etc/passwd";
    const struct {
        const char* what;
        std::string bytes;
    } cases[]{{"a clone", archive_of({{"config.yaml", "id: x\n"},
                                      {".git/", {}},
                                      {".git/config", "[core]\n"},
                                      {".git/hooks/pre-commit", link, 0120777},
                                      {"libraries/l/.git", "gitdir: ..\n"},
                                      {"functions/a.yaml", "id: y\n"}})},
              {"a clone in its folder", archive_of({{"shop/config.yaml", "id: x\n"},
                                                    {"shop/.Git/HEAD", "ref: x\n"},
                                                    {"shop/functions/a.yaml", "id: y\n"}})},
              {"macOS", archive_of({{"shop/", {}},
                                    {"shop/.DS_Store", "x"},
                                    {"shop/config.yaml", "id: x\n"},
                                    {"__MACOSX/", {}},
                                    {"__MACOSX/shop/._config.yaml", "x"},
                                    {"__MACOSX/._shop", "x"},
                                    {"shop/functions/a.yaml", "id: y\n"}})},
              {"Windows", archive_of({{"shop\\config.yaml", "id: x\n"},
                                      {"shop\\.git\\HEAD", "ref: x\n"},
                                      {"shop\\functions\\a.yaml", "id: y\n"}})}};
    for (const auto& one : cases) {
        CAPTURE(one.what);
        const auto files = from_zip(one.bytes);
        REQUIRE_MESSAGE(files.has_value(), (files ? "" : files.error().message));
        CHECK(*files == wanted);
    }
}

TEST_CASE("a hostile archive is refused before anything is written") {
    struct Case {
        std::string what;
        std::string bytes;
        ErrorCode code;
    };
    const std::string good = *to_zip({{"config.yaml", "id: x\n"}, {"x", std::string(5000, 'y')}});
    std::string twice = archive_of({{"config.yaml", "a"}, {"config.yamm", "b"}});
    for (std::size_t at = twice.find("yamm"); at != std::string::npos; at = twice.find("yamm")) {
        twice.replace(at, 4, "yaml");
    }
    std::string damaged = good;
    damaged[damaged.find("x", 40) + 1] ^= 0x55;
    const std::array cases{
        Case{"outside", archive_of({{"../evil", "x"}}), ErrorCode::untrusted},
        Case{"inside", archive_of({{"a/../../evil", "x"}}), ErrorCode::untrusted},
        Case{"absolute", archive_of({{"/etc/evil", "x"}}), ErrorCode::untrusted},
        Case{"backslash", archive_of({{"..\\evil", "x"}}), ErrorCode::untrusted},
        Case{"drive", archive_of({{"c:evil", "x"}}), ErrorCode::untrusted},
        Case{"rooted backslash", archive_of({{"\\evil", "x"}}), ErrorCode::untrusted},
        Case{"through git", archive_of({{".git/../../evil", "x"}}), ErrorCode::untrusted},
        Case{"below macOS", archive_of({{"__MACOSX\\..\\..\\evil", "x"}}), ErrorCode::untrusted},
        Case{"slashes twice", archive_of({{"a.yaml", "x"}, {"b\\c", "x"}, {"b/c", "y"}}),
             ErrorCode::untrusted},
        Case{"folder", archive_of({{"../evil/", {}}}), ErrorCode::untrusted},
        Case{"link", archive_of({{"a", "/etc/passwd", 0120777}}), ErrorCode::untrusted},
        Case{"device", archive_of({{"a", "", 0020666}}), ErrorCode::untrusted},
        Case{"twice", twice, ErrorCode::corrupt},
        Case{"bomb", archive_of({{"a", std::string(20U << 20U, '\0')}}), ErrorCode::limit_exceeded},
        Case{"cut", good.substr(0, good.size() - 30), ErrorCode::corrupt},
        Case{"nothing", "PK\x03\x04", ErrorCode::corrupt},
        Case{"empty", "", ErrorCode::corrupt}};
    for (const Case& one : cases) {
        CAPTURE(one.what);
        const auto files = from_zip(one.bytes);
        REQUIRE_FALSE(files);
        INFO(files.error().message);
        CHECK(files.error().code == one.code);
    }
    const auto flipped = from_zip(damaged);
    CHECK((!flipped || *flipped != *from_zip(good)));
    ZipLimits few;
    few.files = 1;
    CHECK(from_zip(good, few).error().code == ErrorCode::limit_exceeded);
    few.files = 2;
    few.total_bytes = 5000;
    CHECK(from_zip(good, few).error().code == ErrorCode::limit_exceeded);
}

TEST_CASE("a folder is read without links and git's own, and only an empty one is written to") {
    const test::TemporaryDirectory folder;
    const fs::path from = folder.path() / "from";
    REQUIRE(write_folder(sample(), from));
    fs::create_directories(from / ".git");
    REQUIRE(write_file_atomic(from / ".git/config", std::string_view("x")));
    REQUIRE(write_file_atomic(from / "functions/.DS_Store", std::string_view("x")));
    REQUIRE(symlink("/etc/passwd", (from / "link.yaml").c_str()) == 0);
    const auto files = read_project(from);
    REQUIRE(files);
    CHECK(*files == sample());
    CHECK(left_out_of_copy(from) == std::vector<std::string>{"link.yaml"});
    CHECK(write_folder(sample(), from).error().code == ErrorCode::already_exists);
    CHECK(read_project(folder.path() / "none").error().code == ErrorCode::not_found);
    REQUIRE(write_folder({{"a.yaml", "b: c\n"}}, folder.path() / "other"));
    CHECK(read_project(folder.path() / "other").error().code == ErrorCode::corrupt);
    CHECK(read_project(from / "README.md").error().code == ErrorCode::corrupt);
}

TEST_CASE("what git ignores stays where it is, whatever the form") {
    const test::TemporaryDirectory folder;
    const fs::path shop = folder.path() / "shop";
    auto all = sample();
    all[".gitignore"] = ".env\nfunctions/local.yaml\n";
    REQUIRE(write_folder(all, shop));
    test::git(shop, {"init", "-q"});
    REQUIRE(write_file_atomic(shop / ".env", std::string_view("TOKEN=hunter2\n")));
    REQUIRE(write_file_atomic(shop / "functions/local.yaml", std::string_view("key: hunter2\n")));
    CHECK(*read_project(shop) == all);
    CHECK(left_out_of_copy(shop) == std::vector<std::string>{".env", "functions/local.yaml"});
    const auto one = folder_to_one_file(shop);
    REQUIRE(one);
    CHECK(one->text == sample_text);
    CHECK(one->left_out ==
          std::vector<std::string>{".env", ".gitignore", "README.md", "functions/local.yaml"});
}

TEST_CASE("a device, a link or a folder is not replaced") {
    const test::TemporaryDirectory folder;
    const fs::path file = folder.path() / "file";
    REQUIRE(write_file_atomic(file, std::string_view("x")));
    CHECK(check_replaceable(file));
    CHECK(check_replaceable(folder.path() / "new"));
    fs::create_symlink(file, folder.path() / "link");
    REQUIRE(mkfifo((folder.path() / "pipe").c_str(), 0600) == 0);
    for (const fs::path& other :
         {folder.path() / "link", folder.path() / "pipe", folder.path(), fs::path("/dev/full")}) {
        CAPTURE(other);
        CHECK(check_replaceable(other).error().message.find("is no regular file") !=
              std::string::npos);
    }
}

TEST_CASE("what lies in a folder lies there by any way") {
    const test::TemporaryDirectory folder;
    const fs::path shop = folder.path() / "shop";
    REQUIRE(write_folder(sample(), shop));
    fs::create_directory_symlink(shop, folder.path() / "link");
    fs::create_symlink(shop / "config.yaml", folder.path() / "file");
    for (const fs::path& inside :
         {shop / "config.yaml", shop / "functions/ping.yaml", folder.path() / "link/new.zip",
          folder.path() / "other/../shop/config.yaml", shop / ".." / "shop" / "x",
          shop / "new/deep/x", folder.path() / "link/new/x", folder.path() / "never/../link/x",
          folder.path() / "never/../link/new/x"}) {
        CAPTURE(inside);
        fs::create_directory(folder.path() / "other");
        CHECK(lies_in(inside, shop));
        CHECK(lies_in(inside, folder.path() / "link"));
    }
    for (const fs::path& outside : {folder.path() / "shop.zip", folder.path() / "file",
                                    folder.path() / "none/config.yaml", shop / "../x"}) {
        CAPTURE(outside);
        CHECK_FALSE(lies_in(outside, shop));
    }
    CHECK_FALSE(lies_in(shop / "config.yaml", folder.path() / "none"));
    CHECK_FALSE(lies_in(shop / "config.yaml", {}));
}

TEST_CASE("a folder is written whole or not at all") {
    struct Case {
        const char* what;
        git::Files files;
        ErrorCode code;
    };
    const std::string config = "id: x\n";
    const Case cases[]{{"a file and a folder",
                        {{"config.yaml", config}, {"config.yaml/x", "1"}},
                        ErrorCode::invalid_argument},
                       {"deeper",
                        {{"a/b", "1"}, {"a/b/c/d", "1"}, {"config.yaml", config}},
                        ErrorCode::invalid_argument},
                       {"a name too long for the disk",
                        {{"config.yaml", config}, {std::string(300, 'n'), "1"}},
                        ErrorCode::io}};
    const test::TemporaryDirectory folder;
    const auto left = [&] {
        std::size_t count = 0;
        for (const auto& entry : fs::recursive_directory_iterator(folder.path())) {
            count += entry.exists() ? 1U : 0U;
        }
        return count;
    };
    for (const Case& one : cases) {
        CAPTURE(one.what);
        const fs::path fresh = folder.path() / "fresh";
        const auto refused = write_folder(one.files, fresh);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().code == one.code);
        CHECK(left() == 0);
        fs::create_directory(fresh);
        CHECK_FALSE(write_folder(one.files, fresh));
        CHECK(left() == 1);
        fs::remove(fresh);
    }
    // Stopped when it is half done.
    std::stop_source stop;
    git::Files many;
    for (int i = 0; i < 100; ++i) {
        many.emplace("f" + std::to_string(i), "1");
    }
    const auto stopped =
        write_folder(many, folder.path() / "stopped",
                     {stop.get_token(), [&](std::size_t) { stop.request_stop(); }});
    CHECK(stopped.error().code == ErrorCode::cancelled);
    CHECK(left() == 0);
    // An empty folder is filled and stays the same one.
    const fs::path given = folder.path() / "given";
    fs::create_directory(given);
    const fs::path held = fs::path("/proc/self/fd") / std::to_string(open(given.c_str(), O_PATH));
    CHECK(write_folder(sample(), fs::path(given.string() + "/")));
    CHECK(fs::equivalent(held, given));
    CHECK(*read_folder(given) == sample());
    CHECK(write_folder(sample(), given / "config.yaml").error().code == ErrorCode::already_exists);
}
