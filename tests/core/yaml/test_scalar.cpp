#include "core/yaml/scalar.h"

#include <array>
#include <doctest/doctest.h>

namespace yaml = tau::yaml;
using yaml::ScalarType;

TEST_CASE("a plain scalar has the type that go-yaml gives it") {
    struct Case {
        std::string text;
        ScalarType type;
    };
    const std::array cases{
        Case{"", ScalarType::null},          Case{"~", ScalarType::null},
        Case{"Null", ScalarType::null},      Case{"nULL", ScalarType::text},
        Case{"true", ScalarType::boolean},   Case{"False", ScalarType::boolean},
        Case{"yes", ScalarType::text},       Case{"On", ScalarType::text},
        Case{"tRue", ScalarType::text},      Case{"0", ScalarType::integer},
        Case{"-12", ScalarType::integer},    Case{"+7", ScalarType::integer},
        Case{"0x1F", ScalarType::integer},   Case{"0o17", ScalarType::integer},
        Case{"017", ScalarType::integer},    Case{"0b101", ScalarType::integer},
        Case{"1_000", ScalarType::integer},  Case{"18446744073709551615", ScalarType::integer},
        Case{"0x", ScalarType::text},        Case{"0xg", ScalarType::text},
        Case{"-", ScalarType::text},         Case{"+", ScalarType::text},
        Case{"1.5", ScalarType::number},     Case{".5", ScalarType::number},
        Case{"1.", ScalarType::number},      Case{"1e3", ScalarType::number},
        Case{"-1.5E-3", ScalarType::number}, Case{"18446744073709551616", ScalarType::number},
        Case{"089", ScalarType::number},     Case{".inf", ScalarType::number},
        Case{"-.INF", ScalarType::number},   Case{".nan", ScalarType::number},
        Case{".", ScalarType::text},         Case{"1e", ScalarType::text},
        Case{"1.2.3", ScalarType::text},     Case{"10MB", ScalarType::text},
        Case{"6m40s", ScalarType::text},     Case{"2026-11-22", ScalarType::time},
        Case{"2026-1-2", ScalarType::time},  Case{"2026-11-22T10:05:00Z", ScalarType::time},
        Case{"2026-11", ScalarType::text},   Case{"2026-11-22x", ScalarType::text},
        Case{"/ping", ScalarType::text},     Case{"<<", ScalarType::merge},
        Case{"<", ScalarType::text},         Case{"<<<", ScalarType::text}};
    for (const Case& one : cases) {
        CAPTURE(one.text);
        CHECK(static_cast<int>(yaml::plain_type(one.text)) == static_cast<int>(one.type));
    }
}

TEST_CASE("quotes and tags decide before the text does") {
    const auto document = yaml::Document::parse("- 12\n- \"12\"\n- '12'\n- !!str 12\n- !!int '12'\n"
                                                "- !own 12\n- |\n  12\n- [12]\n"
                                                "- \"<<\"\n- !!merge '<<'\n");
    REQUIRE(document);
    const std::array expected{ScalarType::integer, ScalarType::text,    ScalarType::text,
                              ScalarType::text,    ScalarType::integer, ScalarType::text,
                              ScalarType::text,    ScalarType::text,    ScalarType::text,
                              ScalarType::merge};
    for (std::size_t i = 0; i < expected.size(); ++i) {
        CAPTURE(i);
        CHECK(static_cast<int>(yaml::scalar_type(document->root()->item(i))) ==
              static_cast<int>(expected[i]));
    }
}
