// tau-project's export, import and fmt of a configuration, from outside.
#include "core/project/zip.h"
#include "tests/app/tau_project.h"
#include "tests/support/git_cli.h"
#include "tests/support/vectors.h"

#include <fstream>
#include <sys/stat.h>

using namespace tau;
using namespace tau::test;
namespace fs = std::filesystem;

namespace {

struct Desk {
    TemporaryDirectory folder;
    TauProject program{folder.path() / "home", "none"};
    fs::path shop = folder.path() / "shop";

    Desk() {
        put("config.yaml", "name: shop\nid: Qmc3WjpDvCaVY3jWmxranUY7roFhRj66SNqstiRbKxDbU4\n");
        put("functions/ping.yaml", "# why\nsource: .\nid: x\ntags: [a, b]\n");
        put("domains/good.yaml", "id: z\nfqdn: a.example.org\n");
        put("README.md", "hello\n");
    }
    void put(const std::string& path, const std::string& text) const {
        fs::create_directories((shop / path).parent_path());
        REQUIRE(write_file_atomic(shop / path, std::string_view(text), 0644));
    }
    std::string text(const fs::path& path) const { return read_file(path).value(); }
    Finished run(std::vector<std::string> arguments) const {
        return program.run_bare(std::move(arguments));
    }
};

} // namespace

TEST_CASE("a configuration goes out as YAML, zip or folder and comes back") {
    const Desk desk;
    const fs::path out = desk.folder.path();
    for (const std::string form : {"yaml", "zip", "folder"}) {
        CAPTURE(form);
        const std::string to = (out / ("to-" + form)).string();
        const std::string back = (out / ("back-" + form)).string();
        const auto written = desk.run({"export", desk.shop.string(), "--as", form, "--to", to});
        REQUIRE_MESSAGE(written.code == 0, written.errors);
        CHECK(contains(written.output, "Written to " + to));
        const auto taken = desk.run({"import", to, "--to", back, "--json"});
        REQUIRE_MESSAGE(taken.code == 0, taken.errors);
        const auto event = nlohmann::json::parse(taken.output);
        CHECK(event.at("event") == "imported");
        CHECK(event.at("files") == (form == "yaml" ? 3 : 4));
        CHECK(fs::exists(fs::path(back) / "README.md") == (form != "yaml"));
        const std::string ping = desk.text(fs::path(back) / "functions/ping.yaml");
        CHECK(ping == (form == "yaml" ? "id: x\ntags:\n    - a\n    - b\n# why\nsource: .\n"
                                      : desk.text(desk.shop / "functions/ping.yaml")));
        // What is there is not written over.
        const auto again = desk.run({"import", to, "--to", back});
        CHECK(again.code == 1);
        CHECK(contains(again.errors, "is not empty"));
        CHECK(desk.run({"import", to}).code == 2);
    }
    const auto shown = desk.run({"export", desk.shop.string(), "--as", "yaml"});
    CHECK(shown.code == 0);
    CHECK(shown.output == desk.text(out / "to-yaml"));
    CHECK(contains(shown.errors, "since one YAML file holds YAML alone, and nothing that git "
                                 "ignores: README.md.\n"));
    const auto event = desk.run({"export", desk.shop.string(), "--as", "yaml", "--to",
                                 (out / "event.yaml").string(), "--json"});
    CHECK(nlohmann::json::parse(event.output).at("left_out") ==
          nlohmann::json::array({"README.md"}));
    CHECK(event.errors.empty());
    fs::create_symlink("README.md", desk.shop / "link.md");
    for (const std::string form : {"folder", "zip"}) {
        const auto told = desk.run({"export", desk.shop.string(), "--as", form, "--to",
                                    (out / ("links-" + form)).string()});
        CHECK(contains(told.errors, "neither links nor what git ignores: link.md."));
    }
    CHECK(desk.run({"export", desk.shop.string(), "--as", "zip"}).code == 2);
    CHECK(desk.run({"export", desk.shop.string(), "--as", "rar"}).code == 2);
    CHECK(desk.run({"export", (out / "none").string(), "--as", "yaml"}).code == 1);
    desk.put("note.txt", "hello");
    const auto neither = desk.run({"import", (desk.shop / "note.txt").string()});
    CHECK(neither.code == 1);
    CHECK(contains(neither.errors, "project file cannot be read"));
    CHECK(desk.run({"import", (desk.shop / "note.txt").string(), "--to", "x"}).code == 2);
}

