// A configuration repository in memory, from and to a folder.
#include "core/project/store.h"

#include "core/base/file.h"
#include "core/project/check.h"
#include "core/project/transfer.h"
#include "tests/support/temporary_directory.h"
#include "tests/support/vectors.h"

#include <algorithm>
#include <doctest/doctest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace tau;
using namespace tau::project;
namespace fs = std::filesystem;

namespace {

std::string id_line(const std::string& rest = {}) {
    return "id: QmTz6X9hTn18fpKxrnbE3BvmkZHy3r1mRyHzfXK3gVZLxR\n" + rest;
}

std::map<std::string, std::string> everything_below(const fs::path& folder) {
    std::map<std::string, std::string> all;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        if (entry.is_regular_file()) {
            all[entry.path().lexically_relative(folder).string()] = read_file(entry.path()).value();
        }
    }
    return all;
}

void write(const fs::path& path, const std::string& text) {
    fs::create_directories(path.parent_path());
    REQUIRE(write_file_atomic(path, std::string_view(text)));
}

std::vector<std::string> paths(const Store& store) {
    std::vector<std::string> all;
    for (const Resource& each : store.resources()) {
        all.push_back(each.path());
    }
    return all;
}

Store store_of(const git::Files& files) {
    auto store = Store::from(files);
    REQUIRE(store.has_value());
    return std::move(*store);
}

} // namespace

TEST_CASE("a document is what its place says") {
    struct Case {
        const char* path;
        const char* kind;
        const char* application;
        const char* name;
    };
    for (const Case& each : {Case{"config.yaml", "project", "", ""},
                             Case{"functions/ping.yaml", "function", "", "ping"},
                             Case{"applications/shop/config.yaml", "application", "shop", "shop"},
                             Case{"applications/shop/domains/a.b.yaml", "domain", "shop", "a.b"},
                             Case{"messaging/my-channel.yaml", "messaging", "", "my-channel"}}) {
        const auto found = resource_at(each.path);
        REQUIRE_MESSAGE(found.has_value(), each.path);
        CHECK(kind(found->kind).name == each.kind);
        CHECK(found->application == each.application);
        CHECK(found->name == each.name);
        CHECK(path_of(found->kind, found->application, found->name) == each.path);
    }
    for (const char* path :
         {"functions/ping.yml", "functions/a/b.yaml", "ping.yaml", "functions/.yaml",
          "other/x.yaml", "applications/shop.yaml", "applications/shop/x.yaml",
          "applications//functions/x.yaml", "applications/shop/applications/x/config.yaml",
          "applications/a/applications/b.yaml", ""}) {
        CHECK_MESSAGE(!resource_at(path), path);
    }
}

TEST_CASE("resources are listed as the compiler goes through them") {
    const Store store = store_of({{"websites/w.yaml", id_line()},
                                  {"applications/b/functions/x.yaml", id_line()},
                                  {"applications/a/config.yaml", id_line()},
                                  {"applications/a/databases/d.yaml", id_line()},
                                  {"applications/c/README.md", "hello"},
                                  {"databases/d2.yaml", id_line()},
                                  {"databases/d1.yaml", id_line()},
                                  {"config.yaml", id_line()},
                                  {"notes/x.yaml", "a: b"}});
    CHECK(paths(store) == std::vector<std::string>{"config.yaml", "databases/d1.yaml",
                                                   "databases/d2.yaml", "websites/w.yaml",
                                                   "applications/a/config.yaml",
                                                   "applications/a/databases/d.yaml",
                                                   "applications/b/functions/x.yaml"});
    CHECK(store.applications() == std::vector<std::string>{"a", "b", "c"});
    CHECK(store.others() == std::set<std::string>{"applications/c/README.md"});
    REQUIRE(store.find(KindId::database, "a", "d") != nullptr);
    CHECK(store.find(KindId::database, "a", "d")->path() == "applications/a/databases/d.yaml");
    CHECK(store.find(KindId::application, "", "a")->path() == "applications/a/config.yaml");
    CHECK(store.find(KindId::database, "", "d") == nullptr);
    CHECK(store.find(KindId::project, "", "")->path() == "config.yaml");
}

