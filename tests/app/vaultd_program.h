#pragma once

#include "core/base/file.h"
#include "core/base/process.h"
#include "core/vault/node_record.h"
#include "tests/app/server_talk.h"
#include "tests/support/temporary_directory.h"

#include <fcntl.h>

namespace tau::test {

/// The real tau-vaultd, started with a configuration file of the test's.
class VaultdProgram {
public:
    /// `more`: YAML beside data, listen, name and region.
    /// `environment`: more of it, as "NAME=value".
    /// `log_to`: the descriptor that its log goes to, when it is not to go to the file.
    explicit VaultdProgram(const std::string& more, std::vector<std::string> environment = {},
                           int log_to = -1)
        : environment_(std::move(environment)), log_to_(log_to) {
        configure(more);
        process_ = std::make_unique<Process>(start({}));
        const auto line = process_->read_line(Wait::at_most(20s));
        REQUIRE(line);
        const std::string errors = log();
        CAPTURE(errors);
        REQUIRE(*line);
        REQUIRE((*line)->starts_with("ready "));
        first_ = decode((*line)->substr(6));
        const std::string& endpoint = first_.endpoint;
        port_ = static_cast<std::uint16_t>(std::stoul(endpoint.substr(endpoint.rfind(':') + 1)));
    }
    /// The next reading of the file finds this.
    void configure(const std::string& more) {
        const std::filesystem::path key = folder_.path() / "barrier.key";
        SystemEntropy entropy;
        REQUIRE((std::filesystem::exists(key) || node::make_barrier_key(key, nullptr, entropy)));
        REQUIRE(write_file_atomic(
            config(),
            "data: " + (folder_.path() / "node").string() + "\nbarrier_key: " + key.string() +
                "\nname: test\nregion: local\n" +
                (more.find("listen: ") == std::string::npos ? "listen: 127.0.0.1:0\n" : "") +
                more));
    }
    /// Runs it once more with these options, to its end.
    Finished also(const std::vector<std::string>& options) const {
        Process process = start(options);
        const auto code = process.wait(Wait::at_most(20s));
        REQUIRE(code);
        return {*code, process.take_output(), log()};
    }
    static vault::NodeRecord decode(const std::string& base64) {
        const auto record = vault::decode_record(*from_base64(base64), SystemClock().now());
        REQUIRE(record);
        return *record;
    }
    const vault::NodeRecord& first_record() const { return first_; }
    std::uint16_t port() const { return port_; }
    std::filesystem::path folder() const { return folder_.path(); }
    std::filesystem::path config() const { return folder_.path() / "node.yaml"; }
    std::string log() const { return read_file(folder_.path() / "log").value_or(""); }
    void signal(int number) const { process_->kill(number); }
    Result<int> wait() const { return process_->wait(Wait::at_most(20s)); }

private:
    Process start(const std::vector<std::string>& options) const {
        const int log = ::open((folder_.path() / "log").c_str(),
                               O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        Command command;
        command.program = program_folder().value() / "tau-vaultd";
        command.arguments = {"--config", config().string()};
        command.arguments.insert(command.arguments.end(), options.begin(), options.end());
        command.environment = {"PATH=/usr/bin:/bin"};
        command.environment.insert(command.environment.end(), environment_.begin(),
                                   environment_.end());
        command.error = log_to_ < 0 ? log : log_to_;
        auto process = Process::start(command);
        ::close(log);
        REQUIRE(process);
        return std::move(*process);
    }

    const std::vector<std::string> environment_;
    const int log_to_;
    TemporaryDirectory folder_;
    std::unique_ptr<Process> process_;
    vault::NodeRecord first_;
    std::uint16_t port_ = 0;
};

} // namespace tau::test
