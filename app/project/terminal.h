#pragma once

#include "app/project/command_line.h"
#include "core/flow/flow.h"

#include <map>
#include <nlohmann/json_fwd.hpp>

namespace tau::app {

/// What a command prints: sentences for people, or JSON, one object a line.
class Terminal {
public:
    explicit Terminal(bool json);

    bool json() const { return json_; }
    void line(const std::string& text) const;       ///< people only
    void event(const nlohmann::json& object) const; ///< programs only
    /// On stderr for people, as an event for programs.
    void error(const Error& error) const;
    /// "ok" or "no" in front, in colour where that is wanted.
    void finding(bool good, const std::string& text) const;

    /// Shows a flow's steps: those that run in place at the end, those that are over above.
    flow::Observer steps();

private:
    void show_step(std::size_t index, const flow::StepView& step);
    std::string coloured(const char* code, const std::string& text) const;

    bool json_;
    bool in_place_;
    bool colour_;
    std::map<std::size_t, std::string> running_;
};

/// Prints it; the command has failed.
Exit failed(const Terminal& out, const Error& error);
/// The same of what was planned from arguments: an invalid one is a wrong use.
Exit failed_to_plan(const Terminal& out, const Error& error);

/// Whether a question on the terminal was answered with yes; false where nobody can answer.
bool confirmed(const std::string& question);
/// A passphrase typed without echo; `unavailable` where there is no terminal.
Result<Secret> ask_passphrase(const std::string& prompt);
/// The first line of a private file.
Result<Secret> read_passphrase(const std::filesystem::path& path);

} // namespace tau::app
