// tau-localnet: a whole Taubyte network on this computer: a git host over real OpenSSH and several
// vault nodes, for trying things out and for tests.
#include "app/localnet/guard.h"
#include "app/localnet/network.h"
#include "core/base/secret.h"

#include <charconv>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

using namespace tau;

namespace {

constexpr const char* usage = R"(Usage: tau-localnet [--dir DIR] [--port PORT] [--vaults N]
                    [--chaos SEED]

Runs a git host and N vault nodes (7) on 127.0.0.1 until it is interrupted.
  --dir DIR     where everything is kept (~/.local/share/tau-localnet)
  --port PORT   of the git host's SSH (that of last time, or any)
  --vaults N    0 to 32
  --chaos SEED  vault nodes that make trouble on purpose, as tau-vaultd says
Prints the path of the network file, which tau-console and tau-project take,
and then a line "ready". Started again on the same folder it goes on.
)";

std::filesystem::path default_folder() {
    const auto value = [](const char* name) {
        const char* text = std::getenv(name);
        return std::filesystem::path(text == nullptr ? "" : text);
    };
    const auto data = value("XDG_DATA_HOME");
    return (data.is_absolute() ? data : value("HOME") / ".local" / "share") / "tau-localnet";
}

template <typename Number>
bool parse_number(const std::string& text, Number limit, Number& out) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return error == std::errc{} && end == text.data() + text.size() && out <= limit;
}

std::optional<localnet::Options> parse(const std::vector<std::string>& arguments) {
    localnet::Options options;
    options.folder = default_folder();
    for (std::size_t i = 0; i < arguments.size(); i += 2) {
        if (i + 1 == arguments.size()) {
            return std::nullopt;
        }
        const std::string& name = arguments[i];
        const std::string& value = arguments[i + 1];
        if (name == "--dir" && !value.empty()) {
            std::error_code gone; // the current folder
            options.folder = std::filesystem::absolute(value, gone);
            if (gone) {
                return std::nullopt;
            }
        } else if (name == "--chaos" && !value.empty()) {
            options.chaos = value;
        } else if (!(name == "--port" && parse_number<std::uint16_t>(value, 65535, options.port)) &&
                   !(name == "--vaults" && parse_number<std::size_t>(value, 32, options.vaults))) {
            return std::nullopt;
        }
    }
    return options;
}

int fail_with(const Error& error) {
    std::cerr << "tau-localnet: " << error.message << "\n";
    if (!error.hint.empty()) {
        std::cerr << error.hint << "\n";
    }
    if (!error.detail.empty()) {
        std::cerr << "(" << error.detail << ")\n";
    }
    return 1;
}

} // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    const std::string first = arguments.empty() ? "" : arguments[0];
    if (first == "--help" || first == "--version") {
        std::cout << (first == "--help" ? usage : "tau-localnet " TAU_VERSION "\n");
        return 0;
    }
    const auto options = parse(arguments);
    if (!options) {
        std::cerr << usage;
        return 2;
    }
    localnet::split_into_guard_and_worker();
    if (!protect_process()) {
        return 1;
    }
    const auto done = localnet::run(*options);
    localnet::end_all_children();
    return done ? 0 : fail_with(done.error());
}
