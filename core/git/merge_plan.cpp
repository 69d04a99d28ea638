#include "core/git/merge.h"

#include "core/base/text.h"
#include "core/git/merge_parts.h"
#include "core/git/work_tree.h"

#include <algorithm>

namespace tau::git {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t most_merged_files = 10000;
constexpr std::size_t largest_merged = 1U << 20U;

bool is_file(std::uint16_t mode) {
    return mode == GIT_FILEMODE_BLOB || mode == GIT_FILEMODE_BLOB_EXECUTABLE;
}

/// Notes in `sides` what a side changed since the base.
Result<void> read_side(git_repository* repository, git_tree* base, git_tree* side,
                       Entry MergeEntry::*entry, MergeEntries& sides) {
    git_diff_options options = GIT_DIFF_OPTIONS_INIT;
    options.flags = GIT_DIFF_INCLUDE_TYPECHANGE;
    DiffPtr diff;
    if (const int result = git_diff_tree_to_tree(Out(diff), repository, base, side, &options);
        result < 0) {
        return fail(local_failure("compare the two sides", result));
    }
    const std::size_t count = git_diff_num_deltas(diff.get());
    for (std::size_t i = 0; i < count; ++i) {
        const git_diff_delta& delta = *git_diff_get_delta(diff.get(), i);
        if (sides.size() >= most_merged_files) {
            return fail(ErrorCode::limit_exceeded,
                        "The two sides differ in more than 10,000 files.",
                        "Merge them with git in a terminal.");
        }
        const auto read = [](const git_diff_file& file) -> Entry {
            return file.mode == 0 ? Entry() : Entry(EntryValue{file.id, file.mode});
        };
        auto [place, is_new] = sides.try_emplace(delta.new_file.path);
        if (is_new) {
            place->second.base = read(delta.old_file);
            place->second.ours = place->second.base;
            place->second.theirs = place->second.base;
        }
        place->second.*entry = read(delta.new_file);
    }
    return {};
}

/// The text of an entry; nullopt when it is none.
Result<std::optional<std::string>> read_text(git_repository* repository, const Entry& entry) {
    if (!entry || !is_file(entry->mode)) {
        return std::nullopt;
    }
    std::size_t size = 0;
    git_object_t kind = GIT_OBJECT_INVALID;
    git_odb* database = nullptr;
    int result = git_repository_odb(&database, repository);
    if (result == 0) {
        result = git_odb_read_header(&size, &kind, database, &entry->id);
        git_odb_free(database);
    }
    if (result == 0 && size > largest_merged) {
        return std::nullopt;
    }
    BlobPtr blob;
    result = result < 0 ? result : git_blob_lookup(Out(blob), repository, &entry->id);
    if (result < 0) {
        return fail(local_failure("read a file of the merge", result));
    }
    std::string text(static_cast<const char*>(git_blob_rawcontent(blob.get())), size);
    return is_utf8(text) ? std::optional(std::move(text)) : std::nullopt;
}

/// Both texts brought together; nullopt when they change the same lines.
Result<std::optional<std::string>> merge_texts(const MergeFile& file) {
    const auto input = [&](const std::optional<std::string>& text) {
        git_merge_file_input made = GIT_MERGE_FILE_INPUT_INIT;
        made.ptr = text ? text->data() : "";
        made.size = text ? text->size() : 0;
        return made;
    };
    const git_merge_file_input base = input(file.base);
    const git_merge_file_input ours = input(file.ours);
    const git_merge_file_input theirs = input(file.theirs);
    git_merge_file_result merged{};
    const int result = git_merge_file(&merged, &base, &ours, &theirs, nullptr);
    if (result < 0) {
        return fail(local_failure("merge " + bounded_text(file.path, 200), result));
    }
    std::optional<std::string> text;
    if (merged.automergeable != 0) {
        text.emplace(merged.ptr, merged.len);
    }
    git_merge_file_result_free(&merged);
    return text;
}

/// A file that both sides changed, each in its way.
Result<void> judge(git_repository* repository, const MergeEntry& entry, const TextCheck& sound,
                   MergeFile& file) {
    file.verdict = MergeFile::Verdict::choose;
    for (const auto& [from, to] : {std::pair(&entry.base, &file.base),
                                   {&entry.ours, &file.ours},
                                   {&entry.theirs, &file.theirs}}) {
        auto text = read_text(repository, *from);
        if (!text) {
            return fail(text.error());
        }
        *to = std::move(*text);
    }
    file.is_text = (!entry.ours || file.ours) && (!entry.theirs || file.theirs);
    if (!entry.ours || !entry.theirs) {
        file.why = entry.ours ? "You changed it; the other side removed it."
                              : "You removed it; the other side changed it.";
        return {};
    }
    if (!file.is_text) {
        file.why = "Both sides changed it, and it is no text that could be merged.";
        return {};
    }
    if (entry.ours->mode != entry.theirs->mode &&
        (!entry.base ||
         (entry.base->mode != entry.ours->mode && entry.base->mode != entry.theirs->mode))) {
        file.why = "Both sides made it another kind of file.";
        return {};
    }
    auto merged = merge_texts(file);
    if (!merged) {
        return fail(merged.error());
    }
    if (!*merged) {
        file.why = entry.base ? "Both sides changed the same lines."
                              : "Both sides added it, with different contents.";
    } else if (!sound(file.path, **merged)) {
        file.why = "Each side's changes are fine, but together they are no YAML that can be read.";
    } else {
        file.verdict = MergeFile::Verdict::merged;
        file.merged = std::move(**merged);
    }
    return {};
}

} // namespace

