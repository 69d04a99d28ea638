#include "core/git/libgit2.h"

#include "core/base/text.h"

#include <array>

namespace tau::git {

namespace {

int start() {
    const int started = git_libgit2_init();
    if (started < 0) {
        return started;
    }
    // url.insteadOf, http.proxy or core.* of a ~/.gitconfig must not change what we do.
    for (const int level : {GIT_CONFIG_LEVEL_PROGRAMDATA, GIT_CONFIG_LEVEL_SYSTEM,
                            GIT_CONFIG_LEVEL_XDG, GIT_CONFIG_LEVEL_GLOBAL}) {
        if (git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level, "") < 0) {
            return -1;
        }
    }
    return git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 1);
}

} // namespace

Result<void> start_libgit2() {
    static const int started = start();
    if (started < 0) {
        return fail(ErrorCode::internal, "The git library does not start.");
    }
    return {};
}

std::string last_message() {
    const git_error* error = git_error_last();
    return error == nullptr || error->message == nullptr ? std::string()
                                                         : bounded_text(error->message);
}

Error local_failure(const std::string& what, int code) {
    std::string said = last_message();
    // Without any gitconfig, libgit2 1.5 tells of a foreign owner by the missing setting.
    if (code == GIT_EOWNER || said.find("safe.directory") != std::string::npos) {
        return {ErrorCode::permission_denied,
                "Cannot " + what + ": the folder belongs to another user.",
                "Use a folder of your own.", said};
    }
    const ErrorCode kind = code == GIT_ENOTFOUND ? ErrorCode::not_found
                           : code == GIT_EEXISTS ? ErrorCode::already_exists
                           : code == GIT_ELOCKED || code == GIT_EMODIFIED ? ErrorCode::conflict
                           : code == GIT_EINVALIDSPEC ? ErrorCode::invalid_argument
                                                      : ErrorCode::io;
    return {kind, "Cannot " + what + (said.empty() ? "." : ": " + said + "."), {}, said};
}

std::string to_text(const git_oid& id) {
    std::array<char, GIT_OID_HEXSZ + 1> text{};
    git_oid_tostr(text.data(), text.size(), &id);
    return text.data();
}

Result<std::string> branch_reference(const std::string& branch) {
    if (!is_branch_name(branch)) {
        return fail(ErrorCode::invalid_argument,
                    "\"" + bounded_text(branch, 60) + "\" is not a branch name.",
                    "Use letters, digits, dashes and slashes.");
    }
    return "refs/heads/" + branch;
}

} // namespace tau::git
