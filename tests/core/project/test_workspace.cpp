// An open project while it is edited, written, and changed underneath by another program.
#include "core/project/workspace.h"

#include "core/base/file.h"
#include "core/project/refactor.h"
#include "tests/support/temporary_directory.h"

#include <algorithm>
#include <doctest/doctest.h>

using namespace tau;
using namespace tau::project;

namespace {

const std::string ping = "functions/ping.yaml";
const std::string pong = "functions/pong.yaml";

Store opened(const git::Files& files) {
    auto store = Store::from(files);
    REQUIRE(store);
    return std::move(*store);
}

Workspace workspace_of(const git::Files& files) {
    return Workspace(opened(files));
}

std::string text_of(const Workspace& workspace, const std::string& path) {
    const File* file = workspace.store().file(path);
    return file == nullptr ? "(none)" : file->text();
}

Change change_of(const std::string& path, std::optional<std::string> text,
                 const std::string& label = "Change") {
    return Change{label, {{path, std::move(text)}}, {}};
}

} // namespace

TEST_CASE("undo and redo go over all that one step changed") {
    Workspace workspace = workspace_of({{ping, "id: 1\n"}, {pong, "id: 2\n"}});
    workspace.know_code("functions/ping", {{"functions/ping/ping.go", "package ping\n"}});
    const Change rename{
        "Rename ping",
        {{ping, std::nullopt}, {"functions/peng.yaml", "id: 1\n"}},
        {{"functions/ping/ping.go", std::nullopt}, {"functions/peng/ping.go", "package ping\n"}}};
    REQUIRE(workspace.apply(rename));
    CHECK(text_of(workspace, ping) == "(none)");
    CHECK(workspace.code().contains("functions/peng/ping.go"));
    REQUIRE(workspace.can_undo() != nullptr);
    CHECK(*workspace.can_undo() == "Rename ping");
    REQUIRE(workspace.undo());
    CHECK(text_of(workspace, ping) == "id: 1\n");
    CHECK(text_of(workspace, "functions/peng.yaml") == "(none)");
    CHECK(workspace.code() == git::Files{{"functions/ping/ping.go", "package ping\n"}});
    CHECK(workspace.unsaved().empty());
    CHECK(workspace.can_undo() == nullptr);
    REQUIRE(workspace.redo());
    CHECK(text_of(workspace, "functions/peng.yaml") == "id: 1\n");
    CHECK(workspace.code().contains("functions/peng/ping.go"));
    CHECK(workspace.can_redo() == nullptr);
    CHECK_FALSE(workspace.redo());
}

TEST_CASE("typing is one step, and a new step forgets what could be redone") {
    Workspace workspace = workspace_of({{ping, "a"}});
    REQUIRE(workspace.apply(change_of(ping, "b"), "typing"));
    REQUIRE(workspace.apply(change_of(ping, "c"), "typing"));
    REQUIRE(workspace.apply(change_of(ping, "d"), "other"));
    REQUIRE(workspace.undo());
    CHECK(text_of(workspace, ping) == "c");
    REQUIRE(workspace.undo());
    CHECK(text_of(workspace, ping) == "a");
    REQUIRE(workspace.apply(change_of(ping, "e"), "typing"));
    CHECK(workspace.can_redo() == nullptr);
    REQUIRE(workspace.apply(change_of(ping, "f")));
    REQUIRE(workspace.apply(change_of(ping, "g")));
    REQUIRE(workspace.undo());
    CHECK(text_of(workspace, ping) == "f");
}

TEST_CASE("a step that cannot be done changes nothing") {
    Workspace workspace = workspace_of({{ping, "a"}});
    const Change bad{"Bad", {{"../out.yaml", "x"}, {ping, "b"}}, {}};
    CHECK_FALSE(workspace.apply(bad));
    CHECK(text_of(workspace, ping) == "a");
    CHECK(workspace.can_undo() == nullptr);
}

