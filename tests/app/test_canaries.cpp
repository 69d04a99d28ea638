// 64 secrets and more, known to this test, go through the programs as a person and an operator run
// them: projects made at two vaults, keys rotated and exported, deployments set. Then every place
// where a secret could have stayed is searched for each of them, in several spellings.
#include "tests/app/living_project.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <mutex>
#include <sstream>
#include <thread>
#include <unistd.h>
#include <unordered_map>

using namespace tau;
using namespace tau::test;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t key_length = 8; ///< bytes of a spelling by which it is looked for first

struct Canary {
    std::string name;
    std::string bytes;
    std::vector<fs::path> home{}; ///< where it may be: it is kept there
};

/// All spellings of all secrets, found in one pass over the bytes.
class Search {
public:
    void add(const Canary& canary) {
        const ByteView raw = as_bytes(canary.bytes);
        std::string base64 = to_base64(raw);
        base64.resize(canary.bytes.size() / 3 * 4); // the rest depends on what follows
        for (const std::string& spelling : {canary.bytes, to_hex(raw), base64}) {
            place(spelling, canary);
        }
    }
    std::size_t size() const { return canaries_.size(); }

    /// Names of the secrets in these bytes that may not be in this place.
    std::vector<std::string> in(std::string_view text, const fs::path& file = {}) const {
        std::vector<std::string> found;
        for (std::size_t at = 0; at + key_length <= text.size(); ++at) {
            const std::uint64_t key = key_at(text.data() + at);
            if (!seen_[key & 0xffffU]) {
                continue;
            }
            const auto [begin, end] = by_key_.equal_range(key);
            for (auto one = begin; one != end; ++one) {
                const auto& [spelling, canary] = one->second;
                if (text.substr(at).starts_with(spelling) && !is_home(canaries_[canary], file)) {
                    found.push_back(canaries_[canary].name);
                }
            }
        }
        return found;
    }

private:
    static std::uint64_t key_at(const char* bytes) {
        std::uint64_t key = 0;
        std::memcpy(&key, bytes, sizeof key);
        return key;
    }
    static bool is_home(const Canary& canary, const fs::path& file) {
        return !file.empty() &&
               std::any_of(canary.home.begin(), canary.home.end(), [&](const fs::path& home) {
                   return file.string().starts_with(home.string());
               });
    }
    void place(const std::string& spelling, const Canary& canary) {
        REQUIRE(spelling.size() >= 16);
        if (canaries_.empty() || canaries_.back().name != canary.name) {
            canaries_.push_back(canary);
        }
        const std::uint64_t key = key_at(spelling.data());
        seen_[key & 0xffffU] = true;
        by_key_.emplace(key, std::pair(spelling, canaries_.size() - 1));
    }

    std::vector<Canary> canaries_;
    std::vector<bool> seen_ = std::vector<bool>(65536);
    std::unordered_multimap<std::uint64_t, std::pair<std::string, std::size_t>> by_key_;
};

