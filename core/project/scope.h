// Which resource a name means: by own application, then root; "/name" and "../name" exactly.
#pragma once

#include "core/project/store.h"

#include <unordered_map>

namespace tau::project {

/// Resources by kind and name. Good until the store's resources() change.
class Scope {
public:
    explicit Scope(const std::vector<Resource>& resources);

    /// What `name`, written in a resource of this application ("" for a global one), means; nullptr
    /// when nothing of that kind is in reach.
    const Resource* resolve(KindId kind, std::string_view application, std::string_view name) const;
    const Resource* exact(KindId kind, std::string_view application, std::string_view name) const;

private:
    std::unordered_multimap<std::string_view, const Resource*> by_name_;
};

/// What a resource of this application ("" for a global one) can name: its own, by name, then the
/// global ones that they do not hide.
std::vector<std::string> names_in_reach(const Store& store, KindId kind,
                                        std::string_view application);

/// "/shop" or "../shop": references that clouds up to v1.1.10 do not know.
bool has_scope(std::string_view name);
/// "../../shop" without what says where to look: "shop".
std::string_view bare_name(std::string_view name);

} // namespace tau::project
