#pragma once

#include "core/ports.h"

#include <string>
#include <string_view>

namespace tau::project {

/// A resource's or application's new id, "Qm…", 46 characters: base58(0x12 0x20 || SHA-256 of
/// project id, name, 32 random bytes and the time). The cloud never computes it again: the
/// randomness makes it unique, whatever the rest.
std::string new_resource_id(std::string_view project_id, std::string_view name, Entropy& entropy,
                            std::int64_t unix_seconds);

/// "Qm…": base58(0x12 0x20 || SHA-256 of the bytes).
std::string id_of(ByteView bytes);

} // namespace tau::project
