#include "core/project/side_files.h"

namespace tau::project {

void SideFiles::know(const git::Files& there) {
    for (const auto& [path, text] : there) {
        const auto edited = before_.find(path);
        if (edited == before_.end()) {
            now_.insert_or_assign(path, text);
        } else {
            edited->second = text;
        }
    }
}

std::optional<std::string> SideFiles::put(const std::string& path,
                                          const std::optional<std::string>& text) {
    const auto known = now_.find(path);
    std::optional<std::string> before;
    if (known != now_.end()) {
        before = known->second;
    }
    before_.emplace(path, before);
    if (text) {
        now_.insert_or_assign(path, *text);
    } else if (known != now_.end()) {
        now_.erase(known);
    }
    return before;
}

void SideFiles::add_unsaved(Edits& edits, Edits& before) const {
    for (const auto& [path, there] : before_) {
        const auto now = now_.find(path);
        const std::optional<std::string> text =
            now == now_.end() ? std::nullopt : std::optional(now->second);
        if (text != there) {
            edits.insert_or_assign(path, text);
            before.insert_or_assign(path, there);
        }
    }
}

void SideFiles::saved(const Edits& written) {
    for (const auto& [path, text] : written) {
        if (const auto edited = before_.find(path); edited != before_.end()) {
            edited->second = text;
        }
    }
}

} // namespace tau::project
