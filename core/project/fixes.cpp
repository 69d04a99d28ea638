#include "core/project/fixes.h"

#include "core/project/identifiers.h"
#include "core/project/refactor.h"
#include "core/yaml/edit.h"

namespace tau::project {

Result<Edits> apply_fix(const Store& store, const Problem& problem, Entropy& entropy,
                        std::int64_t unix_seconds) {
    const File* file = store.file(problem.path);
    if (!problem.fix || file == nullptr || file->document() == nullptr) {
        return fail(ErrorCode::not_found,
                    "There is no fix for this in " + problem.path + " any more.",
                    "Check the project again.");
    }
    const Fix& fix = *problem.fix;
    const yaml::Path path = key_path(fix.field);
    if (fix.act == Fix::Act::remove) {
        auto text = yaml::remove(*file->document(), path);
        return text ? Result<Edits>(Edits{{problem.path, std::move(*text)}}) : fail(text.error());
    }
    yaml::Value value = yaml::Value::of_text(fix.value);
    if (fix.act == Fix::Act::set_plain) {
        value = yaml::Value::of_plain(fix.value);
    } else if (fix.act == Fix::Act::set_list) {
        value = yaml::Value::of_list({fix.value});
    } else if (fix.act == Fix::Act::new_id) {
        const auto resource = resource_at(problem.path);
        value = yaml::Value::of_text(new_resource_id(
            project_id_of(store), resource ? resource->name : problem.path, entropy, unix_seconds));
    }
    auto text = yaml::set(*file->document(), path, value);
    return text ? Result<Edits>(Edits{{problem.path, std::move(*text)}}) : fail(text.error());
}

} // namespace tau::project
