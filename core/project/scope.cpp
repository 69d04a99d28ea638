#include "core/project/scope.h"

#include <algorithm>
#include <tuple>

namespace tau::project {

namespace {
constexpr std::string_view up = "../";
}

Scope::Scope(const std::vector<Resource>& resources) {
    by_name_.reserve(resources.size());
    for (const Resource& each : resources) {
        by_name_.emplace(each.name, &each);
    }
}

const Resource* Scope::exact(KindId kind, std::string_view application,
                             std::string_view name) const {
    const auto [begin, end] = by_name_.equal_range(name);
    for (auto each = begin; each != end; ++each) {
        if (each->second->kind == kind && each->second->application == application) {
            return each->second;
        }
    }
    return nullptr;
}

const Resource* Scope::resolve(KindId kind, std::string_view application,
                               std::string_view name) const {
    if (name.starts_with('/')) {
        return exact(kind, {}, name.substr(1));
    }
    if (name.starts_with(up)) {
        // There is one level above an application and none above the project.
        return application.empty() ? nullptr : exact(kind, {}, name.substr(up.size()));
    }
    const Resource* own = exact(kind, application, name);
    return own != nullptr || application.empty() ? own : exact(kind, {}, name);
}

std::vector<std::string> names_in_reach(const Store& store, KindId kind,
                                        std::string_view application) {
    const auto place = [](const Resource& each) {
        return std::make_tuple(!each.application.empty(), std::string_view(each.application),
                               each.kind);
    };
    std::vector<std::string> names;
    const auto add = [&](std::string_view where) {
        const std::size_t own = names.size();
        const auto wanted = std::make_tuple(!where.empty(), where, kind);
        auto each = std::lower_bound(
            store.resources().begin(), store.resources().end(), wanted,
            [&](const Resource& one, const auto& what) { return place(one) < what; });
        for (; each != store.resources().end() && place(*each) == wanted; ++each) {
            if (!std::binary_search(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(own),
                                    each->name)) {
                names.push_back(each->name);
            }
        }
    };
    if (!application.empty()) {
        add(application);
    }
    add({});
    return names;
}

bool has_scope(std::string_view name) {
    return name.starts_with('/') || name.starts_with(up);
}

std::string_view bare_name(std::string_view name) {
    if (name.starts_with('/')) {
        return name.substr(1);
    }
    while (name.starts_with(up)) {
        name.remove_prefix(up.size());
    }
    return name;
}

} // namespace tau::project
