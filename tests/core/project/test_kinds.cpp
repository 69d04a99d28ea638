// The field table beside the cloud's own JSON Schema, key by key and both ways.
#include "core/project/kinds.h"

#include "core/base/file.h"
#include "core/project/key_tree.h"
#include "tests/support/vectors.h"

#include <doctest/doctest.h>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

using namespace tau;
using namespace tau::project;
using nlohmann::json;

namespace {

std::string join(const std::string& path, const std::string& key) {
    return path.empty() ? key : path + "/" + key;
}

/// The schema names fields of conditions by words of its own source.
std::string field_of(const std::string& kind, const std::string& name) {
    static const std::map<std::string, std::string> paths{
        {"function type", "trigger/type"},
        {"domain certificate-type", "certificate/type"},
        {"database useRegex", "regex"}};
    return paths.at(kind + " " + name);
}

struct Leaf {
    json schema;
    bool required = false;
};

/// A definition's fields by path; objects are walked through, groups of resources left out.
void collect(const json& object, const std::string& path, std::map<std::string, Leaf>& out) {
    const json required = object.value("required", json::array());
    for (const auto& [key, value] : object.at("properties").items()) {
        if (value.contains("additionalProperties")) {
            continue;
        }
        const std::string here = join(path, key);
        if (value.contains("properties")) {
            collect(value, here, out);
            continue;
        }
        const bool dynamic = value.value("x-tau-dynamic", false);
        const bool listed = std::find(required.begin(), required.end(), key) != required.end();
        out[dynamic ? value.at("x-tau-path").get<std::string>() : here] =
            Leaf{value, listed || value.value("x-tau-required", false)};
    }
}

const json& schema() {
    static const json whole = [] {
        const auto folder = test::vectors();
        return folder.empty()
                   ? json()
                   : json::parse(read_file(folder / "taubyte/config.schema.json").value());
    }();
    return whole;
}

json definition(const Kind& kind) {
    if (kind.id == KindId::project) {
        return schema();
    }
    static const std::map<KindId, std::string> others{{KindId::smartop, "SmartOp"}};
    const auto other = others.find(kind.id);
    return schema().at("$defs").at(other == others.end() ? std::string(kind.label) : other->second);
}

std::string condition(const Condition& given) {
    std::string text(given.field);
    for (const std::string_view each : given.in) {
        text += " " + std::string(each);
    }
    return text;
}
std::string condition(const Kind& kind, const json& given) {
    if (given.is_null()) {
        return {};
    }
    std::string text = field_of(std::string(kind.name), given.at("field").get<std::string>());
    for (const auto& each : given.at("in")) {
        text += " " + each.get<std::string>();
    }
    return text;
}

std::vector<std::string> texts(std::span<const std::string_view> list) {
    return {list.begin(), list.end()};
}

/// The keywords that a type of ours stands for.
json keywords(const FieldRow& row) {
    const json text{{"type", "string"}};
    json out = text;
    switch (row.type) {
    case FieldType::boolean:
        return {{"type", "boolean"}};
    case FieldType::integer:
        return {{"type", "integer"}};
    case FieldType::list:
    case FieldType::references:
        return {{"type", "array"}, {"items", text}};
    case FieldType::bytes:
        out["x-tau-scalar"] = "bytes";
        break;
    case FieldType::duration:
        out["x-tau-scalar"] = "duration";
        break;
    case FieldType::cid:
        out["format"] = "cid";
        break;
    case FieldType::email:
        out["format"] = "email";
        break;
    case FieldType::fqdn:
        out["format"] = "hostname";
        break;
    case FieldType::variable_name:
        out["pattern"] = "^[a-zA-Z_][a-zA-Z0-9_]*$";
        break;
    case FieldType::source:
        out["oneOf"] = json::array(
            {{{"const", "."}},
             {{"pattern", "^" + std::string(row.reference_prefix)}, {"type", "string"}}});
        break;
    case FieldType::choice:
    case FieldType::http_method:
        out["enum"] = texts(row.choices);
        break;
    case FieldType::string:
    case FieldType::text:
    case FieldType::pem:
    case FieldType::block:
        break;
    }
    return out;
}

/// Everything that the table says of a row, in the schema's words.
json as_schema(const Kind& kind, const FieldRow& row) {
    json out = keywords(row);
    const bool dynamic = row.path.find('{') != std::string_view::npos;
    if (dynamic) {
        out["x-tau-dynamic"] = true;
        out["x-tau-path"] = row.path;
    }
    out["x-tau-section"] = row.section;
    if (!row.default_value.empty()) {
        out["default"] = row.default_value;
    }
    if (row.generated) {
        out["x-tau-generated"] = "cid";
    }
    if (!row.reference.empty()) {
        out["x-tau-ref"] = {{"group", row.reference}};
        if (!row.reference_prefix.empty()) {
            out["x-tau-ref"]["prefix"] = row.reference_prefix;
        }
    }
    if (!row.deferred.empty() && kind.id != KindId::project) {
        out["x-tau-validation"] = row.deferred;
    }
    // A key under a fixed parent is in the parent's "required", the others say it themselves.
    const bool twin_may_hold_it = row.required && !row.legacy.empty();
    if ((row.required && dynamic && row.type != FieldType::block) || twin_may_hold_it) {
        out["x-tau-required"] = true;
    }
    if (twin_may_hold_it) {
        out["x-tau-required-alias"] = row.legacy;
    }
    return out;
}

/// Keys of conditions are compared by condition(): their fields have other names there.
json without_words(json leaf) {
    for (const char* key : {"title", "description", "x-tau-required-when", "x-tau-required-unless",
                            "x-tau-show-when"}) {
        leaf.erase(key);
    }
    // The cloud's compiler takes an absent protocol as empty, which is to say as absent.
    if (leaf.value("default", json()) == "") {
        leaf.erase("default");
    }
    return leaf;
}

/// What we know and the schema does not say: read by the compiler all the same, or by older ones.
const std::set<std::string> beyond{"project notification/email", "project clouds/*/account",
                                   "project clouds/*/plan"};
/// Fields that only matter for some choices, though the schema shows them for all.
const std::set<std::string> shown_less{"function trigger/local", "storage object/versioning",
                                       "storage streaming/ttl"};

std::string full(const Kind& kind, std::string_view path) {
    return std::string(kind.name) + " " + std::string(path);
}

void compare_row(const Kind& kind, const FieldRow& each, const Leaf& leaf) {
    CHECK(as_schema(kind, each) == without_words(leaf.schema));
    if (each.type != FieldType::block) { // the schema asks for the parent
        CHECK(each.required == leaf.required);
    }
    const auto keyword = [&](const char* name) { return leaf.schema.value(name, json()); };
    CHECK(condition(each.required_when) == condition(kind, keyword("x-tau-required-when")));
    if (shown_less.count(full(kind, each.path)) == 0) {
        CHECK(condition(each.shown_when) == condition(kind, keyword("x-tau-show-when")));
    }
    const json unless = keyword("x-tau-required-unless");
    CHECK(each.required_unless ==
          (unless.is_null() ? "" : field_of(std::string(kind.name), unless)));
}

} // namespace

