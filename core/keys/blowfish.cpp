#include "core/keys/blowfish.h"

#include <memory>
#include <new>
#include <openssl/bn.h>

namespace tau::keys {

namespace {

constexpr int table_words = 18 + 4 * 256;
constexpr int table_bits = 32 * table_words;
constexpr int guard_bits = 64;

using Number = std::unique_ptr<BIGNUM, decltype(&BN_free)>;

void check(bool done) {
    if (!done) {
        throw std::bad_alloc(); // the only way these operations on public numbers fail
    }
}

Number number(BN_ULONG value) {
    Number out(BN_new(), &BN_free);
    check(out != nullptr && BN_set_word(out.get(), value) == 1);
    return out;
}

/// factor·atan(1/n) as a fixed-point number, by the Taylor series.
Number scaled_arctan(BN_ULONG factor, BN_ULONG n) {
    Number power = number(factor);
    check(BN_lshift(power.get(), power.get(), table_bits + guard_bits) == 1);
    BN_div_word(power.get(), n);
    Number sum(BN_dup(power.get()), &BN_free);
    check(sum != nullptr);
    const Number term = number(0);
    bool subtract = true;
    for (BN_ULONG k = 3; BN_is_zero(power.get()) == 0; k += 2) {
        BN_div_word(power.get(), n * n);
        check(BN_copy(term.get(), power.get()) != nullptr);
        BN_div_word(term.get(), k);
        check((subtract ? BN_sub(sum.get(), sum.get(), term.get())
                        : BN_add(sum.get(), sum.get(), term.get())) == 1);
        subtract = !subtract;
    }
    return sum;
}

/// pi = 16·atan(1/5) - 4·atan(1/239) (Machin). Computing it takes some 30 ms once, and needs no
/// table of 4 KB that nobody could check.
Blowfish tables_from_pi() {
    const Number pi = scaled_arctan(16, 5);
    check(BN_sub(pi.get(), pi.get(), scaled_arctan(4, 239).get()) == 1 &&
          BN_rshift(pi.get(), pi.get(), guard_bits) == 1 &&
          BN_mask_bits(pi.get(), table_bits) == 1); // drops the 3 before the point
    Bytes fraction(table_bits / 8);
    check(BN_bn2binpad(pi.get(), fraction.data(), table_bits / 8) == table_bits / 8);
    Blowfish out;
    std::size_t offset = 0;
    for (std::uint32_t& word : out.p) {
        word = next_word(fraction, offset);
    }
    for (auto& box : out.s) {
        for (std::uint32_t& word : box) {
            word = next_word(fraction, offset);
        }
    }
    return out;
}

} // namespace

std::uint32_t next_word(ByteView bytes, std::size_t& offset) {
    std::uint32_t word = 0;
    for (int i = 0; i < 4; ++i) {
        word = word << 8 | bytes[offset];
        offset = (offset + 1) % bytes.size();
    }
    return word;
}

const Blowfish& initial_blowfish() {
    static const Blowfish tables = tables_from_pi();
    return tables;
}

void Blowfish::encrypt(std::uint32_t& left, std::uint32_t& right) const {
    const auto f = [this](std::uint32_t x) {
        return ((s[0][x >> 24] + s[1][x >> 16 & 0xffU]) ^ s[2][x >> 8 & 0xffU]) + s[3][x & 0xffU];
    };
    std::uint32_t l = left ^ p[0];
    std::uint32_t r = right;
    for (std::size_t i = 1; i <= 16; i += 2) {
        r ^= f(l) ^ p[i];
        l ^= f(r) ^ p[i + 1];
    }
    left = r ^ p[17];
    right = l;
}

void Blowfish::expand(ByteView key, ByteView salt) {
    std::size_t offset = 0;
    for (std::uint32_t& word : p) {
        word ^= next_word(key, offset);
    }
    offset = 0;
    std::uint32_t left = 0;
    std::uint32_t right = 0;
    const auto next_pair = [&](std::uint32_t& first, std::uint32_t& second) {
        if (!salt.empty()) {
            left ^= next_word(salt, offset);
            right ^= next_word(salt, offset);
        }
        encrypt(left, right);
        first = left;
        second = right;
    };
    for (std::size_t i = 0; i < p.size(); i += 2) {
        next_pair(p[i], p[i + 1]);
    }
    for (auto& box : s) {
        for (std::size_t i = 0; i < box.size(); i += 2) {
            next_pair(box[i], box[i + 1]);
        }
    }
}

} // namespace tau::keys
