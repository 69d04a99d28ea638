#pragma once

#include "core/base/result.h"
#include "core/git/git.h"
#include "core/project/code_openings.h"

#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace tau::project {

/// What a check needs of the code repository: which folders have code, the texts in quotes in
/// it, and what it opens. Not a parser of any language: what looks like a quoted text is one.
class CodeStrings {
public:
    /// Reads *.go, *.rs, *.ts, *.js, *.zig, *.c and *.h below the folder, at most 100,000 files of
    /// 1 MB; others, links and what cannot be read are passed over. `not_found` when there is no
    /// folder.
    static Result<CodeStrings> load(const std::filesystem::path& folder);
    static CodeStrings from(const git::Files& files);

    /// Whether a text in quotes is this one, or goes on after it.
    bool has_beginning(std::string_view text) const;
    /// What code opens by name, by file.
    const std::vector<Opening>& openings() const { return openings_; }
    /// Whether the cloud's builder finds code there: the folder has a .taubyte (or taubyte) folder.
    bool has_code(std::string_view folder) const;

private:
    void add(std::string_view path, std::string_view text);
    void add_path(std::string_view path);

    std::set<std::string, std::less<>> strings_;
    std::vector<Opening> openings_;
    std::set<std::string, std::less<>> folders_;
};

} // namespace tau::project
