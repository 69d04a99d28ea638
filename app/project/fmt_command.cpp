// fmt: configuration files in canonical form.
#include "app/project/commands.h"
#include "app/project/terminal.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "core/project/canonical.h"
#include "core/project/store.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace tau::app {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t max_file = 1U << 20U;

/// What a file is named in its repository: the end of its path that means something there, or its
/// own name.
std::string place_in_repository(const fs::path& file) {
    std::vector<std::string> parts;
    for (const fs::path& part : fs::absolute(file).lexically_normal()) {
        parts.push_back(part.string());
    }
    constexpr std::size_t longest = 4; // applications/shop/functions/ping.yaml
    for (std::size_t count = std::min(longest, parts.size()); count > 0; --count) {
        std::string path;
        for (std::size_t i = parts.size() - count; i < parts.size(); ++i) {
            path += (path.empty() ? "" : "/") + parts[i];
        }
        if (project::resource_at(path)) {
            return path;
        }
    }
    return file.filename().string();
}

class Formatting {
public:
    Formatting(const Terminal& out, bool check) : out_(out), check_(check) {}

    /// nullopt when there is nothing to write; else wrote() or failed() is to follow.
    std::optional<std::string> format(const std::string& shown, const yaml::Document& document,
                                      const std::string& place) {
        ++files_;
        auto text = project::canonical(document, place);
        if (!text) {
            out_.event({{"event", "kept"}, {"file", shown}, {"sentence", text.error().message}});
            out_.line(shown + ": " + text.error().message);
            return std::nullopt;
        }
        const bool same = *text == document.text();
        if (!same && check_) {
            changed("not_canonical", shown);
        }
        return same || check_ ? std::nullopt : std::optional(std::move(*text));
    }
    void wrote(const std::string& shown) { changed("formatted", shown); }
    void broken(const std::string& shown, Error error) {
        ++files_;
        broken_ = true;
        error.message = shown + ": " + error.message;
        out_.error(error);
    }
    void failed(const Error& error) {
        broken_ = true;
        out_.error(error);
    }
    Exit end() const {
        const std::string of = std::to_string(changed_) + " of " + std::to_string(files_);
        out_.event({{"event", "done"}, {"files", files_}, {"changed", changed_}});
        out_.line(of + (check_ ? " files are not in canonical form." : " files changed."));
        return broken_ || (check_ && changed_ > 0) ? Exit::failed : Exit::done;
    }

private:
    void changed(const char* event, const std::string& shown) {
        ++changed_;
        out_.event({{"event", event}, {"file", shown}});
        out_.line(shown);
    }

    const Terminal& out_;
    bool check_;
    bool broken_ = false;
    std::size_t files_ = 0;
    std::size_t changed_ = 0;
};

void format_folder(const fs::path& folder, Formatting& formatting) {
    auto store = project::Store::load(folder);
    if (!store) {
        formatting.failed(store.error());
        return;
    }
    for (const auto& [path, error] : store->unread()) {
        if (project::is_looked_at(path)) {
            formatting.broken((folder / escaped_name(path)).string(), error);
        }
    }
    const auto& files = store->files();
    if (store->unread().empty() && std::none_of(files.begin(), files.end(), [](const auto& each) {
            return project::resource_at(each.first).has_value();
        })) {
        formatting.failed({ErrorCode::not_found,
                           "There is no configuration in " + folder.string() + ".",
                           "Name the folder with config.yaml in it, or YAML files.",
                           {}});
    }
    for (const auto& [path, file] : files) {
        if (!project::resource_at(path)) {
            continue; // YAML of other programs, which have forms of their own
        }
        const std::string shown = (folder / path).string();
        if (file.document() == nullptr) {
            formatting.broken(shown, file.error());
        } else if (auto text = formatting.format(shown, *file.document(), path)) {
            // Each on its own: one that cannot be written keeps no other from its form.
            const project::Edits edit{{path, std::move(*text)}};
            const auto before = store->apply(edit);
            const auto written = before ? project::write_changes(folder, edit, *before)
                                        : Result<void>(fail(before.error()));
            written ? formatting.wrote(shown) : formatting.failed(written.error());
        }
    }
}

void format_file(const fs::path& named, Formatting& formatting) {
    std::error_code failed;
    if (fs::status(named, failed).type() == fs::file_type::not_found) {
        formatting.failed({ErrorCode::not_found,
                           "There is no file or folder " + named.string() + ".",
                           "Name YAML files, or folders of configuration repositories.",
                           {}});
        return;
    }
    const std::string ending = named.extension().string();
    if (ending != ".yaml" && ending != ".yml") {
        formatting.failed({ErrorCode::invalid_argument,
                           named.string() + " does not end in .yaml, so it is left alone.",
                           "Name YAML files, or folders of configuration repositories.",
                           {}});
        return;
    }
    const fs::path target = fs::canonical(named, failed); // a link stays one
    const fs::path& file = failed ? named : target;
    auto text = read_file(file, max_file);
    if (!text) {
        formatting.failed(text.error());
        return;
    }
    const auto document = yaml::Document::parse(std::move(*text), {.forgiving = true});
    if (!document) {
        formatting.broken(named.string(), document.error());
        return;
    }
    const auto formatted = formatting.format(named.string(), *document, place_in_repository(file));
    if (!formatted) {
        return;
    }
    std::error_code code;
    const auto mode = static_cast<unsigned>(fs::status(file, code).permissions()) & 0777U;
    const auto written = write_file_atomic(file, *formatted, mode);
    written ? formatting.wrote(named.string()) : formatting.failed(written.error());
}

} // namespace

Exit fmt_command(const QStringList& arguments) {
    CommandLine line(arguments, QStringLiteral("fmt"),
                     QStringLiteral("Puts YAML files into canonical form: keys in the cloud's "
                                    "order, four spaces, comments where they belong. What they say "
                                    "stays the same; a file that has no such form is left alone."),
                     CommandLine::Uses{});
    line.option(
        QStringLiteral("check"),
        QStringLiteral("Change nothing; name the files that would change, and fail if there "
                       "are any."));
    line.arguments(QStringLiteral("PATH"),
                   QStringLiteral("YAML files, or the folders of configuration repositories, of "
                                  "which only what the cloud reads is touched."));
    if (const auto exit = line.parse()) {
        return *exit;
    }
    const Terminal out(line.json());
    Formatting formatting(out, line.has(QStringLiteral("check")));
    for (const QString& name : line.positionals()) {
        const fs::path path = name.toStdString();
        std::error_code code;
        fs::is_directory(path, code) ? format_folder(path, formatting)
                                     : format_file(path, formatting);
    }
    return formatting.end();
}

} // namespace tau::app
