#include "core/flow/create_project.h"

#include "core/base/file.h"
#include "core/flow/creation.h"
#include "core/flow/plan_record.h"
#include "core/flow/runner.h"
#include "core/project/config.h"

#include <algorithm>

namespace tau::flow {

namespace fs = std::filesystem;

namespace {

constexpr int lock_wait_ms = 200;

class CreateProject final : public Flow {
public:
    explicit CreateProject(std::unique_ptr<Creation> creation)
        : creation_(std::move(creation)), title_("Create project " + creation_->draft.name) {
        reset();
    }

    const std::string& id() const override { return creation_->flow_id; }
    const std::string& title() const override { return title_; }
    FlowState state() const override { return runner_->state(); }
    const std::vector<StepView>& steps() const override { return runner_->views(); }
    std::vector<std::string> undo_list() const override { return runner_->undo_list(); }

    Result<void> run(std::stop_token stop, const Observer& observer) override {
        return with_journal([&](Journal& journal) -> Result<void> {
            if (runner_->state() == FlowState::done) {
                return {};
            }
            if (runner_->state() == FlowState::undone || runner_->undo_begun()) {
                return fail(ErrorCode::conflict, "This creation is being undone.",
                            "Finish the undo, then create the project anew.");
            }
            if (!creation_->keepers.front().registration_id.empty()) { // made in another process
                if (auto loaded = creation_->load_keys(); !loaded) {
                    return loaded;
                }
            }
            return runner_->run(journal, stop, observer);
        });
    }

    Result<void> undo(std::stop_token stop, const Observer& observer) override {
        if (runner_->state() == FlowState::ready) {
            return {};
        }
        return with_journal([&](Journal& journal) -> Result<void> {
            return runner_->state() == FlowState::undone ? Result<void>{}
                                                         : runner_->undo(journal, stop, observer);
        });
    }

    std::string report() const override;

    /// What the journal says so far; for a flow that is opened.
    Result<void> restore(const std::vector<Entry>& entries) { return runner_->restore(entries); }

private:
    void reset() {
        runner_ = std::make_unique<Runner>(creation_steps(*creation_), creation_->world.at);
    }
    fs::path journal_path() const { return creation_->flow_folder() / "journal"; }

    /// The journal under the flow's lock, read anew: another process may have gone on with it.
    template <typename Work>
    Result<void> with_journal(const Work& work) {
        const bool fresh = runner_->state() == FlowState::ready;
        for (const fs::path& folder : {creation_->world.data, flows_folder(creation_->world.data),
                                       creation_->flow_folder()}) {
            if (auto made = make_private_directory(folder); !made) {
                return made;
            }
        }
        auto lock = FileLock::acquire(creation_->flow_folder() / "lock", lock_wait_ms);
        if (!lock) {
            return fail(ErrorCode::unavailable, "Another window or program works on this creation.",
                        "Wait until it is done, then try again.");
        }
        auto journal = fresh ? begin() : reopen();
        return journal ? work(**journal) : Result<void>(fail(journal.error()));
    }

    Result<std::unique_ptr<Journal>> begin() {
        const World& world = creation_->world;
        if (auto kept = write_file_atomic(creation_->flow_folder() / "network.yaml",
                                          vault::to_yaml(creation_->network));
            !kept) {
            return fail(kept.error());
        }
        auto journal = Journal::create(journal_path(), world.clock, world.at);
        if (!journal) {
            return journal;
        }
        if (auto noted = (*journal)->append(Kind::plan, "", plan_facts(*creation_, steps().size()));
            !noted) {
            return fail(noted.error());
        }
        return journal;
    }

    Result<std::unique_ptr<Journal>> reopen() {
        auto opened = Journal::open(journal_path(), creation_->world.clock, creation_->world.at);
        if (!opened) {
            return fail(opened.error());
        }
        reset();
        if (auto restored = runner_->restore(opened->entries); !restored) {
            return fail(restored.error());
        }
        return std::move(opened->journal);
    }

