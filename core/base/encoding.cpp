#include "core/base/encoding.h"

#include <algorithm>
#include <iterator>
#include <sodium.h>
#include <stdexcept>

namespace tau {

namespace {

constexpr std::string_view base58_alphabet =
    "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
constexpr std::size_t base58_limit = 128;

std::string base64(ByteView bytes, int variant) {
    std::string out(sodium_base64_encoded_len(bytes.size(), variant), '\0');
    sodium_bin2base64(out.data(), out.size(), bytes.data(), bytes.size(), variant);
    out.pop_back(); // the terminating zero
    return out;
}

} // namespace

std::string_view to_string(ErrorCode code) {
    switch (code) {
    case ErrorCode::invalid_argument:
        return "invalid_argument";
    case ErrorCode::not_found:
        return "not_found";
    case ErrorCode::already_exists:
        return "already_exists";
    case ErrorCode::permission_denied:
        return "permission_denied";
    case ErrorCode::unauthenticated:
        return "unauthenticated";
    case ErrorCode::unavailable:
        return "unavailable";
    case ErrorCode::timeout:
        return "timeout";
    case ErrorCode::cancelled:
        return "cancelled";
    case ErrorCode::conflict:
        return "conflict";
    case ErrorCode::corrupt:
        return "corrupt";
    case ErrorCode::untrusted:
        return "untrusted";
    case ErrorCode::limit_exceeded:
        return "limit_exceeded";
    case ErrorCode::io:
        return "io";
    case ErrorCode::internal:
        break;
    }
    return "internal";
}

std::string to_hex(ByteView bytes) {
    std::string out(bytes.size() * 2 + 1, '\0');
    sodium_bin2hex(out.data(), out.size(), bytes.data(), bytes.size());
    out.pop_back();
    return out;
}

Result<Bytes> from_hex(std::string_view text) {
    Bytes out(text.size() / 2);
    if (text.empty()) {
        return out; // libsodium wants a real pointer even for nothing
    }
    std::size_t size = 0;
    const char* end = nullptr;
    if (text.size() % 2 != 0 ||
        sodium_hex2bin(out.data(), out.size(), text.data(), text.size(), nullptr, &size, &end) !=
            0 ||
        size != out.size()) {
        return fail(ErrorCode::invalid_argument, "The text is not hexadecimal.");
    }
    return out;
}

std::string to_base64(ByteView bytes) {
    return base64(bytes, sodium_base64_VARIANT_ORIGINAL);
}

std::string to_base64_unpadded(ByteView bytes) {
    return base64(bytes, sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
}

Result<Bytes> from_base64(std::string_view text) {
    Bytes out(text.size() / 4 * 3 + 3);
    std::size_t size = 0;
    const char* end = nullptr;
    // libsodium 1.0.18 takes every byte above 127 for some digit.
    const bool is_ascii =
        std::all_of(text.begin(), text.end(), [](char c) { return c >= 0 && c < '\x7f'; });
    if (!is_ascii ||
        sodium_base642bin(out.data(), out.size(), text.data(), text.size(), nullptr, &size, &end,
                          sodium_base64_VARIANT_ORIGINAL) != 0 ||
        end != text.data() + text.size()) {
        return fail(ErrorCode::invalid_argument, "The text is not base64.");
    }
    out.resize(size);
    return out;
}

std::string to_base58(ByteView bytes) {
    std::vector<std::uint8_t> digits; // base 58, least significant first
    for (const std::uint8_t byte : bytes) {
        unsigned carry = byte;
        for (std::uint8_t& digit : digits) {
            carry += static_cast<unsigned>(digit) << 8;
            digit = static_cast<std::uint8_t>(carry % 58);
            carry /= 58;
        }
        for (; carry > 0; carry /= 58) {
            digits.push_back(static_cast<std::uint8_t>(carry % 58));
        }
    }
    const auto first = std::find_if(bytes.begin(), bytes.end(), [](auto b) { return b != 0; });
    std::string out(static_cast<std::size_t>(first - bytes.begin()), '1');
    std::transform(digits.rbegin(), digits.rend(), std::back_inserter(out),
                   [](std::uint8_t digit) { return base58_alphabet[digit]; });
    return out;
}

Result<Bytes> from_base58(std::string_view text) {
    if (text.size() > base58_limit) {
        return fail(ErrorCode::invalid_argument, "The base58 text is too long.");
    }
    Bytes out; // least significant first
    for (const char c : text) {
        const std::size_t digit = base58_alphabet.find(c);
        if (digit == std::string_view::npos) {
            return fail(ErrorCode::invalid_argument, "The text is not base58.");
        }
        unsigned carry = static_cast<unsigned>(digit);
        for (std::uint8_t& byte : out) {
            carry += 58U * byte;
            byte = static_cast<std::uint8_t>(carry & 0xffU);
            carry >>= 8;
        }
        for (; carry > 0; carry >>= 8) {
            out.push_back(static_cast<std::uint8_t>(carry & 0xffU));
        }
    }
    for (const char c : text) {
        if (c != '1') {
            break;
        }
        out.push_back(0);
    }
    std::reverse(out.begin(), out.end());
    return out;
}

void tagged_hash(std::string_view tag, ByteView data, std::span<std::uint8_t> out) {
    if (tag.size() > crypto_generichash_blake2b_PERSONALBYTES) {
        throw std::length_error("hash tag longer than 16 bytes");
    }
    std::array<std::uint8_t, crypto_generichash_blake2b_PERSONALBYTES> personal{};
    std::copy(tag.begin(), tag.end(), personal.begin());
    if (crypto_generichash_blake2b_salt_personal(out.data(), out.size(), data.data(), data.size(),
                                                 nullptr, 0, nullptr, personal.data()) != 0) {
        throw std::length_error("hash size out of range");
    }
}

Hash32 tagged_hash32(std::string_view tag, ByteView data) {
    Hash32 out;
    tagged_hash(tag, data, out);
    return out;
}

Hash64 tagged_hash64(std::string_view tag, ByteView data) {
    Hash64 out;
    tagged_hash(tag, data, out);
    return out;
}

ByteWriter& ByteWriter::raw(ByteView bytes) {
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    return *this;
}

ByteWriter& ByteWriter::u8(std::uint8_t v) {
    bytes_.push_back(v);
    return *this;
}

ByteWriter& ByteWriter::u16(std::uint16_t v) {
    return u8(static_cast<std::uint8_t>(v & 0xff)).u8(static_cast<std::uint8_t>(v >> 8));
}

ByteWriter& ByteWriter::u32(std::uint32_t v) {
    return u16(static_cast<std::uint16_t>(v & 0xffff)).u16(static_cast<std::uint16_t>(v >> 16));
}

ByteWriter& ByteWriter::u64(std::uint64_t v) {
    return u32(static_cast<std::uint32_t>(v & 0xffffffff)).u32(static_cast<std::uint32_t>(v >> 32));
}

ByteWriter& ByteWriter::lp8(ByteView bytes) {
    if (bytes.size() > 0xff) {
        throw std::length_error("field longer than 255 bytes");
    }
    return u8(static_cast<std::uint8_t>(bytes.size())).raw(bytes);
}

ByteWriter& ByteWriter::lp16(ByteView bytes) {
    if (bytes.size() > 0xffff) {
        throw std::length_error("field longer than 65535 bytes");
    }
    return u16(static_cast<std::uint16_t>(bytes.size())).raw(bytes);
}

ByteView ByteReader::raw(std::size_t size) {
    if (!ok_ || rest_.size() < size) {
        ok_ = false;
        return {};
    }
    const ByteView taken = rest_.first(size);
    rest_ = rest_.subspan(size);
    return taken;
}

std::uint64_t ByteReader::integer(std::size_t size) {
    std::uint64_t value = 0;
    const ByteView view = raw(size);
    for (std::size_t i = view.size(); i > 0; --i) {
        value = value << 8 | view[i - 1];
    }
    return value;
}

std::uint8_t ByteReader::u8() {
    return static_cast<std::uint8_t>(integer(1));
}
std::uint16_t ByteReader::u16() {
    return static_cast<std::uint16_t>(integer(2));
}
std::uint32_t ByteReader::u32() {
    return static_cast<std::uint32_t>(integer(4));
}
std::uint64_t ByteReader::u64() {
    return integer(8);
}
ByteView ByteReader::lp8() {
    return raw(u8());
}
ByteView ByteReader::lp16() {
    return raw(u16());
}

} // namespace tau
