// tau-project from outside: its words, its exit codes, and what it makes.
#include "tests/app/tau_project.h"

#include "core/base/text.h"

#include <algorithm>
#include <csignal>
#include <sstream>
#include <sys/stat.h>

using namespace tau;
using namespace tau::test;
namespace fs = std::filesystem;

namespace {

std::vector<nlohmann::json> events(const Finished& ended) {
    std::vector<nlohmann::json> all;
    std::istringstream lines(ended.output);
    for (std::string line; std::getline(lines, line);) {
        all.push_back(nlohmann::json::parse(line));
    }
    return all;
}

/// git with one key and nothing of this user's own settings.
Finished run_git(const fs::path& key, std::vector<std::string> arguments) {
    Command command;
    command.program = "/usr/bin/git";
    command.arguments = std::move(arguments);
    command.environment = {"PATH=/usr/bin:/bin",
                           "HOME=/nonexistent",
                           "GIT_CONFIG_NOSYSTEM=1",
                           "GIT_AUTHOR_NAME=x",
                           "GIT_AUTHOR_EMAIL=x@example.org",
                           "GIT_COMMITTER_NAME=x",
                           "GIT_COMMITTER_EMAIL=x@example.org",
                           "GIT_SSH_COMMAND=ssh -F /dev/null -i '" + key.string() +
                               "' -o IdentitiesOnly=yes -o StrictHostKeyChecking=no "
                               "-o UserKnownHostsFile=/dev/null -o LogLevel=ERROR"};
    auto ended = run_process(command, {}, Wait::at_most(std::chrono::seconds(60)));
    REQUIRE(ended.has_value());
    return std::move(*ended);
}

} // namespace

TEST_CASE("a project from nothing: registered, verified, exported, cloned, taken back") {
    World world;
    const TauProject& program = world.program;
    auto arguments = program.create("shop");
    arguments.insert(arguments.end(), {"--description", "Things: \"all\" of them #1", "--email",
                                       "me@example.org", "--json"});
    const auto created = program.run(arguments);
    REQUIRE_MESSAGE(created.code == 0, created.errors << created.output);
    const auto told = events(created);
    CHECK(told.front().at("event") == "plan");
    CHECK(told.back().at("event") == "registered");
    CHECK(std::count_if(told.begin(), told.end(), [](const auto& event) {
              return event.at("event") == "step" && event.at("state") == "done";
          }) == static_cast<std::ptrdiff_t>(told.front().at("steps").size()));
    const auto flow = told.front().at("id").get<std::string>();
    const auto file = told.back().at("file").get<std::string>();
    CHECK(remains_of("shop", world.folder.path() / "net") == Remains{2, 2, 2, 1});

    const auto verified = program.run_bare({"verify", file});
    CHECK(verified.code == 0);
    CHECK(contains(verified.output, "verified: shop"));
    const auto status = program.run({"status", "shop"});
    CHECK(status.code == 0);
    CHECK(contains(status.output, "shop is active"));
    CHECK_FALSE(contains(status.output, "never"));
    CHECK(contains(program.run({"list"}).output, "shop  Qm"));

    // The exported deploy key reads its repository, and only that.
    const fs::path key = world.folder.path() / "key";
    CHECK(
        program.run({"deploy-key", "export", "shop", "configuration", "--to", key.string()}).code ==
        0);
    struct stat mode {};
    REQUIRE(::stat(key.c_str(), &mode) == 0);
    CHECK((mode.st_mode & 0777U) == 0600);
    const auto exported = program.run({"export", "shop"}).output;
    const std::size_t at = exported.find("ssh://");
    std::string url = exported.substr(at, exported.find_first_of("\"\n", at) - at);
    const fs::path clone = world.folder.path() / "clone";
    REQUIRE(run_git(key, {"clone", "-q", url, clone.string()}).code == 0);
    CHECK(contains(read_file(clone / "config.yaml").value(), "name: shop"));
    CHECK(run_git(key, {"-C", clone.string(), "commit", "-q", "--allow-empty", "-m", "x"}).code ==
          0);
    const auto pushed = run_git(key, {"-C", clone.string(), "push", "-q"});
    CHECK(pushed.code != 0);
    CHECK(contains(pushed.errors, "read-only"));
    url.replace(url.find("/tb_"), 4, "/tb_code_");
    CHECK(run_git(key, {"ls-remote", url}).code != 0);

    // Another person takes the file in, and sees the same.
    const TauProject other(world.folder.path() / "other", world.network.network_file());
    CHECK(other.run({"import", file}).code == 0);
    CHECK(contains(other.run({"list"}).output, "imported"));
    const auto again = other.run({"import", file});
    CHECK(again.code == 1);
    CHECK(contains(again.errors, "tau-project remove"));

    CHECK(program.run({"undo", flow}).code == 2); // nobody to ask
    CHECK(program.run({"undo", flow, "--yes"}).code == 0);
    CHECK(remains_of("shop", world.folder.path() / "net") == Remains{});
}

