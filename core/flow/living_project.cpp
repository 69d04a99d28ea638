#include "core/flow/living_project.h"

#include "core/base/file.h"
#include "core/flow/journalled_flow.h"
#include "core/flow/unsaved_work.h"
#include "core/git/url.h"

#include <algorithm>

namespace tau::flow {

namespace {

constexpr auto both_roles = std::array{vault::Role::configuration, vault::Role::code};

/// "ssh://git@host/me/tb_shop.git" -> "me" and "tb_shop". An owner may be a path of groups.
Result<std::array<std::string, 2>> owner_and_name(const std::string& url) {
    auto parsed = git::parse_url(url);
    if (!parsed) {
        return fail(parsed.error());
    }
    std::string path = parsed->path;
    if (path.ends_with(".git")) {
        path.resize(path.size() - 4);
    }
    const std::size_t slash = path.rfind('/');
    if (slash == std::string::npos || slash < 2) {
        return fail(ErrorCode::corrupt, "The project file names a repository without an owner.");
    }
    return std::array{path.substr(1, slash - 1), path.substr(slash + 1)};
}

/// The draft that would have made this project, as far as it can be told.
Result<void> read_draft(Change& change) {
    const project::Export& file = *change.before;
    project::Draft& draft = change.draft;
    draft.name = file.name;
    draft.description = file.description;
    draft.email = file.email;
    draft.branch = file.vaults.front().registration.repositories[0].default_branch;
    for (std::size_t i = 0; i < both_roles.size(); ++i) {
        auto names = owner_and_name(file.claims[i].repository_url);
        if (!names) {
            return fail(names.error());
        }
        draft.owner = (*names)[0];
        Side& side = change.sides[i];
        side.role = both_roles[i];
        side.choice = {(*names)[1], true};
        (i == 0 ? draft.configuration : draft.code) = side.choice;
    }
    return {};
}

Result<Former> read_former(const project::Enrolment& enrolment, std::size_t number) {
    auto node = vault::decode_record(enrolment.record, enrolment.receipt.time);
    if (!node) {
        return fail(node.error());
    }
    Former former{number, std::move(*node), enrolment, {}};
    for (std::size_t i = 0; i < former.bundles.size(); ++i) {
        auto bundle = seal::decode_bundle(enrolment.registration.repositories[i].sealed);
        if (!bundle) {
            return fail(bundle.error());
        }
        former.bundles[i] = std::move(*bundle);
    }
    return former;
}

/// How the plan names the vaults: "vault/1" those that come, "former/1" those that go.
std::string vault_fact(const char* what, std::size_t number) {
    return std::string(what) + "/" + std::to_string(number);
}

Result<void> read_formers(Change& change, const std::vector<std::string>& node_ids) {
    std::size_t found = 0;
    for (const project::Enrolment& enrolment : change.before->vaults) {
        const bool meant = std::find(node_ids.begin(), node_ids.end(), enrolment.receipt.node_id) !=
                           node_ids.end();
        if (!meant) {
            continue;
        }
        auto former = read_former(enrolment, ++found);
        if (!former) {
            return fail(former.error());
        }
        change.formers.push_back(std::move(*former));
    }
    if (found != node_ids.size()) {
        return fail(ErrorCode::invalid_argument, "The project is not with one of these vaults.",
                    "See where it is with: tau-project status");
    }
    return {};
}

void add_keeper(Change& change, vault::NodeRecord node) {
    Keeper& keeper = change.keepers.emplace_back();
    keeper.number = change.keepers.size();
    keeper.node = std::move(node);
    const Former* former = change.former(keeper);
    keeper.rotates = change.kind == ChangeKind::rotate;
    keeper.slot = former != nullptr ? "/next" : "";
    keeper.idempotency_key =
        keeper.rotates ? former->enrolment.idempotency_key : change.idempotency_key;
}

/// What every plan begins with.
Result<std::unique_ptr<Change>> begin_plan(ChangeKind kind, const LocalProject& project,
                                           const vault::Network& network,
                                           const std::string& git_host, World& world) {
    auto change = std::make_unique<Change>(world);
    change->kind = kind;
    auto file = load_export(project);
    if (!file) {
        return fail(file.error());
    }
    const auto unfinished = list_unfinished(world.data);
    if (!unfinished) {
        return fail(unfinished.error());
    }
    for (const Unfinished& other : *unfinished) {
        if (other.project_id == file->project_id) {
            return fail(ErrorCode::conflict,
                        "Another change of this project is not finished: " + other.id + ".",
                        "Let it run to its end, or take it back, first.");
        }
    }
    change->before = std::move(*file);
    change->project_id = change->before->project_id;
    change->network = network;
    change->draft.git_host = git_host;
    change->planned_at = world.clock.now();
    std::array<std::uint8_t, 16> key{};
    world.entropy.fill(key);
    change->idempotency_key = to_hex(key);
    if (auto read = read_draft(*change); !read) {
        return fail(read.error());
    }
    change->flow_id = new_flow_id(change->draft.name, world.entropy);
    return change;
}

std::vector<std::string> node_ids(const project::Export& file) {
    std::vector<std::string> ids;
    for (const project::Enrolment& enrolment : file.vaults) {
        ids.push_back(enrolment.receipt.node_id);
    }
    return ids;
}

/// Made in memory, so that the plan names their fingerprints.
void make_grants(Change& change) {
    for (Keeper& keeper : change.keepers) {
        for (Grant& grant : keeper.grants) {
            grant.deploy_key = keys::DeployKey::generate(change.world.entropy);
            grant.webhook = keys::WebhookSecret::generate(change.world.entropy);
            grant.fingerprint = grant.deploy_key->fingerprint();
        }
    }
}

/// Its endpoint, and the key that it wants things sealed to, may be others by now.
vault::NodeRecord present_record(const Change& change, const Former& former,
                                 const std::stop_token& stop) {
    const vault::RetryPolicy once{1, std::chrono::milliseconds{1}, std::chrono::seconds{5}};
    auto record = client_of(change, former.node, once).fetch_record(change.planned_at, stop);
    if (!record) {
        return former.node;
    }
    return std::move(*record);
}

Result<void> check_choice(const Change& change, const std::vector<vault::NodeRecord>& wanted) {
    std::vector<std::string> ids = node_ids(*change.before);
    for (const Former& former : change.formers) {
        std::erase(ids, former.node.node_id());
    }
    for (const vault::NodeRecord& node : wanted) {
        const std::string id = node.node_id();
        if (std::find(ids.begin(), ids.end(), id) != ids.end()) {
            return fail(ErrorCode::invalid_argument,
                        "The project is with the vault " + node.name + " already.",
                        "Choose another vault, or register with this one again.");
        }
        ids.push_back(id);
    }
    if (ids.empty() || ids.size() > project::max_vaults) {
        return fail(ErrorCode::invalid_argument,
                    ids.empty() ? "That would leave the project without a vault."
                                : "A project can have at most three vaults.",
                    "Choose other vaults.");
    }
    return {};
}

/// Nobody may lose work without having been told which.
Result<void> look_at_work(Change& change, const LocalProject& project) {
    if (!change.removal.files) {
        return {};
    }
    const auto work = unsaved_work(project);
    if (!work) {
        if (change.removal.discard_work) {
            change.lost_work = "what is in clones that git cannot read";
            return {};
        }
        Error error = work.error();
        error.hint = "Mend or move the clone, or agree to lose what is in it (--discard-work).";
        return fail(std::move(error));
    }
    change.lost_work = listed(*work);
    if (work->empty() || change.removal.discard_work) {
        return {};
    }
    return fail(ErrorCode::conflict,
                "The project's clones hold work that is nowhere else: " + change.lost_work + ".",
                "Commit and push it first, or agree to lose it (--discard-work).");
}

} // namespace

Result<void> settle_living(Change& change, const Facts& plan) {
    if (auto read = read_draft(change); !read) {
        return read;
    }
    std::vector<std::string> leaving;
    std::vector<vault::NodeRecord> coming;
    for (std::size_t number = 1; number <= project::max_vaults; ++number) {
        if (const std::string id = fact(plan, vault_fact("former", number)); !id.empty()) {
            leaving.push_back(id);
        }
        if (const std::string text = fact(plan, vault_fact("vault", number)); !text.empty()) {
            const auto bytes = from_base64(text);
            auto record = bytes ? vault::decode_record(*bytes, change.planned_at)
                                : Result<vault::NodeRecord>(fail(bytes.error()));
            if (!record) {
                return fail(record.error());
            }
            coming.push_back(std::move(*record));
        }
    }
    if (auto read = read_formers(change, leaving); !read) {
        return read;
    }
    for (vault::NodeRecord& record : coming) {
        add_keeper(change, std::move(record));
    }
    return {};
}

Result<std::unique_ptr<Flow>> plan_rotate_keys(const LocalProject& project,
                                               const std::vector<std::string>& vaults,
                                               const vault::Network& network,
                                               const std::string& git_host, World& world,
                                               std::stop_token stop) {
    auto change = begin_plan(ChangeKind::rotate, project, network, git_host, world);
    if (!change) {
        return fail(change.error());
    }
    const auto meant = vaults.empty() ? node_ids(*(*change)->before) : vaults;
    if (auto read = read_formers(**change, meant); !read) {
        return fail(read.error());
    }
    for (const Former& former : (*change)->formers) {
        add_keeper(**change, present_record(**change, former, stop));
    }
    make_grants(**change);
    return journalled_flow(std::move(*change));
}

Result<std::unique_ptr<Flow>> plan_move_project(const LocalProject& project,
                                                const std::vector<std::string>& from,
                                                const std::vector<project::VaultChoice>& to,
                                                bool without_answer, const vault::Network& network,
                                                const std::string& git_host, World& world) {
    auto change = begin_plan(ChangeKind::move, project, network, git_host, world);
    if (!change) {
        return fail(change.error());
    }
    (*change)->removal.without_answer = without_answer;
    if (auto read = read_formers(**change, from); !read) {
        return fail(read.error());
    }
    std::vector<vault::NodeRecord> records;
    for (const project::VaultChoice& choice : to) {
        auto record = vault::decode_record(choice.record, (*change)->planned_at);
        if (!record) {
            return fail(record.error());
        }
        records.push_back(std::move(*record));
    }
    if (auto fits = check_choice(**change, records); !fits) {
        return fail(fits.error());
    }
    for (vault::NodeRecord& record : records) {
        add_keeper(**change, std::move(record));
    }
    make_grants(**change);
    return journalled_flow(std::move(*change));
}

Result<std::unique_ptr<Flow>> plan_remove_project(const LocalProject& project,
                                                  const RemovalOptions& options,
                                                  const vault::Network& network,
                                                  const std::string& git_host, World& world) {
    auto change = begin_plan(ChangeKind::remove, project, network, git_host, world);
    if (!change) {
        return fail(change.error());
    }
    (*change)->removal = options;
    if (auto looked = look_at_work(**change, project); !looked) {
        return fail(looked.error());
    }
    if (auto read = read_formers(**change, node_ids(*(*change)->before)); !read) {
        return fail(read.error());
    }
    return journalled_flow(std::move(*change));
}

} // namespace tau::flow
