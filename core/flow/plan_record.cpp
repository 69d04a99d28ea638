#include "core/flow/plan_record.h"

#include <algorithm>
#include <charconv>

namespace tau::flow {

Facts plan_facts(const Change& change, std::size_t steps) {
    const project::Draft& draft = change.draft;
    const auto yes = [](bool value) { return std::string(value ? "yes" : "no"); };
    Facts facts{{"kind", std::string(to_string(change.kind))},
                {"title", title_of(change)},
                {"project_id", change.project_id},
                {"idempotency_key", change.idempotency_key},
                {"planned_at", std::to_string(change.planned_at)},
                {"name", draft.name},
                {"description", draft.description},
                {"email", draft.email},
                {"private", yes(draft.is_private)},
                {"git_host", draft.git_host},
                {"owner", draft.owner},
                {"configuration", draft.configuration.name},
                {"configuration_existing", yes(draft.configuration.use_existing)},
                {"code", draft.code.name},
                {"code_existing", yes(draft.code.use_existing)},
                {"branch", draft.branch},
                {"steps", std::to_string(steps)}};
    for (const Keeper& keeper : change.keepers) {
        facts["vault/" + std::to_string(keeper.number)] = to_base64(vault::encode(keeper.node));
    }
    for (const Former& former : change.formers) {
        facts["former/" + std::to_string(former.number)] = former.node.node_id();
    }
    facts["remove_repositories"] = yes(change.removal.repositories);
    facts["remove_files"] = yes(change.removal.files);
    facts["without_answer"] = yes(change.removal.without_answer);
    facts["discard_work"] = yes(change.removal.discard_work);
    facts["lost_work"] = change.lost_work;
    return facts;
}

Result<void> read_plan(const std::vector<Entry>& entries, Change& change) {
    if (entries.empty() || entries.front().kind != Kind::plan) {
        return fail(ErrorCode::corrupt, "This change was stopped before anything was planned.",
                    "Forget it; nothing was made.");
    }
    const Facts& facts = entries.front().facts;
    const auto kind = facts.count("kind") == 0 ? Result<ChangeKind>(ChangeKind::create)
                                               : change_kind_from_string(fact(facts, "kind"));
    if (!kind) {
        return fail(kind.error());
    }
    change.kind = *kind;
    change.removal = {fact(facts, "remove_repositories") == "yes",
                      fact(facts, "remove_files") == "yes", fact(facts, "without_answer") == "yes",
                      fact(facts, "discard_work") == "yes"};
    change.lost_work = fact(facts, "lost_work");
    project::Draft& draft = change.draft;
    draft.name = fact(facts, "name");
    draft.description = fact(facts, "description");
    draft.email = fact(facts, "email");
    draft.is_private = fact(facts, "private") == "yes";
    draft.git_host = fact(facts, "git_host");
    draft.owner = fact(facts, "owner");
    draft.configuration = {fact(facts, "configuration"),
                           fact(facts, "configuration_existing") == "yes"};
    draft.code = {fact(facts, "code"), fact(facts, "code_existing") == "yes"};
    draft.branch = fact(facts, "branch");
    change.project_id = fact(facts, "project_id");
    change.idempotency_key = fact(facts, "idempotency_key");
    const std::string time = fact(facts, "planned_at");
    std::from_chars(time.data(), time.data() + time.size(), change.planned_at);
    if (change.kind != ChangeKind::create) {
        return {}; // the rest is in the copy of project.yaml
    }
    for (std::size_t number = 1; number <= project::max_vaults; ++number) {
        const auto found = facts.find("vault/" + std::to_string(number));
        if (found == facts.end()) {
            break;
        }
        const auto bytes = from_base64(found->second);
        const auto record = bytes ? vault::decode_record(*bytes, change.planned_at)
                                  : Result<vault::NodeRecord>(fail(bytes.error()));
        if (!record) {
            return fail(record.error());
        }
        draft.vaults.push_back(project::choice_of(*record));
    }
    if (!project::validate(draft).empty() || change.project_id.empty()) {
        return fail(ErrorCode::corrupt, "The plan of this change cannot be read.",
                    "Use the version of the program that began it.");
    }
    return {};
}

bool is_flow_id(std::string_view id) {
    return !id.empty() && id.size() <= 100 && std::all_of(id.begin(), id.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == '-';
    });
}

} // namespace tau::flow