TEST_CASE("no secret is in what it says, nor in clear on the disk") {
    World world;
    REQUIRE(world.program.run(world.program.create("shop")).code == 0);
    const fs::path key = world.folder.path() / "key";
    REQUIRE(
        world.program.run({"deploy-key", "export", "shop", "code", "--to", key.string()}).code ==
        0);
    // The seed stands in the private key file; its base64 text is nowhere else.
    const std::string text = read_file(key).value();
    const auto decoded = [&] {
        std::string base64;
        std::istringstream lines(text);
        for (std::string line; std::getline(lines, line);) {
            base64 += line.starts_with("-") ? "" : line;
        }
        return from_base64(base64).value();
    }();
    const std::size_t length = decoded.size();
    REQUIRE(length > 150);
    // openssh-key-v1: the seed follows the second copy of the public key.
    const std::string whole(as_text(decoded));
    const std::size_t marker = whole.rfind(std::string("\0\0\0\x40", 4));
    REQUIRE(marker != std::string::npos);
    const std::string seed = whole.substr(marker + 4, 32);
    const std::string hex = to_hex(as_bytes(seed));
    for (const auto& entry : fs::recursive_directory_iterator(world.program.data)) {
        if (entry.is_regular_file()) {
            const std::string content = read_file(entry.path()).value();
            CHECK_FALSE(contains(content, seed));
            CHECK_FALSE(contains(content, hex));
            CHECK_FALSE(contains(content, to_base64(as_bytes(seed))));
        }
    }
}

