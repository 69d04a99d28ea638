#include "core/project/code_openings.h"

#include "core/base/text.h"

#include <algorithm>
#include <array>
#include <optional>

namespace tau::project {

namespace {

/// How a file calls a function that opens something: "database.New(".
struct Call {
    std::string text;
    KindId kind;
};

struct GoPackage {
    std::string_view path;  ///< the end of what is imported, with its quote
    std::string_view names; ///< what it is called without an alias, with a space between
    std::string_view functions;
    KindId kind;
};
constexpr std::array<GoPackage, 4> go_packages{
    {{"/go-sdk/database\"", "database", "New", KindId::database},
     {"/go-sdk/storage\"", "storage", "New Get", KindId::storage},
     {"/go-sdk/pubsub/node\"", "pubsubnode node", "Channel", KindId::messaging},
     {"/go-sdk/pubsub\"", "pubsub", "Channel", KindId::messaging}}};

bool is_word(char c) {
    return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

std::vector<std::string_view> words_of(std::string_view text) {
    std::vector<std::string_view> words;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(' '), text.size());
        words.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return words;
}

/// The calls by the names under which a Go file imports the SDK's packages.
std::vector<Call> go_calls(std::string_view text) {
    std::vector<Call> calls;
    for (const GoPackage& package : go_packages) {
        const std::size_t at = text.find(package.path);
        if (at == std::string_view::npos) {
            continue;
        }
        const std::size_t line = text.rfind('\n', at) + 1; // npos + 1 is the beginning
        std::string_view alias = text.substr(line, at - line);
        alias = trim(alias.substr(0, alias.find('"')));
        if (alias.starts_with("import")) {
            alias = trim(alias.substr(6));
        }
        for (const std::string_view name : words_of(alias.empty() ? package.names : alias)) {
            for (const std::string_view function : words_of(package.functions)) {
                std::string call(name);
                call.append(".").append(function).append("(");
                calls.push_back({std::move(call), package.kind});
            }
        }
    }
    return calls;
}

std::vector<Call> rust_calls(std::string_view text) {
    if (text.find("taubyte_sdk") == std::string_view::npos) {
        return {};
    }
    return {{"Database::new(", KindId::database},
            {"Storage::new(", KindId::storage},
            {"Storage::get(", KindId::storage},
            {"Channel::new(", KindId::messaging}};
}

class Scan {
public:
    Scan(std::string_view path, std::string_view text, bool rust)
        : path_(path), text_(text), rust_(rust), calls_(rust ? rust_calls(text) : go_calls(text)) {}

    std::vector<Opening> run() {
        while (!calls_.empty() && at_ < text_.size()) {
            if (skip_comment() || skip_quoted()) {
                continue;
            }
            const bool begins = is_word(text_[at_]) &&
                                (at_ == 0 || (!is_word(text_[at_ - 1]) && text_[at_ - 1] != '.'));
            if (begins) {
                look_for_call();
            }
            step();
        }
        return std::move(found_);
    }

private:
    bool is_at(std::string_view what) const { return text_.substr(at_).starts_with(what); }
    void step(std::size_t count = 1) {
        for (; count > 0 && at_ < text_.size(); --count, ++at_) {
            line_ += text_[at_] == '\n' ? 1U : 0U;
        }
    }
    void step_behind(std::string_view what) {
        const std::size_t end = text_.find(what, at_);
        step(end == std::string_view::npos ? text_.size() : end + what.size() - at_);
    }

    bool skip_comment() {
        const bool line = is_at("//");
        if (line || is_at("/*")) {
            step(2);
            step_behind(line ? "\n" : "*/");
            return true;
        }
        return false;
    }

    bool skip_quoted() {
        const char quote = text_[at_];
        if (rust_ && quote == '\'') { // a character, or a lifetime, which nothing closes
            step(text_.substr(at_).starts_with("'\\")               ? 4U
                 : at_ + 2 < text_.size() && text_[at_ + 2] == '\'' ? 3U
                                                                    : 1U);
            return true;
        }
        if (quote != '"' && (rust_ || (quote != '`' && quote != '\''))) {
            return false;
        }
        step();
        while (at_ < text_.size() && text_[at_] != quote) {
            step(text_[at_] == '\\' && quote != '`' ? 2U : 1U);
        }
        step();
        return true;
    }

    void look_for_call() {
        for (const Call& call : calls_) {
            if (!is_at(call.text)) {
                continue;
            }
            if (auto name = only_argument(text_.substr(at_ + call.text.size()))) {
                found_.push_back({call.kind, std::move(*name), std::string(path_), line_});
            }
            return;
        }
    }

    /// `"chat")` gives chat; anything that is more than a text, nothing.
    std::optional<std::string> only_argument(std::string_view rest) const {
        rest = trim_front(rest);
        constexpr std::string_view wrapped = "String::from(";
        const bool is_wrapped = rust_ && rest.starts_with(wrapped);
        rest.remove_prefix(is_wrapped ? wrapped.size() : 0);
        if (rest.empty() || (rest.front() != '"' && (rust_ || rest.front() != '`'))) {
            return std::nullopt;
        }
        const std::size_t end = rest.find(rest.front(), 1);
        if (end == std::string_view::npos || end < 2 || end > 1000) {
            return std::nullopt;
        }
        const std::string_view name = rest.substr(1, end - 1);
        rest = trim_front(rest.substr(end + 1));
        if (rust_) {
            for (const std::string_view made : {".to_string()", ".into()", ".to_owned()"}) {
                rest.remove_prefix(rest.starts_with(made) ? made.size() : 0);
            }
        }
        const bool plain = name.find_first_of("\\\n") == std::string_view::npos;
        return plain && rest.starts_with(is_wrapped ? "))" : ")") ? std::optional<std::string>(name)
                                                                  : std::nullopt;
    }

    static std::string_view trim_front(std::string_view text) {
        text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
        return text;
    }

    std::string_view path_;
    std::string_view text_;
    bool rust_;
    std::vector<Call> calls_;
    std::vector<Opening> found_;
    std::size_t at_ = 0;
    std::size_t line_ = 1;
};

} // namespace

std::vector<Opening> openings_in(std::string_view path, std::string_view text) {
    const bool rust = path.ends_with(".rs");
    if ((!rust && !path.ends_with(".go")) || path.ends_with("_test.go")) {
        return {};
    }
    return Scan(path, text, rust).run();
}

} // namespace tau::project