TEST_CASE("a broken file keeps its text and says why") {
    Store store = store_of({{"config.yaml", id_line()}, {"functions/f.yaml", "a: [1,\n"}});
    const File* file = store.file("functions/f.yaml");
    REQUIRE(file != nullptr);
    CHECK(file->document() == nullptr);
    CHECK(file->text() == "a: [1,\n");
    CHECK(file->error().code == ErrorCode::corrupt);
    REQUIRE(store.put("functions/f.yaml", "a: [1]\n"));
    CHECK(store.file("functions/f.yaml")->document() != nullptr);
}

TEST_CASE("edits are applied together and can be taken back") {
    Store store = store_of({{"config.yaml", id_line()}, {"functions/f.yaml", "a: 1\n"}});
    const auto undo = store.apply({{"functions/f.yaml", std::nullopt},
                                   {"functions/g.yaml", "a: 2\n"},
                                   {"config.yaml", id_line("name: x\n")}});
    REQUIRE(undo.has_value());
    CHECK(paths(store) == std::vector<std::string>{"config.yaml", "functions/g.yaml"});
    CHECK(store.changes().size() == 3);
    REQUIRE(store.apply(*undo));
    CHECK(paths(store) == std::vector<std::string>{"config.yaml", "functions/f.yaml"});
    CHECK(store.changes().empty());

    // One that cannot be done leaves everything as it was.
    for (const std::string path : {"../x.yaml", "/x.yaml", "a//b.yaml", "functions/x.txt",
                                   ".git/x.yaml", "a/./b.yaml", "functions/a\nb.yaml", "zz/"}) {
        INFO(path);
        const auto refused = store.apply({{"config.yaml", "z: 1\n"}, {path, "a: 1\n"}});
        CHECK(!refused.has_value());
        CHECK(store.changes().empty());
        CHECK(store.file("config.yaml")->text() == id_line());
    }
}

TEST_CASE("the real repositories load, and saving them changes nothing") {
    const fs::path vectors = test::vectors();
    if (vectors.empty()) {
        MESSAGE("skipped: no vectors");
        return;
    }
    std::size_t files = 0;
    for (const std::string name : {"tb_test_project", "tb_ChatProject", "tb_examples"}) {
        test::TemporaryDirectory folder;
        fs::copy(vectors / "taubyte" / name, folder.path() / "copy", fs::copy_options::recursive);
        const auto before = everything_below(folder.path() / "copy");
        auto store = Store::load(folder.path() / "copy");
        REQUIRE(store.has_value());
        for (const auto& [path, file] : store->files()) {
            INFO(path);
            CHECK(file.document() != nullptr);
            CHECK(file.text() == before.at(path));
            CHECK(resource_at(path).has_value());
            REQUIRE(store->put(path, file.text()));
            ++files;
        }
        REQUIRE(store->save(folder.path() / "copy"));
        CHECK(everything_below(folder.path() / "copy") == before);
        CHECK(store->files().size() + store->others().size() == before.size());
    }
    CHECK(files == 48);
}

TEST_CASE("saving writes what changed and nothing else") {
    test::TemporaryDirectory folder;
    const fs::path here = folder.path() / "p";
    write(here / "config.yaml", id_line());
    write(here / "functions/f.yaml", "a: 1\n");
    write(here / "functions/README.md", "text");
    write(here / ".git/config.yaml", "not: ours\n");
    auto store = Store::load(here);
    REQUIRE(store.has_value());
    CHECK(store->files().size() == 2);
    CHECK(store->others() == std::set<std::string>{"functions/README.md"});
    REQUIRE(store->put("applications/shop/functions/new.yaml", "b: 2\n"));
    store->remove("functions/f.yaml");
    REQUIRE(store->save(here));
    CHECK(everything_below(here) ==
          std::map<std::string, std::string>{{"config.yaml", id_line()},
                                             {"functions/README.md", "text"},
                                             {".git/config.yaml", "not: ours\n"},
                                             {"applications/shop/functions/new.yaml", "b: 2\n"}});
    CHECK(store->changes().empty());
    // A folder that became empty goes, as git would have it.
    store->remove("applications/shop/functions/new.yaml");
    REQUIRE(store->save(here));
    CHECK(!fs::exists(here / "applications"));
}

