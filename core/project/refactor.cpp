#include "core/project/refactor.h"

#include "core/base/text.h"
#include "core/project/identifiers.h"
#include "core/project/references.h"
#include "core/project/relocation.h"
#include "core/project/scalars.h"

#include <algorithm>

namespace tau::project {

namespace {

Resource place_of(KindId kind, const std::string& application, const std::string& name) {
    return {kind, kind == KindId::application ? name : application, name};
}

std::string folder_of(const Resource& application) {
    return "applications/" + application.name + "/";
}

/// Its folder in the code repository, unless that is global code's too.
void move_code(Plan& plan, const Resource& application, const std::string& to) {
    if (is_code_group(application.name)) {
        plan.notes.push_back("The code of " + application.name + " stays: its folder " +
                             application.name + "/ holds global code too.");
    } else {
        plan.code_moves.push_back({application.name, to});
    }
}

/// The application's YAML files under another name, all of which must have been read.
Result<Plan> relocate_application(const Store& store, const Resource& from, const Resource& to) {
    Plan plan;
    const std::string folder = folder_of(from);
    for (auto each = store.files().lower_bound(folder);
         each != store.files().end() && each->first.starts_with(folder); ++each) {
        if (!each->second.is_read()) {
            return fail(each->second.error());
        }
        plan.edits[folder_of(to) + each->first.substr(folder.size())] = each->second.text();
    }
    move_code(plan, from, to.name);
    plan.other_moves.push_back({"applications/" + from.name, "applications/" + to.name});
    return plan;
}

Result<void> renew_id(const Store& store, Edits& edits, const std::string& path, Entropy& entropy,
                      std::int64_t unix_seconds) {
    const auto resource = resource_at(path);
    if (!resource) {
        return {};
    }
    return set_text(store, edits, path, "id",
                    new_resource_id(project_id_of(store), resource->name, entropy, unix_seconds));
}

/// Where something goes with all that is in it: other than a new one, an application needs a folder
/// that is not there at all.
Result<void> check_goal(const Store& store, const Resource& goal) {
    const auto& applications = store.applications();
    if (goal.kind == KindId::application &&
        std::binary_search(applications.begin(), applications.end(), goal.name)) {
        return fail(ErrorCode::already_exists, folder_of(goal) + " is there already.",
                    "Take another name.");
    }
    return check_place(store, goal);
}

Error not_for(std::string_view what, KindId id) {
    return Error{ErrorCode::invalid_argument,
                 "A" + std::string(id == KindId::application ? "n " : " ") +
                     std::string(kind(id).name) + " cannot be " + std::string(what) + ".",
                 {},
                 {}};
}

} // namespace

bool has_inline_code(const Store& store, const Resource& resource) {
    const bool can = has_code(resource.kind);
    const File* file = can ? store.file(resource.path()) : nullptr;
    const auto source = file != nullptr && file->document() != nullptr
                            ? yaml::find(*file->document(), {"source"})
                            : std::nullopt;
    return source && source->is_scalar() && source->text() == ".";
}

bool is_code_group(std::string_view name) {
    const auto& all = kinds();
    return std::any_of(all.begin(), all.end(), [&](const Kind& each) {
        return has_code(each.id) && each.group == to_lower_ascii(name);
    });
}

bool is_resource_name(std::string_view name) {
    std::string plain(name);
    std::replace(plain.begin(), plain.end(), '-', '_');
    return !name.empty() && name.size() <= 250 && name.front() != '-' && is_identifier(plain);
}

Result<void> check_place(const Store& store, const Resource& place) {
    if (!is_resource_name(place.name)) {
        return fail(ErrorCode::invalid_argument,
                    "\"" + bounded_text(place.name, 60) + "\" cannot be a name.",
                    "Take letters, digits and underscores, a letter first.");
    }
    if (place.kind == KindId::application && is_code_group(place.name)) {
        return fail(ErrorCode::invalid_argument,
                    "An application cannot be called \"" + place.name +
                        "\": that folder of the code repository holds global code.",
                    "Take another name.");
    }
    const auto& applications = store.applications();
    const bool known =
        place.kind == KindId::application || place.application.empty() ||
        std::binary_search(applications.begin(), applications.end(), place.application);
    if (!known) {
        return fail(ErrorCode::not_found,
                    "There is no application " + bounded_text(place.application, 60) + ".",
                    "Make it first, or take another.");
    }
    if (store.file(place.path()) != nullptr) {
        return fail(ErrorCode::already_exists, place.path() + " is there already.",
                    "Take another name.");
    }
    return {};
}

std::vector<std::string> code_targets(const Plan& plan) {
    std::vector<std::string> folders;
    if (!plan.code_comes_to.empty()) {
        folders.push_back(plan.code_comes_to);
    }
    for (const FolderMove& move : plan.code_moves) {
        folders.push_back(move.from);
        if (!move.to.empty()) {
            folders.push_back(move.to);
        }
    }
    return folders;
}

Edits move_edits(const std::vector<FolderMove>& moves, const git::Files& files) {
    Edits edits;
    for (const FolderMove& move : moves) {
        const std::string start = move.from + "/";
        for (auto each = files.lower_bound(start);
             each != files.end() && each->first.starts_with(start); ++each) {
            if (!move.to.empty()) {
                edits.insert_or_assign(move.to + "/" + each->first.substr(start.size()),
                                       each->second);
            }
            if (!move.copy) {
                edits.emplace(each->first, std::nullopt);
            }
        }
    }
    return edits;
}

std::string project_id_of(const Store& store) {
    const File* config = store.file("config.yaml");
    return config != nullptr && config->document() != nullptr
               ? yaml::text_at(*config->document(), "id")
               : std::string();
}

std::string code_folder(const Resource& resource) {
    const std::string own = std::string(kind(resource.kind).group) + "/" + resource.name;
    return resource.application.empty() ? own : resource.application + "/" + own;
}

Result<Plan> plan_rename(const Store& store, const Resource& resource, const std::string& name) {
    const std::string label = "Rename " + resource.name + " to " + bounded_text(name, 60);
    if (resource.kind == KindId::project) {
        if (!is_identifier(name)) {
            return fail(ErrorCode::invalid_argument,
                        "\"" + bounded_text(name, 60) + "\" cannot be a project's name.",
                        "Take letters, digits and underscores, no digit first and no dash.");
        }
        Plan plan;
        plan.label = "Rename the project to " + name;
        auto done = set_text(store, plan.edits, resource.path(), "name", name);
        return done ? Result<Plan>(std::move(plan)) : fail(done.error());
    }
    const Resource to = place_of(resource.kind, resource.application, name);
    if (auto checked = check_goal(store, to); !checked) {
        return fail(checked.error());
    }
    if (resource.kind == KindId::application) {
        auto plan = relocate_application(store, resource, to);
        if (!plan) {
            return plan;
        }
        plan->label = label;
        if (auto done = rename_inside(store, plan->edits, resource, to, to.path());
            !done && done.error().code != ErrorCode::not_found) {
            return fail(done.error());
        }
        for (const auto& [path, text] : Edits(plan->edits)) {
            plan->edits[folder_of(resource) + path.substr(folder_of(to).size())] = std::nullopt;
        }
        return plan;
    }
    auto plan = relocate(store, resource, to, label);
    if (plan && has_inline_code(store, resource)) {
        plan->code_moves.push_back({code_folder(resource), code_folder(to)});
    }
    return plan;
}

Result<Plan> plan_move(const Store& store, const Resource& resource,
                       const std::string& application) {
    if (resource.kind == KindId::project || resource.kind == KindId::application) {
        return fail(not_for("moved", resource.kind));
    }
    const Resource to = place_of(resource.kind, application, resource.name);
    if (auto checked = check_place(store, to); !checked) {
        return fail(checked.error());
    }
    auto plan = relocate(store, resource, to,
                         "Move " + resource.name + " to " +
                             (application.empty() ? std::string("the project") : application));
    if (plan && has_inline_code(store, resource)) {
        plan->code_moves.push_back({code_folder(resource), code_folder(to)});
    }
    return plan;
}

Result<void> check_shadow(const Store& store, const Resource& place) {
    const Resource global = place_of(place.kind, {}, place.name);
    if (place.application.empty() || place.kind == KindId::application ||
        store.file(global.path()) == nullptr) {
        return {};
    }
    for (const Reference& each : References(store).used_by(global)) {
        if (each.from.application == place.application && each.name == place.name) {
            return fail(ErrorCode::conflict,
                        each.from.path() + " means the global " + place.name + " in " + each.field +
                            ", and would mean the new one.",
                        "Take another name.");
        }
    }
    return {};
}

Result<Plan> plan_clone(const Store& store, const Resource& resource, const std::string& name,
                        const std::string& application, Entropy& entropy,
                        std::int64_t unix_seconds) {
    if (resource.kind == KindId::project) {
        return fail(not_for("cloned", resource.kind));
    }
    const Resource to = place_of(resource.kind, application, name);
    const auto checked = check_goal(store, to).and_then([&] { return check_shadow(store, to); });
    if (!checked) {
        return fail(checked.error());
    }
    Plan plan;
    if (resource.kind == KindId::application) {
        auto relocated = relocate_application(store, resource, to);
        if (!relocated) {
            return relocated;
        }
        plan = std::move(*relocated);
    } else {
        const File* file = store.file(resource.path());
        if (file == nullptr) {
            return fail(ErrorCode::not_found,
                        "There is no " + resource.path() + " in the project.");
        }
        if (!file->is_read()) {
            return fail(file->error());
        }
        plan.edits[to.path()] = file->text();
        if (has_inline_code(store, resource)) {
            plan.code_moves.push_back({code_folder(resource), code_folder(to)});
        }
    }
    plan.label = "Clone " + resource.name + " as " + name;
    for (auto* moves : {&plan.code_moves, &plan.other_moves}) {
        for (FolderMove& each : *moves) {
            each.copy = true;
        }
    }
    for (const auto& [path, text] : Edits(plan.edits)) {
        if (auto done = renew_id(store, plan.edits, path, entropy, unix_seconds); !done) {
            return fail(done.error());
        }
    }
    auto done = rename_inside(store, plan.edits, resource, to, to.path());
    if (!done && done.error().code != ErrorCode::not_found) {
        return fail(done.error());
    }
    return plan;
}

Result<Plan> plan_remove(const Store& store, const Resource& resource) {
    if (resource.kind == KindId::project) {
        return fail(not_for("removed", resource.kind));
    }
    Plan plan;
    plan.label = "Delete " + resource.name;
    if (resource.kind == KindId::application) {
        const std::string folder = folder_of(resource);
        for (auto each = store.files().lower_bound(folder);
             each != store.files().end() && each->first.starts_with(folder); ++each) {
            plan.edits[each->first] = std::nullopt;
        }
        move_code(plan, resource, {});
        plan.other_moves.push_back({"applications/" + resource.name, {}});
        return plan;
    }
    plan.edits[resource.path()] = std::nullopt;
    if (has_inline_code(store, resource)) {
        plan.code_moves.push_back({code_folder(resource), {}});
    }
    for (const Reference& each : References(store).used_by(resource)) {
        plan.notes.push_back(each.from.path() + " uses it in " + each.field + ".");
    }
    return plan;
}

} // namespace tau::project
