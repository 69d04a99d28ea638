#include "app/gate/gate.h"

#include "core/forge/local_state.h"

#include <array>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <sys/prctl.h>
#include <unistd.h>
#include <vector>

namespace tau::gate {

namespace {

struct Wish {
    bool writes = false;
    std::string owner, name;
};

/// "git-upload-pack '/owner/name.git'", as git and libgit2 send it; nothing else is understood.
std::optional<Wish> parse(std::string_view command) {
    Wish wish;
    if (command.starts_with("git-receive-pack ") || command.starts_with("git receive-pack ")) {
        wish.writes = true;
    } else if (!command.starts_with("git-upload-pack ") &&
               !command.starts_with("git upload-pack ")) {
        return std::nullopt;
    }
    std::string_view path = command.substr(command.find(' ', 4) + 1);
    if (path.size() > 2 && path.front() == '\'' && path.back() == '\'') {
        path = path.substr(1, path.size() - 2);
    }
    if (path.starts_with('/')) {
        path.remove_prefix(1);
    }
    if (path.ends_with(".git")) {
        path.remove_suffix(4);
    }
    const std::size_t slash = path.find('/');
    if (slash == std::string_view::npos) {
        return std::nullopt;
    }
    wish.owner = path.substr(0, slash);
    wish.name = path.substr(slash + 1);
    return wish;
}

int refuse(std::string_view sentence) {
    std::cerr << "tau-localnet: " << sentence << std::endl;
    return 1;
}

/// Everything git needs to know is said here, so that a repository holds no settings of its own.
std::vector<std::string> git_command(const forge::LocalFolder& folder,
                                     const forge::LocalRepository& repository, bool writes) {
    std::vector<std::string> command{"git"};
    for (const std::string& setting :
         {std::string("receive.fsckObjects=true"), std::string("receive.denyNonFastForwards=true"),
          std::string("receive.maxInputSize=268435456"), std::string("receive.autogc=false"),
          std::string("gc.auto=0"), std::string("uploadpack.allowAnySHA1InWant=false"),
          "core.hooksPath=" + folder.hooks().string()}) {
        command.push_back("-c");
        command.push_back(setting);
    }
    command.push_back(writes ? "receive-pack" : "upload-pack");
    command.push_back(folder.repository(repository.id).string());
    return command;
}

int become_git(std::vector<std::string> command, const forge::LocalFolder& folder) {
    std::vector<std::string> environment{"PATH=/usr/local/bin:/usr/bin:/bin",
                                         "HOME=" + folder.root().string(), "GIT_CONFIG_NOSYSTEM=1",
                                         "GIT_CONFIG_GLOBAL=/dev/null", "LC_ALL=C.UTF-8"};
    std::vector<char*> arguments, variables;
    for (std::string& text : command) {
        arguments.push_back(text.data());
    }
    for (std::string& text : environment) {
        variables.push_back(text.data());
    }
    arguments.push_back(nullptr);
    variables.push_back(nullptr);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0); // a killed session takes git with it
    ::execvpe("git", arguments.data(), variables.data());
    return refuse("git is not installed on the git host.");
}

} // namespace

int run_gate(const std::filesystem::path& root, const std::string& repository_id) {
    const char* asked = std::getenv("SSH_ORIGINAL_COMMAND");
    const auto wish = parse(asked == nullptr ? "" : asked);
    if (!wish) {
        return refuse("only git fetch and git push are possible here.");
    }
    const forge::LocalFolder folder(root);
    const auto state = folder.load();
    if (!state) {
        return refuse("the git host's folder is damaged.");
    }
    const forge::LocalRepository* repository = state->find(wish->owner, wish->name);
    // One answer for what is not there and what this key may not see.
    if (repository == nullptr || (!repository_id.empty() && repository->id != repository_id)) {
        return refuse("there is no such repository for this key: not found.");
    }
    if (wish->writes && !repository_id.empty()) {
        return refuse("this deploy key is read-only: it may not push to " +
                      repository->full_name() + ".");
    }
    return become_git(git_command(folder, *repository, wish->writes), folder);
}

} // namespace tau::gate
