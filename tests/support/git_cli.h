// The git command line, which knows nothing of our code, as the judge of what we do.
#pragma once

#include "core/base/file.h"
#include "core/base/process.h"
#include "tests/support/temporary_directory.h"

#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

namespace tau::test {

inline Finished try_git(const std::filesystem::path& folder, std::vector<std::string> arguments) {
    Command command;
    command.program = "/usr/bin/git";
    command.arguments = std::move(arguments);
    command.environment = {"HOME=/nonexistent",           "LC_ALL=C.UTF-8",
                           "GIT_CONFIG_NOSYSTEM=1",       "GIT_AUTHOR_NAME=Grace",
                           "GIT_AUTHOR_EMAIL=g@x.org",    "GIT_COMMITTER_NAME=Grace",
                           "GIT_COMMITTER_EMAIL=g@x.org", "PATH=/usr/bin:/bin"};
    command.folder = folder;
    const auto done = run_process(command, {}, Wait::at_most(std::chrono::seconds(60)));
    if (!done) {
        throw std::runtime_error(done.error().message);
    }
    return *done;
}

/// What it prints; it must succeed.
inline std::string git(const std::filesystem::path& folder, std::vector<std::string> arguments) {
    const Finished done = try_git(folder, std::move(arguments));
    if (done.code != 0) {
        throw std::runtime_error("git failed: " + done.errors);
    }
    return done.output;
}

inline void write(const std::filesystem::path& file, std::string_view text) {
    std::filesystem::create_directories(file.parent_path());
    if (const auto done = write_file_atomic(file, text, 0644); !done) {
        throw std::runtime_error(done.error().message);
    }
}

inline std::string contents(const std::filesystem::path& file) {
    const auto text = read_file(file);
    return text ? *text : "(" + std::string(to_string(text.error().code)) + ")";
}

/// Lines "1\n2\n…", with a few of them replaced.
inline std::string numbered(int lines, const std::vector<std::pair<int, std::string>>& other = {}) {
    std::string text;
    for (int i = 1; i <= lines; ++i) {
        std::string line = "line " + std::to_string(i);
        for (const auto& [number, replaced] : other) {
            line = number == i ? replaced : line;
        }
        text += line + "\n";
    }
    return text;
}

/// A clone with one commit, made by git itself.
struct Clone {
    TemporaryDirectory folder;
    std::filesystem::path path = folder.path() / "clone";
    Clone() {
        git(folder.path(), {"init", "-q", "-b", "main", "clone"});
        write(path / "config.yaml", "id: Qm\nname: shop\n");
        write(path / "functions/ping.yaml", numbered(30));
        commit("Begin");
    }
    std::string commit(const std::string& message) const {
        git(path, {"add", "-A"});
        git(path, {"commit", "-q", "-m", message});
        return head();
    }
    std::string head(const std::string& what = "HEAD") const {
        std::string id = git(path, {"rev-parse", what});
        id.pop_back();
        return id;
    }
    /// Empty when git finds nothing wrong and no lock or note was left behind.
    std::string problem() const {
        const Finished found = try_git(path, {"fsck", "--strict", "--no-dangling"});
        for (const char* left : {"index.lock", "HEAD.lock", "tau-console-change"}) {
            if (std::filesystem::exists(path / ".git" / left)) {
                return std::string(left) + " was left behind";
            }
        }
        return found.code == 0 ? "" : found.errors;
    }
};

} // namespace tau::test
