#include "core/git/ignored.h"

#include "core/git/libgit2.h"

namespace tau::git {

namespace fs = std::filesystem;

struct Ignored::Impl {
    RepositoryPtr repository; ///< null: there is none
    IndexPtr index;
    std::string prefix; ///< the folder's place in the work tree, "config/"

    bool names(const std::string& path) const {
        int ignored = 0;
        return git_ignore_path_is_ignored(&ignored, repository.get(), path.c_str()) < 0 ||
               ignored != 0;
    }
};

namespace {

/// libgit2 says "not found" of a repository, too, that is another user's or that it may not read.
bool lies_in_repository(const fs::path& folder) {
    std::error_code code;
    for (fs::path above = folder;; above = above.parent_path()) {
        const bool is_there = fs::exists(above / ".git" / "HEAD", code);
        if (is_there || code == std::errc::permission_denied) {
            return true;
        }
        if (!above.has_relative_path()) {
            return false;
        }
    }
}

} // namespace

Ignored::Ignored(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Ignored::Ignored(Ignored&&) noexcept = default;
Ignored& Ignored::operator=(Ignored&&) noexcept = default;
Ignored::~Ignored() = default;

Result<Ignored> Ignored::of(const fs::path& folder) {
    if (auto started = start_libgit2(); !started) {
        return fail(started.error());
    }
    Ignored none(std::make_unique<Impl>());
    std::error_code code;
    const fs::path place = fs::canonical(folder, code);
    if (code) {
        return none;
    }
    auto found = std::make_unique<Impl>();
    int result = git_repository_open_ext(Out(found->repository), place.c_str(), 0, nullptr);
    if (result == GIT_ENOTFOUND && !lies_in_repository(place)) {
        return none;
    }
    const char* top = result == 0 ? git_repository_workdir(found->repository.get()) : nullptr;
    if (result == 0 && top == nullptr) {
        return none;
    }
    result = result < 0 ? result : git_repository_index(Out(found->index), found->repository.get());
    if (result < 0) {
        Error error = local_failure("see what git ignores in " + folder.string(), result);
        error.hint = "Hand over a copy without its .git: then nothing counts as ignored.";
        return fail(std::move(error));
    }
    const fs::path below = place.lexically_relative(fs::canonical(top, code));
    if (below == ".") {
        return Ignored(std::move(found));
    }
    found->prefix = below.string() + "/";
    const bool is_outside = code || below.empty() || *below.begin() == "..";
    return is_outside || found->names(found->prefix) ? std::move(none) : Ignored(std::move(found));
}

bool Ignored::has(const std::string& path) const {
    if (impl_->repository == nullptr) {
        return false;
    }
    const std::string full = impl_->prefix + path;
    if (git_index_find(nullptr, impl_->index.get(), full.c_str()) == 0) {
        return false;
    }
    // In a folder that is ignored no rule takes a file out again; libgit2 asks the file's alone.
    for (std::size_t slash = full.find('/'); slash != std::string::npos;
         slash = full.find('/', slash + 1)) {
        if (impl_->names(full.substr(0, slash + 1))) {
            return true;
        }
    }
    return impl_->names(full);
}

} // namespace tau::git
