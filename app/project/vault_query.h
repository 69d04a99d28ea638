#pragma once

#include "app/project/place.h"
#include "core/vault/ranking/ranking.h"

namespace tau::app {

/// What `tau-project vaults` was asked.
struct VaultQuery {
    std::optional<vault::Place> place;
    vault::Emphasis emphasis;
    vault::Filter filter;
    vault::Column sorting = vault::Column::rank;
    bool descending = false;
    std::size_t limit = 20;
    std::string node; ///< only this one: name, id or key; empty: all
};

void add_query_options(CommandLine& line);
/// `invalid_argument` names the option that makes no sense.
Result<VaultQuery> read_query(const CommandLine& line);

/// The first 6 bytes of a node's id: of "3yZe7d…" as of its 12 hex digits; nullopt for neither.
std::optional<std::uint64_t> node_key(const std::string& text);

} // namespace tau::app
