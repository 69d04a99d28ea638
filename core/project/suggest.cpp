#include "core/project/suggest.h"

#include "core/base/text.h"
#include "core/project/scalars.h"

#include <algorithm>

namespace tau::project {

namespace {

std::string without_spaces(std::string_view text) {
    std::string out(text);
    std::erase(out, ' ');
    return out;
}

std::string in_backticks(const std::string& path, std::string_view value) {
    return "`" + path.substr(path.rfind('/') + 1) + ": " + std::string(value) + "`";
}

std::optional<Fix> write(const std::string& path, std::string value) {
    return Fix{"Write `" + value + "`", Fix::Act::set_text, path, std::move(value)};
}

/// None for a project: the cloud knows it by its id, so a new one would be another project.
std::optional<Fix> new_id(const Kind& kind, const char* title, const std::string& path) {
    return kind.id == KindId::project ? std::nullopt
                                      : std::optional(Fix{title, Fix::Act::new_id, path, {}});
}

/// "10gb", "5 GB" and "1 gib" as the cloud spells them.
std::optional<std::string> respelled_bytes(std::string_view text) {
    std::string upper = without_spaces(text);
    for (char& c : upper) {
        c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
    std::string binary = upper;
    std::replace(binary.begin(), binary.end(), 'I', 'i');
    for (const std::string& each : {upper, binary}) {
        if (parse_bytes(each)) {
            return each;
        }
    }
    return std::nullopt;
}

std::optional<std::string> respelled_duration(std::string_view text) {
    const std::string lower = to_lower_ascii(without_spaces(text));
    for (const std::string& each : {lower, lower + "s"}) {
        if (parse_duration(each)) {
            return each;
        }
    }
    return std::nullopt;
}

std::optional<std::string> respelled_choice(const FieldRow& row, std::string_view text) {
    const std::string lower = to_lower_ascii(trim(text));
    for (const std::string_view each : row.choices) {
        if (to_lower_ascii(each) == lower) {
            return std::string(each);
        }
    }
    return row.default_value.empty() ? std::nullopt : std::optional<std::string>(row.default_value);
}

} // namespace

std::optional<Refusal> refuse(const FieldRow& row, std::string_view text) {
    const auto with = [](std::string_view code, std::optional<std::string> sentence) {
        return sentence ? std::optional(Refusal{code, std::move(*sentence)}) : std::nullopt;
    };
    switch (row.type) {
    case FieldType::bytes:
        return with("size", bytes_problem(text));
    case FieldType::duration:
        return with("duration", duration_problem(text));
    case FieldType::cid:
        return with("cid", cid_problem(text));
    case FieldType::email:
        return with("email", email_problem(text));
    case FieldType::fqdn:
        return with("fqdn", fqdn_problem(text));
    case FieldType::variable_name:
        return with("variable-name", variable_name_problem(text));
    case FieldType::http_method:
        return with("http-method", http_method_problem(text));
    case FieldType::source:
        return with("source", source_problem(text));
    case FieldType::choice:
        return std::find(row.choices.begin(), row.choices.end(), text) != row.choices.end()
                   ? std::nullopt
                   : std::optional(Refusal{"choice", "invalid value"});
    default:
        return std::nullopt;
    }
}

std::string how_to_write(const FieldRow& row) {
    switch (row.type) {
    case FieldType::bytes:
        return "Write a number and a unit, like 1GB.";
    case FieldType::duration:
        return "Write a number and a unit, like 20s or 5m.";
    case FieldType::cid:
        return "An id is made, not written: copy it whole, or have a new one made.";
    case FieldType::email:
        return "Write one address, like you@example.org.";
    case FieldType::fqdn:
        return "Write a host's whole name, like shop.example.org.";
    case FieldType::variable_name:
        return "Write letters, digits and underscores, no digit first.";
    case FieldType::http_method:
        return "Write a method of HTTP, like GET or POST.";
    case FieldType::source:
        return "Write . for inline code, or libraries/ and a library's name.";
    default:
        return std::string(row.help);
    }
}

std::optional<Fix> fix_for_missing(const Kind& kind, const FieldRow& row, const std::string& path) {
    if (row.generated) {
        return new_id(kind, "Make an id", path);
    }
    const bool has_usual_value = row.type == FieldType::source || row.type == FieldType::bytes ||
                                 row.type == FieldType::duration ||
                                 row.type == FieldType::http_method;
    if (has_usual_value && !row.placeholder.empty()) {
        return Fix{"Add " + in_backticks(path, row.placeholder), Fix::Act::set_text, path,
                   std::string(row.placeholder)};
    }
    if (row.type == FieldType::list && kind.id == KindId::website) {
        return Fix{"Add " + in_backticks(path, row.placeholder), Fix::Act::set_list, path,
                   std::string(row.placeholder)};
    }
    return std::nullopt;
}

std::optional<Fix> fix_for_type(const FieldRow& row, const std::string& path,
                                std::string_view text) {
    if (row.type == FieldType::boolean) {
        const std::string lower = to_lower_ascii(trim(text));
        if (lower == "true" || lower == "false") {
            return Fix{"Write `" + lower + "` without quotes", Fix::Act::set_plain, path, lower};
        }
        return std::nullopt;
    }
    if (text.empty()) {
        return std::nullopt;
    }
    if (row.type == FieldType::list || row.type == FieldType::references) {
        return Fix{"Make it a list", Fix::Act::set_list, path, std::string(text)};
    }
    return Fix{"Write it as a text", Fix::Act::set_text, path, std::string(text)};
}

std::optional<Fix> fix_for_value(const Kind& kind, const FieldRow& row, const std::string& path,
                                 std::string_view text) {
    const auto if_any = [&](std::optional<std::string> value) {
        return value ? write(path, std::move(*value)) : std::nullopt;
    };
    switch (row.type) {
    case FieldType::cid:
        return new_id(kind, "Make a new id", path);
    case FieldType::variable_name: {
        std::string name = as_variable_name(text);
        if (name.empty()) {
            return Fix{"Remove the empty name", Fix::Act::remove, path, {}};
        }
        return Fix{"Rename to `" + name + "`", Fix::Act::set_text, path, std::move(name)};
    }
    case FieldType::email:
        return trim(text).empty()
                   ? std::optional(Fix{"Remove the empty e-mail", Fix::Act::remove, path, {}})
                   : std::nullopt;
    case FieldType::bytes:
        return if_any(respelled_bytes(text));
    case FieldType::duration:
        return if_any(respelled_duration(text));
    case FieldType::choice:
        return if_any(respelled_choice(row, text));
    default:
        return std::nullopt;
    }
}

std::string as_variable_name(std::string_view text) {
    std::string name;
    for (const char c : trim(text)) {
        const std::string one(1, c);
        const bool fits = is_identifier("_" + one);
        // A character beyond ASCII is several bytes and gives one underscore.
        if (fits) {
            name += c;
        } else if ((static_cast<unsigned char>(c) & 0xc0U) != 0x80U) {
            name += '_';
        }
    }
    return name.empty() || is_identifier(name) ? name : "_" + name;
}

} // namespace tau::project
