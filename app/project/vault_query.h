#pragma once

#include "app/project/place.h"
#include "core/vault/node_list_text.h"

namespace tau::app {

/// What `tau-project vaults` was asked.
struct VaultQuery {
    std::optional<vault::Place> place;
    vault::Emphasis emphasis;
    vault::Filter filter;
    vault::Column sorting = vault::Column::rank;
    bool descending = false;
    std::size_t limit = 20;
    std::string node;                        ///< only this one: name, id or key; empty: all
    std::optional<vault::ListFormat> format; ///< the list alone, as a file; none: as text
};

void add_query_options(CommandLine& line);
/// `invalid_argument` names the option that makes no sense.
Result<VaultQuery> read_query(const CommandLine& line);

/// The first 6 bytes of a node's id: of "3yZe7d…" as of its 12 hex digits, also as a list of nodes
/// without names writes them ("b1946a-c92492"); nullopt for anything else.
std::optional<std::uint64_t> node_key(const std::string& text);

/// The rows whose name, id or key this is.
std::vector<std::uint32_t> rows_named(const vault::NodeTable& table, const std::string& wanted);

} // namespace tau::app
