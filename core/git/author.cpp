#include "core/git/author.h"

#include "core/git/libgit2.h"

namespace tau::git {

namespace fs = std::filesystem;

Result<Author> configured_author(const fs::path& path, const ConfigFiles& files) {
    const auto repository = open_local(path);
    if (!repository) {
        return fail(repository.error());
    }
    // libgit2 was told to read none of a person's files; only this handle, which does nothing
    // else, gets to know them.
    ConfigPtr config;
    int result = git_repository_config(Out(config), repository->get());
    if (result < 0) {
        return fail(local_failure("read the repository's configuration", result));
    }
    for (const auto& [file, level] : {std::pair(&files.system, GIT_CONFIG_LEVEL_SYSTEM),
                                      std::pair(&files.xdg, GIT_CONFIG_LEVEL_XDG),
                                      std::pair(&files.global, GIT_CONFIG_LEVEL_GLOBAL)}) {
        if (file->empty()) {
            continue;
        }
        result =
            git_config_add_file_ondisk(config.get(), file->c_str(), level, repository->get(), 0);
        if (result < 0) { // who is named in what it includes is not known: better none than another
            return fail(ErrorCode::corrupt,
                        "Cannot read " + file->string() + " with all that it includes.",
                        "Say who you are here, or set user.name and user.email in the repository.",
                        last_message());
        }
    }
    SignaturePtr by;
    result = git_signature_default(Out(by), repository->get());
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
