#include "core/project/fixes.h"

#include "core/project/identifiers.h"
#include "core/project/refactor.h"
#include "core/yaml/edit.h"
#include "core/yaml/scalar.h"

namespace tau::project {

namespace {

Result<std::string> fixed(const yaml::Document& document, const Fix& fix, const std::string& id) {
    const yaml::Path path = key_path(fix.field);
    switch (fix.act) {
    case Fix::Act::remove:
        return yaml::remove(document, path);
    case Fix::Act::set_plain:
        return yaml::set(document, path, yaml::Value::of_plain(fix.value));
    case Fix::Act::set_list:
        return yaml::set(document, path, yaml::Value::of_list({fix.value}));
    case Fix::Act::new_id:
        return yaml::set(document, path, yaml::Value::of_text(id));
    default:
        return yaml::set(document, path, yaml::Value::of_text(fix.value));
    }
}

} // namespace

std::optional<yaml::Node> obstacle(const yaml::Document& document, const yaml::Path& path) {
    std::optional<yaml::Node> here = document.root();
    for (std::size_t i = 0; here && i < path.size(); ++i) {
        const bool null = yaml::scalar_type(*here) == yaml::ScalarType::null && here->is_scalar();
        if (null) {
            return std::nullopt;
        }
        const yaml::Path until(path.begin(), path.begin() + static_cast<std::ptrdiff_t>(i) + 1);
        const auto next = yaml::find(document, until);
        if (!here->is_map() && !next) {
            return here;
        }
        here = next;
    }
    return std::nullopt;
}

bool can_apply(const yaml::Document& document, const Fix& fix) {
    if (obstacle(document, key_path(fix.field))) {
        return false;
    }
    const bool unusual = document.text().find_first_of("&!") != std::string::npos ||
                         !document.oddities().empty() || !document.text().ends_with('\n');
    return !unusual || fixed(document, fix, fix.field).has_value();
}

Result<Edits> apply_fix(const Store& store, const Problem& problem, Entropy& entropy,
                        std::int64_t unix_seconds) {
    const File* file = store.file(problem.path);
    const bool missing = problem.code == "missing-file";
    const bool there = file != nullptr && (missing || file->document() != nullptr);
    if (!problem.fix || there == missing) {
        return fail(ErrorCode::not_found,
                    "There is no fix for this in " + problem.path + " any more.",
                    "Check the project again.");
    }
    std::string id;
    if (problem.fix->act == Fix::Act::new_id) {
        const auto resource = resource_at(problem.path);
        id = new_resource_id(project_id_of(store), resource ? resource->name : problem.path,
                             entropy, unix_seconds);
    }
    const auto document = missing ? yaml::Document::parse({}) : *file->document();
    if (!document) {
        return fail(document.error());
    }
    auto text = fixed(*document, *problem.fix, id);
    return text ? Result<Edits>(Edits{{problem.path, std::move(*text)}}) : fail(text.error());
}

} // namespace tau::project
