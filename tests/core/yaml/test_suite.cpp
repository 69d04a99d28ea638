#include "core/yaml/edit.h"
#include "core/yaml/scalar.h"
#include "suite.h"

#include <doctest/doctest.h>
#include <map>
#include <sstream>

namespace yaml = tau::yaml;
using tau::ErrorCode;
using tau::test::SuiteCase;

namespace {

using Anchors = std::map<std::string, yaml::Node, std::less<>>;

/// The document as JSON, aliases followed. nullopt when JSON cannot say it.
std::optional<nlohmann::json> to_json(const yaml::Node& node, Anchors& anchors) {
    if (!node.anchor().empty()) {
        anchors.insert_or_assign(std::string(node.anchor()), node);
    }
    if (node.shape() == yaml::Shape::alias) {
        const yaml::Node target = anchors.find(node.text())->second;
        Anchors again = anchors;
        return to_json(target, again);
    }
    if (node.is_scalar()) {
        const std::string text(node.text());
        switch (yaml::scalar_type(node)) {
        case yaml::ScalarType::null:
            return nlohmann::json();
        case yaml::ScalarType::boolean:
            return nlohmann::json(text[0] == 't' || text[0] == 'T');
        case yaml::ScalarType::integer:
            return nlohmann::json(std::stoll(text, nullptr, 0));
        case yaml::ScalarType::number:
            return nlohmann::json(std::stod(text));
        default:
            return nlohmann::json(text);
        }
    }
    nlohmann::json out = node.is_map() ? nlohmann::json::object() : nlohmann::json::array();
    for (std::size_t i = 0; i < node.size(); ++i) {
        std::string name;
        if (node.is_map()) {
            const yaml::Node key = node.key(i);
            const auto said = to_json(key, anchors);
            if (!said || said->is_structured()) {
                return std::nullopt;
            }
            name = said->is_string() ? said->get<std::string>() : std::string(key.text());
        }
        auto value = to_json(node.is_map() ? node.value(i) : node.item(i), anchors);
        if (!value) {
            return std::nullopt;
        }
        node.is_map() ? void(out[name] = std::move(*value)) : out.push_back(std::move(*value));
    }
    return out;
}

/// Where this reader differs from YAML 1.2: libyaml is of YAML 1.1, as the cloud's is.
/// A file may hold only one document.
constexpr const char* second_document =
    "35KP 5TYM 6WLZ 6XDY 6ZKB 9DXL 9KAX 9WXW JHB9 KSS4 L383 PUW8 RZT7 U9NS ";
/// Documents that YAML 1.2 allows: tabs as separation, an empty key, a key on several lines in a
/// flow map, ":x" in a flow collection, directives of the future, names with odd characters.
constexpr const char* refused =
    "2JQS 2LFX 2SXE 4ABK 4MUZ-00 4MUZ-01 4MUZ-02 58MP 5MUD 5T43 6BCT 6CA3 6LVF 6M2F "
    "7Z25 8XYN 96NN-00 96NN-01 9SA2 A2M4 BEC7 CFD4 DBG4 DK3J DK95-00 DK95-03 DK95-04 "
    "FP8R FRK4 HM87-00 HWV9 K3WX M2N8-00 M7A3 MUS6-05 MUS6-06 NHX8 NJ66 NKF9 Q5MG "
    "QT73 R4YG S3PD SM9W-01 UKK6-00 UT92 VJP3-01 W4TN W5VH Y79Y-01 Y79Y-10 ZYU8-00 "
    "ZYU8-01 ZYU8-02 ZYU8-03 ";
/// Documents that YAML 1.2 forbids.
constexpr const char* read_all_the_same =
    "9C9N 9JBA CVW2 DK95-01 G5U8 MUS6-00 QB6E S98Z SU5Z X4QW Y79Y-03 YJV2 ";
/// "?x" and ":" in flow collections, "&a:b", a block scalar in a last line without an end.
constexpr const char* read_otherwise = "652Z HM87-01 JEF9-02 L24T-01 Y2GN ";

std::map<std::string, std::string> expected_outcomes() {
    std::map<std::string, std::string> outcomes;
    const auto put = [&](const char* names, const char* what) {
        std::istringstream in(names);
        for (std::string name; in >> name;) {
            outcomes.emplace(name, what);
        }
    };
    put(second_document, "second document");
    put(refused, "refused");
    put(read_all_the_same, "read all the same");
    put(read_otherwise, "read otherwise");
    return outcomes;
}

/// What becomes of a case: "" when it is read as the suite says.
std::string outcome(const SuiteCase& one) {
    const auto document = yaml::Document::parse(one.text);
    if (!document) {
        if (one.fails) {
            return "";
        }
        const bool second = document.error().message.find("second document") != std::string::npos;
        return second ? "second document" : "refused";
    }
    if (one.fails) {
        return "read all the same";
    }
    if (one.json.empty()) {
        return "";
    }
    Anchors anchors;
    const auto json = document->root() ? to_json(*document->root(), anchors) : nlohmann::json();
    return !json || one.json.size() != 1 || *json != one.json.front() ? "read otherwise" : "";
}

} // namespace

TEST_CASE("the yaml-test-suite is read as it says, but for the cases named here") {
    const auto cases = tau::test::yaml_test_suite();
    if (cases.empty()) {
        MESSAGE("skipped: no vectors");
        return;
    }
    CHECK(cases.size() > 400);
    std::map<std::string, std::string> found;
    for (const SuiteCase& one : cases) {
        if (auto what = outcome(one); !what.empty()) {
            found.emplace(one.id, what);
        }
    }
    const auto expected = expected_outcomes();
    for (const auto& [id, what] : expected) {
        CAPTURE(id);
        CHECK(found[id] == what);
    }
    for (const auto& [id, what] : found) {
        CAPTURE(id);
        CAPTURE(what);
        CHECK(expected.contains(id));
    }
}

TEST_CASE("an edit of one value leaves every other byte of a case as it was") {
    const auto cases = tau::test::yaml_test_suite();
    std::size_t edited = 0;
    std::size_t refusals = 0;
    for (const SuiteCase& one : cases) {
        const auto document = yaml::Document::parse(one.text);
        if (!document) {
            continue;
        }
        for (const yaml::Path& path : tau::test::scalar_paths(*document)) {
            CAPTURE(one.id);
            CAPTURE(yaml::to_string(path));
            const yaml::Node old = *yaml::find(*document, path);
            if (path.empty()) {
                continue;
            }
            const auto text = yaml::set(*document, path, yaml::Value::of_text("other: # value"));
            if (!text) {
                CHECK(text.error().code == ErrorCode::conflict);
                ++refusals;
                continue;
            }
            ++edited;
            const std::size_t after = one.text.size() - old.end_byte();
            CHECK(text->substr(0, old.start_byte()) == one.text.substr(0, old.start_byte()));
            CHECK(text->substr(text->size() - after) == one.text.substr(old.end_byte()));
            const auto again = yaml::Document::parse(*text);
            REQUIRE(again);
            CHECK(yaml::find(*again, path)->text() == "other: # value");
        }
    }
    MESSAGE(edited << " edits done, " << refusals << " refused");
    CHECK((cases.empty() || edited > 8 * refusals));
}