TEST_CASE("what cannot work is refused with a sentence and the right exit code") {
    World world;
    const TauProject& program = world.program;
    struct Case {
        std::vector<std::string> arguments;
        int code;
        std::string sentence;
    };
    const std::string missing = (world.folder.path() / "none").string();
    const std::string network = world.network.network_file().string();
    const std::vector<Case> cases{
        {{}, 2, "no command"},
        {{"dance"}, 2, "no command \"dance\""},
        {{"create", "--network", network}, 2, "needs a name"},
        {{"create", "--network", network, "--name", "my-shop"}, 2, "may not contain a dash"},
        {{"create", "--network", network, "--name", "shop", "--email", "me"}, 2, "e-mail"},
        {{"create", "--network", network, "--name", "shop", "--owner", "-x"}, 2, "account name"},
        {{"create", "--network", network, "--name", "shop", "--vault", "none"}, 1, "no vault"},
        {{"create", "--network", network, "--name", "shop", "--near", "north"}, 2, "degrees"},
        {{"create", "--network", network, "--name", "shop", "--git-host", "x"}, 1, "no git host"},
        {{"create", "--network", network, "--name", "shop", "--use-existing"}, 1, "no repository"},
        {{"create", "--network", missing, "--name", "shop"}, 1, "--network"},
        {{"create", "--speed", "11"}, 2, "Unknown option"},
        {{"create", "--name", "a", "b"}, 2, "one argument too many"},
        {{"resume"}, 2, "missing"},
        {{"resume", "../../etc"}, 1, "no creation named"},
        {{"undo", "none"}, 1, "no creation named"},
        {{"forget", "."}, 1, "no creation named"},
        {{"verify", missing}, 1, "No such file"},
        {{"verify", network}, 1, "cannot be read"},
        {{"import", network}, 1, "cannot be read"},
        {{"status", "none"}, 1, "no project \"none\""},
        {{"export", "none"}, 1, "no project \"none\""},
        {{"deploy-key", "export", "none", "wheel", "--to", missing}, 2, "configuration"},
        {{"deploy-key", "export", "none", "code"}, 2, "--to"},
        {{"owner-key", "import", missing}, 1, "No such file"},
        {{"vaults", "--network", network, "--near", "1,2,3"}, 2, "degrees"},
    };
    for (const Case& one : cases) {
        const auto ended =
            one.arguments.empty() ? program.run_bare({"none"}) : program.run(one.arguments);
        std::string shown;
        for (const std::string& argument : one.arguments) {
            shown += argument + " ";
        }
        CAPTURE(shown);
        CHECK_MESSAGE(ended.code == one.code, ended.errors);
        CHECK_MESSAGE(contains(ended.errors, one.sentence), ended.errors);
        CHECK(ended.errors.size() < 2000);
    }
    CHECK(remains_of("shop", world.folder.path() / "net") == Remains{});

    REQUIRE(::chmod(program.passphrase.c_str(), 0644) == 0);
    CHECK(contains(program.run(program.create("shop")).errors, "others may read it"));
    REQUIRE(::chmod(program.passphrase.c_str(), 0600) == 0);
    REQUIRE(program.run(program.create("shop")).code == 0);
    REQUIRE(write_file_atomic(program.passphrase, std::string_view("wrong\n")));
    CHECK(program.run({"status", "shop"}).code == 1);
}

TEST_CASE("two processes cannot run one creation, and an interrupt leaves it resumable") {
    World world;
    const TauProject& program = world.program;
    auto arguments = program.create("shop");
    arguments.insert(arguments.end(), {"--data", program.data.string(), "--passphrase-file",
                                       program.passphrase.string(), "--json"});
    Command command;
    command.program = program_folder().value() / "tau-project";
    command.arguments = arguments;
    command.environment = {"HOME=" + program.data.parent_path().string()};
    auto process = Process::start(command);
    REQUIRE(process.has_value());
    const Wait wait = Wait::at_most(std::chrono::seconds(60));
    std::string flow;
    for (bool pushing = false; !pushing;) {
        const auto line = process->read_line(wait);
        REQUIRE(line.has_value());
        REQUIRE(line->has_value());
        const auto event = nlohmann::json::parse(**line);
        flow = event.value("event", "") == "plan" ? event.at("id").get<std::string>() : flow;
        pushing = event.value("id", "").starts_with("push/");
    }
    process->kill(SIGSTOP);
    const auto second = program.run({"resume", flow});
    process->kill(SIGCONT);
    process->kill(SIGINT);
    CHECK(second.code == 1);
    CHECK(contains(second.errors, "Another window or program"));
    const auto code = process->wait(wait);
    REQUIRE(code.has_value());
    CHECK(*code == 3);
    CHECK(contains(program.run({"list"}).output, flow + "  unfinished"));
    const auto resumed = program.run({"resume", flow});
    CHECK_MESSAGE(resumed.code == 0, resumed.errors);
    CHECK(remains_of("shop", world.folder.path() / "net") == Remains{2, 2, 2, 1});
}

