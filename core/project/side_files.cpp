#include "core/project/side_files.h"

#include <set>

namespace tau::project {

namespace {

std::optional<std::string> text_in(const git::Files& files, const std::string& path) {
    const auto found = files.find(path);
    return found == files.end() ? std::nullopt : std::optional(found->second);
}

} // namespace

Store::Rebase SideFiles::know(const std::string& folder, const git::Files& there) {
    std::set<std::string> paths;
    const auto add = [&paths, start = folder + "/"](const auto& files) {
        for (auto each = files.lower_bound(start);
             each != files.end() && each->first.starts_with(start); ++each) {
            paths.insert(each->first);
        }
    };
    add(now_);
    add(before_);
    add(there);
    Store::Rebase out;
    for (const std::string& path : paths) {
        take(path, text_in(there, path), out);
    }
    return out;
}

void SideFiles::take(const std::string& path, const std::optional<std::string>& there,
                     Store::Rebase& out) {
    const std::optional<std::string> here = text_in(now_, path);
    const auto edited = before_.find(path);
    const bool is_known = here || edited != before_.end();
    if (edited != before_.end() && edited->second != here && here != there) {
        if (edited->second != there) {
            edited->second = there;
            out.edited.push_back(path);
        }
        return;
    }
    if (edited != before_.end()) {
        before_.erase(edited);
    }
    if (here == there) {
        return;
    }
    if (there) {
        now_.insert_or_assign(path, *there);
    } else {
        now_.erase(path);
    }
    if (is_known) {
        out.taken.push_back(path);
    }
}

std::optional<std::string> SideFiles::put(const std::string& path,
                                          const std::optional<std::string>& text) {
    std::optional<std::string> before = text_in(now_, path);
    before_.emplace(path, before);
    if (text) {
        now_.insert_or_assign(path, *text);
    } else {
        now_.erase(path);
    }
    return before;
}

void SideFiles::add_unsaved(Edits& edits, Edits& before) const {
    for (const auto& [path, there] : before_) {
        const std::optional<std::string> text = text_in(now_, path);
        if (text != there) {
            edits.insert_or_assign(path, text);
            before.insert_or_assign(path, there);
        }
    }
}

void SideFiles::saved(const Edits& written) {
    for (const auto& [path, text] : written) {
        const auto edited = before_.find(path);
        if (edited == before_.end()) {
            continue;
        }
        if (text_in(now_, path) == text) {
            before_.erase(edited); // else what is there would not be believed when it is read again
        } else {
            edited->second = text; // typed since
        }
    }
}

} // namespace tau::project
