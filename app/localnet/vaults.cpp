#include "app/localnet/vaults.h"

#include "app/localnet/git_host.h"
#include "app/localnet/guard.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "core/ports.h"

#include <algorithm>
#include <charconv>
#include <csignal>
#include <fcntl.h>
#include <unistd.h>

namespace tau::localnet {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

/// What a node says of itself, and what the network's list says of it.
struct Part {
    const char* name;
    const char* region;
    const char* latitude;
    const char* longitude;
    unsigned claimed_slots, measured_slots;
    std::uint32_t audits_passed, audits_failed;
    int days_known;
};

// A good one nearby for most people, a boastful one, a flaky one, a newcomer: the ranking has to
// tell them apart.
constexpr std::array<Part, 8> parts{{
    {"Limmat", "eu-central", "47.38", "8.54", 400, 390, 240, 1, 410},
    {"Liffey", "eu-west", "53.35", "-6.26", 250, 240, 130, 2, 260},
    {"Malar", "eu-north", "59.33", "18.07", 120, 118, 90, 0, 180},
    {"Potomac", "us-east", "38.90", "-77.04", 800, 620, 310, 9, 520},
    {"Columbia", "us-west", "45.52", "-122.68", 1000, 90, 60, 3, 150},
    {"Tiete", "sa-east", "-23.55", "-46.63", 200, 150, 48, 12, 120},
    {"Kallang", "ap-southeast", "1.35", "103.82", 500, 470, 160, 1, 300},
    {"Yarra", "au-east", "-37.81", "144.96", 300, 0, 3, 0, 6},
}};

constexpr std::int64_t day = 86400; ///< seconds
constexpr auto start_time = 60s;    ///< all of them together, on a busy machine
constexpr auto stop_time = 15s;

struct Node {
    std::string name;
    Part part;
    fs::path data, log, port_file;
    fs::path barrier_key; ///< not in the folder of what it protects
};

/// Past the table's end its parts come again under new names.
Node node_at(const fs::path& folder, std::size_t number) {
    const Part& part = parts[number % parts.size()];
    const std::size_t round = number / parts.size();
    const std::string name = part.name + (round == 0 ? "" : " " + std::to_string(round + 1));
    std::string file = to_lower_ascii(name);
    std::replace(file.begin(), file.end(), ' ', '-');
    return {name,
            part,
            folder / file,
            folder / (file + ".log"),
            folder / (file + ".port"),
            folder.parent_path() / "barriers" / (file + ".key")};
}

/// The port of last time when it is free, else 0: any.
std::uint16_t usual_port(const Node& node) {
    const auto text = read_file(node.port_file, 10);
    std::uint16_t port = 0;
    if (text) {
        std::from_chars(text->data(), text->data() + text->size(), port);
    }
    const auto probe = listen_on_loopback(port);
    if (!probe) {
        return 0;
    }
    ::close(*probe);
    return port;
}

/// Made when the node is.
Result<void> provide_barrier_key(const Node& node, const fs::path& program) {
    if (fs::exists(node.barrier_key)) {
        return {};
    }
    if (auto made = make_private_directory(node.barrier_key.parent_path()); !made) {
        return made;
    }
    Command command;
    command.program = program;
    command.arguments = {"--make-barrier-key", node.barrier_key.string()};
    command.environment = {"PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8"};
    const auto ended = run_process(command, {}, Wait::at_most(start_time));
    if (!ended || ended->code != 0) {
        return fail(ErrorCode::io, "The barrier key of " + node.name + " cannot be made.");
    }
    return {};
}

Result<Process> start_node(const Node& node, const fs::path& program, const std::string& chaos) {
    if (const auto provided = provide_barrier_key(node, program); !provided) {
        return fail(provided.error());
    }
    const int log =
        ::open(node.log.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (log < 0) {
        return fail(io_error("write", node.log));
    }
    Command command;
    command.program = program;
    command.arguments = {
        "--data", node.data.string(), "--barrier-key", node.barrier_key.string(), "--listen",
        "127.0.0.1:" + std::to_string(usual_port(node)), "--name", node.name, "--region",
        node.part.region, "--lat", node.part.latitude, "--lon", node.part.longitude, "--slots",
        std::to_string(node.part.claimed_slots), "--allow-local-repositories",
        // Everybody here has the same address, and no patience.
        "--requests-per-minute", "0", "--registrations-per-minute", "0", "--owner-per-minute", "0"};
    if (!chaos.empty()) {
        command.arguments.insert(command.arguments.end(), {"--chaos", chaos});
    }
    command.environment = {"PATH=/usr/bin:/bin", "HOME=" + node.data.string(), "LC_ALL=C.UTF-8"};
    command.error = log;
    auto process = Process::start(command);
    ::close(log);
    return process;
}

/// The node's first line; `cancelled` when the network is to end meanwhile.
Result<std::optional<std::string>> first_line(Process& process, const Wait& wait) {
    for (;;) {
        auto line = process.read_line(Wait::at_most(200ms), 4096);
        if (line || line.error().code != ErrorCode::timeout ||
            std::chrono::steady_clock::now() > wait.until) {
            return line;
        }
        if (asked_to_end()) {
            return fail(ErrorCode::cancelled, "The local network was asked to end.");
        }
    }
}

/// Reads "ready <record>".
Result<vault::ListedNode> read_ready(Process& process, const Node& node, const Wait& wait) {
    const auto line = first_line(process, wait);
    if (!line && line.error().code == ErrorCode::cancelled) {
        return fail(line.error());
    }
    if (!line || !*line || !(*line)->starts_with("ready ")) {
        const auto log = read_file(node.log, 1U << 16U);
        return fail(ErrorCode::unavailable, "The vault node " + node.name + " does not start.",
                    "Its log is " + node.log.string() + ".", bounded_text(log.value_or("")));
    }
    const std::int64_t now = SystemClock().now();
    auto bytes = from_base64((*line)->substr(6));
    if (!bytes) {
        return fail(bytes.error());
    }
    auto record = vault::decode_record(*bytes, now);
    if (!record) {
        return fail(record.error());
    }
    const std::string& endpoint = record->endpoint;
    if (auto kept = write_file_atomic(node.port_file, endpoint.substr(endpoint.rfind(':') + 1));
        !kept) {
        return fail(kept.error());
    }
    return vault::ListedNode{std::move(*record),
                             std::move(*bytes),
                             node.part.audits_passed,
                             node.part.audits_failed,
                             now - node.part.days_known * day,
                             node.part.measured_slots};
}

} // namespace

Result<Vaults> Vaults::start(const fs::path& folder, std::size_t count, const std::string& chaos) {
    const auto programs = program_folder();
    if (!programs) {
        return fail(programs.error());
    }
    if (auto made = make_private_directory(folder); !made) {
        return fail(made.error());
    }
    Vaults vaults;
    for (std::size_t i = 0; i < count; ++i) {
        const Node node = node_at(folder, i);
        auto process = start_node(node, *programs / "tau-vaultd", chaos);
        if (!process) {
            return fail(process.error());
        }
        vaults.running_.push_back({node.name, std::move(*process)});
    }
    const Wait wait = Wait::at_most(start_time);
    for (std::size_t i = 0; i < count; ++i) {
        auto node = read_ready(vaults.running_[i].process, node_at(folder, i), wait);
        if (!node) {
            return fail(node.error());
        }
        vaults.nodes_.push_back(std::move(*node));
    }
    return vaults;
}

std::string Vaults::ended(pid_t pid) {
    for (Running& running : running_) {
        if (running.process.pid() == pid) {
            (void)running.process.wait(Wait::at_most(0s)); // it has ended: this only collects it
            return running.name;
        }
    }
    return {};
}

void Vaults::stop() {
    for (Running& running : running_) {
        running.process.kill(SIGTERM);
    }
    const Wait wait = Wait::at_most(stop_time);
    for (Running& running : running_) {
        (void)running.process.wait(wait);
    }
    running_.clear(); // kills those that did not listen
}

} // namespace tau::localnet
