#pragma once

#include "core/vault/ranking/node_table.h"

namespace tau::vault {

/// 1 for each row whose name holds the text, whatever the case of ASCII letters, else 0. One sweep
/// over all names. `found` has table.size() elements.
void search_names(const NodeTable& table, std::string_view text, std::uint8_t* found);

} // namespace tau::vault
