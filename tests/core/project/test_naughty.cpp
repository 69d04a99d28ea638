// The big list of naughty strings as everything that a person types into a configuration.
#include "core/base/file.h"
#include "core/project/field_value.h"
#include "core/project/intake.h"
#include "core/project/one_file.h"
#include "core/project/refactor.h"
#include "core/project/transfer.h"
#include "tests/support/vectors.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace tau;
using namespace tau::project;

namespace {

const std::string valid_id = "QmTz6X9hTn18fpKxrnbE3BvmkZHy3r1mRyHzfXK3gVZLxR";
const std::string function_path = "functions/f.yaml";

std::vector<std::string> naughty() {
    std::vector<std::string> all;
    const auto text = read_file(test::vectors() / "blns/blns.json").value();
    for (const auto& each : nlohmann::json::parse(text)) {
        all.push_back(each.get<std::string>());
    }
    return all;
}

/// The value again, after it was written, read, exported in every form and taken in elsewhere.
std::optional<FieldValue> there_and_back(const FieldRow& row, FieldValue value) {
    const std::string where(row.path);
    const auto document = yaml::Document::parse("# mine\nid: " + valid_id + "\nsource: .\n");
    value.path = key_path(where);
    value.present = true;
    const auto text = write_field(*document, row, value, true);
    if (!text) {
        CHECK(text.error().message.size() > 10); // refused, and said why
        return std::nullopt;
    }
    const git::Files files{{"config.yaml", "id: " + valid_id + "\nname: s\n"},
                           {function_path, *text}};
    const auto store = Store::from(files);
    REQUIRE(store);
    const auto one = to_one_file(*store);
    REQUIRE_MESSAGE(one.has_value(), (one ? "" : one.error().message));
    CHECK(from_zip(*to_zip(files)) == files);
    const auto intake = plan_intake(*store, *from_one_file(*one));
    REQUIRE(intake);
    CHECK(intake->edits.empty()); // it says the same
    const auto again = Store::from(*from_one_file(*one));
    REQUIRE(again);
    return read_field(*again->file(function_path)->document(), row, where);
}

} // namespace

TEST_CASE("naughty strings come back as they were typed, or are refused") {
    if (test::vectors().empty()) {
        MESSAGE("skipped: no vectors");
        return;
    }
    const Kind& function = kind(KindId::function);
    std::size_t kept = 0;
    std::size_t refused = 0;
    for (const std::string& text : naughty()) {
        CAPTURE(text);
        for (const char* field : {"name", "description", "execution/call", "trigger/channel"}) {
            CAPTURE(field);
            FieldValue value;
            value.text = text;
            const auto back = there_and_back(*row(function, field), value);
            ++(back ? kept : refused);
            if (back && (back->present || !text.empty())) {
                CHECK(back->text == text);
            }
        }
        FieldValue tags;
        tags.items = {"first", text, "last"};
        if (const auto back = there_and_back(*row(function, "tags"), tags)) {
            CHECK(back->items == tags.items);
        }
    }
    CHECK(kept > 1500);
    MESSAGE("kept " << kept << ", refused " << refused);
}

TEST_CASE("naughty strings as names of resources are refused where no file can be called so") {
    if (test::vectors().empty()) {
        MESSAGE("skipped: no vectors");
        return;
    }
    const auto store = Store::from({{"config.yaml", "id: " + valid_id + "\nname: s\n"},
                                    {"functions/f.yaml", "id: " + valid_id + "\n"}});
    REQUIRE(store);
    for (const std::string& text : naughty()) {
        CAPTURE(text);
        const auto plan = plan_rename(*store, *store->find(KindId::function, {}, "f"), text);
        if (!plan) {
            CHECK_FALSE(is_resource_name(text));
            CHECK(plan.error().message.size() > 10);
            continue;
        }
        Store renamed = *store;
        REQUIRE(renamed.apply(plan->edits));
        CHECK(renamed.find(KindId::function, {}, text) != nullptr);
        CHECK(is_path_inside("functions/" + text + ".yaml"));
    }
}
