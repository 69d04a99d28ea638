#include "core/project/canonical.h"

#include "core/project/store.h"

#include <array>
#include <unordered_map>

namespace tau::project {

namespace {

constexpr std::size_t unknown = static_cast<std::size_t>(-1);

/// Each key of a kind's documents, whole path, with its place.
struct Ranks {
    std::unordered_map<std::string, std::size_t> by_path;

    void add(const std::string& path, std::size_t rank) {
        for (std::size_t slash = path.find('/'); slash != std::string::npos;
             slash = path.find('/', slash + 1)) {
            by_path.emplace(path.substr(0, slash), rank);
        }
        by_path.emplace(path, rank);
    }

    explicit Ranks(KindId id) {
        std::size_t rank = 0;
        for (const FieldRow* row : as_written(kind(id))) {
            const std::string_view path = row->path;
            const std::size_t open = path.find('{');
            if (open == std::string_view::npos) {
                add(std::string(path), rank);
            } else {
                const std::size_t bar = path.find('|', open);
                const std::size_t close = path.find('}', open);
                add(with_choice(path, path.substr(open + 1, bar - open - 1)), rank);
                add(with_choice(path, path.substr(bar + 1, close - bar - 1)), rank);
            }
            if (!row->legacy.empty()) {
                add(std::string(row->legacy), rank);
            }
            ++rank;
        }
    }

    std::size_t of(const yaml::Path& path) const {
        const auto exact = by_path.find(yaml::to_string(path));
        if (exact != by_path.end()) {
            return exact->second;
        }
        for (std::size_t i = 0; i + 1 < path.size(); ++i) {
            yaml::Path any = path;
            any[i].assign(1, '*');
            if (const auto found = by_path.find(yaml::to_string(any)); found != by_path.end()) {
                return found->second;
            }
        }
        return unknown;
    }
};

} // namespace

yaml::KeyOrder key_order(std::optional<KindId> kind) {
    if (!kind) {
        return [](const yaml::Path&) { return unknown; };
    }
    return [ranks = std::make_shared<const Ranks>(*kind)](const yaml::Path& path) {
        return ranks->of(path);
    };
}

Result<std::string> canonical(const yaml::Document& document, std::string_view path) {
    const auto resource = resource_at(path);
    return yaml::format(document,
                        key_order(resource ? std::optional(resource->kind) : std::nullopt));
}

} // namespace tau::project