TEST_CASE("files stand as added or changed, by the last commit and by what is unsaved") {
    Workspace workspace(opened({{ping, "a"}, {pong, "b"}, {"config.yaml", "id: 1"}}),
                        {{pong, Standing::changed}});
    CHECK(workspace.standing(ping) == Standing::same);
    CHECK(workspace.standing(pong) == Standing::changed);
    REQUIRE(workspace.apply(change_of(ping, "c")));
    REQUIRE(workspace.apply(change_of("functions/new.yaml", "d")));
    CHECK(workspace.standing(ping) == Standing::changed);
    CHECK(workspace.standing("functions/new.yaml") == Standing::added);
    CHECK(workspace.is_unsaved(ping));
    CHECK_FALSE(workspace.is_unsaved(pong));
    workspace.saved(workspace.unsaved());
    CHECK_FALSE(workspace.is_unsaved(ping));
    CHECK(workspace.standing(ping) == Standing::changed);
    CHECK(workspace.standing("functions/new.yaml") == Standing::added);
}

TEST_CASE("a save writes what was edited, and what was typed meanwhile stays unsaved") {
    const test::TemporaryDirectory folder;
    std::filesystem::create_directories(folder.path() / "functions");
    REQUIRE(write_file_atomic(folder.path() / ping, std::string_view("a"), 0644));
    auto store = Store::load(folder.path());
    REQUIRE(store);
    Workspace workspace(std::move(*store));
    REQUIRE(workspace.apply(change_of(ping, "b")));
    REQUIRE(workspace.apply(change_of(pong, "new")));
    const auto unsaved = workspace.unsaved();
    CHECK(unsaved.files() == 2);
    REQUIRE(write_changes(folder.path(), unsaved.configuration, unsaved.configuration_before));
    REQUIRE(workspace.apply(change_of(ping, "c")));
    workspace.saved(unsaved);
    CHECK(*read_file(folder.path() / ping, 100) == "b");
    CHECK(*read_file(folder.path() / pong, 100) == "new");
    const auto left = workspace.unsaved();
    CHECK(left.configuration == Edits{{ping, "c"}});
    CHECK(left.configuration_before == Edits{{ping, "b"}});
    REQUIRE(workspace.undo()); // back to what is in the folder
    CHECK(workspace.unsaved().empty());
    REQUIRE(workspace.undo()); // and behind what was saved
    CHECK(workspace.unsaved().configuration == Edits{{pong, std::nullopt}});
}

TEST_CASE("a save refuses to write over what another program wrote") {
    const test::TemporaryDirectory folder;
    std::filesystem::create_directories(folder.path() / "functions");
    REQUIRE(write_file_atomic(folder.path() / ping, std::string_view("a"), 0644));
    auto store = Store::load(folder.path());
    REQUIRE(store);
    Workspace workspace(std::move(*store));
    REQUIRE(workspace.apply(change_of(ping, "mine")));
    REQUIRE(workspace.apply(change_of(pong, "mine")));
    REQUIRE(write_file_atomic(folder.path() / ping, std::string_view("theirs"), 0644));
    const auto unsaved = workspace.unsaved();
    const auto written =
        write_changes(folder.path(), unsaved.configuration, unsaved.configuration_before);
    REQUIRE_FALSE(written);
    CHECK(written.error().code == ErrorCode::conflict);
    CHECK_FALSE(std::filesystem::exists(folder.path() / pong));
    CHECK(*read_file(folder.path() / ping, 100) == "theirs");
}

TEST_CASE("reading the folder again keeps edits and takes everything else") {
    Workspace workspace = workspace_of({{ping, "a"}, {pong, "b"}, {"config.yaml", "id: 1"}});
    REQUIRE(workspace.apply(change_of(ping, "mine")));
    const Store there = opened({{ping, "a"}, {pong, "theirs"}, {"functions/new.yaml", "id: 3"}});
    const auto found = workspace.reload(there, {{pong, Standing::changed}}, {});
    CHECK(found.taken == std::vector<std::string>{"config.yaml", "functions/new.yaml", pong});
    CHECK(found.edited.empty());
    CHECK(text_of(workspace, ping) == "mine");
    CHECK(text_of(workspace, pong) == "theirs");
    CHECK(text_of(workspace, "config.yaml") == "(none)");
    CHECK(workspace.store().resources().size() == 3);
    CHECK(workspace.standing(pong) == Standing::changed);
    CHECK(workspace.unsaved().configuration == Edits{{ping, "mine"}});
    REQUIRE(workspace.undo()); // not touched by the other program
    CHECK(text_of(workspace, ping) == "a");
}