    std::unique_ptr<Creation> creation_;
    std::string title_;
    std::unique_ptr<Runner> runner_;
};

std::string CreateProject::report() const {
    std::string text =
        title_ + " (" + creation_->flow_id + ")\nProject " + creation_->project_id + "\n";
    for (const Keeper& keeper : creation_->keepers) {
        text += "Vault " + keeper.node.name + " " + keeper.node.node_id() + "\n";
    }
    for (const StepView& step : steps()) {
        text += "  [" + std::string(to_string(step.state)) + "] " + step.sentence;
        if (step.elapsed.count() > 0) {
            text += " (" + std::to_string(step.elapsed.count()) + " ms)";
        }
        text += "\n";
        if (step.error) {
            text += "      " + std::string(tau::to_string(step.error->code)) + ": " +
                    step.error->message + "\n";
            for (const std::string& more : {step.error->hint, step.error->detail}) {
                text += more.empty() ? "" : "      " + more + "\n";
            }
        }
    }
    return text;
}

/// "shop-3f9a1c": readable, and one of its own for each try.
std::string new_flow_id(const std::string& name, Entropy& entropy) {
    std::array<std::uint8_t, 3> random{};
    entropy.fill(random);
    return name + "-" + to_hex(random);
}

/// Fills what follows from the draft. Records count as of the plan: they live for days, and an
/// unfinished creation may wait for longer.
Result<void> settle(Creation& creation) {
    creation.sides[0].role = vault::Role::configuration;
    creation.sides[0].choice = creation.draft.configuration;
    creation.sides[1].role = vault::Role::code;
    creation.sides[1].choice = creation.draft.code;
    for (const project::VaultChoice& choice : creation.draft.vaults) {
        auto record = vault::decode_record(choice.record, creation.planned_at);
        if (!record) {
            return fail(record.error());
        }
        if (record->node_id() != choice.node_id || record->seq == vault::tombstone_seq) {
            return fail(ErrorCode::invalid_argument,
                        "The vault " + record->name + " cannot be chosen: its record is " +
                            (record->seq == vault::tombstone_seq ? "the end of its key."
                                                                 : "that of another node."),
                        "Choose another vault, or fetch the network's list again.");
        }
        Keeper& keeper = creation.keepers.emplace_back();
        keeper.number = creation.keepers.size();
        keeper.node = std::move(*record);
    }
    return {};
}

} // namespace

Result<std::unique_ptr<Flow>> plan_create_project(const project::Draft& draft,
                                                  const vault::Network& network, World& world) {
    const auto issues = project::validate(draft);
    if (!issues.empty()) {
        return fail(ErrorCode::invalid_argument, issues.front().sentence);
    }
    const auto& hosts = network.git_hosts;
    if (std::none_of(hosts.begin(), hosts.end(),
                     [&](const vault::GitHost& host) { return host.name == draft.git_host; })) {
        return fail(ErrorCode::invalid_argument,
                    "The network has no git host named \"" + draft.git_host + "\".",
                    "Choose one of the network's git hosts.");
    }
    auto creation = std::make_unique<Creation>(world);
    creation->draft = draft;
    creation->network = network;
    creation->planned_at = world.clock.now();
    creation->project_id = project::new_project_id(world.entropy);
    creation->flow_id = new_flow_id(draft.name, world.entropy);
    std::array<std::uint8_t, 16> key{};
    world.entropy.fill(key);
    creation->idempotency_key = to_hex(key);
    if (auto settled = settle(*creation); !settled) {
        return fail(settled.error());
    }
    for (Keeper& keeper : creation->keepers) {
        for (Grant& grant : keeper.grants) {
            grant.deploy_key = keys::DeployKey::generate(world.entropy);
            grant.webhook = keys::WebhookSecret::generate(world.entropy);
            grant.fingerprint = grant.deploy_key->fingerprint();
        }
    }
    return std::make_unique<CreateProject>(std::move(creation));
}

Result<std::unique_ptr<Flow>> open_create_project(const std::string& id, World& world) {
    auto origin = read_origin(world.data, id);
    if (!origin) {
        return fail(origin.error());
    }
    auto creation = std::make_unique<Creation>(world);
    creation->flow_id = id;
    creation->network = std::move(origin->network);
    // open() rather than read(): this is where a damaged record is put aside.
    auto opened = Journal::open(creation->flow_folder() / "journal", world.clock, {});
    if (!opened) {
        return fail(opened.error());
    }
    if (auto known = read_plan(opened->entries, *creation); !known) {
        return fail(known.error());
    }
    if (auto settled = settle(*creation); !settled) {
        return fail(settled.error());
    }
    auto flow = std::make_unique<CreateProject>(std::move(creation));
    if (auto restored = flow->restore(opened->entries); !restored) {
        return fail(restored.error());
    }
    return flow;
}

} // namespace tau::flow
