#pragma once

#include "core/base/file.h"
#include "tests/support/vectors.h"

#include <doctest/doctest.h>
#include <functional>
#include <nlohmann/json.hpp>

namespace tau::test {

/// Bytes of a hexadecimal field.
inline Bytes hex(const nlohmann::json& object, const char* name) {
    return from_hex(object.at(name).get<std::string>()).value();
}

/// Calls `test(group, case)` for each case of a Wycheproof file and gives their number. Without
/// the files it says so and gives 0; when TAU_VECTORS asks for them, that is a failure.
inline int
for_each_wycheproof(const char* file,
                    const std::function<void(const nlohmann::json&, const nlohmann::json&)>& test) {
    const std::filesystem::path path = vectors() / "wycheproof" / file;
    if (!std::filesystem::exists(path)) {
        CHECK_MESSAGE(std::getenv("TAU_VECTORS") == nullptr, "no vectors at " << path.string());
        MESSAGE("skipped: no vectors");
        return 0;
    }
    const auto json = nlohmann::json::parse(read_file(path).value());
    int cases = 0;
    for (const auto& group : json.at("testGroups")) {
        for (const auto& one : group.at("tests")) {
            ++cases;
            CAPTURE(one.at("tcId").get<int>());
            test(group, one);
        }
    }
    CHECK(cases == json.at("numberOfTests").get<int>());
    return cases;
}

} // namespace tau::test
