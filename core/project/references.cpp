#include "core/project/references.h"

#include <algorithm>
#include <iterator>

namespace tau::project {

References::References(const Store& store) : store_(store) {
    const Scope scope(store.resources());
    std::vector<FileFindings> findings;
    findings.reserve(store.resources().size());
    for (std::size_t i = 0; i < store.resources().size(); ++i) {
        const Resource& each = store.resources()[i];
        findings.push_back(check_file(each, store.file_of(i)));
        for (const Use& use : findings.back().uses) {
            const Resource* target = scope.resolve(use.kind, each.application, use.name);
            all_.push_back({each, use.field, use.position, std::string(use.name), use.prefix(),
                            use.kind, target == nullptr ? std::nullopt : std::optional(*target),
                            false});
        }
    }
    add_texts(findings);
}

/// Functions listen to channels and serve protocols by a text that a resource has too.
void References::add_texts(const std::vector<FileFindings>& findings) {
    const auto& resources = store_.resources();
    std::unordered_multimap<std::string_view, std::size_t> offered;
    for (std::size_t i = 0; i < resources.size(); ++i) {
        if (resources[i].kind == KindId::messaging && !findings[i].match().text.empty()) {
            offered.emplace(findings[i].match().text, i);
        } else if (resources[i].kind == KindId::service && !findings[i].protocol().text.empty()) {
            offered.emplace(findings[i].protocol().text, i);
        }
    }
    const auto add = [&](std::size_t from, KindId kind, const char* field, const Fact& fact) {
        const auto [begin, end] = offered.equal_range(fact.text);
        for (auto each = begin; each != end; ++each) {
            const Resource& to = resources[each->second];
            const bool in_reach =
                to.application.empty() || to.application == resources[from].application;
            if (to.kind == kind && in_reach) {
                all_.push_back({resources[from],
                                field,
                                fact.position,
                                std::string(fact.text),
                                {},
                                kind,
                                to,
                                true});
            }
        }
    };
    for (std::size_t i = 0; i < resources.size(); ++i) {
        if (resources[i].kind == KindId::function) {
            add(i, KindId::messaging, "trigger/channel", findings[i].channel());
            add(i, KindId::service, "trigger/protocol", findings[i].protocol());
        }
    }
}

std::vector<Reference> References::used_by(const Resource& resource) const {
    std::vector<Reference> found;
    std::copy_if(all_.begin(), all_.end(), std::back_inserter(found),
                 [&](const Reference& each) { return each.to == resource; });
    return found;
}

std::vector<Reference> References::uses_of(const Resource& resource) const {
    std::vector<Reference> found;
    std::copy_if(all_.begin(), all_.end(), std::back_inserter(found),
                 [&](const Reference& each) { return each.from == resource; });
    return found;
}

} // namespace tau::project
