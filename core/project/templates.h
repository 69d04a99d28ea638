#pragma once

#include "core/project/refactor.h"

#include <span>

namespace tau::project {

enum class Language : std::uint8_t { go, rust, assembly_script };

struct LanguageInfo {
    Language language;
    std::string_view label; ///< "AssemblyScript"
    std::string_view image; ///< that builds it
    std::string_view help;
};
std::span<const LanguageInfo> languages();

struct NewResource {
    KindId kind = KindId::function;
    std::string application; ///< empty: global
    std::string name;
    std::string description;
    /// Of a function or smart operation: where its code is begun; nullopt: in a library, whose name
    /// is still to be given.
    std::optional<Language> language = Language::go;
    bool has_code = false; ///< there are files where its code would be begun: they stay
};

/// The document of a new resource or application with an id of its own and every key that it needs,
/// in the order of the cloud's own console; and for inline code a first version that builds, in
/// `<application>/functions/<name>/` of the code repository. Errors as of plan_rename().
Result<Plan> plan_new(const Store& store, const NewResource& wanted, Entropy& entropy,
                      std::int64_t unix_seconds);

/// The files of an inline function's or smart operation's folder, by path in the code repository.
git::Files code_template(const Resource& resource, Language language);

} // namespace tau::project