TEST_CASE("an export replaces a file only when told to, and never the project's own") {
    const Desk desk;
    const std::string config = desk.text(desk.shop / "config.yaml");
    const std::string shop = desk.shop.string();
    const std::string other = (desk.folder.path() / "other").string();
    fs::create_directory_symlink(desk.shop, desk.folder.path() / "link");
    for (const std::string form : {"yaml", "zip"}) {
        CAPTURE(form);
        REQUIRE(write_file_atomic(other, std::string_view("mine\n")));
        const auto kept = desk.run({"export", shop, "--as", form, "--to", other});
        CHECK(kept.code == 1);
        CHECK(contains(kept.errors, other + " is there already."));
        CHECK(contains(kept.errors, "--force"));
        CHECK(desk.text(other) == "mine\n");
        CHECK(desk.run({"export", shop, "--as", form, "--to", other, "--force"}).code == 0);
        CHECK(desk.text(other) != "mine\n");
        for (const fs::path& own : {desk.shop / "config.yaml", desk.shop / "functions/ping.yaml",
                                    desk.folder.path() / "link/config.yaml"}) {
            const auto refused =
                desk.run({"export", shop, "--as", form, "--to", own.string(), "--force"});
            CHECK(refused.code == 1);
            CHECK(contains(refused.errors, "is in the folder that is to be exported"));
        }
        CHECK(desk.text(desk.shop / "config.yaml") == config);
    }
    CHECK(desk.run({"export", shop, "--as", "folder", "--to", other + "2", "--force"}).code == 2);
    CHECK(desk.run({"export", shop, "--as", "yaml", "--force"}).code == 2);
    const auto bundle = desk.run({"export", "shop", "--to", other});
    CHECK(bundle.code == 1);
    CHECK(contains(bundle.errors, "is there already"));
}

TEST_CASE("an export goes neither over a device or a link nor into its own source") {
    const Desk desk;
    const std::string shop = desk.shop.string();
    const fs::path here = desk.folder.path();
    REQUIRE(mkfifo((here / "pipe").c_str(), 0600) == 0);
    REQUIRE(write_file_atomic(here / "file", std::string_view("mine\n")));
    fs::create_symlink(here / "file", here / "link");
    for (const char* name : {"pipe", "link"}) {
        const auto refused =
            desk.run({"export", shop, "--as", "yaml", "--to", (here / name).string(), "--force"});
        CHECK(refused.code == 1);
        CHECK_MESSAGE(contains(refused.errors, "is no regular file"), refused.errors);
    }
    const auto key = desk.program.run({"owner-key", "export", "--to", (here / "pipe").string(),
                                       "--key-passphrase-file", desk.program.passphrase.string()});
    CHECK(key.code == 1);
    CHECK_MESSAGE(contains(key.errors, "is no regular file"), key.errors);
    CHECK(fs::is_fifo(here / "pipe"));
    CHECK(fs::is_symlink(here / "link"));
    CHECK(desk.text(here / "file") == "mine\n");

    fs::create_directory(desk.shop / "empty");
    fs::create_directory_symlink(desk.shop / "empty", here / "inside");
    for (const fs::path& to : {desk.shop / "sub", desk.shop / "a/b", here / "inside"}) {
        for (const auto& arguments :
             {std::vector<std::string>{"export", shop, "--as", "folder", "--to", to.string()},
              {"import", shop, "--to", to.string()}}) {
            const auto refused = desk.run(arguments);
            CHECK(refused.code == 1);
            CHECK_MESSAGE(contains(refused.errors, "itself or in it, so nothing was written"),
                          refused.errors);
        }
    }
    CHECK(fs::is_empty(desk.shop / "empty"));
    CHECK_FALSE(fs::exists(desk.shop / "a"));
}

TEST_CASE("what git ignores is in no export, and is named") {
    const Desk desk;
    const fs::path here = desk.folder.path();
    test::git(desk.shop, {"init", "-q"});
    desk.put(".gitignore", ".env\n");
    desk.put(".env", "TOKEN=hunter2\n");
    // Ignored by this person everywhere.
    desk.put("functions/secret.token", "hunter3\n");
    const fs::path list = desk.program.data.parent_path() / ".config/git/ignore";
    fs::create_directories(list.parent_path());
    REQUIRE(write_file_atomic(list, std::string_view("*.token\n")));
    const std::string copy = (here / "copy").string();
    const std::vector<std::string> commands[]{
        {"export", desk.shop.string(), "--as", "folder", "--to", copy},
        {"export", desk.shop.string(), "--as", "zip", "--to", (here / "copy.zip").string()},
        {"import", desk.shop.string(), "--to", (here / "taken").string()}};
    for (const auto& command : commands) {
        const auto done = desk.run(command);
        CHECK_MESSAGE(done.code == 0, done.errors);
        CHECK(contains(done.errors, "what git ignores: .env, functions/secret.token."));
    }
    CHECK(fs::exists(here / "copy/.gitignore"));
    CHECK_FALSE(fs::exists(here / "copy/.env"));
    CHECK_FALSE(fs::exists(here / "copy/functions/secret.token"));
    CHECK_FALSE(fs::exists(here / "taken/.env"));
    const auto files = project::from_zip(desk.text(here / "copy.zip"));
    REQUIRE(files);
    CHECK(files->contains(".gitignore"));
    CHECK_FALSE(files->contains(".env"));
    CHECK_FALSE(files->contains("functions/secret.token"));
}

