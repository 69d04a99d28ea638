// The field table: what can stand in a project's YAML, placed once. Reading, checking, forms,
// completion and canonical output all go by it; a new field is one row.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tau::project {

enum class KindId : std::uint8_t {
    project,
    application,
    database,
    domain,
    function,
    library,
    messaging,
    service,
    smartop,
    storage,
    website
};
inline constexpr std::size_t kind_count = 11;

enum class FieldType : std::uint8_t {
    string, ///< one line
    text,   ///< may have several lines
    boolean,
    integer,
    list,          ///< of strings
    bytes,         ///< "512MB"
    duration,      ///< "1m30s"
    cid,           ///< made once, never changed
    email,         ///< one address
    fqdn,          ///< a host's whole name
    variable_name, ///< letters, digits, '_'; no digit first
    http_method,   ///< one of `choices`, in any case
    choice,        ///< one of `choices`
    source,        ///< "." or `reference_prefix` and a name of group `reference`
    references,    ///< list of names of group `reference`
    pem,           ///< a block of base64 between BEGIN and END
    block          ///< the key itself is the value: which of `choices` is there
};
std::string_view to_string(FieldType type);
bool is_list(FieldType type);

/// Holds when the field at `field` has one of the values `in`.
struct Condition {
    std::string_view field{}; ///< empty: there is no condition
    std::span<const std::string_view> in{};
    explicit operator bool() const { return !field.empty(); }
};

enum class Era : std::uint8_t {
    now,
    older ///< read by clouds up to v1.1.10 or by none any more; kept, never asked for
};

/// One key of one kind of document.
struct FieldRow {
    /// Keys from the root, "trigger/type". "{a|b}" stands for whichever of the two is there, "*"
    /// for every key.
    std::string_view path{};
    FieldType type = FieldType::string;
    std::string_view label{}; ///< "Trigger"
    std::string_view help{};  ///< one sentence
    std::string_view section{};
    bool required = false;
    Condition required_when{};
    std::string_view required_unless{}; ///< path of a boolean; required while that is not true
    Condition shown_when{};             ///< beside its section's; empty: always
    std::span<const std::string_view> choices{};
    std::string_view default_value{};    ///< what the cloud takes when it is absent
    std::string_view legacy{};           ///< path that is read when `path` has nothing
    std::string_view reference{};        ///< group of the resources it names, "domains"
    std::string_view reference_prefix{}; ///< "libraries/"
    std::string_view placeholder{};      ///< an example for an empty field
    std::string_view deferred{}; ///< check the cloud makes after compiling: "dns", "project_id"
    bool generated = false;      ///< made by the console, not typed
    int written = 0;             ///< as_written() sorts by it
    Era era = Era::now;
};

/// Fields that a form shows together.
struct Section {
    std::string_view id{};
    std::string_view title{};
    std::string_view help{};
    Condition shown_when{};
};

struct Kind {
    KindId id;
    std::string_view name;   ///< "function"
    std::string_view group;  ///< folder "functions"; "applications"; empty for the project
    std::string_view label;  ///< "Function"
    std::string_view plural; ///< "Functions"
    std::string_view help;
    std::string_view icon;
    std::span<const Section> sections; ///< in the form's order
    /// In the order in which the cloud's compiler looks at them: the first that fails is its error.
    std::span<const FieldRow> rows;
};

/// Project, application, then the nine kinds of resources by the alphabet, as the compiler goes.
std::span<const Kind> kinds();
const Kind& kind(KindId id);
/// By folder ("functions", "applications"); nullptr when no kind has it.
const Kind* kind_of_group(std::string_view group);
/// The row of exactly this path; nullptr when there is none.
const FieldRow* row(const Kind& kind, std::string_view path);
/// The kind's rows in the order in which the cloud's own console writes them to a file.
std::vector<const FieldRow*> as_written(const Kind& kind);

/// "trigger/domains/0" as keys.
std::vector<std::string> key_path(std::string_view field);
/// The choices in the braces of "{a|b}/c"; none for other paths.
std::vector<std::string> choices_of(std::string_view path);
/// Whether resources of this kind can have their code in the project's own code repository.
bool has_code(KindId id);
/// "{object|streaming}/size" with `chosen` in place of the braces; other paths as they are.
std::string with_choice(std::string_view path, std::string_view chosen);

} // namespace tau::project
