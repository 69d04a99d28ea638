#include "core/project/check.h"

#include "core/base/text.h"
#include "core/project/code_check.h"
#include "core/project/document_check.h"
#include "core/project/fixes.h"
#include "core/project/generated_domain.h"
#include "core/project/place_check.h"
#include "core/project/refactor.h"
#include "core/project/scalars.h"
#include "core/project/scope.h"

#include <algorithm>
#include <unordered_map>

namespace tau::project {

namespace {

using Findings = std::vector<FileFindings>; ///< one for each of the store's resources

Problem problem_at(const Resource& resource, Severity severity, std::string_view code,
                   std::string field, yaml::Position position, std::string sentence) {
    Problem problem;
    problem.path = resource.path();
    problem.severity = severity;
    problem.code = code;
    problem.field = std::move(field);
    problem.position = position;
    problem.sentence = std::move(sentence);
    return problem;
}

/// `id`: what its fix writes; empty: a new one.
Problem missing_file(const std::string& path, const char* hint, const std::string& id = {}) {
    Problem problem;
    problem.path = path;
    problem.code = "missing-file";
    problem.sentence = "required attribute 'id'";
    problem.hint = hint;
    problem.fix = id.empty() ? Fix{"Make it with a new id", Fix::Act::new_id, "id", {}}
                             : Fix{"Make it with the cloud's id", Fix::Act::set_text, "id", id};
    return problem;
}

/// What can only be said of files together.
class CrossCheck {
public:
    CrossCheck(const Store& store, const Findings& findings, const CheckOptions& options,
               std::vector<Problem>& out)
        : store_(store), options_(options), scope_(store.resources()), out_(out), all_(findings) {}

    void run() {
        if (!all_.empty() && store_.resources()[0].kind == KindId::project) {
            project_id_ = all_[0].id.text;
        }
        // The compiler resolves what rows refer to before it attaches smart operations.
        for (const bool smartops : {false, true}) {
            for_each([&](const Resource& resource, const FileFindings& found) {
                for (const Use& use : found.uses) {
                    if ((use.kind == KindId::smartop) == smartops) {
                        check_use(resource, use);
                    }
                }
            });
        }
        check_project_id();
        find_channels();
        for_each([this](const Resource& resource, const FileFindings& found) {
            check_id(resource, found);
            check_same_domain(resource, found);
            check_domain(resource, found);
            check_channel(resource, found);
        });
        if (options_.code) {
            check_code(store_, all_, *options_.code, out_);
        }
        check_places(store_, out_);
    }

private:
    template <typename Act>
    void for_each(Act&& act) {
        for (std::size_t i = 0; i < all_.size(); ++i) {
            act(store_.resources()[i], all_[i]);
        }
    }

    Problem& report(Problem problem) { return out_.emplace_back(std::move(problem)); }

    void offer(Problem& problem, Fix fix) const {
        const File* file = store_.file(problem.path);
        if (file != nullptr && file->document() != nullptr && can_apply(*file->document(), fix)) {
            problem.fix = std::move(fix);
        }
    }

    void check_project_id() {
        if (options_.registered_id.empty() || project_id_ == options_.registered_id) {
            return;
        }
        if (!project_id_.empty()) {
            report(problem_at(store_.resources()[0], Severity::error, "project-id", "id",
                              all_[0].id.position,
                              "project ids not equal `" + std::string(project_id_) + "` != `" +
                                  options_.registered_id + "`"))
                .hint = "The cloud knows this project by another id.";
        }
        const std::string path = path_of(KindId::project, {}, {});
        for (Problem& problem : out_) {
            if (problem.path == path && problem.field == "id") {
                offer(problem, {"Use the project's id " + options_.registered_id,
                                Fix::Act::set_text, "id", options_.registered_id});
            }
        }
    }

    void check_use(const Resource& resource, const Use& use) {
        const Resource* target = scope_.resolve(use.kind, resource.application, use.name);
        const std::string group(kind(use.kind).group);
        if (target == nullptr) {
            Problem& problem =
                report(problem_at(resource, Severity::error, "reference", use.field, use.position,
                                  "no " + group + " named " + go_quoted(use.name) + " in scope"));
            problem.hint = reach(resource);
            if (const Resource* similar = find_similar(resource, use)) {
                std::string text = std::string(use.prefix()) + similar->name;
                offer(problem, {"Write `" + text + "`", Fix::Act::set_text, use.field, text});
            }
        } else if (has_scope(use.name)) {
            report(problem_at(resource, Severity::warning, "older-scope", use.field, use.position,
                              "Clouds up to v1.1.10 do not find " + go_quoted(use.name) + "."))
                .hint = "Write \"" + std::string(bare_name(use.name)) +
                        "\" if no resource of the application has that name.";
        }
    }