TEST_CASE("an owner key travels to another computer and asks the vault from there") {
    World world;
    const TauProject& program = world.program;
    REQUIRE(program.run(program.create("shop")).code == 0);
    const std::string key = (world.folder.path() / "owner").string();
    const fs::path secret = world.folder.path() / "key-passphrase";
    REQUIRE(write_file_atomic(secret, std::string_view("battery staple\n")));
    const std::vector<std::string> with{"--key-passphrase-file", secret.string()};
    CHECK(program.run({"owner-key", "export", "--to", key, with[0], with[1]}).code == 0);

    const TauProject other(world.folder.path() / "other", world.network.network_file());
    const std::string file = (world.folder.path() / "shop.yaml").string();
    CHECK(program.run({"export", "shop", "--to", file}).code == 0);
    CHECK(other.run({"import", file}).code == 0);
    CHECK(contains(other.run({"status", "shop"}).errors, "no owner key"));
    CHECK(other.run({"owner-key", "import", key, with[0], with[1]}).code == 0);
    CHECK(contains(other.run({"status", "shop"}).output, "shop is active"));
    CHECK(program.run({"owner-key", "import", key, with[0], program.passphrase.string()}).code ==
          1);
}

TEST_CASE("a damaged record is told, put aside, and says what it knew") {
    World world;
    const TauProject& program = world.program;
    const std::string flow = program.crash("shop", "before effect register/1");
    const fs::path journal = program.data / "flows" / flow / "journal";
    std::string text = read_file(journal).value();
    text[text.size() / 2] = static_cast<char>(text[text.size() / 2] ^ 1);
    REQUIRE(write_file_atomic(journal, text));

    CHECK(contains(program.run({"list"}).output, "damaged"));
    const auto refused = program.run({"resume", flow});
    CHECK(refused.code == 1);
    CHECK(contains(refused.errors, "damaged in line"));
    CHECK(contains(refused.errors, "Made a deploy key"));
    CHECK_FALSE(fs::exists(journal));
    CHECK(std::any_of(fs::directory_iterator(journal.parent_path()), fs::directory_iterator(),
                      [](const auto& entry) {
                          return contains(entry.path().filename().string(), "journal.bad-");
                      }));
    CHECK(program.run({"forget", flow}).code == 0);
}

TEST_CASE("without its network a creation fails, is kept, and goes on when it is back") {
    const TemporaryDirectory folder;
    auto network = std::make_unique<Localnet>(folder.path() / "net", 1);
    const TauProject program(folder.path() / "home", network->network_file());
    const std::string flow = program.crash("shop", "after record outcome make-keys");
    network.reset();
    const auto failed = program.run({"resume", flow});
    CHECK(failed.code == 1);
    CHECK_FALSE(failed.errors.empty());
    network = std::make_unique<Localnet>(folder.path() / "net", 1);
    const auto resumed = program.run({"resume", flow});
    CHECK_MESSAGE(resumed.code == 0, resumed.errors);
    CHECK(remains_of("shop", folder.path() / "net") == Remains{2, 2, 2, 1});
}

TEST_CASE("a registration whose answer was lost is found again after the vault began anew") {
    const TemporaryDirectory folder;
    auto network = std::make_unique<Localnet>(folder.path() / "net", 1);
    const TauProject program(folder.path() / "home", network->network_file());
    const std::string flow = program.crash("shop", "after effect register/1");
    network.reset();
    // The new vault process signs a record with a higher number than the receipt's.
    network = std::make_unique<Localnet>(folder.path() / "net", 1);
    const auto resumed = program.run({"resume", flow});
    CHECK_MESSAGE(resumed.code == 0, resumed.errors);
    CHECK(program.run({"export", "shop", "--to", (folder.path() / "shop.yaml").string()}).code ==
          0);
    CHECK(program.run_bare({"verify", (folder.path() / "shop.yaml").string()}).code == 0);
    CHECK(remains_of("shop", folder.path() / "net") == Remains{2, 2, 2, 1});
}
