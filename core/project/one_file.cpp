#include "core/project/one_file.h"

#include "core/base/text.h"
#include "core/git/ignored.h"
#include "core/project/canonical.h"
#include "core/project/transfer.h"
#include "core/yaml/comments.h"
#include "core/yaml/emit.h"
#include "core/yaml/scalar.h"

#include <array>
#include <set>

namespace tau::project {

namespace {

constexpr std::string_view format_name = "taubyte-project/1";
constexpr std::size_t indent = 8;

/// A repository may be as large as StoreLimits says; its one file has as much in it.
yaml::Limits limits_of(const StoreLimits& limits) {
    return {2 * limits.total_bytes, 80, std::size_t{1} << 24U};
}

Error no_place(const std::string& path) {
    return Error{ErrorCode::conflict,
                 "The project cannot be written as one file: " + bounded_text(path) +
                     " has a part that has no canonical form.",
                 "Export it as a folder or as a zip file.",
                 {}};
}

Error bad_file(const yaml::Node& node, const std::string& why) {
    const yaml::Position place = node.position();
    return Error{ErrorCode::corrupt,
                 "The project file cannot be read: line " + std::to_string(place.line) +
                     ", column " + std::to_string(place.column) + ": " + why + ".",
                 "Ask for the file again, or export the project again.",
                 std::to_string(place.line) + ":" + std::to_string(place.column)};
}

/// The orders of all kinds, made once.
class Orders {
public:
    const yaml::KeyOrder& of(std::string_view path) {
        const auto resource = resource_at(path);
        const std::size_t index = resource ? static_cast<std::size_t>(resource->kind) : kind_count;
        if (!orders_[index]) {
            orders_[index] = key_order(resource ? std::optional(resource->kind) : std::nullopt);
        }
        return orders_[index];
    }

private:
    std::array<yaml::KeyOrder, kind_count + 1> orders_;
};

/// Paths in the order in which they are written.
std::vector<std::string> paths_of(const Store& store) {
    std::vector<std::string> paths;
    for (const Resource& resource : store.resources()) {
        paths.push_back(resource.path());
    }
    for (const auto& [path, file] : store.files()) {
        if (!resource_at(path)) {
            paths.push_back(path);
        }
    }
    return paths;
}

/// The files as they are in the one document; each is what it was. Gives those that are, but for
/// their comments.
Result<std::set<std::string>> check(const Store& store, const std::string& text) {
    const auto files = from_one_file(text);
    if (!files) {
        return fail(ErrorCode::conflict, "The project cannot be written as one file.",
                    "Export it as a folder or as a zip file.", files.error().message);
    }
    std::set<std::string> without_comments;
    for (const auto& [path, written] : *files) {
        const File* file = store.file(path);
        if (file == nullptr) {
            return fail(no_place(path));
        }
        if (written == file->text()) {
            continue;
        }
        const auto document = yaml::Document::parse(written);
        if (!document || file->document() == nullptr ||
            !yaml::same_content(*document, *file->document())) {
            return fail(no_place(path));
        }
        if (file->text().find('#') != std::string::npos &&
            !yaml::same_comments(*document, *file->document())) {
            without_comments.insert(path);
        }
    }
    return files->size() == store.files().size()
               ? Result<std::set<std::string>>(std::move(without_comments))
               : fail(no_place("a file"));
}

Error cannot_take(const std::string& path, const File& file) {
    Error error = file.error();
    error.message = bounded_text(path) + (file.is_read() ? " is no YAML. " : " cannot be read. ") +
                    error.message;
    if (file.is_read()) {
        error.hint = "Correct it, or export the project as a folder or a zip file.";
    } else if (error.hint.empty()) {
        error.hint = "Make it readable for this user, then export again.";
    }
    return error;
}

/// One file as a part of the one document; false when it has no canonical form there.
bool append_document(std::string& out, const File& file, const yaml::KeyOrder& order) {
    if (file.document() == nullptr || !file.document()->oddities().empty()) {
        return false;
    }
    const auto root = file.document()->root();
    if (!root) {
        out.append("\n");
        return true;
    }
    if (!root->anchor().empty() || !root->tag().empty() ||
        (!root->is_map() && !root->is_sequence())) {
        return false;
    }
    if (root->size() == 0) {
        out.append(root->is_map() ? " {}\n" : " []\n");
        return true;
    }
    out.append("\n");
    return yaml::Formatter(*file.document(), "\n").write(out, *root, indent, order);
}

/// As its own text, of which nothing gets lost.
void append_text(std::string& out, std::string_view path, const std::string& text) {
    out.append("    # As it is, since it has no canonical form.\n    ");
    out.append(yaml::scalar(path)).append(": ");
    out.append(yaml::literal(text, indent, "\n").value_or(yaml::double_quoted(text))).append("\n");
}

/// The one document; these files as their own text.
Result<std::string> write_all(const Store& store, const std::set<std::string>& texts) {
    const yaml::Document& config = *store.file("config.yaml")->document();
    std::string out = "# The configuration of a Taubyte project: all its YAML files in one.\n"
                      "# Files of it again: tau-project import <this file> --to <folder>\n";
    out.append("format: ").append(format_name).append("\nproject:\n    id: ");
    out.append(yaml::scalar(yaml::text_at(config, "id"))).append("\n    name: ");
    out.append(yaml::scalar(yaml::text_at(config, "name"))).append("\nfiles:\n");
    Orders orders;
    for (const std::string& path : paths_of(store)) {
        const File& file = *store.file(path);
        const bool as_text =
            file.is_read() && is_utf8(file.text()) && !resource_at(path).has_value();
        if (file.document() == nullptr && !as_text) {
            return fail(cannot_take(path, file));
        }
        if (auto can = check_name(path); !can) {
            return fail(can.error());
        }
        const std::size_t begin = out.size();
        out.append("    ").append(yaml::scalar(path)).append(":");
        if (texts.contains(path) || !append_document(out, file, orders.of(path))) {
            out.resize(begin);
            append_text(out, path, file.text());
        }
    }
    return out;
}

} // namespace

Result<std::string> to_one_file(const Store& store) {
    const File* config = store.file("config.yaml");
    if (config == nullptr) {
        return fail(ErrorCode::not_found, "There is no config.yaml, so this is no project.",
                    "Name the folder of a configuration repository.");
    }
    if (config->document() == nullptr) {
        return fail(cannot_take("config.yaml", *config));
    }
    for (const auto& [path, error] : store.unread()) {
        if (is_looked_at(path)) {
            return fail(ErrorCode::io, bounded_text(escaped_name(path)) + ": " + error.message,
                        error.hint);
        }
    }
    std::set<std::string> texts;
    for (;;) {
        auto out = write_all(store, texts);
        const auto lost =
            out ? check(store, *out) : Result<std::set<std::string>>(fail(out.error()));
        if (!lost) {
            return fail(lost.error());
        }
        if (lost->empty()) {
            return out;
        }
        const std::size_t before = texts.size();
        texts.insert(lost->begin(), lost->end());
        if (texts.size() == before) {
            return fail(no_place(*lost->begin()));
        }
    }
}

std::vector<std::string> left_out_of_one_file(const Store& store) {
    std::vector<std::string> paths;
    for (const std::string& path : store.others()) {
        paths.push_back(escaped_name(path));
    }
    for (const auto& [path, error] : store.unread()) {
        paths.push_back(escaped_name(path));
    }
    return paths;
}

Result<OneFile> folder_to_one_file(const std::filesystem::path& folder) {
    const auto ignored = git::Ignored::of(folder);
    if (!ignored) {
        return fail(ignored.error());
    }
    const auto store =
        Store::load(folder, {}, [&](const std::string& path) { return ignored->has(path); });
    auto text = store ? to_one_file(*store) : Result<std::string>(fail(store.error()));
    if (!text) {
        return fail(text.error());
    }
    return OneFile{std::move(*text), store->files().size(), left_out_of_one_file(*store)};
}

bool is_one_file(std::string_view text) {
    if (text.starts_with("\xef\xbb\xbf")) {
        text.remove_prefix(3);
    }
    const std::size_t at = text.find("format:");
    return at < 4096 && (at == 0 || text[at - 1] == '\n') &&
           text.substr(at, 64).find("taubyte-project/") != std::string_view::npos;
}

Result<git::Files> from_one_file(std::string text, const StoreLimits& limits) {
    const auto document = yaml::Document::parse(std::move(text), limits_of(limits));
    if (!document) {
        return fail(document.error());
    }
    const auto root = document->root();
    if (!root || yaml::text_at(*document, "format") != format_name) {
        return fail(ErrorCode::corrupt,
                    "This is not a project in one YAML file, or one of a later "
                    "version.",
                    "Ask for the file again.");
    }
    const auto entries = root->find("files");
    if (!entries || !entries->is_map()) {
        return fail(bad_file(*root, "it has no map of files"));
    }
    git::Files files;
    Orders orders;
    yaml::Formatter formatter(*document, "\n");
    for (std::size_t i = 0; i < entries->size(); ++i) {
        const yaml::Node key = entries->key(i);
        const yaml::Node value = entries->value(i);
        const std::string path(key.text());
        if (!key.is_scalar() || !is_yaml_path(path)) {
            return fail(bad_file(key, "this is no path of a YAML file"));
        }
        std::string& file = files[path];
        const bool is_text =
            value.is_scalar() && yaml::scalar_type(value) != yaml::ScalarType::null;
        if (is_text) {
            file = value.text();
        } else if (!formatter.write(file, value, 0, orders.of(path))) {
            return fail(bad_file(value, "this file has a part that has no canonical form"));
        }
        if (file.size() > limits.file_bytes || files.size() > limits.files) {
            return fail(too_large_a_project("more files, or larger ones, than it may have."));
        }
    }
    const auto config = files.find("config.yaml");
    const auto checked =
        config == files.end()
            ? std::nullopt
            : std::optional(yaml::Document::parse(config->second, {.forgiving = true}));
    const auto id = yaml::find(*document, {"project", "id"});
    if (!checked || !*checked || !id || yaml::text_at(**checked, "id") != id->text()) {
        return fail(bad_file(*root, "its project and its config.yaml are not the same"));
    }
    return files;
}

} // namespace tau::project
