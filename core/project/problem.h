#pragma once

#include "core/project/store.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tau::project {

enum class Severity : std::uint8_t {
    error,   ///< the cloud refuses the project
    warning, ///< it will not do what was meant, or not on every cloud
    note
};
std::string_view to_string(Severity severity);

/// A change that takes a problem away; applied by apply_fix().
struct Fix {
    enum class Act : std::uint8_t {
        set_text,  ///< value as a text
        set_plain, ///< value as true, false or a number
        set_list,  ///< a list of this one value
        remove,
        new_id ///< a fresh id of the file's resource
    };
    std::string title; ///< "Add `source: .`"
    Act act = Act::set_text;
    std::string field; ///< path of the key in the file, "source"
    std::string value;
};

/// Something about a file that is worth knowing.
struct Problem {
    std::string path; ///< of the file, "functions/ping.yaml"
    yaml::Position position;
    Severity severity = Severity::error;
    std::string_view code; ///< stable, one of problem_codes()
    std::string field;     ///< path of the key, "trigger/type"; empty: the file as a whole
    std::string sentence;  ///< the cloud's own where it has one
    std::string hint;      ///< what to do; may be empty
    std::optional<Fix> fix;
    bool older_accept = false; ///< an error to strict clouds alone; those up to v1.1.10 take it
};

struct ProblemCode {
    std::string_view code;
    std::string_view help; ///< one sentence for lists of rules
};
/// All codes that there are.
std::span<const ProblemCode> problem_codes();

} // namespace tau::project
