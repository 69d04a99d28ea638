#include "core/project/intake.h"

#include "core/base/text.h"
#include "core/project/canonical.h"
#include "core/project/refactor.h"
#include "core/project/transfer.h"
#include "core/yaml/edit.h"

namespace tau::project {

namespace {

const std::string root_path = "config.yaml";

bool says_the_same(const File& here, const yaml::Document& given, const std::string& path) {
    if (here.text() == given.text()) {
        return true;
    }
    if (here.document() == nullptr) {
        return false;
    }
    const auto ours = canonical(*here.document(), path);
    const auto theirs = canonical(given, path);
    return ours && theirs && *ours == *theirs;
}

/// The root document with this project's id and name.
Result<yaml::Document> as_this_project(const Store& store, yaml::Document given) {
    const File* here = store.file(root_path);
    for (const char* key : {"id", "name"}) {
        const std::string own = here != nullptr && here->document() != nullptr
                                    ? yaml::text_at(*here->document(), key)
                                    : std::string();
        if (own.empty()) {
            continue;
        }
        auto text = yaml::set(given, {key}, yaml::Value::of_text(own));
        auto document = text ? yaml::Document::parse(std::move(*text), {.forgiving = true})
                             : Result<yaml::Document>(fail(text.error()));
        if (!document) {
            return document;
        }
        given = std::move(*document);
    }
    return given;
}

} // namespace

Result<Intake> plan_intake(const Store& store, const git::Files& files) {
    Intake intake;
    for (const auto& [path, text] : files) {
        if (!is_path_inside(path)) {
            return fail(ErrorCode::untrusted,
                        "Nothing was taken in: \"" + bounded_text(path, 100) +
                            "\" leads out of the project, or is no name for a file.",
                        "Do not use this file; ask its sender.");
        }
        if (!is_yaml_path(path)) {
            intake.left_out.push_back(path);
            continue;
        }
        auto document = yaml::Document::parse(text, {.forgiving = true});
        const File* here = store.file(path);
        if (!document && is_utf8(text) && !resource_at(path)) { // nothing looks into it
            if (here == nullptr || here->text() != text) {
                ++(here == nullptr ? intake.added : intake.changed);
                intake.edits.emplace(path, text);
            }
            continue;
        }
        if (!document) {
            Error error = document.error();
            error.message = "Nothing was taken in: " + bounded_text(path, 200) + " is no YAML. " +
                            error.message;
            error.hint = "Mend the file there, then import it again.";
            return fail(std::move(error));
        }
        const std::string own_id = project_id_of(store);
        if (path == root_path && !own_id.empty() && yaml::text_at(*document, "id") != own_id) {
            intake.other_project = true;
            document = as_this_project(store, std::move(*document));
            if (!document) {
                return fail(document.error());
            }
        }
        if (here != nullptr && says_the_same(*here, *document, path)) {
            continue;
        }
        ++(here == nullptr ? intake.added : intake.changed);
        intake.edits.emplace(path, std::string(document->text()));
    }
    for (const auto& [path, file] : store.files()) {
        if (!files.contains(path)) {
            intake.removals.emplace(path, std::nullopt);
        }
    }
    return intake;
}

} // namespace tau::project
