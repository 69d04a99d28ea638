#include "core/flow/clones.h"

#include "core/flow/change.h"
#include "core/flow/journal.h"
#include "core/git/commit.h"
#include "core/yaml/document.h"

#include <algorithm>
#include <array>

namespace tau::flow {

namespace fs = std::filesystem;

namespace {

constexpr std::array roles{vault::Role::configuration, vault::Role::code};

/// Which of the two an error is about.
Error in_clone(vault::Role role, Error error) {
    error.message =
        (role == vault::Role::configuration ? "Configuration: " : "Code: ") + error.message;
    return error;
}

std::vector<vault::Role> present(const LocalProject& project) {
    std::vector<vault::Role> found;
    for (const vault::Role role : roles) {
        if (!clone_of(project, role).empty()) {
            found.push_back(role);
        }
    }
    return found;
}

/// Files that a merge makes must be readable by the cloud, which takes YAML only.
bool is_sound(const std::string& path, const std::string& text) {
    return !git::is_yaml_name(path) || yaml::Document::parse(text).has_value();
}

Result<CloneState> look_at_clone(const LocalProject& project, vault::Role role) {
    const fs::path& clone = clone_of(project, role);
    CloneState state;
    state.role = role;
    auto status = git::status_of(clone);
    if (!status) {
        return fail(in_clone(role, status.error()));
    }
    auto remote = git::compare_with_remote(clone);
    auto branches = git::list_branches(clone);
    if (!remote || !branches) {
        return fail(in_clone(role, remote ? branches.error() : remote.error()));
    }
    std::erase_if(*branches, [](const git::Branch& b) { return b.name == vault::claim_branch; });
    state.status = std::move(*status);
    state.remote = std::move(*remote);
    state.branches = std::move(*branches);
    return state;
}

bool has_branch(const CloneState& state, const std::string& name) {
    return std::any_of(state.branches.begin(), state.branches.end(),
                       [&](const git::Branch& branch) { return branch.name == name; });
}

Result<git::Remote> remote_for(const RemoteOf& remote_of, vault::Role role,
                               const std::stop_token& stop) {
    auto remote = remote_of(role, stop);
    return remote ? std::move(remote) : fail(in_clone(role, remote.error()));
}

} // namespace

const fs::path& clone_of(const LocalProject& project, vault::Role role) {
    return role == vault::Role::configuration ? project.configuration : project.code;
}

Result<std::vector<CloneState>> look_at_clones(const LocalProject& project) {
    std::vector<CloneState> states;
    for (const vault::Role role : present(project)) {
        auto state = look_at_clone(project, role);
        if (!state) {
            return fail(state.error());
        }
        states.push_back(std::move(*state));
    }
    return states;
}

bool has_something_to_push(const CloneState& state) {
    return !state.status.branch.empty() && state.remote.ours &&
           (!state.remote.theirs || state.remote.ahead > 0);
}

Result<LocalProject> make_clones(const LocalProject& project, const RemoteOf& remote_of,
                                 std::stop_token stop, const git::ProgressCallback& progress) {
    LocalProject made = project;
    for (const vault::Role role : roles) {
        fs::path& clone = role == vault::Role::configuration ? made.configuration : made.code;
        if (!clone.empty()) {
            continue;
        }
        const auto remote = remote_for(remote_of, role, stop);
        if (!remote) {
            return fail(remote.error());
        }
        const fs::path folder = project.export_file.parent_path() / vault::to_string(role);
        if (auto done = git::clone(folder, *remote, stop, progress); !done) {
            return fail(in_clone(role, done.error()));
        }
        clone = folder;
    }
    return made;
}

Result<void> create_branch(const LocalProject& project, const std::string& name) {
    const auto states = look_at_clones(project);
    if (!states) {
        return fail(states.error());
    }
    for (const CloneState& state : *states) {
        if (has_branch(state, name)) {
            return fail(ErrorCode::already_exists, "There is a branch " + name + " already.",
                        "Switch to it, or choose another name.");
        }
    }
    for (const CloneState& state : *states) { // before one of two has it
        const git::Status& now = state.status;
        if (now.branch.empty() || !now.commit) {
            continue;
        }
        const auto files = git::files_against_switch(clone_of(project, state.role), now.branch);
        if (!files) {
            return fail(in_clone(state.role, files.error()));
        }
    }
    for (const CloneState& state : *states) {
        if (auto made = git::create_branch(clone_of(project, state.role), name); !made) {
            return fail(in_clone(state.role, made.error()));
        }
    }
    return switch_branch(project, name);
}

Result<void> switch_branch(const LocalProject& project, const std::string& name) {
    const auto states = look_at_clones(project);
    if (!states) {
        return fail(states.error());
    }
    for (const CloneState& state : *states) {
        if (!has_branch(state, name)) {
            continue;
        }
        const auto files = git::files_against_switch(clone_of(project, state.role), name);
        if (!files) {
            return fail(in_clone(state.role, files.error()));
        }
        if (!files->empty()) {
            return fail(in_clone(state.role, git::in_the_way("switch to " + name, *files)));
        }
    }
    for (const CloneState& state : *states) {
        const fs::path& clone = clone_of(project, state.role);
        auto done = has_branch(state, name) ? Result<void>() : git::create_branch(clone, name);
        done = done ? git::switch_branch(clone, name) : done;
        if (!done) {
            return fail(in_clone(state.role, done.error()));
        }
    }
    return {};
}

Result<void> commit(const LocalProject& project, const std::vector<ChosenFiles>& chosen,
                    const git::Author& author, const std::string& message) {
    for (const vault::Role role : present(project)) {
        for (const ChosenFiles& files : chosen) {
            if (files.role != role || files.files.empty()) {
                continue;
            }
            auto done = git::commit_files(clone_of(project, role), files.files, author, message);
            if (!done) {
                return fail(in_clone(role, done.error()));
            }
        }
    }
    return {};
}

Result<std::vector<DiscardedFiles>> discard(const LocalProject& project,
                                            const std::vector<ChosenFiles>& chosen) {
    std::vector<DiscardedFiles> done;
    for (const ChosenFiles& files : chosen) {
        if (files.files.empty()) {
            continue;
        }
        auto kept = git::discard_changes(clone_of(project, files.role), files.files);
        if (!kept) {
            Error error = in_clone(files.role, kept.error());
            if (auto back = bring_back(project, done); !back) {
                error.detail += "\n" + back.error().message;
            }
            return fail(std::move(error));
        }
        done.push_back({files.role, std::move(*kept)});
    }
    return done;
}

Result<void> bring_back(const LocalProject& project, const std::vector<DiscardedFiles>& discarded) {
    for (const DiscardedFiles& each : discarded) {
        if (auto back = git::bring_back(clone_of(project, each.role), each.files); !back) {
            return fail(in_clone(each.role, back.error()));
        }
    }
    return {};
}

Result<void> push(const LocalProject& project, const RemoteOf& remote_of, std::stop_token stop,
                  const git::ProgressCallback& progress) {
    const auto states = look_at_clones(project);
    if (!states) {
        return fail(states.error());
    }
    for (const CloneState& state : *states) {
        if (!has_something_to_push(state)) {
            continue;
        }
        const auto remote = remote_for(remote_of, state.role, stop);
        if (!remote) {
            return fail(remote.error());
        }
        if (auto pushed = git::push_branch(clone_of(project, state.role), *remote,
                                           state.status.branch, stop, progress);
            !pushed) {
            Error error = pushed.error();
            if (error.code == ErrorCode::conflict) {
                error.hint = "Pull first: somebody else pushed meanwhile.";
            }
            return fail(in_clone(state.role, std::move(error)));
        }
    }
    return {};
}

Result<std::vector<Pulled>> pull(const LocalProject& project, const RemoteOf& remote_of,
                                 std::stop_token stop, const git::ProgressCallback& progress) {
    for (const vault::Role role : present(project)) {
        const auto remote = remote_for(remote_of, role, stop);
        if (!remote) {
            return fail(remote.error());
        }
        if (auto fetched = git::fetch_all(clone_of(project, role), *remote, stop, progress);
            !fetched) {
            return fail(in_clone(role, fetched.error()));
        }
    }
    std::vector<Pulled> pulled;
    for (const vault::Role role : present(project)) {
        const fs::path& clone = clone_of(project, role);
        auto found = git::compare_with_remote(clone);
        if (!found) {
            return fail(in_clone(role, found.error()));
        }
        Pulled one{role, std::move(*found), std::nullopt};
        if (one.found.state == git::Comparison::State::unrelated) {
            return fail(in_clone(role, {ErrorCode::conflict,
                                        "The clone and its remote have no commit in common.",
                                        "Check that the address is the right one.",
                                        {}}));
        }
        if (one.found.state == git::Comparison::State::fast_forward) {
            if (auto moved = git::fast_forward(clone); !moved) {
                return fail(in_clone(role, moved.error()));
            }
        } else if (one.found.state == git::Comparison::State::both_changed) {
            auto plan = git::plan_merge(clone, is_sound);
            if (!plan) {
                return fail(in_clone(role, plan.error()));
            }
            one.merge = std::move(*plan);
        }
        pulled.push_back(std::move(one));
    }
    return pulled;
}

Result<git::CommitId> merge(const LocalProject& project, vault::Role role,
                            const git::MergePlan& plan,
                            const std::vector<git::MergeChoice>& choices, const git::Author& author,
                            const std::string& message) {
    auto made = git::merge(clone_of(project, role), plan, choices, author, message, is_sound);
    return made ? std::move(made) : fail(in_clone(role, made.error()));
}

Result<FlowOrigin> origin_of(const fs::path& data, const std::string& project_id) {
    std::error_code code;
    for (const auto& entry : fs::directory_iterator(flows_folder(data), code)) {
        const auto entries = Journal::read(entry.path() / "journal");
        if (entries && !entries->empty() &&
            fact(entries->front().facts, "project_id") == project_id) {
            return read_origin(data, entry.path().filename().string());
        }
    }
    return fail(ErrorCode::not_found, "This project was not created on this computer.",
                "Open the network that its git host belongs to.");
}

} // namespace tau::flow
