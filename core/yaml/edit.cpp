#include "core/yaml/edit.h"

#include "core/base/text.h"
#include "core/yaml/comments.h"
#include "core/yaml/items.h"
#include "core/yaml/model.h"
#include "core/yaml/place.h"
#include "core/yaml/splice.h"

#include <algorithm>
#include <set>

namespace tau::yaml {

namespace {

/// An edit may make a file a little larger than it may be when it is opened.
constexpr Limits wide{std::size_t{1} << 31U, 1000, std::size_t{1} << 23U, true};

Error no_such(const Path& path) {
    return Error{
        ErrorCode::not_found, "The file has no \"" + bounded_text(to_string(path)) + "\".", {}, {}};
}

Error not_text() {
    return Error{
        ErrorCode::invalid_argument, "The new text is not valid UTF-8.", "Enter it again.", {}};
}

Error refused(const Path& path) {
    return Error{ErrorCode::conflict,
                 "\"" + bounded_text(to_string(path)) +
                     "\" cannot be changed without touching other parts of the file.",
                 "Change it in the file's text.",
                 {}};
}

void collect_aliases(const Node& node, std::set<std::string, std::less<>>& names) {
    if (node.shape() == Shape::alias) {
        names.emplace(node.text());
    }
    for (std::size_t i = 0; i < node.size(); ++i) {
        if (node.is_map()) {
            collect_aliases(node.key(i), names);
            collect_aliases(node.value(i), names);
        } else {
            collect_aliases(node.item(i), names);
        }
    }
}

bool holds_anchor(const Node& node, const std::set<std::string, std::less<>>& names) {
    if (!node.anchor().empty() && names.contains(node.anchor())) {
        return true;
    }
    for (std::size_t i = 0; i < node.size(); ++i) {
        if (node.is_map() ? holds_anchor(node.key(i), names) || holds_anchor(node.value(i), names)
                          : holds_anchor(node.item(i), names)) {
            return true;
        }
    }
    return false;
}

/// A value that another place of the file refers to would change there too.
Result<void> check_references(const Document& document, const Path& path) {
    std::set<std::string, std::less<>> names;
    if (document.root()) {
        collect_aliases(*document.root(), names);
    }
    if (names.empty()) {
        return {};
    }
    const Place place(document, path);
    const bool around = std::any_of(place.nodes.begin(), place.nodes.end(), [&](const Node& node) {
        return !node.anchor().empty() && names.contains(node.anchor());
    });
    if (around || (place.complete(path) && holds_anchor(place.last(), names))) {
        return fail(ErrorCode::conflict,
                    "\"" + bounded_text(to_string(path)) +
                        "\" is used in another place of the file too, by an alias.",
                    "Change it in the file's text, where both places can be seen.");
    }
    return {};
}

Result<std::string> first_that_means(const std::optional<Model>& expected, const Document& document,
                                     const Path& path, const Candidates& candidates) {
    for (const std::vector<Splice>& splices : candidates) {
        std::string text = apply(document.text(), splices);
        const auto result = Document::parse(text, wide);
        if (result && same(expected, model_of(*result)) &&
            result->has_more() == document.has_more()) {
            return text;
        }
    }
    return fail(refused(path));
}

Result<std::string> set_one(const Document& document, const Path& path, const Value& value) {
    std::optional<Model> expected = model_of(document);
    if (!set(expected, path, value)) {
        return fail(refused(path));
    }
    return first_that_means(expected, document, path, set_splices(document, path, value));
}

Result<std::string> remove_one(const Document& document, const Path& path) {
    std::optional<Model> expected = model_of(document);
    if (!remove(expected, path)) {
        return fail(no_such(path));
    }
    Path highest = path;
    Place place(document, highest);
    while (highest.size() > 1 && place.parent().is_map() && place.parent().size() == 1) {
        highest.pop_back();
        place = Place(document, highest);
    }
    if (expected->children.empty() && expected->shape == Shape::map &&
        document.root()->style() == Style::block) {
        expected.reset();
    }
    return first_that_means(expected, document, path, remove_splices(document, highest));
}

/// Rewrites a list as a whole only where no comment is lost by it.
Result<std::string> set_items(const Document& document, const Path& path, const Value& value) {
    const ItemPlan plan = plan_items(*find(document, path), value.items);
    std::optional<Model> expected = model_of(document);
    if (!set_items(expected, path, plan, value.items)) {
        return fail(refused(path));
    }
    auto text =
        first_that_means(expected, document, path, item_splices(document, path, plan, value.items));
    if (text) {
        return text;
    }
    text = set_one(document, path, value);
    const auto after = text ? Document::parse(*text, wide) : fail(text.error());
    if (!after || comment_texts(*after).size() < comment_texts(document).size()) {
        return fail(refused(path));
    }
    return text;
}

} // namespace

Result<std::string> set(const Document& document, const Path& path, const Value& value) {
    if (!is_utf8(value.scalar) || !std::all_of(value.items.begin(), value.items.end(), is_utf8) ||
        !std::all_of(path.begin(), path.end(), is_utf8)) {
        return fail(not_text());
    }
    if (path.empty()) {
        return fail(ErrorCode::invalid_argument, "A file cannot become a single value.");
    }
    if (auto checked = check_references(document, path); !checked) {
        return fail(checked.error());
    }
    const auto old = find(document, path);
    if (value.kind == Value::Kind::text && old && old->is_scalar() &&
        scalar_type(*old) == ScalarType::text && old->text() == value.scalar) {
        return document.text();
    }
    if (value.kind == Value::Kind::list && old && old->is_sequence() && old->size() > 0) {
        return set_items(document, path, value);
    }
    return set_one(document, path, value);
}

Result<std::string> remove(const Document& document, const Path& path) {
    if (path.empty() || !find(document, path)) {
        return fail(no_such(path));
    }
    if (auto checked = check_references(document, path); !checked) {
        return fail(checked.error());
    }
    return remove_one(document, path);
}

Result<std::string> rename_key(const Document& document, const Path& path, const std::string& key) {
    if (!is_utf8(key)) {
        return fail(not_text());
    }
    const Place place(document, path);
    if (path.empty() || !place.complete(path) || !place.parent().is_map()) {
        return fail(no_such(path));
    }
    if (path.back() != key && place.parent().find(key)) {
        return fail(ErrorCode::already_exists, "There is a \"" + bounded_text(key) + "\" already.",
                    "Choose another name.");
    }
    std::optional<Model> expected = model_of(document);
    if (!rename_key(expected, path, key)) {
        return fail(no_such(path));
    }
    return first_that_means(expected, document, path, rename_splices(document, path, key));
}

} // namespace tau::yaml
