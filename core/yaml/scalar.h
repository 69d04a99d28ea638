#pragma once

#include "core/yaml/document.h"

namespace tau::yaml {

enum class ScalarType { null, boolean, integer, number, time, merge, text };

/// What a plain scalar without a tag is to go-yaml v3, which the cloud reads files with: true and
/// false are booleans, yes and on are texts; 0x1f, 0o17, 017, 0b1 and 1_000 are integers,
/// and << is the key that merges another map.
ScalarType plain_type(std::string_view text);

/// The same for a scalar as it is written: quoted ones are texts, a tag of YAML's own decides.
/// A collection or an alias is `text`; look at its shape first.
ScalarType scalar_type(const Node& node);

} // namespace tau::yaml