/// What is in a file, or what could be read of it: processes end while one looks.
std::string whole(const fs::path& path) {
    std::string text;
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    std::array<char, 65536> part{};
    for (ssize_t got = 1; fd >= 0 && got > 0;) {
        got = ::read(fd, part.data(), part.size());
        text.append(part.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
    }
    if (fd >= 0) {
        ::close(fd);
    }
    return text;
}

/// What every process of this computer shows of itself to whoever looks, while it runs.
class ProcessWatch {
public:
    ProcessWatch()
        : thread_([this](const std::stop_token& stop) {
              while (!stop.stop_requested()) {
                  look();
              }
          }) {}
    std::set<std::string> stop() {
        thread_.request_stop();
        thread_.join();
        return std::move(texts_);
    }
    /// Those of our programs that were seen at work.
    static bool is_ours(const std::string& command) {
        return command.find("/tau-") != std::string::npos;
    }

private:
    void look() {
        std::error_code code;
        for (const auto& entry : fs::directory_iterator("/proc", code)) {
            if (entry.path().filename().string().find_first_not_of("0123456789") ==
                std::string::npos) {
                const std::string command = whole(entry.path() / "cmdline");
                if (is_ours(command) || command.find("git") != std::string::npos ||
                    command.find("sshd") != std::string::npos) {
                    texts_.insert(command);
                    texts_.insert(whole(entry.path() / "environ"));
                }
            }
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }

    std::set<std::string> texts_;
    std::jthread thread_;
};

/// Processes below this one whose program has this name.
std::vector<std::string> descendants(const std::string& root, const std::string& program) {
    std::vector<std::string> found;
    std::error_code code;
    for (const auto& task : fs::directory_iterator("/proc/" + root + "/task", code)) {
        const std::string list = whole(task.path() / "children");
        std::istringstream children(list);
        for (std::istream_iterator<std::string> pid(children), end; pid != end; ++pid) {
            if (fs::path(whole("/proc/" + *pid + "/cmdline").c_str()).filename() == program) {
                found.push_back(*pid);
            }
            const auto below = descendants(*pid, program);
            found.insert(found.end(), below.begin(), below.end());
        }
    }
    return found;
}

struct Memory {
    std::size_t size = 0;   ///< bytes that a core file would have
    std::size_t locked = 0; ///< bytes that it would not
    std::vector<std::string> found;
};

/// Reads what a core file of the process would hold: all its memory but what it told the kernel to
/// leave out. Nothing when it has ended.
Memory look_into(const std::string& pid, const Search& search) {
    Memory memory;
    const int fd = ::open(("/proc/" + pid + "/mem").c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return memory;
    }
    std::ifstream maps("/proc/" + pid + "/smaps");
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    bool readable = false;
    for (std::string line; std::getline(maps, line);) {
        char access[8] = {};
        unsigned long long from = 0;
        unsigned long long to = 0;
        if (std::sscanf(line.c_str(), "%llx-%llx %7s", &from, &to, access) == 3) {
            begin = from;
            end = to;
            readable = access[0] == 'r' && line.find("[v") == std::string::npos;
        } else if (line.starts_with("VmFlags:") && readable) {
            if (line.find(" dd") != std::string::npos) {
                memory.locked += end - begin;
                continue;
            }
            std::string bytes(end - begin, '\0');
            const ssize_t got = ::pread(fd, bytes.data(), bytes.size(), static_cast<off_t>(begin));
            bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
            memory.size += bytes.size();
            for (const std::string& name : search.in(bytes)) {
                memory.found.push_back(name);
            }
        }
    }
    ::close(fd);
    return memory;
}

std::string joined(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : std::set<std::string>(names.begin(), names.end())) {
        text += name + "; ";
    }
    return text;
}

/// The secrets of a project, as its owner's secret store has them, and what follows from them.
void add_project(Search& search, SecretStore& secrets, const project::Export& file,
                 const fs::path& host, const std::string& when) {
    for (const project::Enrolment& enrolment : file.vaults) {
        const std::string node = node_of(enrolment).node_id();
        for (std::size_t side = 0; side < 2; ++side) {
            const auto& repository = enrolment.registration.repositories[side];
            const std::string role(vault::to_string(repository.role));
            const std::string place = file.project_id + "/" + role + "/" + node;
            const auto bundle = seal::decode_bundle(repository.sealed).value();
            const auto seed = secrets.get("deploy/" + place).value();
            const auto scalar = secrets.get("webhook/" + place).value();
            REQUIRE((seed && scalar));
            const auto key = keys::DeployKey::from_seed(*seed).value();
            REQUIRE(key.public_key() == bundle.deploy_key.point);
            const Secret text = keys::WebhookSecret::from_scalar(*scalar).value().text(
                bundle.webhook.context.nonce);
            const std::string name = when + " " + place + " ";
            search.add({name + "seed", std::string(seed->view())});
            search.add({name + "scalar", std::string(key.scalar().view())});
            search.add({name + "webhook", std::string(scalar->view())});
            // The git host signs with it, so it has it.
            search.add({name + "webhook text", std::string(text.view()), {host / "hook_secrets"}});
        }
    }
}

/// Lets tau-console, without a screen, make a project by its wizard, show all of its pages, send
/// deployments and replace its keys, with the data and the passphrase of tau-project. Its memory is
/// looked into meanwhile. What it printed.
std::string run_console(const World& world, const Search& search) {
    Command command;
    command.program = program_folder().value() / "tau-console";
    command.arguments = {"--network",
                         world.network.network_file().string(),
                         "--data",
                         world.program.data.string(),
                         "--passphrase-file",
                         world.program.passphrase.string(),
                         "--screenshot",
                         (world.folder.path() / "pictures").string()};
    command.environment = {"HOME=" + world.program.data.parent_path().string(),
                           "PATH=/usr/bin:/bin", "QT_QPA_PLATFORM=offscreen"};
    auto console = Process::start(command);
    REQUIRE(console);
    std::size_t most = 0;
    std::vector<std::string> found;
    Result<int> ended = fail(ErrorCode::timeout, "It runs.");
    const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(4);
    while (!ended && std::chrono::steady_clock::now() < end) {
        ended = console->wait(Wait::at_most(std::chrono::seconds(1)));
        if (!ended && ::geteuid() == 0) {
            const Memory memory = look_into(std::to_string(console->pid()), search);
            most = std::max(most, memory.locked > 0 ? memory.size : 0);
            found.insert(found.end(), memory.found.begin(), memory.found.end());
        }
    }
    REQUIRE_MESSAGE(ended.value_or(-1) == 0, console->error_output());
    CHECK((most > 10'000'000 || ::geteuid() != 0));
    CHECK_MESSAGE(found.empty(), joined(found));
    return console->take_output() + console->error_output();
}

/// The private keys of the vault nodes, and those that guard their databases.
void add_node_keys(Search& search, const fs::path& network) {
    for (const auto& entry : fs::recursive_directory_iterator(network)) {
        const fs::path folder = entry.path().parent_path().filename();
        if (entry.is_regular_file() && (folder == "keys" || folder == "barriers")) {
            const std::string bytes = whole(entry.path());
            if (bytes.size() >= 32) {
                search.add(
                    {entry.path().string(), bytes.substr(0, 32), {entry.path().parent_path()}});
            }
        }
    }
}

} // namespace

