#pragma once

#include "core/yaml/edit.h"
#include "core/yaml/layout.h"

namespace tau::yaml {

/// Ways to write one edit down, the one that fits the file best first. Whoever asks tries them and
/// takes the first whose result means what was asked; there may be none.
using Candidates = std::vector<std::vector<Splice>>;

Candidates set_splices(const Document& document, const Path& path, const Value& value);
/// The path exists; an emptied map has been followed up to what goes with it.
Candidates remove_splices(const Document& document, const Path& path);
/// The path exists, and ends in a map.
Candidates rename_splices(const Document& document, const Path& path, const std::string& key);

} // namespace tau::yaml
