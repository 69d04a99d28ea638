// The paths of a kind's rows as a tree, to meet a document's keys in one walk.
#pragma once

#include "core/project/kinds.h"
#include "core/yaml/document.h"

#include <array>
#include <optional>
#include <vector>

namespace tau::project {

inline constexpr std::size_t max_rows = 24;

/// Where the values of a kind's rows stand in one document.
struct Found {
    /// By row: under its path, and under its legacy path.
    std::array<std::optional<yaml::Node>, max_rows> at_path;
    std::array<std::optional<yaml::Node>, max_rows> at_legacy;
    /// For a block's row: how many of its choices are there, and the first of them.
    std::array<std::size_t, max_rows> blocks{};
    std::array<std::string_view, max_rows> block;
};

/// A key that no row knows, or one that newer clouds do not read.
struct OtherKey {
    std::string path;
    yaml::Node key;
    const FieldRow* row = nullptr; ///< of the older key; nullptr: unknown
};

/// What stands where there are to be keys: no map, so that nothing of it is read.
struct NoMap {
    std::string path;
    yaml::Node value;
};
/// What a walk meets beside the values of rows.
struct Beside {
    std::vector<OtherKey> others;
    std::vector<NoMap> no_maps;
};

class KeyTree {
public:
    /// Made once for each kind.
    static const KeyTree& of(KindId kind);

    Found find(const yaml::Node& root, Beside& beside) const;

private:
    struct Branch {
        std::string_view key; ///< "*" is any
        int row = -1;         ///< whose value is here
        bool legacy = false;
        int block_row = -1; ///< whose choice this key is
        std::vector<Branch> below;
    };
    explicit KeyTree(const Kind& kind);
    void add(std::string_view path, int row, bool legacy);
    static void add_below(Branch& parent, std::string_view path, int row, bool legacy);
    /// Where a walk is, without making a text of it at every key.
    struct Place {
        const Place* above = nullptr;
        std::string_view key;
        std::string path_of(std::string_view last) const;
    };
    void walk(const Branch& branch, const yaml::Node& map, const Place& place, Found& found,
              Beside& beside) const;

    const Kind* kind_;
    Branch root_;
};

} // namespace tau::project
