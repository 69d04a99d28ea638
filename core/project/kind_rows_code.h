// Field table: functions, smart operations, libraries, websites. Only kinds.cpp includes this.
#pragma once

#include "core/project/kind_rows_common.h"

namespace tau::project::rows {

inline constexpr std::array<std::string_view, 4> triggers{"http", "https", "pubsub", "p2p"};
inline constexpr std::array<std::string_view, 2> web{"http", "https"};
inline constexpr std::array<std::string_view, 1> pubsub{"pubsub"};
inline constexpr std::array<std::string_view, 1> p2p{"p2p"};
inline constexpr std::array<std::string_view, 2> messages{"pubsub", "p2p"};
inline constexpr std::array<std::string_view, 9> methods{
    "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"};

inline constexpr FieldRow source{
    .path = "source",
    .type = FieldType::source,
    .label = "Source",
    .help = "Where the code is: in the project's code repository (.), or a library of the project.",
    .section = "code",
    .required = true,
    .reference = "libraries",
    .reference_prefix = "libraries/",
    .placeholder = ".",
    .written = source_next};
inline constexpr FieldRow timeout{.path = "execution/timeout",
                                  .type = FieldType::duration,
                                  .label = "Timeout",
                                  .help = "A call that runs longer than this is stopped.",
                                  .section = "limits",
                                  .required = true,
                                  .placeholder = "10s"};
inline constexpr FieldRow memory{.path = "execution/memory",
                                 .type = FieldType::bytes,
                                 .label = "Memory",
                                 .help = "A call may use this much memory.",
                                 .section = "limits",
                                 .required = true,
                                 .placeholder = "32MB"};
inline constexpr FieldRow call{.path = "execution/call",
                               .type = FieldType::string,
                               .label = "Entry point",
                               .help = "The exported function of the WebAssembly module to call.",
                               .section = "code",
                               .required = true,
                               .placeholder = "ping"};
inline constexpr FieldRow includes{.path = "includes",
                                   .type = FieldType::list,
                                   .label = "Includes",
                                   .help = "Source files, as projects of 2022 named them.",
                                   .section = "code",
                                   .era = Era::older};
inline constexpr FieldRow linked_libraries{.path = "libraries",
                                           .type = FieldType::list,
                                           .label = "Libraries",
                                           .help = "Libraries, as projects of 2022 named them.",
                                           .section = "source",
                                           .era = Era::older};

inline constexpr auto function = with_identity({
    {.path = "trigger/type",
     .type = FieldType::choice,
     .label = "Trigger",
     .help = "What calls the function: a web request, a message, or another peer.",
     .section = "trigger",
     .required = true,
     .choices = triggers,
     .placeholder = "https"},
    {.path = "trigger/local",
     .type = FieldType::boolean,
     .label = "Local",
     .help = "Only what comes from the same node or project calls it.",
     .section = "trigger",
     .shown_when = {"trigger/type", messages}},
    {.path = "trigger/channel",
     .type = FieldType::string,
     .label = "Channel",
     .help = "The channel it listens to; a messaging resource must match it.",
     .section = "pubsub",
     .required_when = {"trigger/type", pubsub},
     .placeholder = "orders"},
    {.path = "trigger/protocol",
     .type = FieldType::string,
     .label = "Protocol",
     .help = "The peer-to-peer protocol that it serves.",
     .section = "p2p",
     .required_when = {"trigger/type", p2p},
     .legacy = "trigger/service",
     .placeholder = "/shop/v1"},
    {.path = "trigger/command",
     .type = FieldType::string,
     .label = "Command",
     .help = "The command of the protocol that it answers.",
     .section = "p2p",
     .required_when = {"trigger/type", p2p},
     .placeholder = "ping"},
    {.path = "trigger/method",
     .type = FieldType::http_method,
     .label = "Method",
     .help = "The kind of web request that it answers.",
     .section = "http",
     .required_when = {"trigger/type", web},
     .choices = methods,
     .placeholder = "GET"},
    {.path = "trigger/methods",
     .type = FieldType::list,
     .label = "Methods",
     .help = "Kept for later by the cloud, which reads one method only.",
     .section = "http",
     .era = Era::older},
    {.path = "trigger/domains",
     .type = FieldType::references,
     .label = "Domains",
     .help = "The domains whose requests come here.",
     .section = "http",
     .required_when = {"trigger/type", web},
     .legacy = "domains",
     .reference = "domains"},
    {.path = "trigger/paths",
     .type = FieldType::list,
     .label = "Paths",
     .help = "The paths of an address that lead here.",
     .section = "http",
     .required_when = {"trigger/type", web},
     .placeholder = "/ping"},
    source,
    timeout,
    memory,
    call,
    includes,
});
inline constexpr std::array function_sections{
    identity_section,
    Section{.id = "trigger", .title = "Trigger", .help = "What calls it."},
    Section{.id = "http",
            .title = "HTTP",
            .help = "The web requests it answers.",
            .shown_when = {"trigger/type", web}},
    Section{.id = "pubsub",
            .title = "Messages",
            .help = "The channel it listens to.",
            .shown_when = {"trigger/type", pubsub}},
    Section{.id = "p2p",
            .title = "Peer to peer",
            .help = "The protocol and command it serves.",
            .shown_when = {"trigger/type", p2p}},
    Section{.id = "code", .title = "Code", .help = "Where its code is and what to call in it."},
    Section{.id = "limits", .title = "Limits", .help = "How much one call may use."}};

inline constexpr auto smartop = with_identity({source, timeout, memory, call, includes});
inline constexpr std::array smartop_sections{
    identity_section,
    Section{.id = "code", .title = "Code", .help = "Where its code is and what to call in it."},
    Section{.id = "limits", .title = "Limits", .help = "How much one call may use."}};

inline constexpr FieldRow branch{.path = "source/branch",
                                 .type = FieldType::string,
                                 .label = "Branch",
                                 .help = "The branch that is built.",
                                 .section = "source",
                                 .placeholder = "main"};
inline constexpr FieldRow provider{.path = "source/{github}",
                                   .type = FieldType::block,
                                   .label = "Host",
                                   .help = "The git host that has the repository.",
                                   .section = "source",
                                   .required = true,
                                   .choices = providers};
inline constexpr FieldRow repository_id{.path = "source/github/id",
                                        .type = FieldType::string,
                                        .label = "Repository ID",
                                        .help = "The number by which GitHub knows the repository.",
                                        .section = "source",
                                        .required = true,
                                        .placeholder = "485476045"};
inline constexpr FieldRow repository_name{.path = "source/github/fullname",
                                          .type = FieldType::string,
                                          .label = "Repository",
                                          .help = "Its owner and name.",
                                          .section = "source",
                                          .required = true,
                                          .placeholder = "owner/tb_website_shop"};

inline constexpr auto library =
    with_identity({{.path = "source/path",
                    .type = FieldType::string,
                    .label = "Folder",
                    .help = "The folder of the repository that has the code.",
                    .section = "source",
                    .placeholder = "/"},
                   branch,
                   provider,
                   repository_id,
                   repository_name});
inline constexpr std::array source_sections{
    identity_section,
    Section{.id = "source", .title = "Source", .help = "The repository that has its code."}};

inline constexpr auto website = with_identity({
    {.path = "domains",
     .type = FieldType::references,
     .label = "Domains",
     .help = "The domains that show this website.",
     .section = "serving",
     .required = true,
     .reference = "domains"},
    {.path = "paths",
     .type = FieldType::list,
     .label = "Paths",
     .help = "The paths of an address under which it stands.",
     .section = "serving",
     .required = true,
     .legacy = "source/paths",
     .placeholder = "/"},
    branch,
    provider,
    repository_id,
    repository_name,
    {.path = "source/includes",
     .type = FieldType::list,
     .label = "Includes",
     .help = "Source files, as projects of 2022 named them.",
     .section = "source",
     .era = Era::older},
    linked_libraries,
});
inline constexpr std::array website_sections{
    identity_section, Section{.id = "serving", .title = "Serving", .help = "Where it is shown."},
    Section{.id = "source", .title = "Source", .help = "The repository that has its pages."}};

} // namespace tau::project::rows