    static std::string reach(const Resource& resource) {
        return resource.application.empty() ? "A global resource reaches global ones only."
                                            : "It reaches what is in the application " +
                                                  resource.application + " and what is global.";
    }

    /// Lower case without '-' and '_'.
    static std::string plain(std::string_view name) {
        std::string out;
        for (const char c : name) {
            if (c != '-' && c != '_') {
                out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
            }
        }
        return out;
    }

    /// In reach and nearly of that name.
    const Resource* find_similar(const Resource& from, const Use& use) {
        if (by_plain_name_.empty()) {
            for (const Resource& each : store_.resources()) {
                by_plain_name_.emplace(plain(each.name), &each);
            }
        }
        const auto [begin, end] = by_plain_name_.equal_range(plain(bare_name(use.name)));
        for (auto each = begin; each != end; ++each) {
            const Resource& found = *each->second;
            if (found.kind == use.kind &&
                (found.application.empty() || found.application == from.application)) {
                return &found;
            }
        }
        return nullptr;
    }

    void check_id(const Resource& resource, const FileFindings& found) {
        if (found.id.text.empty()) {
            return;
        }
        const auto [first, is_new] = ids_.emplace(found.id.text, &resource);
        if (!is_new) {
            Problem& problem =
                report(problem_at(resource, Severity::warning, "same-id", "id", found.id.position,
                                  "This is the id of " + first->second->path() + " too."));
            problem.hint =
                "The cloud keeps resources by their ids: one may take the other's place.";
            offer(problem, {"Make a new id", Fix::Act::new_id, "id", {}});
        }
    }

    void check_same_domain(const Resource& resource, const FileFindings& found) {
        const Fact& fqdn = found.fqdn();
        if (fqdn.text.empty()) {
            return;
        }
        const auto [first, is_new] = fqdns_.emplace(to_lower_ascii(fqdn.text), &resource);
        if (!is_new) {
            report(problem_at(resource, Severity::warning, "same-fqdn", "fqdn", fqdn.position,
                              "This is the name of " + first->second->path() + " too."))
                .hint = "Keep one of the two domains, or take another name.";
        }
    }

    void check_domain(const Resource& resource, const FileFindings& found) {
        const Fact& fqdn = found.fqdn();
        if (fqdn.text.empty() || options_.generated_suffix.empty() || project_id_.empty() ||
            !is_dns_name(fqdn.text)) {
            return;
        }
        if (auto sentence =
                generated_domain_problem(fqdn.text, options_.generated_suffix, project_id_)) {
            report(problem_at(resource, Severity::warning, "generated-domain", "fqdn",
                              fqdn.position, std::move(*sentence)))
                .hint = "Take a name like " +
                        generated_domain(project_id_, 1, options_.generated_suffix) + ".";
        } else if (!is_generated_domain(fqdn.text, options_.generated_suffix)) {
            report(problem_at(resource, Severity::note, "txt-record", "fqdn", fqdn.position,
                              "The cloud asks for a TXT record at " +
                                  txt_entry(project_id_, fqdn.text) + "."));
        }
    }

    void find_channels() {
        for_each([this](const Resource& resource, const FileFindings& found) {
            if (resource.kind == KindId::messaging) {
                channels_.emplace(resource.application, &found);
            }
        });
    }

    bool has_channel(std::string_view application, std::string_view channel) const {
        const auto [begin, end] = channels_.equal_range(application);
        return std::any_of(begin, end, [&](const auto& each) {
            const FileFindings& found = *each.second;
            return found.match_is_regex ? may_match(found, channel) : found.match().text == channel;
        });
    }

