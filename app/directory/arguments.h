#pragma once

#include "core/base/result.h"

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace tau::directory {

/// What an option takes after its name.
enum class Takes { nothing, one, many };

struct Option {
    const char* name; ///< "--out"
    Takes takes = Takes::one;
    bool needed = false;
};

/// A command's options, and what stands beside them.
class Arguments {
public:
    /// `invalid_argument` names what is unknown, missing, or there twice.
    static Result<Arguments> parse(std::span<const std::string> words,
                                   std::span<const Option> options, std::size_t positionals = 0);

    bool has(const std::string& name) const { return values_.count(name) != 0; }
    /// Of an option that takes one; empty when it is not there.
    std::string text(const std::string& name) const;
    std::filesystem::path path(const std::string& name) const { return text(name); }
    std::vector<std::filesystem::path> paths(const std::string& name) const;
    /// A whole number of 1 to `most`, or `otherwise` when it is not there.
    Result<std::uint64_t> number(const std::string& name, std::uint64_t most,
                                 std::uint64_t otherwise) const;
    const std::vector<std::string>& positionals() const { return positionals_; }

private:
    std::map<std::string, std::vector<std::string>> values_;
    std::vector<std::string> positionals_;
};

} // namespace tau::directory
