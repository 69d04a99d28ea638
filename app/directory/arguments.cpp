#include "app/directory/arguments.h"

#include <algorithm>
#include <charconv>

namespace tau::directory {

namespace {

constexpr const char* hint = "See tau-directory --help.";

tl::unexpected<Error> misused(const std::string& sentence) {
    return fail(ErrorCode::invalid_argument, sentence, hint);
}

} // namespace

Result<Arguments> Arguments::parse(std::span<const std::string> words,
                                   std::span<const Option> options, std::size_t positionals) {
    Arguments out;
    for (std::size_t i = 0; i < words.size();) {
        const std::string& word = words[i++];
        if (!word.starts_with("--")) {
            out.positionals_.push_back(word);
            continue;
        }
        const auto option = std::find_if(options.begin(), options.end(),
                                         [&](const Option& one) { return word == one.name; });
        if (option == options.end()) {
            return misused("This command has no option " + word + ".");
        }
        if (out.has(word)) {
            return misused("The option " + word + " is there twice.");
        }
        std::vector<std::string>& values = out.values_[word];
        const std::size_t most = option->takes == Takes::many  ? words.size()
                                 : option->takes == Takes::one ? 1
                                                               : 0;
        while (values.size() < most && i < words.size() && !words[i].starts_with("--")) {
            values.push_back(words[i++]);
        }
        if (most != 0 && values.empty()) {
            return misused("The option " + word + " needs a value.");
        }
    }
    for (const Option& option : options) {
        if (option.needed && !out.has(option.name)) {
            return misused(std::string("The option ") + option.name + " is missing.");
        }
    }
    if (out.positionals_.size() != positionals) {
        return misused(out.positionals_.size() < positionals
                           ? std::string("A file or folder is missing.")
                           : "What is \"" + out.positionals_.back() + "\" for?");
    }
    return out;
}

std::string Arguments::text(const std::string& name) const {
    const auto found = values_.find(name);
    return found == values_.end() || found->second.empty() ? std::string() : found->second.front();
}

std::vector<std::filesystem::path> Arguments::paths(const std::string& name) const {
    const auto found = values_.find(name);
    return found == values_.end()
               ? std::vector<std::filesystem::path>()
               : std::vector<std::filesystem::path>(found->second.begin(), found->second.end());
}

Result<std::uint64_t> Arguments::number(const std::string& name, std::uint64_t most,
                                        std::uint64_t otherwise) const {
    if (!has(name)) {
        return otherwise;
    }
    const std::string value = text(name);
    std::uint64_t parsed = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), parsed);
    if (error != std::errc() || end != value.data() + value.size() || parsed == 0 ||
        parsed > most) {
        return misused("The option " + name + " takes a whole number of 1 to " +
                       std::to_string(most) + ".");
    }
    return parsed;
}

} // namespace tau::directory