TEST_CASE("what comes through a pipe is taken in, too") {
    const Desk desk;
    const fs::path here = desk.folder.path();
    const std::string program = (program_folder().value() / "tau-project").string();
    const auto piped = [&](const std::string& form, const std::string& rest) {
        Command command;
        command.program = "/bin/bash";
        command.arguments = {"-c", rest, program, (here / ("shop." + form)).string(),
                             (here / "new").string()};
        command.environment = {"HOME=" + here.string(), "PATH=/usr/bin:/bin"};
        fs::remove_all(here / "new");
        auto ended = run_process(command, {}, Wait::at_most(std::chrono::seconds(60)));
        REQUIRE(ended);
        return std::move(*ended);
    };
    for (const std::string form : {"yaml", "zip"}) {
        CAPTURE(form);
        REQUIRE(desk.run({"export", desk.shop.string(), "--as", form, "--to",
                          (here / ("shop." + form)).string()})
                    .code == 0);
        for (const char* rest :
             {R"(cat "$1" | "$0" import - --to "$2")", R"("$0" import /dev/stdin --to "$2" <"$1")",
              R"(cat "$1" | "$0" import /dev/stdin --to "$2")",
              R"("$0" import <(cat "$1") --to "$2")"}) {
            CAPTURE(rest);
            const auto taken = piped(form, rest);
            CHECK_MESSAGE(taken.code == 0, taken.errors);
            CHECK(fs::exists(here / "new/functions/ping.yaml"));
        }
    }
    // What is no configuration may be a signed file, up to the size of one.
    desk.put("big", std::string(3U << 20U, '#'));
    const auto big = desk.run({"import", (desk.shop / "big").string()});
    CHECK(big.code == 1);
    CHECK(contains(big.errors, "too large for a signed project file"));
}

TEST_CASE("fmt changes what is not canonical, once, and --check only tells") {
    const Desk desk;
    const std::string before = desk.text(desk.shop / "functions/ping.yaml");
    const auto checked = desk.run({"fmt", "--check", desk.shop.string()});
    CHECK(checked.code == 1);
    CHECK(contains(checked.output, "functions/ping.yaml"));
    CHECK(contains(checked.output, "2 of 3 files are not in canonical form."));
    CHECK(desk.text(desk.shop / "functions/ping.yaml") == before);

    const fs::path ping = desk.shop / "functions/ping.yaml";
    REQUIRE(chmod(ping.c_str(), 0600) == 0);
    CHECK(desk.run({"fmt", ping.string()}).code == 0);
    CHECK(desk.text(ping) == "id: x\ntags:\n    - a\n    - b\n# why\nsource: .\n");
    struct stat mode {};
    REQUIRE(stat(ping.c_str(), &mode) == 0);
    CHECK((mode.st_mode & 0777U) == 0600);

    const auto formatted = desk.run({"fmt", desk.shop.string(), "--json"});
    CHECK(formatted.code == 0);
    CHECK(contains(formatted.output, "\"changed\":1"));
    CHECK(desk.text(desk.shop / "config.yaml").starts_with("id: Qm"));
    CHECK(desk.run({"fmt", "--check", desk.shop.string()}).code == 0);

    desk.put("functions/odd.yaml", "? [a]\n: b\n");
    const auto odd = desk.run({"fmt", desk.shop.string()});
    CHECK(odd.code == 0);
    CHECK(contains(odd.output, "stays as it is"));
    desk.put("functions/bad.yaml", "a: b: c\n");
    const auto bad = desk.run({"fmt", desk.shop.string()});
    CHECK(bad.code == 1);
    CHECK(contains(bad.errors, "functions/bad.yaml: Line 1, column 5"));
    CHECK(desk.run({"fmt"}).code == 2);
    for (const char* name : {"none", "none.yaml", "none.txt"}) {
        const auto none = desk.run({"fmt", (desk.shop / name).string()});
        CHECK(none.code == 1);
        CHECK_MESSAGE(contains(none.errors, "There is no file or folder"), none.errors);
    }
}