TEST_CASE("what another program wrote meanwhile is not overwritten") {
    test::TemporaryDirectory folder;
    write(folder.path() / "config.yaml", id_line());
    write(folder.path() / "functions/f.yaml", "a: 1\n");
    auto store = Store::load(folder.path());
    REQUIRE(store.has_value());
    REQUIRE(store->put("config.yaml", id_line("name: a\n")));
    REQUIRE(store->put("functions/f.yaml", "a: 2\n"));
    write(folder.path() / "functions/f.yaml", "a: 3\n");
    const auto saved = store->save(folder.path());
    REQUIRE(!saved.has_value());
    CHECK(saved.error().code == ErrorCode::conflict);
    CHECK(read_file(folder.path() / "config.yaml").value() == id_line());
    CHECK(store->changes().size() == 2);
}

TEST_CASE("links are neither read nor written through") {
    test::TemporaryDirectory folder;
    const fs::path here = folder.path() / "p";
    write(folder.path() / "outside/f.yaml", "secret: 1\n");
    write(here / "config.yaml", id_line());
    fs::create_directory_symlink(folder.path() / "outside", here / "functions");
    fs::create_symlink(folder.path() / "outside/f.yaml", here / "link.yaml");
    auto store = Store::load(here);
    REQUIRE(store.has_value());
    CHECK(store->files().size() == 1);
    REQUIRE(store->put("functions/f.yaml", "mine: 1\n"));
    const auto saved = store->save(here);
    REQUIRE(!saved.has_value());
    CHECK(saved.error().code == ErrorCode::untrusted);
    CHECK(read_file(folder.path() / "outside/f.yaml").value() == "secret: 1\n");
}

TEST_CASE("a repository is bounded") {
    test::TemporaryDirectory folder;
    for (int i = 0; i < 10; ++i) {
        write(folder.path() / ("functions/f" + std::to_string(i) + ".yaml"),
              std::string(100, '#') + "\n");
    }
    CHECK(Store::load(folder.path()).has_value());
    for (const StoreLimits limits : {StoreLimits{.files = 9}, StoreLimits{.total_bytes = 1000}}) {
        const auto loaded = Store::load(folder.path(), limits);
        REQUIRE(!loaded.has_value());
        CHECK(loaded.error().code == ErrorCode::limit_exceeded);
    }
    CHECK(Store::load(folder.path() / "none").error().code == ErrorCode::not_found);
}

TEST_CASE("a name that is no text, or an unreadable folder, stops nothing else") {
    test::TemporaryDirectory folder;
    const fs::path here = folder.path() / "p";
    write(here / "config.yaml", id_line("name: shop\n"));
    write(here / "functions/good.yaml", "a: 1\n");
    write(here / "functions/a\nb.yaml", "a: 1\n");
    write(here / "functions/a\xff.yaml", "a: 1\n");
    write(here / "docs/c\x7f.yaml", "a: 1\n");
    write(here / "docs\n/README.md", "text");
    write(here / "applications/s\xfe/README.md", "text");
    auto store = Store::load(here);
    REQUIRE_MESSAGE(store.has_value(), (store ? "" : store.error().message));
    CHECK(paths(*store) == std::vector<std::string>{"config.yaml", "functions/good.yaml"});
    CHECK(store->applications().empty());
    REQUIRE(store->unread().size() == 3);
    CHECK(store->unread().begin()->first == "docs/c\x7f.yaml");
    std::map<std::string, Severity> told;
    for (const Problem& each : check(*store)) {
        if (each.code == "unreadable") {
            told.emplace(each.path, each.severity);
            CHECK(each.sentence.find("name") != std::string::npos);
        }
    }
    CHECK(told == std::map<std::string, Severity>{{"functions/a\\x0ab.yaml", Severity::error},
                                                  {"functions/a\\xff.yaml", Severity::error},
                                                  {"docs/c\\x7f.yaml", Severity::note}});
    // What is there survives copies, edits and another look.
    REQUIRE(store->put("functions/good.yaml", "a: 2\n"));
    CHECK(Store(*store).unread().size() == 3);
    fs::remove(here / "functions/a\nb.yaml");
    CHECK(store->rebase(*Store::load(here)).edited.empty());
    CHECK(store->unread().size() == 2);
    CHECK(store->save(here));
}

