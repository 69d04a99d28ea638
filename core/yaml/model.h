#pragma once

#include "core/yaml/edit.h"
#include "core/yaml/scalar.h"

namespace tau::yaml {

/// What a document means, apart from how it is written: an edit is done on this too, and the edited
/// text must come to the same.
struct Model {
    Shape shape = Shape::scalar;
    ScalarType type = ScalarType::text;
    bool edited = false; ///< tag and anchor are not compared
    std::string text;
    std::string tag;
    std::string anchor;
    std::vector<Model> children; ///< of a map keys and values in turn
};

/// nullopt for a document without a root.
std::optional<Model> model_of(const Document& document);
bool same(const std::optional<Model>& expected, const std::optional<Model>& found);

// False when the model has no such place.
bool set(std::optional<Model>& model, const Path& path, const Value& value);
bool remove(std::optional<Model>& model, const Path& path);
struct ItemPlan;
bool set_items(std::optional<Model>& model, const Path& path, const ItemPlan& plan,
               const std::vector<std::string>& items);
bool rename_key(std::optional<Model>& model, const Path& path, const std::string& key);

/// "12" as a number; nullopt for anything else. At most nine digits.
std::optional<std::size_t> index_of(std::string_view text);

} // namespace tau::yaml
