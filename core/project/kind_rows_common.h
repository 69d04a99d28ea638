// What all kinds share in the field table. Only kinds.cpp includes this.
#pragma once

#include "core/project/kinds.h"

#include <array>

namespace tau::project::rows {

/// as_written() puts identity first, then a function's source, then the rest.
inline constexpr int identity_first = -2;
inline constexpr int source_next = -1;
inline constexpr int after_the_rest = 1;

inline constexpr std::array<FieldRow, 4> identity{
    {{.path = "id",
      .type = FieldType::cid,
      .label = "ID",
      .help =
          "Made once when the resource is made; it stays the same when the resource is renamed.",
      .section = "identity",
      .required = true,
      .generated = true,
      .written = identity_first},
     {.path = "name",
      .type = FieldType::variable_name,
      .label = "Name",
      .help = "Letters, digits and underscores, no digit first. A resource is called by its file's "
              "name, whatever stands here.",
      .section = "identity",
      .written = identity_first},
     {.path = "description",
      .type = FieldType::text,
      .label = "Description",
      .help = "What it is for, in your own words.",
      .section = "identity",
      .written = identity_first},
     {.path = "tags",
      .type = FieldType::list,
      .label = "Tags",
      .help = "Words to find it by. The tag smartops:<name> attaches that smart operation.",
      .section = "identity",
      .placeholder = "shop\nsmartops:check_gpu",
      .written = identity_first}}};

/// The identity's rows, then the kind's own.
template <std::size_t N>
constexpr std::array<FieldRow, N + identity.size()> with_identity(const FieldRow (&own)[N]) {
    std::array<FieldRow, N + identity.size()> all{};
    std::size_t next = 0;
    for (const FieldRow& each : identity) {
        all[next++] = each;
    }
    for (const FieldRow& each : own) {
        all[next++] = each;
    }
    return all;
}

inline constexpr Section identity_section{
    .id = "identity", .title = "Identity", .help = "What it is called and what it is for."};
inline constexpr std::array only_identity{identity_section};

inline constexpr std::array<std::string_view, 3> networks{"all", "subnet", "host"};
inline constexpr std::array<std::string_view, 1> providers{"github"};

/// The project's document. Its e-mail is the first thing that the compiler looks at.
inline constexpr std::array<FieldRow, 7> project{
    {{.path = "notification/email",
      .type = FieldType::email,
      .label = "E-mail",
      .help = "Where the cloud sends word about this project.",
      .section = "identity",
      .placeholder = "you@example.org"},
     {.path = "id",
      .type = FieldType::cid,
      .label = "Project ID",
      .help = "Made once when the project is made; the cloud knows the project by it.",
      .section = "identity",
      .required = true,
      .deferred = "project_id",
      .generated = true,
      .written = identity_first},
     {.path = "name",
      .type = FieldType::variable_name,
      .label = "Name",
      .help = "Letters, digits and underscores, no digit first and no dash.",
      .section = "identity",
      .written = identity_first},
     {.path = "description",
      .type = FieldType::text,
      .label = "Description",
      .help = "What the project is for, in your own words.",
      .section = "identity",
      .written = identity_first},
     {.path = "tags",
      .type = FieldType::list,
      .label = "Tags",
      .help = "Words to find the project by.",
      .section = "identity",
      .written = identity_first},
     {.path = "clouds/*/account",
      .type = FieldType::string,
      .label = "Account",
      .help = "The account that pays on the cloud of this name; goes together with a plan.",
      .section = "clouds"},
     {.path = "clouds/*/plan",
      .type = FieldType::string,
      .label = "Plan",
      .help = "The plan on the cloud of this name; goes together with an account.",
      .section = "clouds"}}};

inline constexpr std::array project_sections{
    identity_section,
    Section{.id = "clouds", .title = "Clouds", .help = "Who pays, for each cloud it runs on."}};

} // namespace tau::project::rows
