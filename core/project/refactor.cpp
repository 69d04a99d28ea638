#include "core/project/refactor.h"

#include "core/base/text.h"
#include "core/project/identifiers.h"
#include "core/project/scalars.h"
#include "core/yaml/edit.h"

#include <algorithm>

namespace tau::project {

namespace {

/// The text as it will be: from the edits, or as it is.
Result<yaml::Document> document_now(const Store& store, const Edits& edits,
                                    const std::string& path) {
    const auto edited = edits.find(path);
    if (edited != edits.end() && edited->second) {
        return yaml::Document::parse(*edited->second);
    }
    const File* file = store.file(path);
    if (file == nullptr) {
        return fail(ErrorCode::not_found, "There is no " + path + " in the project.");
    }
    if (file->document() == nullptr) {
        return fail(ErrorCode::corrupt, path + " cannot be changed: it is no YAML.",
                    "Mend the file first.", file->error().message);
    }
    return *file->document();
}

Result<void> set_text(const Store& store, Edits& edits, const std::string& path,
                      const std::string& field, std::string value) {
    auto document = document_now(store, edits, path);
    if (!document) {
        return fail(document.error());
    }
    auto text = yaml::set(*document, key_path(field), yaml::Value::of_text(std::move(value)));
    if (!text) {
        return fail(text.error());
    }
    edits[path] = std::move(*text);
    return {};
}

Resource place_of(KindId kind, const std::string& application, const std::string& name) {
    return {kind, kind == KindId::application ? name : application, name,
            path_of(kind, application, name)};
}

/// `document`'s own name, when it has the one that it is called by.
Result<void> rename_inside(const Store& store, Edits& edits, const Resource& from,
                           const Resource& to, const std::string& path) {
    auto document = document_now(store, edits, path);
    if (!document) {
        return fail(document.error());
    }
    const auto name = yaml::find(*document, {"name"});
    if (!name || !name->is_scalar() || name->text() != from.name) {
        return {};
    }
    return set_text(store, edits, path, "name", to.name);
}

/// What a reference has to say, so that it means `target` after the change.
std::optional<std::string> name_for(const Scope& after, const Reference& reference,
                                    const std::string& application, const Resource& target) {
    const std::size_t qualifier = reference.name.size() - bare_name(reference.name).size();
    for (const std::string& candidate :
         {reference.name, reference.name.substr(0, qualifier) + target.name, target.name,
          "/" + target.name}) {
        const Resource* found = after.resolve(reference.kind, application, candidate);
        if (found != nullptr && *found == target) {
            return candidate;
        }
    }
    return std::nullopt;
}

/// Moves and renames of one resource, every reference following.
class Relocation {
public:
    Relocation(const Store& store, Resource from, Resource to)
        : store_(store), from_(std::move(from)), to_(std::move(to)), references_(store) {
        resources_ = store.resources();
        std::replace(resources_.begin(), resources_.end(), from_, to_);
    }

    Result<Plan> plan(std::string label) {
        plan_.label = std::move(label);
        const File* file = store_.file(from_.path);
        if (file == nullptr) {
            return fail(ErrorCode::not_found, "There is no " + from_.path + " in the project.");
        }
        plan_.edits[to_.path] = file->text();
        plan_.edits[from_.path] = std::nullopt;
        if (file->document() != nullptr && to_.name != from_.name) {
            if (auto done = rename_inside(store_, plan_.edits, from_, to_, to_.path); !done) {
                return fail(done.error());
            }
        }
        const Scope after(resources_);
        for (const Reference& each : references_.all()) {
            if (auto done = follow(after, each); !done) {
                return fail(done.error());
            }
        }
        if (!blocked_.empty()) {
            return fail(ErrorCode::conflict,
                        plan_.label + " would break " +
                            (blocked_.size() == 1
                                 ? std::string("a reference")
                                 : std::to_string(blocked_.size()) + " references") +
                            ": " + blocked_.front(),
                        "Change what stands in the way first.", join(blocked_));
        }
        return std::move(plan_);
    }

private:
    static std::string join(const std::vector<std::string>& lines) {
        std::string text;
        for (const std::string& each : lines) {
            text += each + "\n";
        }
        return text;
    }

    Result<void> follow(const Scope& after, const Reference& reference) {
        const bool is_own = reference.from == from_;
        const Resource& user = is_own ? to_ : reference.from;
        if (!reference.to) {
            return {};
        }
        const Resource& target = *reference.to == from_ ? to_ : *reference.to;
        if (reference.by_text) {
            const bool in_reach =
                target.application.empty() || target.application == user.application;
            if (!in_reach) {
                plan_.notes.push_back(user.path + " will no longer reach " +
                                      go_quoted(reference.name) + " of " + target.path + ".");
            }
            return {};
        }
        const auto name = name_for(after, reference, user.application, target);
        if (!name) {
            blocked_.push_back(user.path + " names " + go_quoted(reference.name) +
                               ", which is out of its reach then.");
            return {};
        }
        if (*name == reference.name) {
            return {};
        }
        if (has_scope(*name) && !has_scope(reference.name)) {
            plan_.notes.push_back(user.path + " will say " + go_quoted(*name) +
                                  ", which clouds up to v1.1.10 do not find.");
        }
        return set_text(store_, plan_.edits, user.path, reference.field,
                        std::string(reference.prefix) + *name);
    }

