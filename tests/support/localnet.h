#pragma once

#include "core/base/process.h"

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

namespace tau::test {

/// A real tau-localnet in a folder, ready when the constructor returns; stopped with SIGTERM.
class Localnet {
public:
    explicit Localnet(const std::filesystem::path& folder, int vaults = 0,
                      const std::vector<std::string>& more = {})
        : folder_(folder), process_(start(folder, vaults, more)) {
        const Wait wait = Wait::at_most(std::chrono::seconds(60));
        for (;;) {
            const auto line = process_.read_line(wait);
            if (!line || !*line) {
                throw std::runtime_error("tau-localnet did not start: " + process_.error_output());
            }
            if (**line == "ready") {
                return;
            }
            said_.push_back(**line);
        }
    }
    ~Localnet() {
        process_.kill(15);
        (void)process_.wait(Wait::at_most(std::chrono::seconds(20)));
    }

    Process& process() { return process_; }
    std::filesystem::path git_host() const { return folder_ / "git"; }
    std::filesystem::path network_file() const { return folder_ / "network.yaml"; }
    /// What it printed before "ready".
    const std::vector<std::string>& said() const { return said_; }

private:
    static Process start(const std::filesystem::path& folder, int vaults,
                         const std::vector<std::string>& more) {
        Command command;
        command.program = program_folder().value() / "tau-localnet";
        command.arguments = {"--dir", folder.string(), "--vaults", std::to_string(vaults)};
        command.arguments.insert(command.arguments.end(), more.begin(), more.end());
        command.environment = {"PATH=/usr/bin:/bin", "HOME=" + folder.string()};
        auto process = Process::start(command);
        if (!process) {
            throw std::runtime_error(process.error().message);
        }
        return std::move(*process);
    }

    std::filesystem::path folder_;
    Process process_;
    std::vector<std::string> said_;
};

} // namespace tau::test
