#pragma once

#include "core/base/file.h"
#include "core/base/process.h"
#include "core/forge/local.h"
#include "tests/support/localnet.h"
#include "tests/support/temporary_directory.h"

#include <csignal>
#include <doctest/doctest.h>
#include <nlohmann/json.hpp>
#include <ostream>
#include <sqlite3.h>

namespace tau::test {

/// The program tau-project, as a person starts it, with a data folder and secrets of its own.
class TauProject {
public:
    TauProject(const std::filesystem::path& folder, const std::filesystem::path& network)
        : data(folder / "data"), passphrase(folder / "passphrase"), network_(network) {
        std::filesystem::create_directories(folder);
        REQUIRE(write_file_atomic(passphrase, std::string_view("correct horse\n")));
    }

    /// Adds --data and --passphrase-file; nobody is there to answer questions.
    Finished run(std::vector<std::string> arguments, std::stop_token stop = {}) const {
        arguments.insert(arguments.end(),
                         {"--data", data.string(), "--passphrase-file", passphrase.string()});
        return run_bare(std::move(arguments), std::move(stop));
    }
    Finished run_bare(std::vector<std::string> arguments, std::stop_token stop = {}) const {
        Command command;
        command.program = program_folder().value() / "tau-project";
        command.arguments = std::move(arguments);
        command.environment = {"HOME=" + data.parent_path().string(), "PATH=/usr/bin:/bin"};
        auto ended =
            run_process(command, {}, Wait::at_most(std::chrono::seconds(120), std::move(stop)));
        REQUIRE(ended.has_value());
        return std::move(*ended);
    }
    std::vector<std::string> create(const std::string& name) const {
        return {"create", "--network", network_.string(), "--name", name};
    }
    /// Begins a creation that is killed at this moment; gives its id.
    std::string crash(const std::string& name, const std::string& moment) const {
        auto arguments = create(name);
        arguments.insert(arguments.end(), {"--crash-at", moment});
        REQUIRE(run(std::move(arguments)).code == 128 + SIGKILL);
        return flows().at(0);
    }
    /// Creations that are begun, by the names of their folders.
    std::vector<std::string> flows() const {
        std::vector<std::string> ids;
        std::error_code code;
        for (const auto& entry : std::filesystem::directory_iterator(data / "flows", code)) {
            ids.push_back(entry.path().filename().string());
        }
        return ids;
    }

    std::filesystem::path data;
    std::filesystem::path passphrase;

private:
    std::filesystem::path network_;
};

inline bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

/// A network of two vaults, and a person on it.
struct World {
    TemporaryDirectory folder;
    Localnet network{folder.path() / "net", 2};
    TauProject program{folder.path() / "home", network.network_file()};
};

/// What git host and vaults hold of one project, as they themselves keep it.
struct Remains {
    int repositories = 0;
    int keys = 0;
    int hooks = 0;
    int registrations = 0;
    bool operator==(const Remains&) const = default;
    friend std::ostream& operator<<(std::ostream& out, const Remains& found) {
        return out << found.repositories << " repositories, " << found.keys << " keys, "
                   << found.hooks << " hooks, " << found.registrations << " registrations";
    }
};

inline int active_registrations(const std::filesystem::path& database, const std::string& name) {
    sqlite3* handle = nullptr;
    sqlite3_stmt* statement = nullptr;
    REQUIRE(sqlite3_open_v2(database.c_str(), &handle, SQLITE_OPEN_READONLY, nullptr) == SQLITE_OK);
    sqlite3_busy_timeout(handle, 5000);
    const std::string sql =
        "SELECT count(*) FROM registration WHERE state = 'active' AND project_name = ?";
    REQUIRE(sqlite3_prepare_v2(handle, sql.c_str(), -1, &statement, nullptr) == SQLITE_OK);
    sqlite3_bind_text(statement, 1, name.c_str(), -1, nullptr);
    REQUIRE(sqlite3_step(statement) == SQLITE_ROW);
    const int count = sqlite3_column_int(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(handle);
    return count;
}

inline Remains remains_of(const std::string& name, const std::filesystem::path& network_folder) {
    Remains found;
    const auto host =
        nlohmann::json::parse(read_file(network_folder / "git" / "host.json").value());
    for (const auto& repository : host.at("repositories")) {
        const auto repository_name = repository.at("name").get<std::string>();
        if (repository_name == "tb_" + name || repository_name == "tb_code_" + name) {
            ++found.repositories;
            found.keys += static_cast<int>(repository.at("keys").size());
            found.hooks += static_cast<int>(repository.at("hooks").size());
        }
    }
    for (const auto& entry : std::filesystem::directory_iterator(network_folder / "vaults")) {
        if (entry.is_directory()) {
            found.registrations += active_registrations(entry.path() / "node.db", name);
        }
    }
    return found;
}

} // namespace tau::test
