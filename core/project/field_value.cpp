#include "core/project/field_value.h"

#include "core/project/reading.h"
#include "core/yaml/edit.h"
#include "core/yaml/scalar.h"

#include <algorithm>

namespace tau::project {

namespace {

std::optional<yaml::Node> node_at(const yaml::Document& document, std::string_view path) {
    return yaml::find(document, key_path(path));
}

/// Which of the choices is there; nullopt: none.
std::optional<std::string> chosen_block(const yaml::Document& document, std::string_view path) {
    const std::string_view until = path.substr(0, path.find('}') + 1);
    for (const std::string& choice : choices_of(path)) {
        if (node_at(document, with_choice(until, choice))) {
            return choice;
        }
    }
    return std::nullopt;
}

/// What a form shows of what the cloud would read.
void take(const Reading& reading, const FieldRow& row, FieldValue& value) {
    value.present = reading.node.has_value();
    const bool good = reading.state == Reading::State::good;
    if (is_list(row.type)) {
        value.readable = !value.present || good;
        for (std::size_t i = 0; good && reading.list && i < reading.list->size(); ++i) {
            const yaml::Node item = reading.list->item(i);
            const bool null = yaml::scalar_type(item) == yaml::ScalarType::null;
            value.readable = value.readable && item.is_scalar();
            value.items.emplace_back(null ? std::string_view() : item.text());
        }
        return;
    }
    const bool scalar = good || (reading.state == Reading::State::wrong && !reading.list);
    value.readable = !value.present || scalar;
    if (row.type != FieldType::boolean) {
        value.text = reading.text;
    } else if (good && !reading.text.empty()) {
        value.text = reading.truth ? "true" : "false";
    }
}

FieldValue value_at(const yaml::Document& document, const FieldRow& row, yaml::Path path) {
    FieldValue value;
    value.path = std::move(path);
    take(read_value(row.type, yaml::find(document, value.path), document.root()), row, value);
    return value;
}

} // namespace

std::vector<std::string> paths_of(const yaml::Document& document, const FieldRow& row) {
    if (row.type == FieldType::block) {
        return {std::string(row.path)};
    }
    if (const std::size_t star = row.path.find("/*/"); star != std::string_view::npos) {
        std::vector<std::string> out;
        const std::string_view before = row.path.substr(0, star + 1); // with its '/'
        const std::string_view after = row.path.substr(star + 2);
        const auto map = node_at(document, std::string(row.path.substr(0, star)));
        for (std::size_t i = 0; map && map->is_map() && i < map->size(); ++i) {
            const std::string key(map->key(i).text());
            if (key.find('/') == std::string::npos) { // else it is no step of a path
                out.emplace_back(before).append(key).append(after);
            }
        }
        return out;
    }
    const std::vector<std::string> choices = choices_of(row.path);
    if (choices.empty()) {
        return {std::string(row.path)};
    }
    return {with_choice(row.path, chosen_block(document, row.path).value_or(choices.front()))};
}

FieldValue read_field(const yaml::Document& document, const FieldRow& row,
                      const std::string& where) {
    FieldValue value;
    if (row.type == FieldType::block) {
        const std::optional<std::string> chosen = chosen_block(document, row.path);
        value.present = chosen.has_value();
        value.text = chosen.value_or("");
        value.path = key_path(with_choice(row.path, value.text));
        return value;
    }
    const auto legacy = row.legacy.empty() ? std::nullopt : node_at(document, row.legacy);
    const Reading reading = read_row(row, node_at(document, where), legacy, document.root());
    value.path = key_path(reading.legacy && reading.node ? std::string_view(row.legacy) : where);
    take(reading, row, value);
    return value;
}

bool holds(const yaml::Document& document, const Kind& kind, const Condition& condition) {
    if (!condition) {
        return true;
    }
    const FieldRow* other = row(kind, condition.field);
    if (other == nullptr) {
        return true;
    }
    FieldValue value = read_field(document, *other, std::string(other->path));
    if (value.text.empty()) {
        value.text = other->default_value;
    }
    return std::find(condition.in.begin(), condition.in.end(), value.text) != condition.in.end();
}

bool is_required(const yaml::Document& document, const Kind& kind, const FieldRow& row) {
    if (const FieldRow* unless = project::row(kind, row.required_unless)) {
        return read_field(document, *unless, std::string(unless->path)).text != "true";
    }
    return row.required || (row.required_when && holds(document, kind, row.required_when));
}

Result<std::string> write_field(const yaml::Document& document, const FieldRow& row,
                                const FieldValue& value, bool finished) {
    if (row.type == FieldType::block) {
        const auto before = chosen_block(document, row.path);
        if (before) {
            return *before == value.text
                       ? Result<std::string>(document.text())
                       : yaml::rename_key(document, key_path(with_choice(row.path, *before)),
                                          value.text);
        }
        return yaml::set(document, key_path(with_choice(row.path, value.text)),
                         yaml::Value::of_map());
    }
    const FieldValue before = value_at(document, row, value.path);
    const bool same = before.text == value.text && before.items == value.items;
    const bool empty = is_list(row.type) ? value.items.empty() : value.text.empty();
    const bool can_be_empty = is_list(row.type) || row.type == FieldType::string ||
                              row.type == FieldType::text || row.type == FieldType::pem;
    const bool chosen = row.type == FieldType::boolean || !row.choices.empty();
    if (empty && before.present && !can_be_empty && (finished || chosen)) {
        return yaml::remove(document, value.path);
    }
    if (same || (empty && !before.present)) {
        return document.text();
    }
    if (is_list(row.type)) {
        return yaml::set(document, value.path, yaml::Value::of_list(value.items));
    }
    const bool plain = !empty && (row.type == FieldType::boolean || row.type == FieldType::integer);
    return yaml::set(document, value.path,
                     plain ? yaml::Value::of_plain(value.text) : yaml::Value::of_text(value.text));
}

} // namespace tau::project
