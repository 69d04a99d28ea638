#include "app/git/operations.h"

#include "app/git/session.h"
#include "core/base/text.h"

#include <algorithm>

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

HelperResult read_refs(git_remote* remote, const Session& session) {
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

HelperResult connect(git_remote* remote, Session& session) {
    git_remote_connect_options options = GIT_REMOTE_CONNECT_OPTIONS_INIT;
    options.callbacks = session.callbacks();
    options.follow_redirects = GIT_REMOTE_REDIRECT_NONE;
    if (const int result = git_remote_connect_ext(remote, GIT_DIRECTION_FETCH, &options);
        result < 0) {
        return fail(session.explain(result));
    }
    return read_refs(remote, session);
}

Result<void> do_push(git_remote* remote, Session& session, const HelperRequest& request) {
    git_push_options options = GIT_PUSH_OPTIONS_INIT;
    options.callbacks = session.callbacks();
    options.follow_redirects = GIT_REMOTE_REDIRECT_NONE;
    const Strings refspecs(request.names);
    const int result = git_remote_upload(remote, refspecs.get(), &options);
    // The upload succeeds even when every ref was refused.
    if (auto accepted = session.refused_refs(); !accepted) {
        return accepted;
    }
    return result < 0 ? fail(session.explain(result)) : Result<void>{};
}

Result<void> do_fetch(git_remote* remote, Session& session, const HelperRequest& request) {
    const auto refs = connect(remote, session);
    if (!refs) {
        return fail(refs.error());
    }
    std::vector<std::string> wanted;
    for (const std::string& branch : request.names) {
        const auto reference = branch_reference(branch);
        if (!reference) {
            return fail(reference.error());
        }
        const bool there = std::any_of(refs->begin(), refs->end(), [&](const RemoteRef& ref) {
            return ref.name == *reference;
        });
        if (!there) {
            return fail(ErrorCode::not_found, "The repository has no branch " + branch + ".",
                        "Push it first, or choose another branch.");
        }
        wanted.push_back("+" + *reference + ":refs/remotes/origin/" + branch);
    }
    git_fetch_options options = GIT_FETCH_OPTIONS_INIT;
    options.callbacks = session.callbacks();
    options.follow_redirects = GIT_REMOTE_REDIRECT_NONE;
    options.download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE;
    options.update_fetchhead = 0;
    const Strings refspecs(std::move(wanted));
    if (const int result = git_remote_fetch(remote, refspecs.get(), &options, nullptr);
        result < 0) {
        return fail(session.explain(result));
    }
    return {};
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
    auto url = parse_url(request.remote.url);
    if (!url) {
        return fail(url.error());
    }
    if (auto started = start_libgit2(); !started) {
        return fail(started.error());
    }
    if (auto trusted = trust_authorities(request.remote.ca_file); !trusted) {
        return fail(trusted.error());
    }
    RepositoryPtr repository;
    if (request.operation != HelperOperation::list) {
        git_repository* opened = nullptr;
        if (const int result = git_repository_open_ext(&opened, request.repository.c_str(),
                                                       GIT_REPOSITORY_OPEN_NO_SEARCH, nullptr);
            result < 0) {
            return fail(
                local_failure("open the repository " + request.repository.string(), result));
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
    if (request.operation == HelperOperation::list) {
        return connect(remote.get(), session);
    }
    const auto done = request.operation == HelperOperation::push
                          ? do_push(remote.get(), session, request)
                          : do_fetch(remote.get(), session, request);
    return done ? HelperResult(std::vector<RemoteRef>()) : HelperResult(fail(done.error()));
}

} // namespace tau::git