TEST_CASE("every field of the schema has its row, and every row its field") {
    if (schema().is_null()) {
        MESSAGE("skipped: no vectors");
        return;
    }
    std::size_t compared = 0;
    for (const Kind& kind : kinds()) {
        std::map<std::string, Leaf> leaves;
        collect(definition(kind), {}, leaves);
        for (const FieldRow& each : kind.rows) {
            const std::string name = full(kind, each.path);
            INFO(name);
            if (each.era == Era::older || beyond.count(name) != 0) {
                CHECK(leaves.count(std::string(each.path)) == 0);
                continue;
            }
            const auto leaf = leaves.find(std::string(each.path));
            REQUIRE(leaf != leaves.end());
            compare_row(kind, each, leaf->second);
            leaves.erase(leaf);
            ++compared;
        }
        for (const auto& [path, leaf] : leaves) {
            FAIL_CHECK("no row for " << full(kind, path));
        }
    }
    CHECK(compared == 93);
}

TEST_CASE("kinds, groups, icons and sections are the schema's") {
    if (schema().is_null()) {
        MESSAGE("skipped: no vectors");
        return;
    }
    CHECK(kinds().size() == schema().at("$defs").size() + 1);
    std::set<std::string> groups;
    for (const auto& [key, value] : schema().at("properties").items()) {
        if (value.contains("additionalProperties")) {
            groups.insert(key);
        }
    }
    for (const Kind& kind : kinds()) {
        INFO(kind.name);
        CHECK((kind.id == KindId::project || groups.erase(std::string(kind.group)) == 1));
        const json given = definition(kind);
        if (kind.id != KindId::project) {
            CHECK(given.at("x-tau-icon") == std::string(kind.icon));
        }
        if (!given.contains("x-tau-sections")) {
            continue;
        }
        const json& sections = given.at("x-tau-sections");
        REQUIRE(sections.size() == kind.sections.size());
        for (std::size_t i = 0; i < sections.size(); ++i) {
            CHECK(sections[i].at("id") == std::string(kind.sections[i].id));
            CHECK(condition(kind.sections[i].shown_when) ==
                  condition(kind, sections[i].value("show-when", json())));
        }
    }
    CHECK(groups.empty());
}

