#pragma once

#include "core/git/git.h"

namespace tau::git {

/// What git leaves out of a folder: files that .gitignore, or the repository's own list, names and
/// that were never added. Not shared between threads.
class Ignored {
public:
    /// Of the repository that the folder is in, which may begin above it. Nothing is ignored where
    /// there is none, nor in a folder that is ignored as a whole: it is no part of the repository.
    static Result<Ignored> of(const std::filesystem::path& folder);
    Ignored(Ignored&&) noexcept;
    Ignored& operator=(Ignored&&) noexcept;
    ~Ignored();

    /// `path`: as seen from the folder, "functions/ping.yaml". True also when git cannot say.
    bool has(const std::string& path) const;

private:
    struct Impl;
    explicit Ignored(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

} // namespace tau::git
