#pragma once

#include "core/project/check.h"
#include "core/project/refactor.h"
#include "core/project/side_files.h"
#include "core/project/store.h"

#include <deque>

namespace tau::project {

/// What is done in one step: new texts of files in a project's two repositories.
struct Change {
    std::string label;   ///< "Change memory of resize"
    Edits configuration; ///< also files that are no YAML, as far as they are known
    Edits code;
};

/// What a plan does with these files, which are all that is in the folders it moves and in those it
/// moves to. `already_exists` names a file that another one would take the place of.
Result<Change> change_of(const Plan& plan, const git::Files& others, const git::Files& code);

/// How a file, or a resource in it, stands against the last commit.
enum class Standing { same, changed, added };
/// Of the files that are not as they were committed; those that were removed may be missing.
using Standings = std::map<std::string, Standing, std::less<>>;

/// An open project as one person edits it: the configuration, checked after every change, and those
/// other files of both repositories that were looked at. Everything is in memory; what reads and
/// writes folders is done by the caller, so that it can be done elsewhere meanwhile. Not shared
/// between threads.
class Workspace {
public:
    /// `uncommitted`: what differs between the last commit and the folder that `store` was read
    /// from. Checks all of it.
    explicit Workspace(Store store, Standings uncommitted = {}, CheckOptions options = {});

    const Store& store() const { return store_; }
    const std::vector<Problem>& problems() const { return checker_.problems(); }
    Standing standing(std::string_view path) const;
    bool is_unsaved(std::string_view path) const;

    /// Files of the code repository as they are edited, by path; only those that are known.
    const git::Files& code() const { return code_.now(); }
    /// All code below `folder`, as it is there now. What is edited here and not saved stays; steps
    /// on files that another program changed cannot be undone any more.
    Store::Rebase know_code(const std::string& folder, const git::Files& there);
    /// The same of the configuration repository, for what is no YAML.
    const git::Files& others() const { return others_.now(); }
    Store::Rebase know_others(const std::string& folder, const git::Files& there);

    /// All of it or nothing; errors are Store::apply's. Steps one after another with the same word
    /// in `merge` are one for undo, as typing is; an empty one merges with nothing.
    Result<void> apply(const Change& change, const std::string& merge = {});
    /// Labels of what undo and redo would do; nullptr when there is nothing.
    const std::string* can_undo() const { return undo_.empty() ? nullptr : &undo_.back().label; }
    const std::string* can_redo() const { return redo_.empty() ? nullptr : &redo_.back().label; }
    /// Gives what it did, so that a window can show it.
    Result<Change> undo();
    Result<Change> redo();

    /// What is to be written, and what those files were.
    struct Unsaved {
        Edits configuration;
        Edits configuration_before;
        Edits code;
        Edits code_before;
        bool empty() const { return configuration.empty() && code.empty(); }
        std::size_t files() const { return configuration.size() + code.size(); }
    };
    Unsaved unsaved() const;
    /// What takes the edits of these files back to what is in the folder; empty `paths`: of all.
    Change discarding(const std::vector<std::string>& paths) const;
    /// That was written.
    void saved(const Unsaved& written);

    /// The folder was read again. Edits made here survive; steps on files that another program
    /// changed cannot be undone any more.
    Store::Rebase reload(const Store& there, Standings uncommitted, CheckOptions options);
    const CheckOptions& check_options() const { return checker_.options(); }
    /// Checked with other options from now on.
    void check_with(CheckOptions options) { checker_.use(store_, std::move(options)); }

private:
    struct Step : Change {
        std::string merge;
    };
    using Steps = std::deque<Step>;

    Result<Change> perform(const Change& change);
    Result<Change> go(Steps& from, Steps& to);
    /// Steps on these files would bring back what nobody has any more.
    void forget_steps(const Store::Rebase& found, Edits Change::*repository);

    Store store_;
    Checker checker_;
    Standings uncommitted_; ///< files of the folder
    SideFiles code_;
    SideFiles others_;
    Steps undo_; ///< each holds what takes it back
    Steps redo_;
};

} // namespace tau::project