    void check_channel(const Resource& resource, const FileFindings& found) {
        const Fact& channel = found.channel();
        if (channel.text.empty() || has_channel({}, channel.text) ||
            has_channel(resource.application, channel.text)) {
            return;
        }
        report(problem_at(resource, Severity::warning, "channel", "trigger/channel",
                          channel.position,
                          "No messaging resource in reach has the channel " +
                              go_quoted(channel.text) + "."))
            .hint = "Nothing will call the function until one has it, letter by letter.";
    }

    const Store& store_;
    const CheckOptions& options_;
    Scope scope_;
    std::vector<Problem>& out_;
    const Findings& all_;
    std::string_view project_id_;
    std::unordered_multimap<std::string, const Resource*> by_plain_name_; ///< made when needed
    std::unordered_map<std::string_view, const Resource*> ids_;
    std::unordered_map<std::string, const Resource*> fqdns_; ///< in lower case
    std::unordered_multimap<std::string_view, const FileFindings*> channels_;
};

void append(std::vector<Problem>& all, const std::vector<Problem>& more) {
    all.insert(all.end(), more.begin(), more.end());
}

} // namespace

struct Checker::State {
    CheckOptions options;
    Findings findings;
    std::vector<Problem> problems;

    /// Looks into the files that are not those of before.
    void look(const Store& store) {
        const std::size_t count = store.resources().size();
        // Known before anything is moved: a finding that was moved has no text to compare.
        std::vector<bool> stays(count);
        std::unordered_map<const std::string*, FileFindings*> elsewhere;
        for (std::size_t i = 0; i < findings.size(); ++i) {
            const std::string& text = findings[i].file.text();
            if (i < count && &text == &store.file_of(i).text()) {
                stays[i] = true;
            } else {
                elsewhere.emplace(&text, &findings[i]);
            }
        }
        Findings now;
        now.reserve(count);
        for (std::size_t i = 0; i < count; ++i) {
            const auto moved =
                stays[i] ? elsewhere.end() : elsewhere.find(&store.file_of(i).text());
            if (stays[i]) {
                now.push_back(std::move(findings[i]));
            } else if (moved != elsewhere.end()) {
                now.push_back(std::move(*moved->second));
            } else {
                now.push_back(check_file(store.resources()[i], store.file_of(i)));
            }
        }
        findings = std::move(now);
    }

    /// Puts everything in the compiler's order.
    void assemble(const Store& store) {
        problems.clear();
        if (store.file("config.yaml") == nullptr) {
            problems.push_back(missing_file("config.yaml", "Add the project's config.yaml.",
                                            options.registered_id));
            if (options.registered_id.empty()) { // only the cloud gives a project its id
                problems.back().fix.reset();
            }
        }
        auto application = store.applications().begin();
        const auto skip_to = [&](std::string_view name) {
            for (; application != store.applications().end() && *application <= name;
                 ++application) {
                const std::string path = path_of(KindId::application, {}, *application);
                if (store.file(path) == nullptr) {
                    problems.push_back(missing_file(path, "Add the application's config.yaml."));
                }
            }
        };
        for (std::size_t i = 0; i < findings.size(); ++i) {
            const Resource& each = store.resources()[i];
            if (!each.application.empty()) {
                skip_to(each.application);
            }
            append(problems, findings[i].problems);
        }
        if (!store.applications().empty()) {
            skip_to(store.applications().back());
        }
        CrossCheck(store, findings, options, problems).run();
    }
};

Checker::Checker(CheckOptions options) : state_(std::make_unique<State>()) {
    state_->options = std::move(options);
}
Checker::~Checker() = default;
Checker::Checker(Checker&&) noexcept = default;
Checker& Checker::operator=(Checker&&) noexcept = default;

void Checker::check(const Store& store) {
    state_->look(store);
    state_->assemble(store);
}

void Checker::use(const Store& store, CheckOptions options) {
    state_->options = std::move(options);
    check(store);
}

const CheckOptions& Checker::options() const {
    return state_->options;
}

const std::vector<Problem>& Checker::problems() const {
    return state_->problems;
}

std::vector<Problem> check(const Store& store, const CheckOptions& options) {
    Checker checker(options);
    checker.check(store);
    return checker.problems();
}

const Problem* first_error(const std::vector<Problem>& problems) {
    const auto found = std::find_if(problems.begin(), problems.end(), [](const Problem& each) {
        return each.severity == Severity::error;
    });
    return found == problems.end() ? nullptr : &*found;
}

} // namespace tau::project
