#include "core/yaml/model.h"

#include "core/yaml/items.h"

#include <charconv>

namespace tau::yaml {

namespace {

Model model_of(const Node& node) {
    Model model;
    model.shape = node.shape();
    model.text = node.text();
    model.tag = node.tag();
    model.anchor = node.anchor();
    if (node.is_scalar()) {
        model.type = scalar_type(node);
    }
    for (std::size_t i = 0; i < node.size(); ++i) {
        if (node.is_map()) {
            model.children.push_back(model_of(node.key(i)));
            model.children.push_back(model_of(node.value(i)));
        } else {
            model.children.push_back(model_of(node.item(i)));
        }
    }
    return model;
}

Model text_model(const std::string& text) {
    Model model;
    model.text = text;
    return model;
}

Model model_of(const Value& value) {
    Model model;
    model.edited = true;
    switch (value.kind) {
    case Value::Kind::text:
        model.text = value.scalar;
        break;
    case Value::Kind::plain:
        model.text = value.scalar;
        model.type = plain_type(value.scalar);
        break;
    case Value::Kind::list:
        model.shape = Shape::sequence;
        for (const std::string& item : value.items) {
            model.children.push_back(text_model(item));
            model.children.back().edited = true;
        }
        break;
    case Value::Kind::map:
        model.shape = Shape::map;
        break;
    }
    return model;
}

bool same(const Model& expected, const Model& found) {
    const bool equal =
        expected.shape == found.shape && expected.text == found.text &&
        expected.type == found.type &&
        (expected.edited || (expected.tag == found.tag && expected.anchor == found.anchor)) &&
        expected.children.size() == found.children.size();
    for (std::size_t i = 0; equal && i < expected.children.size(); ++i) {
        if (!same(expected.children[i], found.children[i])) {
            return false;
        }
    }
    return equal;
}

/// Where in children the step's value is.
std::optional<std::size_t> child_of(const Model& model, const std::string& key_or_index) {
    if (model.shape == Shape::sequence) {
        const auto index = index_of(key_or_index);
        return index && *index < model.children.size() ? index : std::nullopt;
    }
    for (std::size_t i = 0; model.shape == Shape::map && i < model.children.size(); i += 2) {
        if (model.children[i].shape == Shape::scalar && model.children[i].text == key_or_index) {
            return i + 1;
        }
    }
    return std::nullopt;
}

bool set(Model& model, const Path& path, std::size_t depth, const Value& value) {
    if (depth == path.size()) {
        model = model_of(value);
        return true;
    }
    if (const auto child = child_of(model, path[depth])) {
        return set(model.children[*child], path, depth + 1, value);
    }
    if (model.shape == Shape::scalar && model.type == ScalarType::null) {
        model = model_of(Value::of_map());
    }
    if (model.shape == Shape::map) {
        model.children.push_back(text_model(path[depth]));
    } else if (model.shape != Shape::sequence || index_of(path[depth]) != model.children.size()) {
        return false;
    }
    model.children.emplace_back();
    model.children.back().edited = true;
    if (depth + 1 < path.size()) {
        model.children.back() = model_of(Value::of_map());
    }
    return set(model.children.back(), path, depth + 1, value);
}

bool remove(Model& model, const Path& path, std::size_t depth) {
    const auto child = child_of(model, path[depth]);
    if (!child) {
        return false;
    }
    Model& below = model.children[*child];
    if (depth + 1 < path.size()) {
        if (!remove(below, path, depth + 1)) {
            return false;
        }
        if (below.shape != Shape::map || !below.children.empty()) {
            return true;
        }
    }
    const auto at = model.children.begin() + static_cast<std::ptrdiff_t>(*child);
    model.children.erase(model.shape == Shape::map ? at - 1 : at, at + 1);
    return true;
}

Model* at(std::optional<Model>& model, const Path& path) {
    Model* here = model ? &*model : nullptr;
    for (const std::string& part : path) {
        const auto child = here == nullptr ? std::nullopt : child_of(*here, part);
        if (!child) {
            return nullptr;
        }
        here = &here->children[*child];
    }
    return here;
}

} // namespace

std::optional<Model> model_of(const Document& document) {
    const auto root = document.root();
    return root ? std::optional(model_of(*root)) : std::nullopt;
}

bool same(const std::optional<Model>& expected, const std::optional<Model>& found) {
    return expected.has_value() == found.has_value() && (!expected || same(*expected, *found));
}

bool set(std::optional<Model>& model, const Path& path, const Value& value) {
    if (!model) {
        model = model_of(Value::of_map());
    }
    return set(*model, path, 0, value);
}

bool remove(std::optional<Model>& model, const Path& path) {
    return model && !path.empty() && remove(*model, path, 0);
}

bool set_items(std::optional<Model>& model, const Path& path, const ItemPlan& plan,
               const std::vector<std::string>& items) {
    Model* const list = at(model, path);
    if (list == nullptr || list->shape != Shape::sequence) {
        return false;
    }
    std::vector<Model> children;
    children.reserve(items.size());
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (plan.stays[i]) {
            children.push_back(list->children[*plan.from[i]]);
        } else {
            children.push_back(text_model(items[i]));
            children.back().edited = true;
        }
    }
    list->children = std::move(children);
    list->edited = true;
    return true;
}

bool rename_key(std::optional<Model>& model, const Path& path, const std::string& key) {
    Model* const map =
        path.empty() ? nullptr : at(model, Path(path.begin(), std::prev(path.end())));
    const auto child = map == nullptr ? std::nullopt : child_of(*map, path.back());
    if (!child || map->shape != Shape::map) {
        return false;
    }
    Model& name = map->children[*child - 1];
    name.text = key;
    name.type = ScalarType::text;
    name.edited = true;
    return true;
}

std::optional<std::size_t> index_of(std::string_view text) {
    std::size_t index = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), index);
    if (text.empty() || text.size() > 9 || read.ec != std::errc() ||
        read.ptr != text.data() + text.size()) {
        return std::nullopt;
    }
    return index;
}

} // namespace tau::yaml
