#pragma once

#include "core/project/store.h"

namespace tau::project {

/// Files that are edited as bytes, without a meaning: code, and whatever else lies in a
/// repository. Only those that are known.
class SideFiles {
public:
    const git::Files& now() const { return now_; }
    /// All files below `folder`, as they are there now. What is edited here and not saved stays.
    Store::Rebase know(const std::string& folder, const git::Files& there);
    /// Gives what was there; nullopt both ways: no file.
    std::optional<std::string> put(const std::string& path, const std::optional<std::string>& text);
    /// Adds what differs from the folder, and what those files are there.
    void add_unsaved(Edits& edits, Edits& before) const;
    /// That was written; what is not known here is passed over.
    void saved(const Edits& written);

private:
    void take(const std::string& path, const std::optional<std::string>& there, Store::Rebase& out);

    git::Files now_;
    Edits before_; ///< what is in the folder, of every file that was edited and not saved since
};

} // namespace tau::project
