#include "core/git/configuration.h"

#include "core/git/libgit2.h"

namespace tau::git {

namespace fs = std::filesystem;

Result<void> follow_configuration(const ConfigFolders& folders) {
    if (auto started = start_libgit2(); !started) {
        return started;
    }
    for (const auto& [folder, level] : {std::pair(&folders.system, GIT_CONFIG_LEVEL_SYSTEM),
                                        std::pair(&folders.xdg, GIT_CONFIG_LEVEL_XDG),
                                        std::pair(&folders.home, GIT_CONFIG_LEVEL_GLOBAL)}) {
        const bool is_one = folder->native().find(':') == std::string::npos;
        if (const int result =
                git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level, is_one ? folder->c_str() : "");
            result < 0) {
            return fail(local_failure("look for git's configuration", result));
        }
    }
    return {};
}

Result<Author> configured_author(const fs::path& path) {
    const auto repository = open_local(path);
    if (!repository) {
        return fail(repository.error());
    }
    SignaturePtr by;
    const int result = git_signature_default(Out(by), repository->get());
    if (result == GIT_ENOTFOUND) {
        return fail(ErrorCode::not_found, "Git does not know who you are.",
                    "Set user.name and user.email in its configuration, or say it here.",
                    last_message());
    }
    if (result < 0) {
        return fail(local_failure("read who git commits as", result));
    }
    return Author{by->name, by->email};
}

} // namespace tau::git
