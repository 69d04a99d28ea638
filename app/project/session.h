#pragma once

#include "app/adapters/qt_http.h"
#include "app/project/command_line.h"
#include "app/project/terminal.h"
#include "core/flow/create_project.h"
#include "core/vault/node_source.h"

namespace tau::app {

/// The world that a command works in, opened piece by piece as it needs them.
class Session {
public:
    explicit Session(const CommandLine& line);

    Result<SecretStore*> secrets();
    /// The person's own key; `not_found` when there is none yet.
    Result<keys::OwnerKey> owner_key();
    /// The World for a flow on this git host; lives as long as the session.
    Result<flow::World*> world(const vault::Network& network, const std::string& git_host);
    /// Where the network's nodes come from.
    Result<std::unique_ptr<vault::NodeSource>> nodes(const vault::Network& network);
    /// Dies at this moment of a flow; for tests.
    void crash_at(const std::string& point);

    QtHttp& http() { return http_; }
    SystemClock& clock() { return clock_; }
    SystemEntropy& entropy() { return entropy_; }
    const std::filesystem::path& data() const { return data_; }

private:
    struct NoLog final : Log {
        void write(LogLevel, std::string_view, std::string_view) override {}
    };

    const CommandLine& line_;
    std::filesystem::path data_;
    QtHttp http_;
    SystemClock clock_;
    SystemEntropy entropy_;
    NoLog log_;
    std::unique_ptr<SecretStore> secrets_;
    std::unique_ptr<forge::Forge> forge_;
    std::optional<flow::World> world_;
    std::string crash_point_;
};

/// The network file that --network names, or that of tau-localnet.
Result<vault::Network> load_network(const CommandLine& line, std::int64_t now);
/// A project of this computer by name or id; `not_found`, or `conflict` when the name is not
/// enough.
Result<flow::LocalProject> find_project(const std::filesystem::path& data, const std::string& name);

} // namespace tau::app
