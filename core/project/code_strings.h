#pragma once

#include "core/base/result.h"
#include "core/git/git.h"

#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>

namespace tau::project {

/// What a check needs of the code repository: which folders have code, and the texts in quotes in
/// it. Not a parser of any language: what looks like a quoted text is one.
class CodeStrings {
public:
    /// Reads *.go, *.rs, *.ts, *.js, *.zig, *.c and *.h below the folder, at most 100,000 files of
    /// 1 MB; others and links are passed over. `not_found` when there is no folder.
    static Result<CodeStrings> load(const std::filesystem::path& folder);
    static CodeStrings from(const git::Files& files);

    bool has_string(std::string_view text) const;
    /// Whether the cloud's builder finds code there: the folder has a .taubyte (or taubyte) folder.
    bool has_code(std::string_view folder) const;

private:
    void add(std::string_view path, std::string_view text);
    void add_path(std::string_view path);

    std::unordered_set<std::string> strings_;
    std::set<std::string, std::less<>> folders_;
};

} // namespace tau::project
