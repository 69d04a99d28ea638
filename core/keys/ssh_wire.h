#pragma once

#include "core/base/encoding.h"

namespace tau::keys {

inline constexpr std::string_view ssh_key_type = "ssh-ed25519";

/// SSH's encodings (RFC 4251 section 5): big-endian u32, and strings with a u32 length.
inline std::array<std::uint8_t, 4> ssh_u32(std::size_t value) {
    return {static_cast<std::uint8_t>(value >> 24 & 0xffU),
            static_cast<std::uint8_t>(value >> 16 & 0xffU),
            static_cast<std::uint8_t>(value >> 8 & 0xffU),
            static_cast<std::uint8_t>(value & 0xffU)};
}

inline void append_ssh_string(Bytes& out, ByteView bytes) {
    const auto size = ssh_u32(bytes.size());
    out.insert(out.end(), size.begin(), size.end());
    out.insert(out.end(), bytes.begin(), bytes.end());
}

/// Reads them back, with ByteReader's rule: read everything, then ask at_end() once.
class SshReader {
public:
    explicit SshReader(ByteView bytes) : in_(bytes) {}
    std::uint8_t u8() { return in_.u8(); }
    ByteView string() {
        std::uint32_t size = 0;
        for (int i = 0; i < 4; ++i) {
            size = size << 8 | in_.u8();
        }
        return in_.raw(size);
    }
    bool at_end() const { return in_.at_end(); }

private:
    ByteReader in_;
};

} // namespace tau::keys