TEST_CASE("what both sides changed is told, keeps the edit, and cannot be undone past it") {
    Workspace workspace = workspace_of({{ping, "a"}, {pong, "b"}});
    REQUIRE(workspace.apply(change_of(ping, "mine")));
    REQUIRE(workspace.apply(change_of(pong, "later")));
    const auto found = workspace.reload(opened({{ping, "theirs"}, {pong, "b"}}), {}, {});
    CHECK(found.edited == std::vector<std::string>{ping});
    CHECK(text_of(workspace, ping) == "mine");
    CHECK(workspace.unsaved().configuration_before == Edits{{ping, "theirs"}, {pong, "b"}});
    REQUIRE(workspace.undo());
    CHECK(text_of(workspace, pong) == "b");
    CHECK(workspace.can_undo() == nullptr);
    CHECK(text_of(workspace, ping) == "mine");
}

TEST_CASE("code that was edited stays when its folder is read again") {
    Workspace workspace = workspace_of({{"config.yaml", "id: 1"}});
    const std::string path = "functions/ping/ping.go";
    workspace.know_code("functions/ping", {{path, "a"}});
    REQUIRE(workspace.apply(Change{"Edit", {}, {{path, "mine"}}}));
    const auto found = workspace.know_code(
        "functions/ping", {{path, "theirs"}, {"functions/ping/go.mod", "module ping"}});
    CHECK(found.edited == std::vector<std::string>{path});
    CHECK(found.taken.empty());
    CHECK(workspace.code().at(path) == "mine");
    CHECK(workspace.unsaved().code == Edits{{path, "mine"}});
    CHECK(workspace.unsaved().code_before == Edits{{path, "theirs"}});
    workspace.saved(workspace.unsaved());
    CHECK(workspace.unsaved().empty());
}

TEST_CASE("code that was saved is as its folder says again") {
    Workspace workspace = workspace_of({{"config.yaml", "id: 1"}});
    const std::string path = "functions/ping/ping.go";
    const std::string other = "functions/ping/go.mod";
    workspace.know_code("functions/ping", {{path, "a"}, {other, "module ping"}});
    REQUIRE(workspace.apply(Change{"Edit", {}, {{path, "mine"}}}));
    workspace.saved(workspace.unsaved());
    // Another branch, another editor: both write over it, and one file is gone.
    const auto found = workspace.know_code("functions/ping", {{path, "theirs"}});
    CHECK(found.taken == std::vector<std::string>{other, path});
    CHECK(found.edited.empty());
    CHECK(workspace.code() == git::Files{{path, "theirs"}});
    CHECK(workspace.unsaved().empty());
    CHECK(workspace.can_undo() == nullptr); // it would bring back "a"
    // What is typed while it is written is not saved, and what both wrote alike is.
    REQUIRE(workspace.apply(Change{"Edit", {}, {{path, "mine"}}}));
    const auto written = workspace.unsaved();
    REQUIRE(workspace.apply(Change{"Edit", {}, {{path, "mine, too"}}}));
    workspace.saved(written);
    CHECK(workspace.unsaved().code_before == Edits{{path, "mine"}});
    CHECK(workspace.know_code("functions/ping", {{path, "mine, too"}}).edited.empty());
    CHECK(workspace.unsaved().empty());
}

