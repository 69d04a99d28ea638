#pragma once

#include "core/seal/bundle.h"

namespace tau::seal {

inline constexpr std::string_view bundle_tag = "TauVE1-bundle";

/// Everything of an encoded bundle that comes before the owner's signature, and is covered by it.
Bytes signed_part(const Bundle& bundle);

} // namespace tau::seal
