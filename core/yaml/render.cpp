#include "core/yaml/render.h"

namespace tau::yaml {

namespace {

std::vector<std::string> around(const std::string& before, std::vector<std::string> texts,
                                const std::string& after = {}) {
    for (std::string& text : texts) {
        text.insert(0, before).append(after);
    }
    return texts;
}

} // namespace

std::vector<std::string> scalar_texts(const Value& value, std::optional<Style> style,
                                      Context context, std::size_t indent, const Layout& layout) {
    const std::string& text = value.scalar;
    if (value.kind == Value::Kind::plain) {
        return {text};
    }
    std::vector<std::string> texts;
    const auto take = [&](std::optional<std::string> one) {
        if (one) {
            texts.push_back(std::move(*one));
        }
    };
    if (style == Style::single_quoted) {
        take(single_quoted(text));
    }
    const bool quoted = style == Style::single_quoted || style == Style::double_quoted;
    if (!quoted && is_safe_plain(text, context)) {
        texts.push_back(text);
    }
    if (!quoted && context == Context::block) {
        take(literal(text, indent, layout.line_break));
    }
    texts.push_back(double_quoted(text));
    return texts;
}

std::vector<std::string> one_line(const Value& value, std::optional<Style> style, Context context) {
    switch (value.kind) {
    case Value::Kind::map:
        return {"{}"};
    case Value::Kind::list: {
        std::string text;
        for (const std::string& item : value.items) {
            text += (text.empty() ? "" : ", ") + scalar(item, Context::flow);
        }
        return {"[" + text + "]"};
    }
    default: {
        auto texts = scalar_texts(value, style, context, 0, {});
        std::erase_if(texts,
                      [](const std::string& text) { return text.find('\n') != std::string::npos; });
        return texts;
    }
    }
}

std::vector<std::string> behind_colon(const Value& value, std::size_t column,
                                      const Layout& layout) {
    if (value.kind == Value::Kind::list && !value.items.empty()) {
        std::string text;
        for (const std::string& item : value.items) {
            text += layout.line_break + std::string(column + layout.dash_indent, ' ') + "- " +
                    scalar(item);
        }
        return {text};
    }
    if (value.kind == Value::Kind::list || value.kind == Value::Kind::map) {
        return around(" ", one_line(value, {}, Context::block));
    }
    return around(" ", scalar_texts(value, {}, Context::block, column + layout.indent, layout));
}

std::vector<std::string> entry_lines(std::span<const std::string> keys, const Value& value,
                                     std::size_t column, const Layout& layout) {
    const std::string key = scalar(keys.front()) + ":";
    if (keys.size() == 1) {
        return around(key, behind_colon(value, column, layout));
    }
    const std::size_t inner = column + layout.indent;
    return around(key + layout.line_break + std::string(inner, ' '),
                  entry_lines(keys.subspan(1), value, inner, layout));
}

std::vector<std::string> flow_entry(std::span<const std::string> keys, const Value& value,
                                    bool quoted_keys) {
    const std::string key =
        (quoted_keys ? double_quoted(keys.front()) : scalar(keys.front(), Context::flow)) + ": ";
    if (keys.size() == 1) {
        return around(key, one_line(value, {}, Context::flow));
    }
    return around(key + "{", flow_entry(keys.subspan(1), value, quoted_keys), "}");
}

} // namespace tau::yaml
