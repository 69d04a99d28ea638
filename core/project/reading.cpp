#include "core/project/reading.h"

#include "core/yaml/scalar.h"

#include <algorithm>
#include <array>

namespace tau::project {

namespace {

using yaml::ScalarType;

/// YAML 1.1's words, which go-yaml takes into a boolean though it reads them as texts.
std::optional<bool> boolean_word(std::string_view text) {
    constexpr std::array<std::string_view, 4> yes{"y", "Y", "yes", "on"};
    constexpr std::array<std::string_view, 4> no{"n", "N", "no", "off"};
    if (std::find(yes.begin(), yes.end(), text) != yes.end()) {
        return true;
    }
    return std::find(no.begin(), no.end(), text) != no.end() ? std::optional(false) : std::nullopt;
}

/// The last node before `alias` that has its anchor.
std::optional<yaml::Node> target_of(const yaml::Node& alias, const yaml::Node& below) {
    std::optional<yaml::Node> found;
    if (below.start_byte() < alias.start_byte() && below.anchor() == alias.text() &&
        !below.anchor().empty()) {
        found = below;
    }
    for (std::size_t i = 0; i < below.size(); ++i) {
        const yaml::Node child = below.is_map() ? below.value(i) : below.item(i);
        if (auto deeper = target_of(alias, child)) {
            found = deeper;
        }
    }
    return found;
}

void read_scalar(FieldType type, const yaml::Node& node, Reading& out) {
    const ScalarType written = yaml::scalar_type(node);
    out.text = written == ScalarType::null ? std::string_view() : node.text();
    bool good = written != ScalarType::boolean;
    if (is_list(type)) {
        good = written == ScalarType::null;
    } else if (type == FieldType::boolean) {
        const auto word = written == ScalarType::text ? boolean_word(node.text()) : std::nullopt;
        good = written == ScalarType::boolean || written == ScalarType::null || word;
        const bool is_true = node.text().starts_with('t') || node.text().starts_with('T');
        out.truth = written == ScalarType::boolean ? is_true : word.value_or(false);
    }
    out.state = good ? Reading::State::good : Reading::State::wrong;
}

} // namespace

Reading read_value(FieldType type, const std::optional<yaml::Node>& node,
                   const std::optional<yaml::Node>& root) {
    Reading out;
    if (!node) {
        return out;
    }
    out.node = node;
    const auto target =
        node->shape() == yaml::Shape::alias && root ? target_of(*node, *root) : node;
    if (!target || target->shape() == yaml::Shape::alias) {
        return out;
    }
    if (target->is_map()) {
        out.state = Reading::State::ignored;
    } else if (target->is_sequence()) {
        out.list = target;
        bool fits = is_list(type);
        for (std::size_t i = 0; fits && i < target->size(); ++i) {
            fits = !target->item(i).is_map() && !target->item(i).is_sequence();
        }
        out.state = fits ? Reading::State::good : Reading::State::wrong;
    } else {
        read_scalar(type, *target, out);
    }
    return out;
}

Reading read_row(const FieldRow& row, const std::optional<yaml::Node>& at_path,
                 const std::optional<yaml::Node>& at_legacy,
                 const std::optional<yaml::Node>& root) {
    Reading first = read_value(row.type, at_path, root);
    if (first.state == Reading::State::good || row.legacy.empty()) {
        return first;
    }
    Reading second = read_value(row.type, at_legacy, root);
    second.legacy = true;
    const bool first_says_more =
        first.state == Reading::State::wrong || second.state == Reading::State::absent;
    return second.state != Reading::State::good && first_says_more ? first : second;
}

std::string_view go_type(const yaml::Node& node) {
    if (!node.is_scalar()) {
        return node.is_map()        ? "map[string]interface {}"
               : node.is_sequence() ? "[]interface {}"
                                    : "alias";
    }
    switch (yaml::scalar_type(node)) {
    case ScalarType::null:
        return "nil";
    case ScalarType::boolean:
        return "bool";
    case ScalarType::integer:
        return "int";
    case ScalarType::number:
        return "float64";
    case ScalarType::time:
        return "time.Time";
    default:
        return "string";
    }
}

} // namespace tau::project