TEST_CASE("the search finds what is planted, in every spelling, and knows its home") {
    Search search;
    std::string secret(32, '\0');
    SystemEntropy entropy;
    entropy.fill({reinterpret_cast<std::uint8_t*>(secret.data()), secret.size()});
    search.add({"one", secret, {"/home/keys"}});
    for (const std::string& text :
         {secret, to_hex(as_bytes(secret)), to_base64(as_bytes(secret))}) {
        CHECK(search.in("before " + text + " after") == std::vector<std::string>{"one"});
        CHECK(search.in(text, "/home/keys/a").empty());
        CHECK(search.in(text, "/home/other").size() == 1);
    }
    CHECK(search.in(secret.substr(1)).empty());
    // A copy on this process's heap is found, too, and one in locked memory is not.
    const Secret kept = Secret::copy_of(std::string_view(secret));
    const auto own = [&] { return look_into("self", search); };
    CHECK_FALSE(own().found.empty());
}

TEST_CASE("64 secrets leave no trace in logs, files, databases, memory or process lists") {
    World world;
    TauProject& program = world.program;
    const fs::path network = world.folder.path() / "net";
    const fs::path exported = world.folder.path() / "exported";
    fs::create_directory(exported);
    Secret passphrase = Secret::copy_of(std::string_view(to_hex(Secret::random(24).bytes())));
    REQUIRE(write_file_atomic(program.passphrase, passphrase.bytes()));
    const std::string key_passphrase = to_hex(Secret::random(24).bytes());
    const fs::path key_passphrase_file = exported / "passphrase";
    REQUIRE(write_file_atomic(key_passphrase_file, std::string_view(key_passphrase)));

    Search search;
    search.add({"passphrase", std::string(passphrase.view()), {program.passphrase}});
    search.add({"passphrase of exported keys", key_passphrase, {exported}});
    add_node_keys(search, network);
    search.add({"account's key",
                whole(network / "git" / "user_key").substr(200, 60),
                {network / "git" / "user_key"}});

    ProcessWatch watch;
    std::string said;
    const auto run = [&](const std::vector<std::string>& arguments) {
        const Finished done = program.run(arguments);
        REQUIRE_MESSAGE(done.code == 0, done.errors);
        said += done.output + done.errors;
    };
    const auto collect = [&](const std::string& name, const std::string& when) {
        SystemEntropy entropy;
        const auto store = keys::open_secret_file(program.data / "secrets", passphrase.clone(),
                                                  keys::KeyStretching::interactive, entropy);
        REQUIRE(store);
        add_project(search, **store, project_file(program, name), network / "git", when);
        if (when == "first") {
            search.add({"owner " + name, std::string((*store)->get("owner").value()->view())});
        }
    };
    for (const std::string name : {"shop", "club", "blog"}) {
        auto create = program.create(name);
        create.insert(create.end(), {"--vaults", "2", "--json"});
        run(create);
        collect(name, "first");
    }
    run({"rotate", "shop", "--json"});
    collect("shop", "rotated");
    run({"deploy-key", "export", "club", "code", "--to", (exported / "key").string(), "--vault",
         node_of(project_file(program, "club").vaults.at(0)).name});
    run({"owner-key", "export", "--to", (exported / "owner").string(), "--key-passphrase-file",
         key_passphrase_file.string()});
    run({"export", "club", "--to", (exported / "club.yaml").string()});
    run({"deployments", "club", "--set", "region:eu-west=code:main"});
    run({"status", "club"});
    CHECK(search.size() >= 64);
    const std::size_t made_before = search.size();
    said += run_console(world, search);
    const auto projects = flow::list_projects(program.data);
    REQUIRE(projects);
    CHECK(projects->size() == 4);
    for (const flow::LocalProject& project : *projects) {
        if (project.name.starts_with("shop_")) { // the wizard's, as there was a shop already
            collect(project.name, "console");
        }
    }
    CHECK(search.size() >= made_before + 8);
    Search known;
    known.add({"project id", project_file(program, "club").project_id});

    const std::string root = std::to_string(world.network.process().pid());
    const auto nodes = descendants(root, "tau-vaultd");
    CHECK(nodes.size() == 2);
    std::vector<std::string> programs = descendants(root, "tau-localnet");
    programs.insert(programs.end(), nodes.begin(), nodes.end());
    for (const std::string& pid : programs) {
        const std::string limits = whole("/proc/" + pid + "/limits");
        const std::size_t core = limits.find("Max core file size");
        REQUIRE(core != std::string::npos);
        CHECK(limits.substr(core + 26, 2) == "0 ");
    }
    if (::geteuid() == 0) {
        for (const std::string& pid : nodes) { // both have opened keys and use them
            const Memory memory = look_into(pid, search);
            CHECK(memory.size > 1000000);
            CHECK(memory.locked > 4096);
            CHECK_MESSAGE(memory.found.empty(), joined(memory.found));
            CHECK_FALSE(look_into(pid, known).found.empty()); // as for what is no secret
        }
    } else {
        for (const std::string& pid : nodes) { // nobody but root may look
            CHECK(::open(("/proc/" + pid + "/mem").c_str(), O_RDONLY | O_CLOEXEC) < 0);
        }
    }

    std::size_t ours = 0;
    bool saw_console = false;
    for (const std::string& text : watch.stop()) {
        saw_console = saw_console || text.find("/tau-console") != std::string::npos;
        ours += ProcessWatch::is_ours(text) ? 1U : 0U;
        CHECK_MESSAGE(search.in(text).empty(), joined(search.in(text)));
    }
    CHECK(ours > 10);
    CHECK(saw_console);
    CHECK_MESSAGE(search.in(said).empty(), joined(search.in(said)));
    const std::string& errors = world.network.process().error_output();
    CHECK_MESSAGE(search.in(errors).empty(), joined(search.in(errors)));

    std::size_t files = 0;
    const auto look_at = [&](const fs::path& file) {
        const auto found = search.in(whole(file), file);
        CHECK_MESSAGE(found.empty(), file.string() << ": " << joined(found));
        ++files;
    };
    for (const auto& entry : fs::recursive_directory_iterator(world.folder.path())) {
        if (entry.is_regular_file()) {
            look_at(entry.path());
        }
    }
    CHECK(files > 100);
    std::error_code code;
    for (const auto& entry : fs::directory_iterator(fs::temp_directory_path(), code)) {
        if (entry.path().filename().string().starts_with("tau-git-")) {
            for (const auto& left : fs::recursive_directory_iterator(entry.path(), code)) {
                if (left.is_regular_file(code)) {
                    look_at(left.path());
                }
            }
        }
    }
}
