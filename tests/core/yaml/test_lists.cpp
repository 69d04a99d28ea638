#include "core/base/file.h"
#include "core/yaml/comments.h"
#include "core/yaml/edit.h"
#include "core/yaml/scalar.h"
#include "suite.h"
#include "tests/support/vectors.h"

#include <algorithm>
#include <doctest/doctest.h>
#include <map>

namespace yaml = tau::yaml;
namespace fs = std::filesystem;

namespace {

using Texts = std::vector<std::string>;

yaml::Document reread(const std::string& text) {
    auto document = yaml::Document::parse(text);
    REQUIRE_MESSAGE(document.has_value(), (document ? "" : document.error().message));
    return *document;
}

void collect_lists(const yaml::Node& node, yaml::Path& path, std::vector<yaml::Path>& lists) {
    bool texts = node.is_sequence() && node.size() > 0;
    for (std::size_t i = 0; i < node.size(); ++i) {
        const yaml::Node below = node.is_map() ? node.value(i) : node.item(i);
        texts = texts && below.is_scalar() && below.anchor().empty() && below.tag().empty() &&
                yaml::scalar_type(below) != yaml::ScalarType::null;
        if (!node.is_map() || node.key(i).is_scalar()) {
            path.push_back(node.is_map() ? std::string(node.key(i).text()) : std::to_string(i));
            collect_lists(below, path, lists);
            path.pop_back();
        }
    }
    if (texts && !path.empty()) {
        lists.push_back(path);
    }
}

std::vector<yaml::Path> lists_of(const yaml::Document& document) {
    std::vector<yaml::Path> lists;
    yaml::Path path;
    if (const auto root = document.root()) {
        collect_lists(*root, path, lists);
    }
    return lists;
}

Texts texts_of(const yaml::Node& list) {
    Texts texts;
    for (std::size_t i = 0; i < list.size(); ++i) {
        texts.emplace_back(list.item(i).text());
    }
    return texts;
}

/// Every list of the file with a comment behind and above each of its items, and one item more.
std::string commented(const yaml::Document& document) {
    std::map<std::size_t, std::string, std::greater<>> added;
    for (const yaml::Path& path : lists_of(document)) {
        const yaml::Node list = *yaml::find(document, path);
        if (list.style() != yaml::Style::block) {
            continue;
        }
        const std::string indent(list.position().column - 1, ' ');
        const std::size_t last = list.size() - 1;
        for (std::size_t i = 0; i <= last; ++i) {
            const std::string of = yaml::to_string(path) + " " + std::string(list.item(i).text());
            added[list.item(i).end_byte()] = "  # beside " + of;
            const std::size_t start = list.item(i).start_byte();
            added[document.text().rfind('\n', start) + 1] = indent + "# above " + of + "\n";
        }
        added[list.item(last).end_byte()] += "\n" + indent + "- 'one more' # beside one more";
    }
    std::string text = document.text();
    for (const auto& [at, what] : added) {
        text.insert(at, what);
    }
    return text;
}

/// What belongs to an item: itself as it is written and its comments.
std::string written(const yaml::Document& document, const yaml::Comments& comments,
                    const yaml::Node& item) {
    std::string all =
        document.text().substr(item.start_byte(), item.end_byte() - item.start_byte());
    if (const auto found = comments.behind.find(item.start_byte());
        found != comments.behind.end()) {
        all.append(found->second);
    }
    if (const auto found = comments.above.find(item.start_byte()); found != comments.above.end()) {
        for (const std::string_view line : found->second) {
            all.append("\n").append(line);
        }
    }
    return all;
}

std::multimap<std::string, std::string> written_items(const yaml::Document& document,
                                                      const yaml::Path& path) {
    const yaml::Comments comments = yaml::comments_of(document);
    const yaml::Node list = *yaml::find(document, path);
    std::multimap<std::string, std::string> all;
    for (std::size_t i = 0; i < list.size(); ++i) {
        all.emplace(list.item(i).text(), written(document, comments, list.item(i)));
    }
    return all;
}

/// Sets the list and looks that what is in both keeps its writing and comments, and that nothing
/// outside of the list changes.
void try_list(const yaml::Document& document, const yaml::Path& path, const Texts& wanted) {
    const auto text = yaml::set(document, path, yaml::Value::of_list(wanted));
    REQUIRE_MESSAGE(text.has_value(), (text ? "" : text.error().message));
    CAPTURE(document.text());
    CAPTURE(*text);
    const yaml::Document after = reread(*text);
    CHECK(texts_of(*yaml::find(after, path)) == wanted);
    const auto before_items = written_items(document, path);
    const bool removes = wanted.size() < before_items.size();
    for (const auto& [item, how] : written_items(after, path)) {
        const auto [first, last] = before_items.equal_range(item);
        if (first == last) {
            continue;
        }
        CHECK(std::any_of(first, last, [&](const auto& before) {
            // What stood above an item that went is above the next one now.
            return removes ? how.starts_with(before.second.substr(0, before.second.find('\n')))
                           : how == before.second;
        }));
    }
    const yaml::Node old = *yaml::find(document, path);
    const std::size_t rest =
        document.text().size() -
        std::min(document.text().find('\n', old.end_byte()), document.text().size());
    CHECK(text->ends_with(document.text().substr(document.text().size() - rest)));
    const std::string& all = document.text();
    std::size_t head = all.rfind('\n', old.start_byte()) + 1;
    const std::size_t above = head < 2 ? 0 : all.rfind('\n', head - 2) + 1;
    head = all.substr(above, head - above).find("# above") < head - above ? above : head;
    CHECK(text->substr(0, head) == all.substr(0, head));
}

/// Puts an item in at each place, takes each out, and moves each to each other place.
std::size_t try_changes(const yaml::Document& document, const yaml::Path& path) {
    const Texts old = texts_of(*yaml::find(document, path));
    std::size_t changes = 0;
    const auto at = [](Texts& texts, std::size_t i) {
        return texts.begin() + static_cast<std::ptrdiff_t>(i);
    };
    for (std::size_t i = 0; i <= old.size(); ++i) {
        Texts more = old;
        more.insert(at(more, i), "new: item");
        try_list(document, path, more);
        ++changes;
        if (i == old.size() || old.size() == 1) {
            continue;
        }
        Texts less = old;
        less.erase(at(less, i));
        try_list(document, path, less);
        for (std::size_t j = 0; j < old.size(); ++j) {
            Texts moved = less;
            moved.insert(at(moved, j), old[i]);
            try_list(document, path, moved);
        }
        changes += 1 + old.size();
    }
    return changes;
}

} // namespace

