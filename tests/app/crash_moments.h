#pragma once

#include "tests/app/tau_project.h"

#include <cstdlib>
#include <sstream>

namespace tau::test {

/// The exit code of a program that --crash-at killed.
inline constexpr int killed = 128 + SIGKILL;

/// Whether this process runs the case: they are spread over several, by TAU_SHARD
/// "<number>/<of how many>"; without it, all are run.
inline bool is_mine(std::size_t index) {
    const char* shard = std::getenv("TAU_SHARD");
    if (shard == nullptr) {
        return true;
    }
    const std::string text = shard;
    const std::size_t slash = text.find('/');
    return index % std::stoul(text.substr(slash + 1)) == std::stoul(text.substr(0, slash));
}

/// The steps that this command would run, by their ids.
inline std::vector<std::string> planned_steps(const TauProject& program,
                                              std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--dry-run", "--json"});
    const auto planned = program.run(arguments);
    REQUIRE_MESSAGE(planned.code == 0, planned.errors);
    std::vector<std::string> ids;
    std::istringstream lines(planned.output);
    for (std::string line; std::getline(lines, line);) {
        const auto event = nlohmann::json::parse(line);
        if (event.at("event") == "plan") {
            for (const auto& step : event.at("steps")) {
                ids.push_back(step.at("id").get<std::string>());
            }
        }
    }
    return ids;
}

/// Every moment before and after a record or an effect of these steps.
inline std::vector<std::string> moments_of_steps(const std::vector<std::string>& ids) {
    std::vector<std::string> moments;
    for (const std::string& id : ids) {
        for (const char* when :
             {"before record intent ", "after record intent ", "before effect ", "after effect ",
              "before record outcome ", "after record outcome "}) {
            moments.push_back(when + id);
        }
    }
    return moments;
}

/// And those of the whole flow's first and last record.
inline std::vector<std::string> moments_of_flow(const std::vector<std::string>& ids) {
    std::vector<std::string> moments{"before record plan", "after record plan",
                                     "before record closed", "after record closed"};
    const auto steps = moments_of_steps(ids);
    moments.insert(moments.end(), steps.begin(), steps.end());
    return moments;
}

} // namespace tau::test
