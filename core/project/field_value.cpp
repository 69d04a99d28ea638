#include "core/project/field_value.h"

#include "core/yaml/edit.h"

#include <algorithm>

namespace tau::project {

namespace {

yaml::Path keys_of(std::string_view path) {
    yaml::Path keys;
    while (true) {
        const std::size_t slash = path.find('/');
        keys.emplace_back(path.substr(0, slash));
        if (slash == std::string_view::npos) {
            return keys;
        }
        path.remove_prefix(slash + 1);
    }
}

std::optional<yaml::Node> node_at(const yaml::Document& document, std::string_view path) {
    return yaml::find(document, keys_of(path));
}

/// The choices between the braces of "x/{a|b}", with what stands before them.
std::vector<std::string> block_choices(std::string_view path) {
    std::vector<std::string> out;
    const std::size_t open = path.find('{');
    const std::size_t close = path.find('}');
    if (open == std::string_view::npos || close == std::string_view::npos) {
        return out;
    }
    std::string_view inside = path.substr(open + 1, close - open - 1);
    while (true) {
        const std::size_t bar = inside.find('|');
        out.emplace_back(inside.substr(0, bar));
        if (bar == std::string_view::npos) {
            return out;
        }
        inside.remove_prefix(bar + 1);
    }
}

/// Which of the choices is there; nullopt: none.
std::optional<std::string> chosen_block(const yaml::Document& document, std::string_view path) {
    const std::string_view until = path.substr(0, path.find('}') + 1);
    for (const std::string& choice : block_choices(path)) {
        if (node_at(document, with_choice(until, choice))) {
            return choice;
        }
    }
    return std::nullopt;
}

void take(const yaml::Node& node, FieldType type, FieldValue& value) {
    value.present = true;
    if (is_list(type)) {
        value.readable = node.is_sequence();
        for (std::size_t i = 0; value.readable && i < node.size(); ++i) {
            value.readable = node.item(i).is_scalar();
            value.items.emplace_back(node.item(i).text());
        }
    } else {
        value.readable = node.is_scalar();
        value.text = value.readable ? node.text() : std::string_view();
        const bool null = node.style() == yaml::Style::plain && value.text == "null";
        if (null || value.text == "~") {
            value.text.clear();
        }
    }
}

FieldValue read_value(const yaml::Document& document, const FieldRow& row, yaml::Path path) {
    FieldValue value;
    value.path = std::move(path);
    if (const auto node = yaml::find(document, value.path)) {
        take(*node, row.type, value);
    }
    return value;
}

} // namespace

bool is_list(FieldType type) {
    return type == FieldType::list || type == FieldType::references;
}

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
    const std::vector<std::string> choices = block_choices(row.path);
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
        value.path = keys_of(with_choice(row.path, value.text));
        return value;
    }
    value = read_value(document, row, keys_of(where));
    if (!value.present && !row.legacy.empty()) {
        FieldValue older = read_value(document, row, keys_of(row.legacy));
        if (older.present) {
            return older;
        }
    }
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

Result<std::string> write_field(const yaml::Document& document, const FieldRow& row,
                                const FieldValue& value, bool finished) {
    if (row.type == FieldType::block) {
        const auto before = chosen_block(document, row.path);
        if (before) {
            return *before == value.text
                       ? Result<std::string>(document.text())
                       : yaml::rename_key(document, keys_of(with_choice(row.path, *before)),
                                          value.text);
        }
        return yaml::set(document, keys_of(with_choice(row.path, value.text)),
                         yaml::Value::of_map());
    }
    const FieldValue before = read_value(document, row, value.path);
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