TEST_CASE("items come, go and move anywhere in each real file, and take their comments along") {
    const fs::path folder = tau::test::vectors();
    if (folder.empty()) {
        MESSAGE("skipped: no vectors");
        return;
    }
    std::size_t changes = 0;
    for (const auto& entry : fs::recursive_directory_iterator(folder / "taubyte")) {
        if (!entry.is_regular_file() || entry.path().extension() != ".yaml") {
            continue;
        }
        CAPTURE(entry.path());
        const yaml::Document plain = reread(*tau::read_file(entry.path()));
        for (const yaml::Document& document : {plain, reread(commented(plain))}) {
            for (const yaml::Path& path : lists_of(document)) {
                CAPTURE(yaml::to_string(path));
                changes += try_changes(document, path);
            }
        }
    }
    MESSAGE(changes << " changes");
    CHECK(changes > 300);
}

TEST_CASE("the lists of the yaml-test-suite lose no comment to a new or moved item") {
    std::size_t done = 0;
    std::size_t refused = 0;
    const auto cases = tau::test::yaml_test_suite();
    for (const auto& one : cases) {
        const auto document = yaml::Document::parse(one.text);
        if (!document) {
            continue;
        }
        for (const yaml::Path& path : lists_of(*document)) {
            CAPTURE(one.id);
            CAPTURE(one.text);
            const Texts old = texts_of(*yaml::find(*document, path));
            Texts turned(old.rbegin(), old.rend());
            for (std::size_t i = 0; i <= old.size(); ++i) {
                Texts wanted = i == old.size() ? turned : old;
                wanted.insert(wanted.begin() + static_cast<std::ptrdiff_t>(i), "new: item");
                const auto text = yaml::set(*document, path, yaml::Value::of_list(wanted));
                if (!text) {
                    CHECK(text.error().code == tau::ErrorCode::conflict);
                    ++refused;
                    continue;
                }
                ++done;
                CAPTURE(*text);
                const yaml::Document after = reread(*text);
                CHECK(texts_of(*yaml::find(after, path)) == wanted);
                CHECK(yaml::comment_texts(after).size() == yaml::comment_texts(*document).size());
            }
        }
    }
    MESSAGE(done << " lists changed, " << refused << " refused");
    CHECK((cases.empty() || done > 8 * refused));
}
