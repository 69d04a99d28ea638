#include "tests/bench/report.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <nlohmann/json.hpp>
#include <string_view>

namespace tau::bench {

namespace {

std::string number(double value) {
    char text[64];
    const int decimals = value >= 1000 ? 0 : value >= 10 ? 1 : 3;
    std::snprintf(text, sizeof text, "%.*f", decimals, value);
    return text;
}

double ratio_of(const Figure& figure) {
    return figure.baseline_value > 0 ? figure.value / figure.baseline_value : 0;
}

bool has_goal(const Figure& figure) {
    return figure.max_ratio || figure.max_value || figure.min_ratio;
}

bool is_met(const Figure& figure) {
    return (!figure.max_ratio || ratio_of(figure) <= *figure.max_ratio) &&
           (!figure.max_value || figure.value <= *figure.max_value) &&
           (!figure.min_ratio || ratio_of(figure) >= *figure.min_ratio);
}

std::string goal_of(const Figure& figure) {
    std::string goal = figure.max_ratio ? "ratio <= " + number(*figure.max_ratio) : "";
    if (figure.max_value) {
        goal += (goal.empty() ? "<= " : ", <= ") + number(*figure.max_value) + " " + figure.unit;
    }
    if (figure.min_ratio) {
        goal += (goal.empty() ? "ratio >= " : ", ratio >= ") + number(*figure.min_ratio);
    }
    return goal;
}

void print_json(const std::vector<Figure>& figures) {
    nlohmann::ordered_json rows = nlohmann::ordered_json::array();
    for (const Figure& figure : figures) {
        nlohmann::ordered_json row;
        row["figure"] = figure.name;
        row["value"] = figure.value;
        row["unit"] = figure.unit;
        row["baseline"] = nullptr;
        row["baseline_value"] = nullptr;
        row["ratio"] = nullptr;
        row["goal"] = nullptr;
        row["met"] = nullptr;
        if (!figure.baseline.empty()) {
            row["baseline"] = figure.baseline;
            row["baseline_value"] = figure.baseline_value;
            row["ratio"] = ratio_of(figure);
        }
        if (has_goal(figure)) {
            row["goal"] = goal_of(figure);
            row["met"] = is_met(figure);
        }
        rows.push_back(std::move(row));
    }
    std::puts(rows.dump(2).c_str());
}

void print_table(const std::vector<Figure>& figures) {
    std::vector<std::vector<std::string>> rows = {
        {"figure", "value", "", "against", "value", "ratio", "goal", ""}};
    for (const Figure& figure : figures) {
        const bool compared = !figure.baseline.empty();
        rows.push_back({figure.name, number(figure.value), figure.unit, figure.baseline,
                        compared ? number(figure.baseline_value) : "",
                        compared ? number(ratio_of(figure)) : "", goal_of(figure),
                        !has_goal(figure) ? ""
                        : is_met(figure)  ? "met"
                                          : "MISSED"});
    }
    std::vector<std::size_t> widths(rows.front().size());
    for (const auto& row : rows) {
        for (std::size_t column = 0; column < row.size(); ++column) {
            widths[column] = std::max(widths[column], row[column].size());
        }
    }
    for (const auto& row : rows) {
        std::string line;
        for (std::size_t column = 0; column < row.size(); ++column) {
            const std::string space(widths[column] - row[column].size(), ' ');
            const bool is_number = column == 1 || column == 4 || column == 5;
            line += (is_number ? space + row[column] : row[column] + space) + "  ";
        }
        line.erase(line.find_last_not_of(' ') + 1);
        std::puts(line.c_str());
    }
}

} // namespace

double wall_ms() {
    return std::chrono::duration<double, std::milli>(
               std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

double thread_cpu_ms() {
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

std::vector<double> medians(int rounds, const std::vector<std::function<void()>>& candidates,
                            Clock clock) {
    std::vector<std::vector<double>> times(candidates.size());
    for (int round = 0; round <= rounds; ++round) {
        for (std::size_t i = 0; i < candidates.size(); ++i) {
            const double start = clock();
            candidates[i]();
            if (round > 0) {
                times[i].push_back(clock() - start);
            }
        }
    }
    std::vector<double> out;
    for (std::vector<double>& one : times) {
        const auto middle = one.begin() + static_cast<std::ptrdiff_t>(one.size() / 2);
        std::nth_element(one.begin(), middle, one.end());
        out.push_back(*middle);
    }
    return out;
}

int report(const std::vector<Figure>& figures, int argc, char** argv) {
    const bool json = std::any_of(argv + 1, argv + argc,
                                  [](std::string_view argument) { return argument == "--json"; });
    json ? print_json(figures) : print_table(figures);
    return std::all_of(figures.begin(), figures.end(), is_met) ? 0 : 1;
}

} // namespace tau::bench
