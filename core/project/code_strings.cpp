#include "core/project/code_strings.h"

#include "core/base/file.h"
#include "core/git/ignored.h"
#include "core/project/walk.h"

#include <algorithm>
#include <array>
#include <iterator>

namespace tau::project {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t max_files = 100'000;
constexpr std::size_t max_bytes = 1U << 20U;
constexpr std::size_t max_string = 1000; // longer ones are no names

bool is_code(std::string_view path) {
    constexpr std::array<std::string_view, 7> endings{".go",  ".rs", ".ts", ".js",
                                                      ".zig", ".c",  ".h"};
    return std::any_of(endings.begin(), endings.end(),
                       [&](std::string_view each) { return path.ends_with(each); });
}

} // namespace

Result<CodeStrings> CodeStrings::load(const fs::path& folder) {
    CodeStrings out;
    const auto ignored = git::Ignored::of(folder); // else all counts
    std::size_t seen = 0;
    const auto is_git = [](std::string_view name) { return name == ".git"; };
    const auto take = [&](const Met& met) -> Result<void> {
        if (!fs::is_regular_file(met.status) || (ignored && ignored->has(met.below))) {
            return {};
        }
        if (++seen > max_files) {
            return fail(ErrorCode::limit_exceeded, "The code repository has too many files.");
        }
        out.add_path(met.below);
        if (is_code(met.below)) {
            if (const auto text = read_file(met.path, max_bytes)) {
                out.add(met.below, *text);
            }
        }
        return {};
    };
    const auto walked = walk_folder(folder, "code", is_git, take);
    return walked ? Result<CodeStrings>(std::move(out)) : fail(walked.error());
}

CodeStrings CodeStrings::from(const git::Files& files) {
    CodeStrings out;
    for (const auto& [path, text] : files) {
        out.add_path(path);
        if (is_code(path) && text.size() <= max_bytes) {
            out.add(path, text);
        }
    }
    return out;
}

void CodeStrings::add_path(std::string_view path) {
    for (const std::string_view part : {"/.taubyte/", "/taubyte/"}) {
        const std::size_t at = path.find(part);
        if (at != std::string_view::npos) {
            folders_.emplace(path.substr(0, at));
        }
    }
}

void CodeStrings::add(std::string_view path, std::string_view text) {
    std::vector<Opening> opened = openings_in(path, text);
    std::move(opened.begin(), opened.end(), std::back_inserter(openings_));
    // 'a' is no text in Rust, where a single ' begins a lifetime too.
    const std::string_view quotes = path.ends_with(".rs") ? "\"" : "\"'`";
    for (std::size_t at = text.find_first_of(quotes); at != std::string_view::npos;
         at = text.find_first_of(quotes, at + 1)) {
        const char quote = text[at];
        std::string value;
        std::size_t end = at + 1;
        for (; end < text.size() && text[end] != quote; ++end) {
            if (text[end] == '\n' && quote != '`') {
                break;
            }
            if (text[end] == '\\' && quote != '`' && end + 1 < text.size()) {
                ++end;
            }
            if (value.size() <= max_string) {
                value += text[end];
            }
        }
        // A quote that nothing closes on its line is an apostrophe in a comment.
        if (end >= text.size() || text[end] != quote) {
            continue;
        }
        if (value.size() <= max_string) {
            strings_.insert(std::move(value));
        }
        at = end;
    }
}

bool CodeStrings::has_beginning(std::string_view text) const {
    const auto next = strings_.lower_bound(text);
    return next != strings_.end() && next->starts_with(text);
}

bool CodeStrings::has_code(std::string_view folder) const {
    return folders_.find(folder) != folders_.end();
}

} // namespace tau::project
