// What a row's type makes of a node, as go-yaml reads into a field of that type.
#pragma once

#include "core/project/kinds.h"
#include "core/yaml/document.h"

#include <optional>

namespace tau::project {

struct Reading {
    enum class State : std::uint8_t {
        absent,
        wrong,   ///< a value of another type
        ignored, ///< a map, which the compiler takes for absent
        good
    } state = State::absent;
    std::string_view text;          ///< of a scalar; empty for null
    std::optional<yaml::Node> node; ///< as written, also an alias
    std::optional<yaml::Node> list; ///< of a sequence
    bool truth = false;             ///< of a boolean
    bool legacy = false;            ///< found under the legacy path

    bool is_blank() const { return list ? list->size() == 0 : text.empty(); }
};

/// `root` is the document's, for aliases.
Reading read_value(FieldType type, const std::optional<yaml::Node>& node,
                   const std::optional<yaml::Node>& root);

/// The value under a row's path, or under the legacy one when the first cannot be taken.
Reading read_row(const FieldRow& row, const std::optional<yaml::Node>& at_path,
                 const std::optional<yaml::Node>& at_legacy, const std::optional<yaml::Node>& root);

/// What go-yaml reads it as, in Go's words ("string"); "alias" for one, whatever it names.
std::string_view go_type(const yaml::Node& node);

} // namespace tau::project
