#include "core/project/problem.h"

#include <array>

namespace tau::project {

namespace {

constexpr auto codes = std::to_array<ProblemCode>(
    {{"yaml", "The file is no YAML that the cloud can read."},
     {"unreadable", "It cannot be read: not for this user, too large, or of an odd name."},
     {"repeated-key", "A map has a key twice: the cloud takes the first, or refuses the file."},
     {"second-document", "The cloud reads only a file's first document."},
     {"encoding", "A file is UTF-16, which cannot be checked."},
     {"missing-file", "A project and each application need a config.yaml."},
     {"required", "A key that the cloud needs is not there."},
     {"empty", "A key that the cloud needs has no value."},
     {"wrong-type", "The value is of another type than the key's."},
     {"cid", "An id is no content identifier."},
     {"variable-name", "A name has other characters than letters, digits and underscores."},
     {"email", "The e-mail address cannot be read."},
     {"choice", "The value is none of those that the key may have."},
     {"http-method", "There is no such HTTP method."},
     {"source", "A source is neither inline nor one of the project's libraries."},
     {"fqdn", "The name is no host name."},
     {"size", "The size cannot be read."},
     {"duration", "The duration cannot be read."},
     {"block-missing", "One of several blocks is needed and none is there."},
     {"block-ambiguous", "Only one of several blocks may be there."},
     {"reference", "No resource of that name is in reach."},
     {"project-id", "The id is not the one that the cloud knows the project by."},
     {"cloud-incomplete", "A cloud needs an account and a plan, or neither."},
     {"generated-domain", "A generated domain must name its project."},
     {"same-id", "Two resources have one id."},
     {"same-fqdn", "Two domains have one name."},
     {"ignored-value", "The cloud ignores a value of this shape."},
     {"older-scope", "Clouds up to v1.1.10 do not know references with a scope."},
     {"older-replicas", "Clouds up to v1.1.10 refuse these numbers of copies."},
     {"older-field", "Newer clouds do not read this key."},
     {"channel", "No messaging resource in reach has the channel."},
     {"code-missing", "The code repository has no code for an inline function."},
     {"matcher", "No code opens what the resource matches."},
     {"opens", "Inline code opens what no resource in reach matches."},
     {"txt-record", "The cloud will ask for a TXT record of this domain."},
     {"application-name", "An application is called like a folder of global code."},
     {"unknown-field", "No cloud reads this key."},
     {"unknown-file", "No cloud reads this file."}});

} // namespace

std::string_view to_string(Severity severity) {
    switch (severity) {
    case Severity::error:
        return "error";
    case Severity::warning:
        return "warning";
    case Severity::note:
        break;
    }
    return "note";
}

std::span<const ProblemCode> problem_codes() {
    return codes;
}

} // namespace tau::project
