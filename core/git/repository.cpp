#include "core/git/repository.h"

#include "core/base/text.h"
#include "core/git/libgit2.h"

#include <utility>

namespace tau::git {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t tree_limit = 1U << 20U;

} // namespace

struct Repository::Impl {
    RepositoryPtr repository;
    fs::path path;

    /// `what` has at most `limit` bytes; asked before it is read.
    Result<void> check_size(const git_oid& id, std::size_t limit, const std::string& what) const;
    /// Null when there is no such commit.
    Result<CommitPtr> read_commit(const git_oid& id, const std::string& name) const;
    /// The entry of a file in the commit, by its path; null when it is not there.
    Result<TreeEntryPtr> find_entry(const git_commit* commit, const std::string& file) const;
    Result<CommitPtr> commit_at(const std::string& reference) const;
    Result<CommitPtr> resolve(const std::string& commit_or_branch) const;
    Result<git_oid> write_tree(const Files& files) const;
    Result<void> show_tree(const git_tree* tree, const std::string& reference) const;
};

Repository::Repository(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Repository::Repository(Repository&&) noexcept = default;
Repository& Repository::operator=(Repository&&) noexcept = default;
Repository::~Repository() = default;

const fs::path& Repository::path() const {
    return impl_->path;
}

bool Repository::is_bare() const {
    return git_repository_workdir(impl_->repository.get()) == nullptr;
}

Result<std::string> Repository::origin() const {
    // Not what a remote's own url is: there url.insteadOf may have put another address.
    ConfigPtr config;
    int result = git_repository_config_snapshot(Out(config), impl_->repository.get());
    const char* url = nullptr;
    if (result == 0) {
        result = git_config_get_string(&url, config.get(), "remote.origin.url");
    }
    if (result < 0 && result != GIT_ENOTFOUND) {
        return fail(local_failure("read the remote of " + impl_->path.string(), result));
    }
    if (url == nullptr) {
        return fail(ErrorCode::not_found,
                    "The repository " + impl_->path.string() + " has no remote named origin.",
                    "Name it with: git remote add origin ADDRESS");
    }
    return std::string(url);
}

Result<Repository> Repository::init(const fs::path& path, const std::string& branch, bool bare) {
    const auto reference = branch_reference(branch);
    if (!reference) {
        return fail(reference.error());
    }
    std::error_code code;
    if (fs::exists(path, code) && !fs::is_empty(path, code)) {
        return fail(ErrorCode::already_exists, "The folder " + path.string() + " is not empty.",
                    "Choose another folder, or empty this one.");
    }
    if (auto started = start_libgit2(); !started) {
        return fail(started.error());
    }
    git_repository_init_options options = GIT_REPOSITORY_INIT_OPTIONS_INIT;
    options.flags = GIT_REPOSITORY_INIT_MKPATH | GIT_REPOSITORY_INIT_NO_REINIT;
    if (bare) {
        options.flags |= GIT_REPOSITORY_INIT_BARE;
    }
    options.initial_head = branch.c_str();
    git_repository* made = nullptr;
    if (const int result = git_repository_init_ext(&made, path.c_str(), &options); result < 0) {
        return fail(local_failure("make a repository in " + path.string(), result));
    }
    RepositoryPtr repository(made);
    if (auto placed = check_place(made); !placed) {
        return fail(placed.error());
    }
    return Repository(std::make_unique<Impl>(Impl{std::move(repository), path}));
}

Result<Repository> Repository::open(const fs::path& path) {
    if (auto started = start_libgit2(); !started) {
        return fail(started.error());
    }
    git_repository* opened = nullptr;
    // No search in parent folders: the caller means this very folder.
    const int result =
        git_repository_open_ext(&opened, path.c_str(), GIT_REPOSITORY_OPEN_NO_SEARCH, nullptr);
    if (result < 0) {
        return fail(local_failure("open the repository " + path.string(), result));
    }
    RepositoryPtr repository(opened);
    if (auto placed = check_place(opened); !placed) {
        return fail(placed.error());
    }
    return Repository(std::make_unique<Impl>(Impl{std::move(repository), path}));
}

Result<void> Repository::Impl::check_size(const git_oid& id, std::size_t limit,
                                          const std::string& what) const {
    std::size_t size = 0;
    git_object_t kind = GIT_OBJECT_INVALID;
    git_odb* database = nullptr;
    int result = git_repository_odb(&database, repository.get());
    if (result == 0) {
        result = git_odb_read_header(&size, &kind, database, &id);
        git_odb_free(database);
    }
    if (result < 0) {
        return fail(local_failure("read " + what, result));
    }
    if (size > limit) {
        return fail(ErrorCode::limit_exceeded,
                    "The " + what + " is larger than " + std::to_string(limit) + " bytes.");
    }
    return {};
}

Result<CommitPtr> Repository::Impl::read_commit(const git_oid& id, const std::string& name) const {
    if (auto fits = check_size(id, commit_limit, "commit " + name); !fits) {
        return fits.error().code == ErrorCode::not_found ? Result<CommitPtr>(CommitPtr())
                                                         : fail(fits.error());
    }
    git_commit* found = nullptr;
    if (const int result = git_commit_lookup(&found, repository.get(), &id); result < 0) {
        return fail(local_failure("read the commit " + name, result));
    }
    return CommitPtr(found);
}

/// The commit that the reference points to; null when there is no such reference.
Result<CommitPtr> Repository::Impl::commit_at(const std::string& reference) const {
    git_oid id;
    const int result = git_reference_name_to_id(&id, repository.get(), reference.c_str());
    if (result == GIT_ENOTFOUND) {
        return CommitPtr();
    }
    if (result < 0) {
        return fail(local_failure("read " + reference, result));
    }
    auto commit = read_commit(id, reference);
    return !commit || *commit
               ? std::move(commit)
               : fail(ErrorCode::corrupt,
                      "The commit of " + reference + " is missing in " + path.string() + ".");
}

Result<CommitPtr> Repository::Impl::resolve(const std::string& commit_or_branch) const {
    git_oid id;
    if (commit_or_branch.size() == GIT_OID_HEXSZ &&
        git_oid_fromstr(&id, commit_or_branch.c_str()) == 0) {
        return read_commit(id, commit_or_branch);
    }
    const auto reference = branch_reference(commit_or_branch);
    if (!reference) {
        return fail(reference.error());
    }
    auto commit = commit_at(*reference);
    return !commit || *commit ? std::move(commit) : commit_at("refs/remotes/" + commit_or_branch);
}

Result<git_oid> Repository::Impl::write_tree(const Files& files) const {
    git_index* made = nullptr;
    if (const int result = git_index_new(&made); result < 0) {
        return fail(local_failure("make a commit", result));
    }
    const IndexPtr index(made);
    for (const auto& [name, content] : files) {
        if (name.empty() || name.front() == '/' || name.find("//") != std::string::npos) {
            return fail(ErrorCode::invalid_argument,
                        "\"" + bounded_text(name, 200) + "\" is not the path of a file.");
        }
        git_index_entry entry{};
        entry.mode = GIT_FILEMODE_BLOB;
        entry.path = name.c_str();
        int result = git_blob_create_from_buffer(&entry.id, repository.get(), content.data(),
                                                 content.size());
        if (result == 0) {
            result = git_index_add(index.get(), &entry); // refuses ".git", ".." and the like
        }
        if (result < 0) {
            return fail(local_failure("add " + bounded_text(name, 200) + " to a commit", result));
        }
    }
    git_oid tree;
    if (const int result = git_index_write_tree_to(&tree, index.get(), repository.get());
        result < 0) {
        return fail(local_failure("write a commit's files", result));
    }
    return tree;
}

/// Brings the work tree to `tree` when `reference` is checked out there. Called before the branch
/// moves: files that are in HEAD but not in `tree` are removed then.
Result<void> Repository::Impl::show_tree(const git_tree* tree, const std::string& reference) const {
    if (git_repository_is_bare(repository.get()) != 0) {
        return {};
    }
    git_reference* found = nullptr;
    if (const int result = git_reference_lookup(&found, repository.get(), "HEAD"); result < 0) {
        return fail(local_failure("read HEAD", result));
    }
    const ReferencePtr head(found);
    const char* target = git_reference_symbolic_target(head.get());
    if (target == nullptr || reference != target) {
        return {};
    }
    git_checkout_options options = GIT_CHECKOUT_OPTIONS_INIT;
    options.checkout_strategy = GIT_CHECKOUT_FORCE;
    const int result =
        git_checkout_tree(repository.get(), reinterpret_cast<const git_object*>(tree), &options);
    if (result < 0) {
        return fail(local_failure("write the files into " + path.string(), result));
    }
    return {};
}

Result<CommitId> Repository::commit(const std::string& branch, const Files& files,
                                    const Author& author, const std::string& message, bool orphan) {
    const auto reference = branch_reference(branch);
    if (!reference) {
        return fail(reference.error());
    }
    const auto current = impl_->commit_at(*reference);
    if (!current) {
        return fail(current.error());
    }
    const auto tree_id = impl_->write_tree(files);
    if (!tree_id) {
        return fail(tree_id.error());
    }
    git_commit* const parent = orphan ? nullptr : current->get();
    if (*current && git_oid_equal(git_commit_tree_id(current->get()), &*tree_id) != 0) {
        return to_text(*git_commit_id(current->get()));
    }
    git_repository* const repository = impl_->repository.get();
    git_tree* found = nullptr;
    git_signature* signature = nullptr;
    int result = git_tree_lookup(&found, repository, &*tree_id);
    const TreePtr tree(found);
    if (result == 0) {
        result = git_signature_now(&signature, author.name.c_str(), author.email.c_str());
    }
    const SignaturePtr by(signature);
    git_oid id;
    if (result == 0) {
        const git_commit* parents[] = {parent};
        result = git_commit_create(&id, repository, nullptr, by.get(), by.get(), nullptr,
                                   message.c_str(), tree.get(), parent == nullptr ? 0 : 1, parents);
    }
    if (result < 0) {
        return fail(local_failure("make a commit on " + branch, result));
    }
    if (auto shown = impl_->show_tree(tree.get(), *reference); !shown) {
        return fail(shown.error());
    }
    git_reference* moved = nullptr;
    result = git_reference_create(&moved, repository, reference->c_str(), &id, 1, nullptr);
    const ReferencePtr done(moved);
    if (result < 0) {
        return fail(local_failure("move the branch " + branch, result));
    }
    return to_text(id);
}

Result<std::optional<CommitId>> Repository::branch_commit(const std::string& branch) const {
    const auto commit = impl_->resolve(branch);
    if (!commit) {
        return fail(commit.error());
    }
    return *commit ? std::optional(to_text(*git_commit_id(commit->get()))) : std::nullopt;
}

Result<TreeEntryPtr> Repository::Impl::find_entry(const git_commit* commit,
                                                  const std::string& file) const {
    git_oid id = *git_commit_tree_id(commit);
    for (std::size_t begin = 0;;) {
        const std::string folder = "folder " + bounded_text(file.substr(0, begin), 200);
        if (auto fits = check_size(id, tree_limit, begin == 0 ? "root folder" : folder); !fits) {
            return fail(fits.error());
        }
        git_tree* opened = nullptr;
        if (const int result = git_tree_lookup(&opened, repository.get(), &id); result < 0) {
            return fail(local_failure("read the " + folder, result));
        }
        const TreePtr tree(opened);
        const std::size_t slash = file.find('/', begin);
        const git_tree_entry* found =
            git_tree_entry_byname(tree.get(), file.substr(begin, slash - begin).c_str());
        if (found == nullptr) {
            return TreeEntryPtr();
        }
        if (slash == std::string::npos) {
            git_tree_entry* copy = nullptr;
            if (const int result = git_tree_entry_dup(&copy, found); result < 0) {
                return fail(local_failure("read the " + folder, result));
            }
            return TreeEntryPtr(copy);
        }
        if (git_tree_entry_type(found) != GIT_OBJECT_TREE) {
            return TreeEntryPtr();
        }
        id = *git_tree_entry_id(found);
        begin = slash + 1;
    }
}

Result<std::optional<std::string>> Repository::read_file(const std::string& commit_or_branch,
                                                         const std::string& path,
                                                         std::size_t limit) const {
    const auto commit = impl_->resolve(commit_or_branch);
    if (!commit) {
        return fail(commit.error());
    }
    if (!*commit) {
        return std::nullopt;
    }
    const auto entry = impl_->find_entry(commit->get(), path);
    if (!entry) {
        return fail(entry.error());
    }
    if (!*entry) {
        return std::nullopt;
    }
    const git_filemode_t mode = git_tree_entry_filemode(entry->get());
    if (mode != GIT_FILEMODE_BLOB && mode != GIT_FILEMODE_BLOB_EXECUTABLE) {
        return std::nullopt; // a folder, link or submodule is no file of the project
    }
    const git_oid& id = *git_tree_entry_id(entry->get());
    const std::string name = "file " + bounded_text(path, 200);
    if (auto fits = impl_->check_size(id, limit, name); !fits) {
        return fail(fits.error());
    }
    git_blob* content = nullptr;
    if (const int result = git_blob_lookup(&content, impl_->repository.get(), &id); result < 0) {
        return fail(local_failure("read the " + name, result));
    }
    const BlobPtr blob(content);
    return std::string(static_cast<const char*>(git_blob_rawcontent(blob.get())),
                       static_cast<std::size_t>(git_blob_rawsize(blob.get())));
}

} // namespace tau::git