TEST_CASE("fmt tells of those files only that it wrote") {
    const Desk desk;
    // There is no room for a temporary name beside one that is as long as names may be.
    const std::string long_name = "functions/" + std::string(246, 'a') + ".yaml";
    desk.put("functions/short.yaml", "source: .\nid: x\n");
    std::ofstream(desk.shop / long_name) << "source: .\nid: x\n";
    for (const fs::path& given : {desk.shop, desk.shop / long_name}) {
        const bool whole = given == desk.shop;
        CAPTURE(whole);
        const auto done = desk.run({"fmt", given.string(), "--json"});
        CHECK(done.code == 1);
        CHECK_FALSE(contains(done.output,
                             R"("event":"formatted","file":")" + (desk.shop / long_name).string()));
        CHECK(contains(done.output, R"("event":"error")"));
        CHECK(contains(done.output, whole ? R"("changed":3)" : R"("changed":0)"));
    }
    CHECK(desk.text(desk.shop / "functions/short.yaml") == "id: x\nsource: .\n");
    const auto shown = desk.run({"fmt", (desk.shop / long_name).string()});
    CHECK(shown.output == "0 of 1 files changed.\n");
    CHECK(contains(shown.errors, "aaaa.yaml"));
}

TEST_CASE("fmt leaves alone what is not the cloud's") {
    const Desk desk;
    for (const fs::path& folder : {desk.shop / "functions", desk.shop.parent_path()}) {
        const auto nothing = desk.run({"fmt", "--check", folder.string()});
        CHECK(nothing.code == 1);
        CHECK(contains(nothing.errors, "There is no configuration in"));
    }
    const std::string workflow = "on:\n  push:\nyes: [a,   b]\n";
    desk.put(".github/workflows/ci.yaml", workflow);
    desk.put("plain.txt", "b:   1\na:   2\n");
    desk.put("functions/big.yaml", std::string(2U << 20U, '#'));
    const auto folder = desk.run({"fmt", desk.shop.string()});
    CHECK(folder.code == 1);
    CHECK(contains(folder.errors, "big.yaml"));
    CHECK_FALSE(contains(folder.output, "ci.yaml"));
    CHECK(desk.text(desk.shop / ".github/workflows/ci.yaml") == workflow);
    // What can be read is put into form all the same.
    CHECK(desk.text(desk.shop / "functions/ping.yaml").starts_with("id: x\ntags:\n"));
    CHECK(fs::file_size(desk.shop / "functions/big.yaml") == 2U << 20U);

    const auto plain = desk.run({"fmt", (desk.shop / "plain.txt").string()});
    CHECK(plain.code == 1);
    CHECK(contains(plain.errors, "does not end in .yaml"));
    CHECK(desk.text(desk.shop / "plain.txt") == "b:   1\na:   2\n");

    desk.put("functions/real.yaml", "source: .\nid: x\n");
    fs::create_symlink("functions/real.yaml", desk.shop / "named.yaml");
    CHECK(desk.run({"fmt", (desk.shop / "named.yaml").string()}).code == 0);
    CHECK(fs::is_symlink(desk.shop / "named.yaml"));
    CHECK(desk.text(desk.shop / "functions/real.yaml") == "id: x\nsource: .\n");
}

TEST_CASE("an import that cannot be done leaves nothing and says why") {
    const Desk desk;
    const fs::path here = desk.folder.path();
    const auto zip = project::to_zip({{"config.yaml", "id: x\n"}, {"config.yaml/x", "1"}});
    REQUIRE(zip);
    REQUIRE(write_file_atomic(here / "clash.zip", std::string_view(*zip)));
    const std::string to = (here / "new").string();
    for (int i = 0; i < 2; ++i) { // the second try meets nothing of the first
        const auto clash = desk.run({"import", (here / "clash.zip").string(), "--to", to});
        CHECK(clash.code == 1);
        CHECK(contains(clash.errors, "both a file and a folder"));
        CHECK_FALSE(fs::exists(to));
    }
    for (const auto& arguments : {std::vector<std::string>{"import", (here / "none").string()},
                                  {"import", (here / "none").string(), "--to", to}}) {
        const auto none = desk.run(arguments);
        CHECK(none.code == 1);
        CHECK_MESSAGE(contains(none.errors, "No such file"), none.errors);
    }
}
