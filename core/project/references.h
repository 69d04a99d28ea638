#pragma once

#include "core/project/document_check.h"
#include "core/project/scope.h"

namespace tau::project {

/// One place where a resource names another.
struct Reference {
    Resource from;
    std::string field; ///< "trigger/domains/0"
    yaml::Position position;
    std::string name;        ///< as written, without prefix
    std::string_view prefix; ///< "libraries/", "smartops:"
    KindId kind = KindId::domain;
    std::optional<Resource> to; ///< nullopt: nothing of that name is in reach
    /// Not by name but by an equal text, a channel or a protocol: renaming does not touch it.
    bool by_text = false;
};

/// Who names whom in a project; good until the store changes.
class References {
public:
    explicit References(const Store& store);

    const std::vector<Reference>& all() const { return all_; }
    /// In the order of the files; for an application, what reaches into it, which nothing can.
    std::vector<Reference> used_by(const Resource& resource) const;
    std::vector<Reference> uses_of(const Resource& resource) const;

private:
    void add_texts(const std::vector<FileFindings>& findings);

    const Store& store_;
    std::vector<Reference> all_;
};

} // namespace tau::project
