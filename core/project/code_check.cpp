#include "core/project/code_check.h"

#include "core/project/matching.h"
#include "core/project/refactor.h"
#include "core/project/scalars.h"

#include <map>
#include <unordered_map>

namespace tau::project {

namespace {

bool has_own_code(const Resource& resource) {
    return resource.kind == KindId::function || resource.kind == KindId::smartop;
}

/// "shop/functions/ping" of "shop/functions/ping/lib/main.go", for three; empty when it has no
/// more.
std::string_view first_parts(std::string_view path, int count) {
    std::size_t end = 0;
    for (; count > 0 && end != std::string_view::npos; --count) {
        end = path.find('/', end == 0 ? 0 : end + 1);
    }
    return end == std::string_view::npos ? std::string_view() : path.substr(0, end);
}

class CodeCheck {
public:
    CodeCheck(const Store& store, std::span<const FileFindings> findings, const CodeStrings& code,
              std::vector<Problem>& out)
        : store_(store), findings_(findings), code_(code), out_(out) {}

    void run() {
        for (std::size_t i = 0; i < findings_.size(); ++i) {
            learn(store_.resources()[i], findings_[i]);
        }
        for (std::size_t i = 0; i < findings_.size(); ++i) {
            check_matcher(store_.resources()[i], findings_[i]);
        }
        for (const Opening& opening : code_.openings()) {
            check_opening(opening);
        }
    }

private:
    /// What an application, or everything ("*"), has of code.
    struct Code {
        bool here = false;      ///< of a function whose code is in the repository
        bool elsewhere = false; ///< a library's, or missing
    };

    struct Function {
        const Resource* resource;
        yaml::Position source; ///< of the line that says its code is in the repository
    };

    void learn(const Resource& resource, const FileFindings& found) {
        if (!found.match().text.empty()) {
            matchers_[{resource.kind, resource.application}].push_back(&found);
        }
        if (!found.channel().text.empty()) {
            channels_.push_back({resource.application, found.channel().text});
        }
        if (!has_own_code(resource)) {
            return;
        }
        std::string folder = code_folder(resource);
        const bool here = found.is_inline && code_.has_code(folder);
        for (const std::string& where : {resource.application, std::string("*")}) {
            Code& code = code_of_[where];
            (here ? code.here : code.elsewhere) = true;
        }
        if (found.is_inline && !here) {
            report_missing(resource, found.source, folder);
        }
        if (here) {
            functions_.emplace(std::move(folder), Function{&resource, found.source});
        }
    }

    Problem& report(const Resource& resource, Severity severity, std::string_view code,
                    std::string field, yaml::Position position, std::string sentence) {
        Problem& problem = out_.emplace_back();
        problem.path = resource.path();
        problem.severity = severity;
        problem.code = code;
        problem.field = std::move(field);
        problem.position = position;
        problem.sentence = std::move(sentence);
        return problem;
    }

    void report_missing(const Resource& resource, yaml::Position source,
                        const std::string& folder) {
        Problem& problem = report(resource, Severity::warning, "code-missing", "source", source,
                                  "no taubyte directory found in " + folder);
        problem.hint = code_.has_code("applications/" + folder)
                           ? "The code is in applications/" + folder +
                                 ", where the cloud does not look: move it."
                           : "Add the function's code, or make it from a template.";
    }

    /// A global resource is in reach of everything, an application's in that of its own.
    void check_matcher(const Resource& resource, const FileFindings& found) {
        if (found.match().text.empty() || found.match_is_regex ||
            code_.has_beginning(found.match().text)) {
            return;
        }
        const Code& code = code_of_[resource.application.empty() ? "*" : resource.application];
        bool others = code.elsewhere || found.is_bridged;
        if (resource.kind == KindId::messaging) {
            for (const auto& [application, channel] : channels_) {
                others = others ||
                         (channel == found.match().text &&
                          (resource.application.empty() || application == resource.application));
            }
        }
        const std::string field = resource.kind == KindId::messaging ? "channel/match" : "match";
        report(resource, code.here && !others ? Severity::warning : Severity::note, "matcher",
               field, found.match().position,
               "No inline code has the text " + go_quoted(found.match().text) + ".")
            .hint = "Code opens it by exactly this text; one that is put together is not seen.";
    }

    void check_opening(const Opening& opening) {
        auto function = functions_.find(std::string(first_parts(opening.path, 3)));
        if (function == functions_.end()) {
            function = functions_.find(std::string(first_parts(opening.path, 2)));
        }
        if (function == functions_.end()) {
            return; // nobody runs it
        }
        const Resource& resource = *function->second.resource;
        for (const std::string& where : {std::string(), resource.application}) {
            const auto found = matchers_.find({opening.kind, where});
            for (std::size_t i = 0; found != matchers_.end() && i < found->second.size(); ++i) {
                if (may_match(*found->second[i], opening.name)) {
                    return;
                }
            }
        }
        const std::string what(kind(opening.kind).name);
        report(resource, Severity::warning, "opens", "source", function->second.source,
               opening.path + ":" + std::to_string(opening.line) + " opens the " + what + " " +
                   go_quoted(opening.name) + ", which no " + what + " in reach matches.")
            .hint = "Write the matcher letter by letter, or add a " + what + " with it.";
    }

    const Store& store_;
    std::span<const FileFindings> findings_;
    const CodeStrings& code_;
    std::vector<Problem>& out_;
    std::map<std::pair<KindId, std::string>, std::vector<const FileFindings*>> matchers_;
    std::vector<std::pair<std::string_view, std::string_view>> channels_; ///< application, name
    std::unordered_map<std::string, Code> code_of_;
    std::unordered_map<std::string, Function> functions_; ///< by folder, with code there
};

} // namespace

bool may_match(const FileFindings& resource, std::string_view name) {
    const std::string_view match = resource.match().text;
    if (resource.match_is_regex) {
        return regex_matches(match, name).value_or(true);
    }
    return name.starts_with(match) || match.find('*') != std::string_view::npos;
}

void check_code(const Store& store, std::span<const FileFindings> findings, const CodeStrings& code,
                std::vector<Problem>& out) {
    CodeCheck(store, findings, code, out).run();
}

} // namespace tau::project