    const Store& store_;
    Resource from_;
    Resource to_;
    References references_;
    std::vector<Resource> resources_;
    Plan plan_;
    std::vector<std::string> blocked_;
};

bool has_inline_code(const Store& store, const Resource& resource) {
    const bool can = resource.kind == KindId::function || resource.kind == KindId::smartop;
    const File* file = can ? store.file(resource.path) : nullptr;
    const auto source = file != nullptr && file->document() != nullptr
                            ? yaml::find(*file->document(), {"source"})
                            : std::nullopt;
    return source && source->is_scalar() && source->text() == ".";
}

std::string folder_of(const Resource& application) {
    return "applications/" + application.name + "/";
}

/// The application's YAML files under another name.
Plan relocate_application(const Store& store, const Resource& from, const Resource& to) {
    Plan plan;
    const std::string folder = folder_of(from);
    for (auto each = store.files().lower_bound(folder);
         each != store.files().end() && each->first.starts_with(folder); ++each) {
        plan.edits[folder_of(to) + each->first.substr(folder.size())] = each->second.text();
    }
    plan.code_moves.push_back({from.name, to.name});
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

Error not_for(std::string_view what, KindId id) {
    return Error{ErrorCode::invalid_argument,
                 "A" + std::string(id == KindId::application ? "n " : " ") +
                     std::string(kind(id).name) + " cannot be " + std::string(what) + ".",
                 {},
                 {}};
}

} // namespace

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
    const auto& applications = store.applications();
    const bool known =
        place.kind == KindId::application || place.application.empty() ||
        std::binary_search(applications.begin(), applications.end(), place.application);
    if (!known) {
        return fail(ErrorCode::not_found,
                    "There is no application " + bounded_text(place.application, 60) + ".",
                    "Make it first, or take another.");
    }
    const bool taken =
        place.kind == KindId::application
            ? std::binary_search(applications.begin(), applications.end(), place.name)
            : store.file(place.path) != nullptr;
    if (taken) {
        return fail(ErrorCode::already_exists, place.path + " is there already.",
                    "Take another name.");
    }
    return {};
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

yaml::Path key_path(std::string_view field) {
    yaml::Path path;
    while (!field.empty()) {
        const std::size_t slash = field.find('/');
        path.emplace_back(field.substr(0, slash));
        field = slash == std::string_view::npos ? std::string_view() : field.substr(slash + 1);
    }
    return path;
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
        auto done = set_text(store, plan.edits, resource.path, "name", name);
        return done ? Result<Plan>(std::move(plan)) : fail(done.error());
    }
    const Resource to = place_of(resource.kind, resource.application, name);
    if (auto checked = check_place(store, to); !checked) {
        return fail(checked.error());
    }
    if (resource.kind == KindId::application) {
        Plan plan = relocate_application(store, resource, to);
        plan.label = label;
        if (auto done = rename_inside(store, plan.edits, resource, to, to.path);
            !done && done.error().code != ErrorCode::not_found) {
            return fail(done.error());
        }
        for (const auto& [path, text] : Edits(plan.edits)) {
            plan.edits[folder_of(resource) + path.substr(folder_of(to).size())] = std::nullopt;
        }
        return plan;
    }
    auto plan = Relocation(store, resource, to).plan(label);
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
    auto plan = Relocation(store, resource, to)
                    .plan("Move " + resource.name + " to " +
                          (application.empty() ? std::string("the project") : application));
    if (plan && has_inline_code(store, resource)) {
        plan->code_moves.push_back({code_folder(resource), code_folder(to)});
    }
    return plan;
}

Result<Plan> plan_clone(const Store& store, const Resource& resource, const std::string& name,
                        const std::string& application, Entropy& entropy,
                        std::int64_t unix_seconds) {
    if (resource.kind == KindId::project) {
        return fail(not_for("cloned", resource.kind));
    }
    const Resource to = place_of(resource.kind, application, name);
    if (auto checked = check_place(store, to); !checked) {
        return fail(checked.error());
    }
    Plan plan;
    if (resource.kind == KindId::application) {
        plan = relocate_application(store, resource, to);
    } else {
        const File* file = store.file(resource.path);
        if (file == nullptr) {
            return fail(ErrorCode::not_found, "There is no " + resource.path + " in the project.");
        }
        plan.edits[to.path] = file->text();
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
    auto done = rename_inside(store, plan.edits, resource, to, to.path);
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
        plan.code_moves.push_back({resource.name, {}});
        plan.other_moves.push_back({"applications/" + resource.name, {}});
        return plan;
    }
    plan.edits[resource.path] = std::nullopt;
    if (has_inline_code(store, resource)) {
        plan.code_moves.push_back({code_folder(resource), {}});
    }
    for (const Reference& each : References(store).used_by(resource)) {
        plan.notes.push_back(each.from.path + " uses it in " + each.field + ".");
    }
    return plan;
}

} // namespace tau::project
