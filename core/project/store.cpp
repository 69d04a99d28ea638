#include "core/project/store.h"

#include "core/base/text.h"

#include <algorithm>
#include <tuple>

namespace tau::project {

namespace {

constexpr std::string_view extension = ".yaml";
constexpr std::string_view applications_folder = "applications/";

/// The order of the cloud's compiler: global before applications, then kinds, then file names.
auto rank(const Resource& resource) {
    return std::make_tuple(!resource.application.empty(), std::string_view(resource.application),
                           static_cast<int>(resource.kind), std::string_view(resource.name));
}
bool comes_before(const Resource& a, const Resource& b) {
    return rank(a) < rank(b);
}

} // namespace

bool is_safe_path(std::string_view path) {
    if (path.empty() || path.size() > 4096 || !is_utf8(path) || has_control_characters(path) ||
        path.find_first_of("\n\t") != std::string_view::npos) {
        return false;
    }
    while (!path.empty()) {
        const std::size_t slash = path.find('/');
        const std::string_view part = path.substr(0, slash);
        if (part.empty() || part == "." || part == ".." || to_lower_ascii(part) == ".git") {
            return false;
        }
        if (slash == std::string_view::npos) {
            return true;
        }
        path.remove_prefix(slash + 1);
    }
    return false; // ended in '/'
}

bool is_looked_at(std::string_view path) {
    const std::string folder(path);
    return path == "applications" || resource_at(path) || resource_at(folder + "/x.yaml") ||
           resource_at(folder + "/config.yaml");
}

bool is_yaml_path(std::string_view path) {
    return path.ends_with(extension) && path.size() > extension.size() &&
           path[path.size() - extension.size() - 1] != '/';
}

std::optional<Resource> resource_at(std::string_view path) {
    Resource found;
    if (path == "config.yaml") {
        return found;
    }
    if (path.starts_with(applications_folder)) {
        path.remove_prefix(applications_folder.size());
        const std::size_t slash = path.find('/');
        if (slash == std::string_view::npos || slash == 0) {
            return std::nullopt;
        }
        found.application = path.substr(0, slash);
        path.remove_prefix(slash + 1);
        if (path == "config.yaml") {
            found.kind = KindId::application;
            found.name = found.application;
            return found;
        }
    }
    const std::size_t slash = path.find('/');
    if (slash == std::string_view::npos || !is_yaml_path(path) ||
        path.find('/', slash + 1) != std::string_view::npos) {
        return std::nullopt;
    }
    const Kind* kind = kind_of_group(path.substr(0, slash));
    if (kind == nullptr || kind->id == KindId::application) {
        return std::nullopt;
    }
    found.kind = kind->id;
    found.name = path.substr(slash + 1, path.size() - slash - 1 - extension.size());
    return found;
}

std::string Resource::path() const {
    return path_of(kind, application, name);
}

std::string path_of(KindId id, std::string_view application, std::string_view name) {
    if (id == KindId::project) {
        return "config.yaml";
    }
    std::string path;
    const std::string_view folder = id == KindId::application ? name : application;
    if (!folder.empty()) {
        path = std::string(applications_folder) + std::string(folder) + "/";
    }
    return id == KindId::application ? path + "config.yaml"
                                     : path + std::string(kind(id).group) + "/" +
                                           std::string(name) + std::string(extension);
}

File::Content File::read(std::string text, const StoreLimits& limits) {
    auto parsed =
        yaml::Document::parse(text, yaml::Limits{.bytes = limits.file_bytes, .forgiving = true});
    if (parsed) {
        return std::move(*parsed);
    }
    return std::make_shared<const Broken>(Broken{std::move(text), std::move(parsed.error()), true});
}

File File::unread(Error error) {
    return File(Content(std::make_shared<const Broken>(Broken{{}, std::move(error), false})));
}

Error too_large_a_project(const std::string& what) {
    return Error{ErrorCode::limit_exceeded,
                 "This repository is larger than a project may be: " + what,
                 "Check that it is a project's configuration repository.",
                 {}};
}

Store::Store(const Store& other)
    : limits_(other.limits_), files_(other.files_), others_(other.others_), unread_(other.unread_),
      total_bytes_(other.total_bytes_), before_(other.before_) {
    arrange();
}

Result<Store> Store::from(const git::Files& files, const StoreLimits& limits) {
    if (files.size() > limits.files) {
        return fail(too_large_a_project("more than " + std::to_string(limits.files) + " files."));
    }
    Store store(limits);
    for (const auto& [path, text] : files) {
        if (!is_yaml_path(path)) {
            store.others_.insert(path);
        } else if (auto added = store.add(path, text); !added) {
            return fail(added.error());
        }
    }
    store.arrange();
    return store;
}

Result<void> Store::add(std::string path, std::string text) {
    if (text.size() > limits_.file_bytes) {
        return fail(ErrorCode::limit_exceeded, "The file " + bounded_text(path) + " is too large.",
                    "A file may have " + std::to_string(limits_.file_bytes) + " bytes.");
    }
    if (!is_safe_path(path) || !is_yaml_path(path)) {
        return fail(ErrorCode::invalid_argument,
                    "\"" + bounded_text(path) + "\" is no path of a YAML file in a repository.");
    }
    const auto old = files_.find(path);
    const std::size_t freed = old == files_.end() ? 0 : old->second.text().size();
    if (total_bytes_ - freed + text.size() > limits_.total_bytes) {
        return fail(too_large_a_project("more than " + std::to_string(limits_.total_bytes >> 20U) +
                                        " MB."));
    }
    total_bytes_ += text.size();
    total_bytes_ -= freed;
    File file(std::move(text), limits_);
    if (old == files_.end()) {
        files_.emplace(std::move(path), std::move(file));
    } else {
        old->second = std::move(file);
    }
    return {};
}

const File* Store::file(std::string_view path) const {
    const auto found = files_.find(path);
    return found == files_.end() ? nullptr : &found->second;
}

const Resource* Store::find(KindId kind, std::string_view application,
                            std::string_view name) const {
    Resource wanted;
    wanted.kind = kind;
    wanted.application = kind == KindId::application ? name : application;
    wanted.name = name;
    const auto found = std::lower_bound(resources_.begin(), resources_.end(), wanted, comes_before);
    return found != resources_.end() && !comes_before(wanted, *found) ? &*found : nullptr;
}

void Store::arrange() {
    std::set<std::string, std::less<>> folders;
    const auto note_application = [&](std::string_view path) {
        if (path.starts_with(applications_folder)) {
            path.remove_prefix(applications_folder.size());
            if (const std::size_t slash = path.find('/'); slash != std::string_view::npos) {
                const std::string_view name = path.substr(0, slash);
                if (folders.find(name) == folders.end()) {
                    folders.emplace(name);
                }
            }
        }
    };
    std::vector<std::pair<Resource, const File*>> found;
    for (const auto& [path, file] : files_) {
        note_application(path);
        if (auto resource = resource_at(path)) {
            found.emplace_back(std::move(*resource), &file);
        }
    }
    for (const std::string& path : others_) {
        if (is_safe_path(path)) {
            note_application(path);
        }
    }
    std::sort(found.begin(), found.end(), [](const auto& one, const auto& other) {
        return comes_before(one.first, other.first);
    });
    resources_.clear();
    resource_files_.clear();
    resources_.reserve(found.size());
    resource_files_.reserve(found.size());
    for (auto& [resource, file] : found) {
        resources_.push_back(std::move(resource));
        resource_files_.push_back(file);
    }
    applications_.assign(folders.begin(), folders.end());
}

void Store::remember(const std::string& path) {
    if (before_.find(path) == before_.end()) {
        const File* old = file(path);
        before_.emplace(path, old == nullptr ? std::nullopt : std::optional(old->text()));
    }
}

Result<void> Store::put(const std::string& path, std::string text) {
    const auto undo = apply({{path, std::move(text)}});
    return undo ? Result<void>() : fail(undo.error());
}

void Store::drop_file(std::string_view path) {
    if (const auto found = files_.find(path); found != files_.end()) {
        total_bytes_ -= found->second.text().size();
        files_.erase(found);
    }
}

void Store::remove(std::string_view path) {
    if (const File* old = file(path); old != nullptr && old->is_read()) {
        remember(std::string(path));
        drop_file(path);
        arrange();
    }
}

void Store::note_other(const std::string& path, bool there) {
    const bool changed = there ? others_.insert(path).second : others_.erase(path) > 0;
    if (changed) {
        arrange();
    }
}

Result<Edits> Store::apply(const Edits& edits) {
    Edits inverse;
    for (const auto& [path, text] : edits) {
        const File* old = file(path);
        if (old != nullptr && !old->is_read()) {
            return fail(ErrorCode::io,
                        path +
                            " could not be read, so it is left as it is: " + old->error().message,
                        "Mend the file, then load the project again.");
        }
        inverse.emplace(path, old == nullptr ? std::nullopt : std::optional(old->text()));
    }
    bool rearrange = false;
    for (const auto& [path, text] : edits) {
        const bool was_there = file(path) != nullptr;
        rearrange = rearrange || was_there != text.has_value();
        const bool remembered = before_.find(path) != before_.end();
        remember(path);
        if (!text) {
            drop_file(path);
        } else if (auto added = add(path, *text); !added) {
            if (!remembered) {
                before_.erase(path);
            }
            Edits back(inverse.begin(), inverse.find(path));
            if (!back.empty()) {
                (void)apply(back); // puts back what was there, which cannot be too much
            }
            return fail(added.error());
        }
    }
    if (rearrange) {
        arrange();
    }
    return inverse;
}

bool Store::is_changed(std::string_view path) const {
    const auto before = before_.find(path);
    if (before == before_.end()) {
        return false;
    }
    const File* now = file(path);
    return now == nullptr ? before->second.has_value()
                          : !before->second || *before->second != now->text();
}

bool Store::is_new(std::string_view path) const {
    const auto before = before_.find(path);
    return before != before_.end() && !before->second;
}

Edits Store::changes() const {
    Edits out;
    for (const auto& [path, before] : before_) {
        if (is_changed(path)) {
            const File* now = file(path);
            out.emplace(path, now == nullptr ? std::nullopt : std::optional(now->text()));
        }
    }
    return out;
}

Edits Store::before() const {
    Edits out;
    for (const auto& [path, now] : changes()) {
        out.emplace(path, before_.at(path));
    }
    return out;
}

void Store::saved(const Edits& written) {
    for (const auto& [path, text] : written) {
        before_.insert_or_assign(path, text);
    }
    const Edits left = changes(); // what was typed while it was being written
    std::erase_if(before_, [&](const auto& entry) { return left.find(entry.first) == left.end(); });
}

Store::Rebase Store::rebase(const Store& there) {
    Rebase out;
    std::set<std::string> paths;
    for (const Files* files : {&std::as_const(files_), &there.files_}) {
        for (const auto& [path, file] : *files) {
            paths.insert(paths.end(), path);
        }
    }
    for (const auto& [path, before] : before_) {
        paths.insert(path);
    }
    const Edits edited = changes();
    for (const std::string& path : paths) {
        const auto remembered = before_.find(path);
        const File* here = file(path);
        const File* new_file = there.file(path);
        const bool unread_before = here != nullptr && !here->is_read();
        const bool unread_now = new_file != nullptr && !new_file->is_read();
        const auto text = [](const File* of) {
            return of == nullptr ? std::nullopt : std::optional<std::string_view>(of->text());
        };
        const std::optional<std::string_view> before =
            remembered == before_.end() ? text(here)
            : remembered->second        ? std::optional<std::string_view>(*remembered->second)
                                        : std::nullopt;
        if (before == text(new_file) && unread_before == unread_now) {
            continue;
        }
        if (edited.find(path) != edited.end()) {
            if (unread_now) { // what is there is not known, so saving will not write over it
                out.edited.push_back(path);
                continue;
            }
            before_.insert_or_assign(path, new_file == nullptr ? std::nullopt
                                                               : std::optional(new_file->text()));
            if (text(here) != text(new_file)) {
                out.edited.push_back(path);
            }
            continue;
        }
        before_.erase(path);
        drop_file(path);
        if (new_file != nullptr) {
            total_bytes_ += new_file->text().size();
            files_.emplace(path, *new_file);
        }
        out.taken.push_back(path);
    }
    others_ = there.others_;
    unread_ = there.unread_;
    arrange();
    return out;
}

} // namespace tau::project