TEST_CASE("what is no YAML moves with an application, and is undone and saved with it") {
    const test::TemporaryDirectory folder;
    const std::string app = "applications/a/config.yaml";
    const std::string logo = "applications/a/logo.png";
    const std::string bytes("\x89PNG\0\xff", 6);
    for (const auto& [path, text] : git::Files{{"config.yaml", "id: 1\n"}, {app, "id: 2\n"}}) {
        std::filesystem::create_directories((folder.path() / path).parent_path());
        REQUIRE(write_file_atomic(folder.path() / path, std::string_view(text)));
    }
    REQUIRE(write_file_atomic(folder.path() / logo, std::string_view(bytes), 0755));
    Workspace workspace(Store::load(folder.path()).value());
    workspace.know_others("applications/a", {{app, "not for this"}, {logo, bytes}});
    CHECK(workspace.others() == git::Files{{logo, bytes}});
    const auto plan =
        plan_rename(workspace.store(), *workspace.store().find(KindId::application, "a", "a"), "b");
    REQUIRE(plan);
    Change change{plan->label, plan->edits, {}};
    change.configuration.merge(move_edits(plan->other_moves, workspace.others()));
    REQUIRE(workspace.apply(change));
    CHECK(workspace.store().applications() == std::vector<std::string>{"b"});
    const auto missing = [&] {
        return std::count_if(
            workspace.problems().begin(), workspace.problems().end(),
            [](const Problem& each) { return each.path == "applications/a/config.yaml"; });
    };
    CHECK(missing() == 0); // the old folder is none any more
    REQUIRE(workspace.undo());
    CHECK(workspace.store().applications() == std::vector<std::string>{"a"});
    CHECK(workspace.unsaved().empty());
    REQUIRE(workspace.redo());
    workspace.reload(Store::load(folder.path()).value(), {}, {}); // somebody looks meanwhile
    CHECK(workspace.store().applications() == std::vector<std::string>{"b"});
    const auto unsaved = workspace.unsaved();
    REQUIRE(write_changes(folder.path(), unsaved.configuration, unsaved.configuration_before));
    workspace.saved(unsaved);
    CHECK(workspace.unsaved().empty());
    const auto moved = folder.path() / "applications/b/logo.png";
    CHECK(read_file(moved).value() == bytes);
    CHECK(std::filesystem::status(moved).permissions() == std::filesystem::perms{0755});
    CHECK_FALSE(std::filesystem::exists(folder.path() / "applications/a"));
}

TEST_CASE("edits are discarded file by file or all, and that is undone, too") {
    Workspace workspace = workspace_of({{ping, "a"}, {pong, "b"}});
    workspace.know_code("functions/ping", {{"functions/ping/p.go", "c"}});
    REQUIRE(workspace.apply({"Edit",
                             {{ping, "a2"}, {pong, std::nullopt}, {"functions/n.yaml", "n"}},
                             {{"functions/ping/p.go", "c2"}}}));
    REQUIRE(workspace.apply(workspace.discarding({ping})));
    CHECK(text_of(workspace, ping) == "a");
    CHECK(text_of(workspace, pong) == "(none)");
    REQUIRE(workspace.apply(workspace.discarding({})));
    CHECK(workspace.unsaved().empty());
    CHECK(workspace.code().at("functions/ping/p.go") == "c");
    REQUIRE(workspace.undo());
    CHECK(text_of(workspace, "functions/n.yaml") == "n");
    CHECK(workspace.code().at("functions/ping/p.go") == "c2");
}

TEST_CASE("code that another program wrote counts at the next look") {
    const std::string function = "id: QmTz6X9hTn18fpKxrnbE3BvmkZHy3r1mRyHzfXK3gVZLxR\n"
                                 "source: .\ntrigger:\n    type: pubsub\n    channel: c\n"
                                 "execution:\n    timeout: 1s\n    memory: 1MB\n    call: c\n";
    const git::Files files{
        {"config.yaml", "id: QmTz6X9hTn18fpKxrnbE3BvmkZHy3r1mRyHzfXK3gVZLxR\nname: s\n"},
        {ping, function}};
    const auto with = [](const git::Files& code) {
        CheckOptions options;
        options.code = std::make_shared<const CodeStrings>(CodeStrings::from(code));
        return options;
    };
    Workspace workspace(opened(files), {}, with({}));
    const auto about_code = [&] {
        return std::count_if(workspace.problems().begin(), workspace.problems().end(),
                             [](const Problem& each) {
                                 return each.sentence.find("functions/ping") != std::string::npos;
                             });
    };
    CHECK(about_code() == 1);
    workspace.reload(opened(files), {},
                     with({{"functions/ping/.taubyte/config.yaml", "version: 1\n"},
                           {"functions/ping/p.go", "package lib\n"}}));
    CHECK(about_code() == 0);
}
