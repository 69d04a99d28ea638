#include "core/project/relocation.h"

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
        return yaml::Document::parse(*edited->second, {.forgiving = true});
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
        const File* file = store_.file(from_.path());
        if (file == nullptr) {
            return fail(ErrorCode::not_found, "There is no " + from_.path() + " in the project.");
        }
        plan_.edits[to_.path()] = file->text();
        plan_.edits[from_.path()] = std::nullopt;
        if (file->document() != nullptr && to_.name != from_.name) {
            if (auto done = rename_inside(store_, plan_.edits, from_, to_, to_.path()); !done) {
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
                plan_.notes.push_back(user.path() + " will no longer reach " +
                                      go_quoted(reference.name) + " of " + target.path() + ".");
            }
            return {};
        }
        const auto name = name_for(after, reference, user.application, target);
        if (!name) {
            blocked_.push_back(user.path() + " names " + go_quoted(reference.name) +
                               ", which is out of its reach then.");
            return {};
        }
        if (*name == reference.name) {
            return {};
        }
        if (has_scope(*name) && !has_scope(reference.name)) {
            plan_.notes.push_back(user.path() + " will say " + go_quoted(*name) +
                                  ", which clouds up to v1.1.10 do not find.");
        }
        return set_text(store_, plan_.edits, user.path(), reference.field,
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

} // namespace

Result<void> set_text(const Store& store, Edits& edits, const std::string& path,
                      const std::string& field, std::string value) {
    auto document = document_now(store, edits, path);
    if (!document) {
        return fail(document.error());
    }
    auto text = yaml::set(*document, key_path(field), yaml::Value::of_text(std::move(value)));
    if (!text) {
        Error error = text.error();
        error.message = path + ": " + error.message;
        return fail(std::move(error));
    }
    edits[path] = std::move(*text);
    return {};
}

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

Result<Plan> relocate(const Store& store, const Resource& from, const Resource& to,
                      std::string label) {
    return Relocation(store, from, to).plan(std::move(label));
}

} // namespace tau::project
