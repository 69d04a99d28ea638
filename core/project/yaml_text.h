#pragma once

#include "core/base/encoding.h"

#include <string>
#include <string_view>

namespace YAML {
class Emitter;
}

namespace tau::project {

/// `key: value` in the map being emitted; quoted unless every YAML reader takes the plain form for
/// the same string.
void put_text(YAML::Emitter& out, const char* key, const std::string& value);
/// Base64 in lines of 76 characters, as a literal block when it is longer than one.
void put_bytes(YAML::Emitter& out, const char* key, ByteView bytes);

} // namespace tau::project