TEST_CASE("a folder that this user may not read is named, and the rest is checked") {
    test::TemporaryDirectory folder;
    const fs::path here = folder.path() / "p";
    write(here / "config.yaml", id_line("name: shop\n"));
    write(here / "functions/closed.yaml", "a: 1\n");
    write(here / "domains/d.yaml", "fqdn: not a name\n");
    for (const auto& entry : fs::recursive_directory_iterator(folder.path())) {
        fs::permissions(entry, fs::perms::group_read | fs::perms::others_read,
                        fs::perm_options::add);
    }
    REQUIRE(::chmod(folder.path().c_str(), 0755) == 0);
    REQUIRE(::chmod((here / "functions").c_str(), 0) == 0);
    const auto look = [&] {
        const auto store = Store::load(here);
        const auto copied = read_folder(here);
        if (!store || copied ||
            copied.error().message.find((here / "functions").string()) == std::string::npos) {
            return 2;
        }
        const auto problems = check(*store);
        const auto has = [&](std::string_view code, std::string_view path) {
            return std::any_of(problems.begin(), problems.end(), [&](const Problem& each) {
                return each.code == code && each.path == path && each.severity == Severity::error;
            });
        };
        return has("unreadable", "functions") && has("fqdn", "domains/d.yaml") ? 0 : 1;
    };
    // Root may read everything, so somebody else looks.
    const pid_t child = ::fork();
    if (child == 0) {
        const bool other = ::geteuid() != 0 || ::setuid(65534) == 0;
        ::_exit(other ? look() : 3);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
    REQUIRE(::chmod((here / "functions").c_str(), 0755) == 0);
}

TEST_CASE("a file that cannot be read is kept apart and never written") {
    test::TemporaryDirectory folder;
    const StoreLimits limits{.file_bytes = 200};
    const fs::path large = folder.path() / "functions/large.yaml";
    const std::string text(300, '#');
    write(folder.path() / "config.yaml", id_line("name: shop\n"));
    write(large, text);
    auto store = Store::load(folder.path(), limits);
    REQUIRE(store);
    const File* file = store->file("functions/large.yaml");
    REQUIRE(file != nullptr);
    CHECK_FALSE(file->is_read());
    CHECK(file->document() == nullptr);
    CHECK(file->error().code == ErrorCode::limit_exceeded);
    CHECK(store->resources().size() == 2);
    for (const Edits& edits : {Edits{{"functions/large.yaml", "id: x\n"}},
                               Edits{{"config.yaml", "id: x\n"}, {"functions/large.yaml", {}}}}) {
        CHECK(store->apply(edits).error().code == ErrorCode::io);
        CHECK(store->changes().empty());
    }
    store->remove("functions/large.yaml");
    CHECK(store->put("config.yaml", id_line("name: other\n")));
    CHECK(store->save(folder.path()));
    CHECK(read_file(large).value() == text);
    CHECK(read_file(folder.path() / "config.yaml").value() == id_line("name: other\n"));

    // Read again, it may have become readable, and the other way round.
    write(large, "id: y\n");
    const auto mended = Store::load(folder.path(), limits);
    REQUIRE(mended);
    CHECK(store->rebase(*mended).taken == std::vector<std::string>{"functions/large.yaml"});
    CHECK(store->file("functions/large.yaml")->text() == "id: y\n");
    write(large, text);
    CHECK(store->rebase(*Store::load(folder.path(), limits)).taken.size() == 1);
    CHECK_FALSE(store->file("functions/large.yaml")->is_read());
}
