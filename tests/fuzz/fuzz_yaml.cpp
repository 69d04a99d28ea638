// Hostile YAML, and edits of it: whatever an edit answers with is a document that says what was
// asked, or an error.
#include "core/yaml/edit.h"
#include "core/yaml/format.h"
#include "tests/fuzz/decoder.h"

#include <array>

using namespace tau;

namespace {

constexpr const char* good_text = "# top\n"
                                  "id: Qm1\n"
                                  "tags: []\n"
                                  "list:\n"
                                  "    - 'a' # 1\n"
                                  "    - \"\\x41\"\n"
                                  "    - b: c\n"
                                  "      d:\n"
                                  "flow: {e: [f, g], h: {}, }\n"
                                  "text: |+\n"
                                  "    i\n"
                                  "\n"
                                  "folded: >-\n"
                                  "    j\n"
                                  "    k\n"
                                  "seq: &n !!seq\n"
                                  "- *n\n"
                                  "? key\n"
                                  ": é\n"
                                  "tags: [again]\n"
                                  "---\n"
                                  "id: other\n";

constexpr std::array texts{
    "",  "x",     "true",   "a: b # c", "two\nlines\n", "- x", "\u00e9\u2028",
    " ", "'\"\\", "[a, {b", "\t\x01",   "\n\n"};

/// As the console reads files: with keys that are there twice, and second documents.
constexpr yaml::Limits forgiving{.forgiving = true};

/// Every path that can be named, the root's aside.
void collect(const yaml::Node& node, yaml::Path& path, std::vector<yaml::Path>& paths) {
    for (std::size_t i = 0; i < node.size() && paths.size() < 1000; ++i) {
        if (node.is_map() &&
            (!node.key(i).is_scalar() || node.find(node.key(i).text()) != node.value(i))) {
            continue; // of two with one name the first is meant
        }
        path.push_back(node.is_map() ? std::string(node.key(i).text()) : std::to_string(i));
        paths.push_back(path);
        collect(node.is_map() ? node.value(i) : node.item(i), path, paths);
        path.pop_back();
    }
}

void look_at(const yaml::Document& document, const yaml::Node& node, std::size_t end) {
    fuzz::require(node.start_byte() <= node.end_byte() && node.end_byte() <= end);
    fuzz::require(document.position(node.start_byte()) == node.position());
    static_cast<void>(node.text().size() + node.tag().size() + node.anchor().size());
    for (std::size_t i = 0; i < node.size(); ++i) {
        if (node.is_map()) {
            look_at(document, node.key(i), end);
            look_at(document, node.value(i), end);
        } else {
            look_at(document, node.item(i), end);
        }
    }
}

struct Asked {
    yaml::Document document;
    yaml::Path path;
    std::string text;
};

/// Two bytes choose where and what; the rest is the file.
std::optional<Asked> asked(ByteView bytes) {
    if (bytes.size() < 2) {
        return std::nullopt;
    }
    auto document = yaml::Document::parse(std::string(as_text(bytes.subspan(2))), forgiving);
    if (!document || !document->root()) {
        return std::nullopt;
    }
    std::vector<yaml::Path> paths;
    yaml::Path path;
    collect(*document->root(), path, paths);
    if (paths.empty()) {
        return std::nullopt;
    }
    return Asked{*document, paths[bytes[0] % paths.size()], texts[bytes[1] % texts.size()]};
}

yaml::Document reparsed(const std::string& text) {
    auto document = yaml::Document::parse(text, {4U << 20U, 100, 1'000'000, true});
    fuzz::require(document.has_value());
    return *document;
}

void put_one(ByteView bytes) {
    const auto ask = asked(bytes);
    if (!ask) {
        return;
    }
    const auto old = *yaml::find(ask->document, ask->path);
    const auto text = yaml::set(ask->document, ask->path, yaml::Value::of_text(ask->text));
    if (!text) {
        return;
    }
    fuzz::require(yaml::find(reparsed(*text), ask->path)->text() == ask->text);
    if (old.is_scalar()) {
        const std::string& before = ask->document.text();
        fuzz::require(text->starts_with(before.substr(0, old.start_byte())));
        fuzz::require(text->ends_with(before.substr(old.end_byte())));
    }
}

void add_one(ByteView bytes) {
    const auto ask = asked(bytes);
    if (!ask) {
        return;
    }
    yaml::Path path = ask->path;
    const auto parent = *yaml::find(ask->document, path);
    path.push_back(parent.is_sequence() ? std::to_string(parent.size()) : ask->text + "new");
    if (const auto text = yaml::set(ask->document, path, yaml::Value::of_text(ask->text))) {
        fuzz::require(yaml::find(reparsed(*text), path)->text() == ask->text);
    }
    const auto list = yaml::set(ask->document, ask->path, yaml::Value::of_list({"a", ask->text}));
    if (list) {
        fuzz::require(yaml::find(reparsed(*list), ask->path)->item(1).text() == ask->text);
    }
}

void take_one(ByteView bytes) {
    const auto ask = asked(bytes);
    if (!ask) {
        return;
    }
    if (const auto text = yaml::remove(ask->document, ask->path)) {
        fuzz::require(reparsed(*text).size() < ask->document.size());
    }
    if (const auto text = yaml::rename_key(ask->document, ask->path, ask->text)) {
        fuzz::require(reparsed(*text).size() == ask->document.size());
    }
}

} // namespace

namespace tau::fuzz {

const std::vector<Decoder>& decoders() {
    const Bytes good = bytes_of(good_text);
    const Bytes edit = bytes_of(std::string("\x01\x01") + good_text);
    static const std::vector<Decoder> all{
        {"document", good,
         [](ByteView bytes) {
             const std::string text(as_text(bytes));
             const auto document = yaml::Document::parse(text, forgiving);
             require(!document || document->text() == text);
             if (document && document->root()) {
                 look_at(*document, *document->root(), text.size());
             }
         }},
        {"set", edit, put_one},
        {"add", edit, add_one},
        {"remove", edit, take_one},
        {"format", good,
         [](ByteView bytes) {
             const auto order = [](const yaml::Path& path) { return path.back().size(); };
             const auto document = yaml::Document::parse(std::string(as_text(bytes)), forgiving);
             const auto text = document ? yaml::format(*document, order)
                                        : Result<std::string>(fail(document.error()));
             if (text) {
                 const yaml::Document again = reparsed(*text);
                 require(yaml::same_content(*document, again));
                 require(yaml::format(again, order) == *text);
             }
         }},
    };
    return all;
}

} // namespace tau::fuzz
