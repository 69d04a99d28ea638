#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace tau::bench {

/// One row of a benchmark: what was measured, and what it is held against in the same run.
struct Figure {
    std::string name;
    double value = 0;
    std::string unit;
    std::string baseline; ///< empty: nothing to compare with
    double baseline_value = 0;
    std::optional<double> max_ratio; ///< a goal for value / baseline_value
    std::optional<double> max_value; ///< a goal for the value itself
    std::optional<double> min_ratio =
        {}; ///< a goal for value / baseline_value, where more is better
};

/// Milliseconds on a clock that only goes forward.
using Clock = double (*)();
double wall_ms();
/// What this thread alone has used: other programs on the machine do not count.
double thread_cpu_ms();

/// Runs the candidates in turn, `rounds` times after one round to warm up, so that all of them
/// meet the same moods of the machine. Gives the median of each, in milliseconds.
std::vector<double> medians(int rounds, const std::vector<std::function<void()>>& candidates,
                            Clock clock = wall_ms);

/// Writes the figures as an aligned table, or with --json among the arguments as an array of
/// {figure, value, unit, baseline, baseline_value, ratio, goal, met}, with null where there is no
/// baseline or no goal. Gives main's result: 0 when every goal is met, else 1.
int report(const std::vector<Figure>& figures, int argc, char** argv);

} // namespace tau::bench