Result<MergeEntries> read_entries(git_repository* repository, const git_commit* base,
                                  const git_commit* ours, const git_commit* theirs) {
    const auto base_tree = tree_of(base);
    const auto our_tree = tree_of(ours);
    const auto their_tree = tree_of(theirs);
    for (const auto* tree : {&base_tree, &our_tree, &their_tree}) {
        if (!*tree) {
            return fail(tree->error());
        }
    }
    MergeEntries entries;
    if (auto read =
            read_side(repository, base_tree->get(), our_tree->get(), &MergeEntry::ours, entries);
        !read) {
        return fail(read.error());
    }
    if (auto read = read_side(repository, base_tree->get(), their_tree->get(), &MergeEntry::theirs,
                              entries);
        !read) {
        return fail(read.error());
    }
    return entries;
}

Result<MergeFile> plan_file(git_repository* repository, const std::string& path,
                            const MergeEntry& entry, const TextCheck& sound) {
    MergeFile file;
    file.path = path;
    file.in_ours = entry.ours.has_value();
    file.in_theirs = entry.theirs.has_value();
    if (same(entry.ours, entry.theirs) || same(entry.base, entry.theirs)) {
        file.verdict = MergeFile::Verdict::ours;
    } else if (same(entry.base, entry.ours)) {
        file.verdict = MergeFile::Verdict::theirs;
    } else if (auto judged = judge(repository, entry, sound, file); !judged) {
        return fail(judged.error());
    }
    return file;
}

Result<MergePlan> plan_merge(const fs::path& path, const TextCheck& sound) {
    const auto repository = open_local(path);
    if (!repository) {
        return fail(repository.error());
    }
    const auto sides = read_sides(repository->get());
    if (!sides) {
        return fail(sides.error());
    }
    const auto entries =
        read_entries(repository->get(), sides->base.get(), sides->ours.get(), sides->theirs.get());
    if (!entries) {
        return fail(entries.error());
    }
    MergePlan plan;
    plan.branch = sides->branch;
    plan.ours = to_text(*git_commit_id(sides->ours.get()));
    plan.theirs = to_text(*git_commit_id(sides->theirs.get()));
    plan.base = to_text(*git_commit_id(sides->base.get()));
    for (const auto& [name, entry] : *entries) {
        auto file = plan_file(repository->get(), name, entry, sound);
        if (!file) {
            return fail(file.error());
        }
        plan.files.push_back(std::move(*file));
    }
    return plan;
}

} // namespace tau::git
