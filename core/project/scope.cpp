#include "core/project/scope.h"

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
