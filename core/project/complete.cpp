#include "core/project/complete.h"

#include "core/base/text.h"

#include <algorithm>
#include <set>

namespace tau::project {

namespace {

using Parts = std::vector<std::string>;

/// A line by what the eye sees of it.
struct Line {
    std::size_t begin = 0;
    std::size_t indent = 0; ///< of the key, or of the dash
    bool blank = true;      ///< nothing, or a comment
    bool item = false;      ///< begins with a dash
    std::string key;        ///< empty: none
};

Line look_at(std::string_view text, std::size_t begin, std::size_t end) {
    Line line;
    line.begin = begin;
    std::string_view rest = text.substr(begin, end - begin);
    line.indent = std::min(rest.find_first_not_of(' '), rest.size());
    rest.remove_prefix(line.indent);
    line.blank = trim(rest).empty() || rest.starts_with('#');
    line.item = rest == "-" || rest.starts_with("- ");
    const std::size_t colon = rest.find(':');
    const bool has_key =
        !line.blank && !line.item && colon != std::string_view::npos &&
        (colon + 1 == rest.size() || rest[colon + 1] == ' ' || rest[colon + 1] == '\r');
    if (has_key) {
        line.key = std::string(rest.substr(0, colon));
    }
    return line;
}

std::vector<Line> lines_of(std::string_view text) {
    std::vector<Line> lines;
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        lines.push_back(look_at(text, begin, end));
        begin = end + 1;
    }
    return lines;
}

/// Keys that lead to what stands in this line at this indentation.
Parts path_above(const std::vector<Line>& lines, std::size_t here, std::size_t indent, bool item) {
    Parts path;
    // A list may stand as far left as its key.
    std::size_t limit = item ? indent + 1 : indent;
    for (std::size_t i = here; i-- > 0 && limit > 0;) {
        const Line& line = lines[i];
        if (!line.blank && !line.item && !line.key.empty() && line.indent < limit) {
            path.insert(path.begin(), line.key);
            limit = line.indent;
        }
    }
    return path;
}

/// Keys of the map that this line is, or will be, in.
std::set<std::string, std::less<>> siblings(const std::vector<Line>& lines, std::size_t here,
                                            std::size_t indent) {
    std::set<std::string, std::less<>> keys;
    const auto take = [&](const Line& line) {
        if (!line.blank && line.indent == indent && !line.key.empty()) {
            keys.insert(line.key);
        }
        return line.blank || line.indent >= indent;
    };
    for (std::size_t i = here; i-- > 0 && take(lines[i]);) {
    }
    for (std::size_t i = here + 1; i < lines.size() && take(lines[i]); ++i) {
    }
    return keys;
}

/// The keys that one part of a row's path stands for: "{a|b}" is two, "*" none to be named.
Parts keys_of(const std::string& part) {
    if (part == "*") {
        return {};
    }
    const Parts choices = choices_of(part);
    return choices.empty() ? Parts{part} : choices;
}

bool fits(const std::string& part, const std::string& key) {
    const Parts keys = keys_of(part);
    return part == "*" || std::find(keys.begin(), keys.end(), key) != keys.end();
}

bool leads(const Parts& path, const Parts& to) {
    return path.size() <= to.size() &&
           std::equal(
               path.begin(), path.end(), to.begin(),
               [](const std::string& key, const std::string& part) { return fits(part, key); });
}

bool is_begun(std::string_view typed, std::string_view whole) {
    return whole.size() >= typed.size() &&
           to_lower_ascii(whole.substr(0, typed.size())) == to_lower_ascii(typed);
}

void add(Completions& out, std::string_view typed, std::string text, std::string_view note) {
    const bool known = std::any_of(out.items.begin(), out.items.end(),
                                   [&](const auto& item) { return item.text == text; });
    if (!known && is_begun(typed, text)) {
        out.items.push_back({std::move(text), std::string(note)});
    }
}

void add_keys(Completions& out, const Kind& kind, const Parts& path, std::string_view typed,
              const std::set<std::string, std::less<>>& present) {
    for (const FieldRow& row : kind.rows) {
        const Parts parts = key_path(row.path);
        if (row.era != Era::now || parts.size() <= path.size() || !leads(path, parts)) {
            continue;
        }
        const bool last = parts.size() == path.size() + 1;
        const bool opens = !last || row.type == FieldType::list ||
                           row.type == FieldType::references || row.type == FieldType::block;
        for (const std::string& key : keys_of(parts[path.size()])) {
            if (!present.contains(key)) {
                add(out, typed, key + (opens ? ":" : ": "), last ? row.help : std::string_view());
            }
        }
    }
}

void add_values(Completions& out, const Kind& kind, const Parts& path, std::string_view typed,
                const NamesOf& names) {
    for (const FieldRow& row : kind.rows) {
        const auto is_here = [&](std::string_view where) {
            const Parts parts = key_path(where);
            return parts.size() == path.size() && leads(path, parts);
        };
        if (!is_here(row.path) && (row.legacy.empty() || !is_here(row.legacy))) {
            continue;
        }
        if (row.type == FieldType::boolean) {
            add(out, typed, "true", {});
            add(out, typed, "false", {});
        }
        for (const std::string_view choice : row.choices) {
            add(out, typed, std::string(choice), {});
        }
        if (row.type == FieldType::source) {
            add(out, typed, ".", "Code of this project.");
        }
        if (!row.reference.empty()) {
            for (const std::string& name : names(row.reference)) {
                add(out, typed, std::string(row.reference_prefix) + name, {});
            }
        }
        if (row.choices.empty() && !row.default_value.empty()) {
            add(out, typed, std::string(row.default_value), "What holds without it.");
        }
    }
}

} // namespace

Completions complete(const Kind& kind, std::string_view text, std::size_t at,
                     const NamesOf& names) {
    at = std::min(at, text.size());
    const std::vector<Line> lines = lines_of(text);
    std::size_t here = lines.size() - 1;
    while (here > 0 && lines[here].begin > at) {
        --here;
    }
    const std::string_view before = text.substr(lines[here].begin, at - lines[here].begin);
    const std::size_t indent = std::min(before.find_first_not_of(' '), before.size());
    std::string_view rest = before.substr(indent);
    Completions out{at, at, {}};
    if (rest.starts_with('#')) {
        return out;
    }
    const bool item = rest.starts_with("- ");
    const std::size_t colon = item ? std::string_view::npos : rest.find(": ");
    Parts path = path_above(lines, here, indent, item);
    if (item) {
        rest.remove_prefix(2);
    } else if (colon != std::string_view::npos) {
        path.emplace_back(rest.substr(0, colon));
        rest.remove_prefix(colon + 2);
        if (rest.starts_with('[')) {
            rest.remove_prefix(std::min(rest.find_last_of("[,") + 1, rest.size()));
        }
    }
    rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
    out.begin = at - rest.size();
    if (item || colon != std::string_view::npos) {
        add_values(out, kind, path, rest, names);
    } else {
        add_keys(out, kind, path, rest, siblings(lines, here, indent));
    }
    return out;
}

} // namespace tau::project
