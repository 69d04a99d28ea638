#include "core/base/encoding.h"

#include <doctest/doctest.h>

using namespace tau;

TEST_CASE("base58 keeps leading zeros and matches known pairs") {
    const std::pair<const char*, const char*> known[] = {
        {"", ""},
        {"00", "1"},
        {"0000287fb4cd", "11233QC4"},
        {"61", "2g"},
        {"626262", "a3gV"},
        {"516b6fcd0f", "ABnLTmg"},
        {"73696d706c792061206c6f6e6720737472696e67", "2cFupjhnEsSn59qHXstmK2ffpLv2"},
    };
    for (const auto& [hex, text] : known) {
        CAPTURE(hex);
        const Bytes bytes = from_hex(hex).value();
        CHECK(to_base58(bytes) == text);
        CHECK(from_base58(text).value() == bytes);
    }
    CHECK_FALSE(from_base58("0OIl").has_value());
    CHECK_FALSE(from_base58(std::string(129, '1')).has_value());
}

TEST_CASE("hex and base64 refuse what is not theirs") {
    for (const char* bad : {"0", "0g", "00 ", " 00", "0x00"}) {
        CAPTURE(bad);
        CHECK_FALSE(from_hex(bad).has_value());
    }
    for (const char* bad : {"A", "AA", "AAA", "AA==x", "AAA=\n", "A-==", " AA="}) {
        CAPTURE(bad);
        CHECK_FALSE(from_base64(bad).has_value());
    }
    CHECK(from_hex("00fF").value() == Bytes{0, 255});
    CHECK(from_base64("AP8=").value() == Bytes{0, 255});
    for (int byte = 128; byte < 256; ++byte) { // libsodium alone takes these
        CHECK_FALSE(from_base64(std::string("AA") + static_cast<char>(byte) + "A").has_value());
    }
    CHECK(to_base64(Bytes{0, 255}) == "AP8=");
    CHECK(to_base64_unpadded(Bytes{0, 255}) == "AP8");
}

TEST_CASE("what ByteWriter writes, ByteReader reads; short input is noticed") {
    ByteWriter writer;
    writer.u8(1).u16(0x0203).u32(0x04050607).u64(0x08090a0b0c0d0e0f).lp8(Bytes{9}).lp16("ab");
    const Bytes bytes = writer.take();
    CHECK(to_hex(bytes) == "010302070605040f0e0d0c0b0a0908010902006162");

    ByteReader reader(bytes);
    CHECK(reader.u8() == 1);
    CHECK(reader.u16() == 0x0203);
    CHECK(reader.u32() == 0x04050607);
    CHECK(reader.u64() == 0x08090a0b0c0d0e0f);
    CHECK(reader.lp8().size() == 1);
    CHECK(as_text(reader.lp16()) == "ab");
    CHECK(reader.at_end());

    for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
        ByteReader shorter(ByteView(bytes).first(cut));
        shorter.raw(15);
        shorter.lp8();
        shorter.lp16();
        CHECK_FALSE(shorter.at_end());
    }
    CHECK_THROWS(ByteWriter().lp8(Bytes(256)));
    CHECK_THROWS(ByteWriter().lp16(Bytes(65536)));
}

TEST_CASE("a Secret moves, compares by content and never by size alone") {
    Secret a = Secret::copy_of("key");
    Secret b = std::move(a);
    CHECK(a.empty()); // NOLINT(bugprone-use-after-move): the point of the test
    CHECK(b.view() == "key");
    CHECK(b.equals(Secret::copy_of("key")));
    CHECK_FALSE(b.equals(Secret::copy_of("kez")));
    CHECK_FALSE(b.equals(Secret::copy_of("ke")));
    CHECK_FALSE(Secret::random(32).equals(Secret::random(32)));
}
