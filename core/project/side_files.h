#pragma once

#include "core/project/store.h"

namespace tau::project {

/// Files that are edited as bytes, without a meaning: code, and whatever else lies in a
/// repository. Only those that are known.
class SideFiles {
public:
    const git::Files& now() const { return now_; }
    /// As they are in the folder. What was edited here stays.
    void know(const git::Files& there);
    /// Gives what was there; nullopt both ways: no file.
    std::optional<std::string> put(const std::string& path, const std::optional<std::string>& text);
    /// Adds what differs from the folder, and what those files are there.
    void add_unsaved(Edits& edits, Edits& before) const;
    /// That was written; what is not known here is passed over.
    void saved(const Edits& written);

private:
    git::Files now_;
    Edits before_; ///< what is in the folder, of every file that was edited
};

} // namespace tau::project
