#include "core/project/kinds.h"

#include "core/project/kind_rows_code.h"
#include "core/project/kind_rows_data.h"

#include <algorithm>

namespace tau::project {

namespace {

constexpr std::array<Kind, kind_count> table{
    {{KindId::project, "project", "", "Project", "Projects",
      "What is deployed together: two repositories and the resources they describe.", "project",
      rows::project_sections, rows::project},
     {KindId::application, "application", "applications", "Application", "Applications",
      "Resources that belong together and see each other by name.", "apps", rows::only_identity,
      rows::identity},
     {KindId::database, "database", "databases", "Database", "Databases",
      "Keys and values that code reads and writes.", "database", rows::database_sections,
      rows::database},
     {KindId::domain, "domain", "domains", "Domain", "Domains",
      "A name on the web that functions and websites answer to.", "link", rows::domain_sections,
      rows::domain},
     {KindId::function, "function", "functions", "Function", "Functions",
      "Code that runs when a web request, a message or a peer calls it.", "bolt",
      rows::function_sections, rows::function},
     {KindId::library, "library", "libraries", "Library", "Libraries",
      "Code in a repository of its own that functions and smart operations share.", "book",
      rows::source_sections, rows::library},
     {KindId::messaging, "messaging", "messaging", "Messaging", "Messaging",
      "A channel for messages between functions, browsers and devices.", "message",
      rows::messaging_sections, rows::messaging},
     {KindId::service, "service", "services", "Service", "Services",
      "A protocol that functions serve to other peers.", "server", rows::only_identity,
      rows::service},
     {KindId::smartop, "smartop", "smartops", "Smart operation", "Smart operations",
      "Code that decides whether a node may serve a resource; attached by a tag.", "robot",
      rows::smartop_sections, rows::smartop},
     {KindId::storage, "storage", "storages", "Storage", "Storages",
      "Files that code keeps, or a stream that it passes on.", "bucket", rows::storage_sections,
      rows::storage},
     {KindId::website, "website", "websites", "Website", "Websites",
      "Pages built from a repository of their own.", "globe", rows::website_sections,
      rows::website}}};

} // namespace

std::string_view to_string(FieldType type) {
    constexpr std::array<std::string_view, 17> names{
        "string",   "text",   "boolean",    "integer", "list",          "bytes",
        "duration", "cid",    "email",      "fqdn",    "variable name", "http method",
        "choice",   "source", "references", "pem",     "block"};
    return names[static_cast<std::size_t>(type)];
}

bool is_list(FieldType type) {
    return type == FieldType::list || type == FieldType::references;
}

std::span<const Kind> kinds() {
    return table;
}

const Kind& kind(KindId id) {
    return table[static_cast<std::size_t>(id)];
}

const Kind* kind_of_group(std::string_view group) {
    const auto found = std::find_if(table.begin(), table.end(), [&](const Kind& each) {
        return !group.empty() && each.group == group;
    });
    return found == table.end() ? nullptr : &*found;
}

const FieldRow* row(const Kind& kind, std::string_view path) {
    const auto found = std::find_if(kind.rows.begin(), kind.rows.end(),
                                    [&](const FieldRow& each) { return each.path == path; });
    return found == kind.rows.end() ? nullptr : &*found;
}

std::vector<const FieldRow*> as_written(const Kind& kind) {
    std::vector<const FieldRow*> all;
    all.reserve(kind.rows.size());
    for (const FieldRow& each : kind.rows) {
        all.push_back(&each);
    }
    std::stable_sort(all.begin(), all.end(),
                     [](const FieldRow* a, const FieldRow* b) { return a->written < b->written; });
    return all;
}

std::vector<std::string> key_path(std::string_view field) {
    std::vector<std::string> keys;
    while (!field.empty()) {
        const std::size_t slash = field.find('/');
        keys.emplace_back(field.substr(0, slash));
        field = slash == std::string_view::npos ? std::string_view() : field.substr(slash + 1);
    }
    return keys;
}

std::vector<std::string> choices_of(std::string_view path) {
    std::vector<std::string> out;
    const std::size_t open = path.find('{');
    const std::size_t close = path.find('}');
    if (open == std::string_view::npos || close == std::string_view::npos) {
        return out;
    }
    std::string_view inside = path.substr(open + 1, close - open - 1);
    while (true) {
        const std::size_t bar = inside.find('|');
        out.emplace_back(inside.substr(0, bar));
        if (bar == std::string_view::npos) {
            return out;
        }
        inside.remove_prefix(bar + 1);
    }
}

bool has_code(KindId id) {
    return id == KindId::function || id == KindId::smartop;
}

std::string with_choice(std::string_view path, std::string_view chosen) {
    const std::size_t open = path.find('{');
    const std::size_t close = path.find('}');
    if (open == std::string_view::npos || close == std::string_view::npos) {
        return std::string(path);
    }
    return std::string(path.substr(0, open)) + std::string(chosen) +
           std::string(path.substr(close + 1));
}

} // namespace tau::project
