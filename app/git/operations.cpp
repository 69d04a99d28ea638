#include "app/git/operations.h"

#include "app/git/session.h"
#include "app/git/sockets.h"
#include "core/base/text.h"
#include "core/git/ancestry.h"
#include "core/git/repository.h"

#include <algorithm>
#include <map>

namespace tau::git {

namespace {

constexpr std::size_t most_refs = 10000;

/// libgit2 wants arrays of char*, which it does not change.
class Strings {
public:
    explicit Strings(std::vector<std::string> texts) : texts_(std::move(texts)) {
        for (std::string& text : texts_) {
            pointers_.push_back(text.data());
        }
        array_ = {pointers_.data(), pointers_.size()};
    }
    Strings(const Strings&) = delete;
    Strings& operator=(const Strings&) = delete;
    const git_strarray* get() const { return &array_; }

private:
    std::vector<std::string> texts_;
    std::vector<char*> pointers_;
    git_strarray array_{};
};

Result<std::vector<RemoteRef>> read_refs(git_remote* remote, const Session& session) {
    const git_remote_head** heads = nullptr;
    std::size_t count = 0;
    if (const int result = git_remote_ls(&heads, &count, remote); result < 0) {
        return fail(session.explain(result));
    }
    if (count > most_refs) {
        return fail(ErrorCode::limit_exceeded,
                    "The repository has more than 10,000 branches and tags.",
                    "Remove those that nobody needs.");
    }
    std::vector<RemoteRef> refs;
    for (std::size_t i = 0; i < count; ++i) {
        const std::string name = heads[i]->name;
        if (name.size() <= 1024 && is_utf8(name)) {
            refs.push_back({name, to_text(heads[i]->oid)});
        }
    }
    return refs;
}

Result<std::vector<RemoteRef>> connect(git_remote* remote, Session& session) {
    git_remote_connect_options options = GIT_REMOTE_CONNECT_OPTIONS_INIT;
    options.callbacks = session.callbacks();
    options.follow_redirects = GIT_REMOTE_REDIRECT_NONE;
    if (const int result = git_remote_connect_ext(remote, GIT_DIRECTION_FETCH, &options);
        result < 0) {
        return fail(session.explain(result));
    }
    return read_refs(remote, session);
}

Result<void> do_push(git_remote* remote, Session& session, const std::vector<std::string>& wanted) {
    git_push_options options = GIT_PUSH_OPTIONS_INIT;
    options.callbacks = session.callbacks();
    options.follow_redirects = GIT_REMOTE_REDIRECT_NONE;
    const Strings refspecs(wanted);
    const int result = git_remote_upload(remote, refspecs.get(), &options);
    // The upload succeeds even when every ref was refused.
    if (auto accepted = session.refused_refs(); !accepted) {
        return accepted;
    }
    return result < 0 ? fail(session.explain(result)) : Result<void>{};
}

bool has_branch(const std::vector<RemoteRef>& refs, const std::string& reference) {
    return std::any_of(refs.begin(), refs.end(),
                       [&](const RemoteRef& ref) { return ref.name == reference; });
}

/// Once connected, branches that are there.
Result<void> fetch_branches(git_remote* remote, Session& session,
                            const std::vector<std::string>& references) {
    std::vector<std::string> wanted;
    wanted.reserve(references.size());
    for (const std::string& reference : references) {
        wanted.push_back("+" + reference + ":refs/remotes/origin/" +
                         reference.substr(std::string_view("refs/heads/").size()));
    }
    git_fetch_options options = GIT_FETCH_OPTIONS_INIT;
    options.callbacks = session.callbacks();
    options.follow_redirects = GIT_REMOTE_REDIRECT_NONE;
    options.download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE;
    options.update_fetchhead = 0;
    const Strings refspecs(std::move(wanted));
    const int result = git_remote_fetch(remote, refspecs.get(), &options, nullptr);
    return result < 0 ? fail(session.explain(result)) : Result<void>{};
}

Result<void> do_fetch(git_remote* remote, Session& session,
                      const std::vector<std::string>& branches) {
    const auto refs = connect(remote, session);
    if (!refs) {
        return fail(refs.error());
    }
    std::vector<std::string> references;
    for (const std::string& branch : branches) {
        auto reference = branch_reference(branch);
        if (!reference) {
            return fail(reference.error());
        }
        if (!has_branch(*refs, *reference)) {
            return fail(ErrorCode::not_found, "The repository has no branch " + branch + ".",
                        "Push it first, or choose another branch.");
        }
        references.push_back(std::move(*reference));
    }
    return fetch_branches(remote, session, references);
}

HelperResult do_read(git_remote* remote, Session& session, const HelperTask& task) {
    const auto refs = connect(remote, session);
    if (!refs) {
        return fail(refs.error());
    }
    std::vector<std::string> references;
    for (const WantedFile& file : task.files) {
        auto reference = branch_reference(file.branch);
        if (!reference) {
            return fail(reference.error());
        }
        if (has_branch(*refs, *reference)) {
            references.push_back(std::move(*reference));
        }
    }
    // Asked for nothing, libgit2 would fetch what it likes.
    if (auto fetched =
            references.empty() ? Result<void>{} : fetch_branches(remote, session, references);
        !fetched) {
        return fail(fetched.error());
    }
    const auto local = Repository::open(task.repository);
    if (!local) {
        return fail(local.error());
    }
    HelperAnswer answer;
    for (const WantedFile& file : task.files) {
        FoundFile& found = answer.files.emplace_back();
        if (!has_branch(*refs, "refs/heads/" + file.branch)) {
            continue;
        }
        auto content = local->read_file("origin/" + file.branch, file.path, file.limit);
        if (!content && content.error().code != ErrorCode::limit_exceeded) {
            return fail(content.error());
        }
        found.state = !content    ? FoundFile::State::too_large
                      : !*content ? FoundFile::State::no_file
                                  : FoundFile::State::found;
        found.content = content && *content ? std::move(**content) : std::string();
    }
    return answer;
}

/// Those asked about in any branch share one walk, and those of one branch do.
HelperResult do_has_commits(git_remote* remote, Session& session, const HelperTask& task) {
    if (auto fetched = do_fetch(remote, session, task.names); !fetched) {
        return fail(fetched.error());
    }
    std::map<std::string, std::unordered_set<CommitId>> wanted;
    for (const WantedCommit& one : task.commits) {
        wanted[one.branch].insert(one.commit);
    }
    for (auto& [branch, commits] : wanted) {
        std::vector<std::string> names;
        for (const std::string& name : task.names) {
            if (branch.empty() || branch == name) {
                names.push_back("origin/" + name);
            }
        }
        auto found = those_in_history(task.repository, commits, names);
        if (!found) {
            return fail(found.error());
        }
        commits = std::move(*found);
    }
    HelperAnswer answer;
    for (const WantedCommit& one : task.commits) {
        answer.has_commits.push_back(wanted.at(one.branch).contains(one.commit));
    }
    return answer;
}

/// For what is only looked at: an empty place to put it.
Result<void> make_place(const HelperTask& task) {
    if (task.operation != HelperOperation::read && task.operation != HelperOperation::has_commits) {
        return {};
    }
    return Repository::init(task.repository, "main", true).map([](const auto&) {});
}

Result<void> trust_authorities(const std::filesystem::path& file) {
    if (file.empty() ||
        git_libgit2_opts(GIT_OPT_SET_SSL_CERT_LOCATIONS, file.c_str(), nullptr) == 0) {
        return {};
    }
    return fail(ErrorCode::invalid_argument,
                "The file of authorities " + file.string() + " cannot be used.",
                "Give a file with certificates in PEM form.", last_message());
}

} // namespace

HelperResult perform(const HelperRequest& request) {
    const HelperTask& task = request.task;
    auto url = parse_url(request.remote.url);
    if (!url) {
        return fail(url.error());
    }
    narrow_sockets(request.remote, *url);
    if (auto started = start_libgit2(); !started) {
        return fail(started.error());
    }
    // Whoever asks has opened the folder, and knows whom the person trusts; this process does not.
    git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
    git_libgit2_opts(GIT_OPT_SET_PACK_MAX_OBJECTS,
                     static_cast<std::size_t>(request.remote.max_objects));
    if (auto trusted = trust_authorities(request.remote.ca_file); !trusted) {
        return fail(trusted.error());
    }
    if (auto made = make_place(task); !made) {
        return fail(made.error());
    }
    RepositoryPtr repository;
    if (task.operation != HelperOperation::list) {
        git_repository* opened = nullptr;
        if (const int result = git_repository_open_ext(&opened, task.repository.c_str(),
                                                       GIT_REPOSITORY_OPEN_NO_SEARCH, nullptr);
            result < 0) {
            return fail(local_failure("open the repository " + task.repository.string(), result));
        }
        repository.reset(opened);
    }
    Session session(request, std::move(*url));
    session.report("connecting", 0, 0, 0);
    git_remote* made = nullptr;
    const int result =
        repository ? git_remote_create_anonymous(&made, repository.get(), session.address().c_str())
                   : git_remote_create_detached(&made, session.address().c_str());
    const RemotePtr remote(made);
    if (result < 0) {
        return fail(session.explain(result));
    }
    const auto without_value = [](const Result<void>& done) {
        return done ? HelperResult(HelperAnswer{}) : HelperResult(fail(done.error()));
    };
    switch (task.operation) {
    case HelperOperation::push:
        return without_value(do_push(remote.get(), session, task.names));
    case HelperOperation::fetch:
        return without_value(do_fetch(remote.get(), session, task.names));
    case HelperOperation::read:
        return do_read(remote.get(), session, task);
    case HelperOperation::has_commits:
        return do_has_commits(remote.get(), session, task);
    case HelperOperation::list:
        break;
    }
    auto refs = connect(remote.get(), session);
    return refs ? HelperResult(HelperAnswer{std::move(*refs)}) : fail(refs.error());
}

} // namespace tau::git
