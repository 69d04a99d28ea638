#pragma once

#include "core/git/git.h"

namespace tau::git {

/// Larger files are not compared, and no diff has more lines than this.
inline constexpr std::size_t largest_compared = 1U << 20U;
inline constexpr std::size_t most_lines = 20000;

struct DiffLine {
    enum class Kind { context, added, removed };
    Kind kind = Kind::context;
    std::uint32_t old_number = 0; ///< from 1; 0: not in the old file
    std::uint32_t new_number = 0; ///< from 1; 0: not in the new file
    std::string text;             ///< without its line end; UTF-8, mended where it was not
    bool ends_file = false;       ///< the last one, and no line end after it
};

/// Lines that belong together, with three lines around them.
struct Hunk {
    std::uint32_t old_begin = 0, old_count = 0, new_begin = 0, new_count = 0;
    std::vector<DiffLine> lines;
};

struct FileDiff {
    enum class Kind {
        text,
        binary,    ///< not shown
        too_large, ///< over largest_compared; not shown
        none       ///< the file is the same on both sides
    };
    std::string path;
    FileState state = FileState::changed;
    Kind kind = Kind::text;
    std::uint32_t old_mode = 0, new_mode = 0; ///< 0100644 …; 0: not on that side
    std::vector<Hunk> hunks;
    std::size_t added = 0, removed = 0; ///< lines, of those shown
    bool complete = true;               ///< false: cut at most_lines
};

/// HEAD against the file as it is now.
Result<FileDiff> diff_work_tree(const std::filesystem::path& repository, const std::string& path);
/// The commit's first parent (or nothing) against the commit.
Result<FileDiff> diff_commit(const std::filesystem::path& repository, const CommitId& commit,
                             const std::string& path);
/// Two texts, as git would compare them.
Result<FileDiff> diff_texts(const std::string& path, std::string_view old_text,
                            std::string_view new_text);

} // namespace tau::git
