#include "core/git/configuration.h"

#include "core/git/libgit2.h"

namespace tau::git {

namespace fs = std::filesystem;

namespace {

/// Whether safe.directory ends as "*"; an empty one takes back those before.
bool trusts_all() {
    ConfigPtr config;
    if (git_config_open_default(Out(config)) < 0) {
        return false;
    }
    bool trusts = false;
    const auto look = [](const git_config_entry* entry, void* payload) {
        const std::string value = entry->value == nullptr ? "" : entry->value;
        bool& all = *static_cast<bool*>(payload);
        all = value == "*" || (all && !value.empty());
        return 0;
    };
    (void)git_config_get_multivar_foreach(config.get(), "safe.directory", nullptr, look, &trusts);
    return trusts;
}

} // namespace

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
    // libgit2 1.5 knows single folders, not the "*" that machines which build things have.
    git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, trusts_all() ? 0 : 1);
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
