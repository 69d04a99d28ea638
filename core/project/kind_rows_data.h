// Field table: databases, storages, messaging, domains, services. Only kinds.cpp includes this.
#pragma once

#include "core/project/kind_rows_common.h"

namespace tau::project::rows {

inline constexpr FieldRow is_regex{.path = "regex",
                                   .type = FieldType::boolean,
                                   .label = "Regular expression",
                                   .help = "Whether what it matches is a regular expression.",
                                   .section = "storage",
                                   .legacy = "useRegex"};

inline constexpr auto database = with_identity({
    {.path = "match",
     .type = FieldType::string,
     .label = "Matches",
     .help = "The name under which code opens it, word for word, or a regular expression of names.",
     .section = "storage",
     .required_unless = "regex",
     .placeholder = "/orders"},
    is_regex,
    {.path = "access/network",
     .type = FieldType::choice,
     .label = "Access",
     .help = "Who reaches it: everyone, the project's peers, or this node alone.",
     .section = "storage",
     .choices = networks,
     .default_value = "all"},
    {.path = "storage/size",
     .type = FieldType::bytes,
     .label = "Size",
     .help = "It holds no more than this.",
     .section = "storage",
     .required = true,
     .placeholder = "1GB"},
    {.path = "encryption/type",
     .type = FieldType::string,
     .label = "Cipher",
     .help = "How it would be encrypted; no cloud reads it.",
     .section = "encryption",
     .era = Era::older},
    {.path = "encryption/key",
     .type = FieldType::string,
     .label = "Encryption key",
     .help = "The key that encrypts what is stored. Everyone who reads this repository sees it.",
     .section = "encryption"},
    {.path = "replicas/min",
     .type = FieldType::integer,
     .label = "Copies, at least",
     .help = "Read by clouds up to v1.1.10; newer ones keep as many copies as they think right.",
     .section = "storage",
     .default_value = "1",
     .era = Era::older},
    {.path = "replicas/max",
     .type = FieldType::integer,
     .label = "Copies, at most",
     .help = "Read by clouds up to v1.1.10; newer ones keep as many copies as they think right.",
     .section = "storage",
     .default_value = "3",
     .era = Era::older},
    {.path = "path",
     .type = FieldType::string,
     .label = "Path",
     .help = "What it matched in projects of 2022.",
     .section = "storage",
     .era = Era::older},
});
inline constexpr std::array database_sections{
    identity_section,
    Section{
        .id = "storage", .title = "Storage", .help = "What it matches, holds and who reaches it."},
    Section{
        .id = "encryption", .title = "Encryption", .help = "How it is encrypted where it lies."}};

inline constexpr std::array<std::string_view, 2> storages{"object", "streaming"};
inline constexpr std::array<std::string_view, 1> object{"object"};
inline constexpr std::array<std::string_view, 1> streaming{"streaming"};

inline constexpr auto storage = with_identity({
    {.path = "{object|streaming}",
     .type = FieldType::block,
     .label = "Stores",
     .help = "Objects that stay until they are deleted, or a stream that passes.",
     .section = "storage",
     .required = true,
     .choices = storages},
    {.path = "match",
     .type = FieldType::string,
     .label = "Matches",
     .help = "The name under which code opens it, word for word, or a regular expression of names.",
     .section = "storage",
     .placeholder = "photos"},
    is_regex,
    {.path = "access/network",
     .type = FieldType::choice,
     .label = "Access",
     .help = "Who reaches it: everyone, the project's peers, or this node alone.",
     .section = "access",
     .choices = networks,
     .default_value = "all"},
    {.path = "object/versioning",
     .type = FieldType::boolean,
     .label = "Keep versions",
     .help = "Whether what an object was before stays readable.",
     .section = "storage",
     .shown_when = {"{object|streaming}", object}},
    {.path = "streaming/ttl",
     .type = FieldType::duration,
     .label = "Time to live",
     .help = "What was streamed is dropped after this time.",
     .section = "storage",
     .shown_when = {"{object|streaming}", streaming},
     .placeholder = "5m"},
    {.path = "{object|streaming}/size",
     .type = FieldType::bytes,
     .label = "Size",
     .help = "It holds no more than this.",
     .section = "storage",
     .required = true,
     .placeholder = "1GB"},
});
inline constexpr std::array storage_sections{
    identity_section,
    Section{.id = "storage", .title = "Storage", .help = "What it stores, matches and holds."},
    Section{.id = "access", .title = "Access", .help = "Who reaches it."}};

inline constexpr auto messaging = with_identity({
    {.path = "local",
     .type = FieldType::boolean,
     .label = "Local",
     .help = "Whether messages stay on the same node or within the project.",
     .section = "channel"},
    {.path = "channel/match",
     .type = FieldType::string,
     .label = "Channel",
     .help = "The channel's name, word for word, or a regular expression of names.",
     .section = "channel",
     .required = true,
     .placeholder = "orders"},
    {.path = "channel/regex",
     .type = FieldType::boolean,
     .label = "Regular expression",
     .help = "Whether what it matches is a regular expression.",
     .section = "channel"},
    {.path = "bridges/mqtt/enable",
     .type = FieldType::boolean,
     .label = "MQTT",
     .help = "Whether MQTT clients reach the channel.",
     .section = "bridges"},
    {.path = "bridges/websocket/enable",
     .type = FieldType::boolean,
     .label = "WebSocket",
     .help = "Whether browsers reach the channel by WebSocket.",
     .section = "bridges"},
});
inline constexpr std::array messaging_sections{
    identity_section, Section{.id = "channel", .title = "Channel", .help = "The channel it makes."},
    Section{.id = "bridges", .title = "Bridges", .help = "What else reaches the channel."}};

inline constexpr std::array<std::string_view, 2> certificates{"inline", "auto"};
inline constexpr std::array<std::string_view, 1> given{"inline"};

inline constexpr auto domain = with_identity({
    {.path = "fqdn",
     .type = FieldType::fqdn,
     .label = "Name on the web",
     .help = "The whole name, as it stands in a browser.",
     .section = "identity",
     .required = true,
     .placeholder = "shop.example.org",
     .deferred = "dns"},
    {.path = "certificate/cert",
     .type = FieldType::pem,
     .label = "Certificate",
     .help = "The certificate chain, PEM.",
     .section = "tls",
     .required_when = {"certificate/type", given},
     .shown_when = {"certificate/type", given},
     .written = after_the_rest},
    {.path = "certificate/key",
     .type = FieldType::pem,
     .label = "Private key",
     .help = "The certificate's private key, PEM. Everyone who reads this repository sees it.",
     .section = "tls",
     .required_when = {"certificate/type", given},
     .shown_when = {"certificate/type", given},
     .written = after_the_rest},
    {.path = "certificate/type",
     .type = FieldType::choice,
     .label = "Certificate",
     .help = "Fetched and renewed by the cloud (auto), or given here (inline).",
     .section = "tls",
     .choices = certificates,
     .default_value = "auto"},
});
inline constexpr std::array domain_sections{
    identity_section,
    Section{.id = "tls", .title = "Certificate", .help = "How browsers trust it."}};

inline constexpr auto service = with_identity({
    {.path = "protocol",
     .type = FieldType::string,
     .label = "Protocol",
     .help = "The peer-to-peer protocol that it offers.",
     .section = "identity",
     .required = true,
     .placeholder = "/shop/v1"},
});

} // namespace tau::project::rows