TEST_CASE("the table holds together") {
    for (const Kind& kind : kinds()) {
        CHECK(&project::kind(kind.id) == &kind);
        CHECK((kind.group.empty() || kind_of_group(kind.group) == &kind));
        CHECK(!kind.help.empty());
        CHECK(!kind.plural.empty());
        CHECK(kind.rows.size() <= max_rows);
        std::set<std::string_view> paths;
        std::set<std::string_view> sections;
        for (const Section& section : kind.sections) {
            CHECK(!section.title.empty());
            CHECK(!section.help.empty());
            sections.insert(section.id);
        }
        for (const FieldRow& each : kind.rows) {
            INFO(full(kind, each.path));
            CHECK(paths.insert(each.path).second);
            CHECK(sections.count(each.section) == 1);
            CHECK(!each.label.empty());
            CHECK(each.help.ends_with('.'));
            CHECK(row(kind, each.path) == &each);
            CHECK((each.reference.empty() || kind_of_group(each.reference) != nullptr));
            for (const std::string_view path :
                 {each.required_when.field, each.shown_when.field, each.required_unless}) {
                CHECK((path.empty() || row(kind, path) != nullptr));
            }
            const bool has_choices = each.type == FieldType::choice ||
                                     each.type == FieldType::http_method ||
                                     each.type == FieldType::block;
            CHECK(has_choices == !each.choices.empty());
        }
    }
    CHECK(kind_of_group("") == nullptr);
    CHECK(kind_of_group("function") == nullptr);
}

TEST_CASE("files are written in the order of the cloud's own console") {
    const auto order = [](KindId id) {
        std::string text;
        for (const FieldRow* each : as_written(kind(id))) {
            const std::string top(each->path.substr(0, each->path.find('/')));
            if (each->era == Era::now && !text.ends_with(top + " ")) {
                text += top + " ";
            }
        }
        return text;
    };
    CHECK(order(KindId::project) == "id name description tags notification clouds ");
    CHECK(order(KindId::application) == "id name description tags ");
    CHECK(order(KindId::function) == "id name description tags source trigger execution ");
    CHECK(order(KindId::domain) == "id name description tags fqdn certificate ");
    CHECK(order(KindId::database) ==
          "id name description tags match regex access storage encryption ");
    CHECK(as_written(kind(KindId::domain))[5]->path == "certificate/type");
}

TEST_CASE("a path with a choice in it becomes a plain one") {
    CHECK(with_choice("{object|streaming}/size", "object") == "object/size");
    CHECK(with_choice("source/{github}", "github") == "source/github");
    CHECK(with_choice("{object|streaming}", "streaming") == "streaming");
    CHECK(with_choice("trigger/type", "x") == "trigger/type");
}
