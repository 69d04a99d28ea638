#include "core/git/ancestry.h"

#include "core/git/libgit2.h"
#include "core/git/repository.h"

#include <deque>

namespace tau::git {

namespace {

// The repository may be a stranger's: what is read into memory is bounded first.
constexpr std::size_t most_commit_bytes = 64U << 10U;
constexpr std::size_t most_commits = 500000;

using OdbPtr = std::unique_ptr<git_odb, GitDeleter<git_odb_free>>;

struct Opened {
    RepositoryPtr repository;
    OdbPtr objects;
};

Result<Opened> open_objects(const std::filesystem::path& path) {
    git_repository* repository = nullptr;
    int result =
        git_repository_open_ext(&repository, path.c_str(), GIT_REPOSITORY_OPEN_NO_SEARCH, nullptr);
    Opened opened{RepositoryPtr(repository), nullptr};
    if (result >= 0) {
        git_odb* objects = nullptr;
        result = git_repository_odb(&objects, repository);
        opened.objects.reset(objects);
    }
    if (result < 0) {
        return fail(local_failure("open the repository " + path.string(), result));
    }
    return opened;
}

/// The parents of one commit, as text.
Result<std::vector<CommitId>> parents(const Opened& opened, const CommitId& id) {
    git_oid oid;
    std::size_t size = 0;
    git_object_t type = GIT_OBJECT_INVALID;
    int result = git_oid_fromstr(&oid, id.c_str());
    if (result >= 0) {
        result = git_odb_read_header(&size, &type, opened.objects.get(), &oid);
    }
    if (result >= 0 && (type != GIT_OBJECT_COMMIT || size > most_commit_bytes)) {
        return fail(ErrorCode::limit_exceeded, "The repository holds a commit of unusual size.");
    }
    git_commit* commit = nullptr;
    if (result >= 0) {
        result = git_commit_lookup(&commit, opened.repository.get(), &oid);
    }
    if (result < 0) {
        return fail(local_failure("read the repository's history", result));
    }
    const CommitPtr owned(commit);
    std::vector<CommitId> ids;
    for (unsigned i = 0; i < git_commit_parentcount(commit); ++i) {
        ids.push_back(to_text(*git_commit_parent_id(commit, i)));
    }
    return ids;
}

/// The commits that the branches are at; those that are not there are passed over.
Result<std::deque<CommitId>> tips(const std::filesystem::path& path,
                                  const std::vector<std::string>& branches) {
    auto repository = Repository::open(path);
    if (!repository) {
        return fail(repository.error());
    }
    std::deque<CommitId> found;
    for (const std::string& branch : branches) {
        auto tip = repository->branch_commit(branch);
        if (!tip) {
            return fail(tip.error());
        }
        if (*tip) {
            found.push_back(std::move(**tip));
        }
    }
    if (found.empty()) {
        return fail(ErrorCode::not_found, "The repository has none of these branches.");
    }
    return found;
}

} // namespace

Result<std::unordered_set<CommitId>> those_in_history(const std::filesystem::path& repository,
                                                      const std::unordered_set<CommitId>& commits,
                                                      const std::vector<std::string>& branches) {
    auto next = tips(repository, branches);
    const auto opened = next ? open_objects(repository) : Result<Opened>(fail(next.error()));
    if (!opened) {
        return fail(opened.error());
    }
    std::unordered_set<CommitId> found;
    std::unordered_set<CommitId> seen;
    while (!next->empty() && found.size() < commits.size()) {
        const CommitId id = std::move(next->front());
        next->pop_front();
        if (!seen.insert(id).second) {
            continue;
        }
        if (seen.size() > most_commits) {
            return fail(ErrorCode::limit_exceeded, "The repository's history is too long.");
        }
        if (commits.contains(id)) {
            found.insert(id);
        }
        auto before = parents(*opened, id);
        if (!before) {
            return fail(before.error());
        }
        next->insert(next->end(), before->begin(), before->end());
    }
    return found;
}

} // namespace tau::git
