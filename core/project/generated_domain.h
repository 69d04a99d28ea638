#pragma once

#include "core/project/store.h"

namespace tau::project {

// Domains that a cloud gives away below its own name, and the record that proves another one.
// `suffix` is the cloud's ("g.tau.link", with or without a dot before it).

/// One label before the suffix: "shop.g.tau.link", but not "a.b.g.tau.link".
bool is_generated_domain(std::string_view fqdn, std::string_view suffix);

/// "hek5tx6o1.g.tau.link": the last 8 characters of the project's id in lower case, a number that
/// tells it from the project's other domains, and the suffix; "<prefix>-" before them if given.
std::string generated_domain(std::string_view project_id, std::size_t number,
                             std::string_view suffix, std::string_view prefix = {});

/// The one with the first number that no other domain of the project has; `path` is the domain's
/// that it is for, or empty.
std::string free_generated_domain(const Store& store, std::string_view path,
                                  std::string_view suffix);

/// The cloud's sentence for a generated domain of another project; nullopt when it is this one's,
/// or is no generated domain.
std::optional<std::string> generated_domain_problem(std::string_view fqdn, std::string_view suffix,
                                                    std::string_view project_id);

/// Name of the TXT record where the cloud looks for the token of a domain of one's own:
/// "Qmc3WjpD.shop.example.com".
std::string txt_entry(std::string_view project_id, std::string_view fqdn);

} // namespace tau::project
