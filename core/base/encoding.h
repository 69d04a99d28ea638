#pragma once

#include "core/base/result.h"
#include "core/base/secret.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tau {

using Bytes = std::vector<std::uint8_t>;
using Hash32 = std::array<std::uint8_t, 32>;
using Hash64 = std::array<std::uint8_t, 64>;

inline ByteView as_bytes(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view as_text(ByteView bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string to_hex(ByteView bytes);            ///< lower case
Result<Bytes> from_hex(std::string_view text); ///< either case; nothing but hex digits

std::string to_base64(ByteView bytes);            ///< RFC 4648 section 4, with padding
std::string to_base64_unpadded(ByteView bytes);   ///< as OpenSSH prints fingerprints
Result<Bytes> from_base64(std::string_view text); ///< strict: padding needed, no white space

std::string to_base58(ByteView bytes);            ///< Bitcoin alphabet, leading zeros as '1'
Result<Bytes> from_base58(std::string_view text); ///< at most 128 characters

/// Exactly N bytes out of a view, or an `invalid_argument` error that names `what`.
template <std::size_t N>
Result<std::array<std::uint8_t, N>> to_array(ByteView bytes, std::string_view what) {
    if (bytes.size() != N) {
        return fail(ErrorCode::invalid_argument, std::string(what) + " must be " +
                                                     std::to_string(N) + " bytes, not " +
                                                     std::to_string(bytes.size()) + ".");
    }
    std::array<std::uint8_t, N> out;
    std::copy(bytes.begin(), bytes.end(), out.begin());
    return out;
}

/// BLAKE2b with the tag (at most 16 ASCII bytes) as personalisation, no key, no salt: the `H` of
/// the seal and of the registration protocol. `out.size()` is the digest's size, 16 to 64.
void tagged_hash(std::string_view tag, ByteView data, std::span<std::uint8_t> out);
Hash32 tagged_hash32(std::string_view tag, ByteView data);
Hash64 tagged_hash64(std::string_view tag, ByteView data);

/// Builds the explicit bytes that a signature or hash covers. Integers are little-endian,
/// lp8/lp16 put a length before the bytes.
class ByteWriter {
public:
    ByteWriter& raw(ByteView bytes);
    ByteWriter& text(std::string_view s) { return raw(as_bytes(s)); }
    ByteWriter& u8(std::uint8_t v);
    ByteWriter& u16(std::uint16_t v);
    ByteWriter& u32(std::uint32_t v);
    ByteWriter& u64(std::uint64_t v);
    /// The length must fit: longer input is a defect of the caller and throws std::length_error.
    ByteWriter& lp8(ByteView bytes);
    ByteWriter& lp16(ByteView bytes);
    ByteWriter& lp16(std::string_view s) { return lp16(as_bytes(s)); }
    ByteView bytes() const { return bytes_; }
    Bytes take() { return std::move(bytes_); }

private:
    Bytes bytes_;
};

/// Reads them back. After the first short read every further read gives zeros and ok() is false,
/// so a caller reads all fields and asks once.
class ByteReader {
public:
    explicit ByteReader(ByteView bytes) : rest_(bytes) {}
    ByteView raw(std::size_t size);
    template <std::size_t N>
    std::array<std::uint8_t, N> array() {
        std::array<std::uint8_t, N> out{};
        const ByteView view = raw(N);
        std::copy(view.begin(), view.end(), out.begin());
        return out;
    }
    std::uint8_t u8();
    std::uint16_t u16();
    std::uint32_t u32();
    std::uint64_t u64();
    ByteView lp8();
    ByteView lp16();
    bool ok() const { return ok_; }
    bool at_end() const { return ok_ && rest_.empty(); }
    std::size_t remaining() const { return rest_.size(); }

private:
    std::uint64_t integer(std::size_t size);
    ByteView rest_;
    bool ok_ = true;
};

} // namespace tau
