#include "core/project/key_tree.h"

#include "core/yaml/scalar.h"

#include <algorithm>

namespace tau::project {

namespace {

std::vector<KindId> ids() {
    std::vector<KindId> all;
    for (const Kind& each : kinds()) {
        all.push_back(each.id);
    }
    return all;
}

} // namespace

const KeyTree& KeyTree::of(KindId kind) {
    static const std::vector<KeyTree> trees = [] {
        std::vector<KeyTree> all;
        for (const KindId id : ids()) {
            all.push_back(KeyTree(project::kind(id)));
        }
        return all;
    }();
    return trees[static_cast<std::size_t>(kind)];
}

KeyTree::KeyTree(const Kind& kind) : kind_(&kind) {
    for (std::size_t i = 0; i < kind.rows.size(); ++i) {
        add(kind.rows[i].path, static_cast<int>(i), false);
        if (!kind.rows[i].legacy.empty()) {
            add(kind.rows[i].legacy, static_cast<int>(i), true);
        }
    }
}

void KeyTree::add(std::string_view path, int row, bool legacy) {
    add_below(root_, path, row, legacy);
}

void KeyTree::add_below(Branch& parent, std::string_view path, int row, bool legacy) {
    const std::size_t slash = path.find('/');
    std::string_view part = path.substr(0, slash);
    const bool is_choice = part.starts_with('{');
    if (is_choice) {
        part = part.substr(1, part.size() - 2);
    }
    while (!part.empty()) {
        const std::size_t bar = part.find('|');
        const std::string_view key = part.substr(0, bar);
        part = bar == std::string_view::npos ? std::string_view() : part.substr(bar + 1);
        auto branch = std::find_if(parent.below.begin(), parent.below.end(),
                                   [&](const Branch& each) { return each.key == key; });
        if (branch == parent.below.end()) {
            parent.below.push_back(Branch{});
            branch = std::prev(parent.below.end());
            branch->key = key;
        }
        if (slash != std::string_view::npos) {
            add_below(*branch, path.substr(slash + 1), row, legacy);
        } else if (is_choice) {
            branch->block_row = row;
        } else {
            branch->row = row;
            branch->legacy = legacy;
        }
    }
}

Found KeyTree::find(const yaml::Node& root, Beside& beside) const {
    Found found;
    walk(root_, root, Place{}, found, beside);
    return found;
}

std::string KeyTree::Place::path_of(std::string_view last) const {
    std::string path(last);
    for (const Place* each = this; each->above != nullptr; each = each->above) {
        path.insert(0, std::string(each->key) + "/");
    }
    return path;
}

void KeyTree::walk(const Branch& branch, const yaml::Node& map, const Place& place, Found& found,
                   Beside& beside) const {
    if (!map.is_map()) {
        return;
    }
    for (std::size_t i = 0; i < map.size(); ++i) {
        const yaml::Node key = map.key(i);
        const std::string_view name = key.is_scalar() ? key.text() : std::string_view("?");
        const auto known =
            std::find_if(branch.below.begin(), branch.below.end(), [&](const Branch& each) {
                return each.key == "*" || (key.is_scalar() && each.key == name);
            });
        if (known == branch.below.end()) {
            beside.others.push_back({place.path_of(name), key, nullptr});
            continue;
        }
        const yaml::Node value = map.value(i);
        if (known->row >= 0) {
            const auto row = static_cast<std::size_t>(known->row);
            auto& seen = (known->legacy ? found.at_legacy : found.at_path)[row];
            seen = seen ? seen : value; // of a key that is there twice the first counts
            if (kind_->rows[row].era == Era::older) {
                beside.others.push_back({place.path_of(name), key, &kind_->rows[row]});
            }
        }
        if (known->block_row >= 0) {
            const auto row = static_cast<std::size_t>(known->block_row);
            if (found.block[row] != name) {
                found.block[row] = found.blocks[row]++ == 0 ? name : found.block[row];
            }
        }
        if (known->below.empty()) {
            continue;
        }
        if (value.is_map()) {
            walk(*known, value, Place{&place, name}, found, beside);
        } else if (yaml::scalar_type(value) != yaml::ScalarType::null) {
            beside.no_maps.push_back({place.path_of(name), value});
        }
    }
}

} // namespace tau::project
