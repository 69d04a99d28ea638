#include "core/project/generated_domain.h"

#include "core/base/text.h"
#include "core/project/refactor.h"
#include "core/yaml/document.h"

namespace tau::project {

namespace {

std::string_view without_dot(std::string_view suffix) {
    return suffix.starts_with('.') ? suffix.substr(1) : suffix;
}

std::string last_eight(std::string_view project_id) {
    return to_lower_ascii(project_id.substr(project_id.size() > 8 ? project_id.size() - 8 : 0));
}

} // namespace

bool is_generated_domain(std::string_view fqdn, std::string_view suffix) {
    const std::string ending = "." + std::string(without_dot(suffix));
    const std::size_t label = fqdn.find('.');
    return ending.size() > 1 && label != std::string_view::npos && label > 0 &&
           fqdn.substr(label) == ending;
}

std::string generated_domain(std::string_view project_id, std::size_t number,
                             std::string_view suffix, std::string_view prefix) {
    std::string name = prefix.empty() ? std::string() : to_lower_ascii(prefix) + "-";
    name += last_eight(project_id) + std::to_string(number);
    return name + "." + std::string(without_dot(suffix));
}

std::string free_generated_domain(const Store& store, std::string_view path,
                                  std::string_view suffix) {
    std::set<std::string> taken;
    for (std::size_t i = 0; i < store.resources().size(); ++i) {
        const Resource& each = store.resources()[i];
        const yaml::Document* document = store.file_of(i).document();
        if (each.kind == KindId::domain && document != nullptr && each.path() != path) {
            taken.insert(to_lower_ascii(yaml::text_at(*document, "fqdn")));
        }
    }
    const std::string project_id = project_id_of(store);
    std::size_t number = 1;
    while (taken.contains(generated_domain(project_id, number, to_lower_ascii(suffix)))) {
        ++number;
    }
    return generated_domain(project_id, number, suffix);
}

std::optional<std::string> generated_domain_problem(std::string_view fqdn, std::string_view suffix,
                                                    std::string_view project_id) {
    if (!is_generated_domain(fqdn, suffix) ||
        fqdn.find(last_eight(project_id)) != std::string_view::npos) {
        return std::nullopt;
    }
    return "generated fqdn `" + std::string(fqdn) + "` does not contain last 8 of project id " +
           std::string(project_id);
}

std::string txt_entry(std::string_view project_id, std::string_view fqdn) {
    return std::string(project_id.substr(0, 8)) + "." + std::string(fqdn);
}

} // namespace tau::project
