#include "core/flow/journalled_flow.h"

#include "core/base/file.h"
#include "core/flow/plan_record.h"
#include "core/flow/runner.h"

namespace tau::flow {

namespace fs = std::filesystem;

namespace {

constexpr int lock_wait_ms = 200;
constexpr std::size_t max_project_file = 2U << 20U;

class JournalledFlow final : public Flow {
public:
    explicit JournalledFlow(std::unique_ptr<Change> change)
        : change_(std::move(change)), title_(title_of(*change_)) {
        reset();
    }

    const std::string& id() const override { return change_->flow_id; }
    const std::string& title() const override { return title_; }
    std::string_view kind() const override { return to_string(change_->kind); }
    const std::string& project_id() const override { return change_->project_id; }
    FlowState state() const override { return runner_->state(); }
    const std::vector<StepView>& steps() const override { return runner_->views(); }
    std::vector<std::string> undo_list() const override { return runner_->undo_list(); }

    Result<void> run(std::stop_token stop, const Observer& observer) override {
        return with_journal([&](Journal& journal) -> Result<void> {
            if (runner_->state() == FlowState::done) {
                return {};
            }
            if (runner_->state() == FlowState::undone || runner_->undo_begun()) {
                return fail(ErrorCode::conflict, "This change is being undone.",
                            "Finish the undo, then begin anew.");
            }
            const bool was_begun = change_->kind != ChangeKind::create ||
                                   !change_->keepers.front().registration_id.empty();
            if (was_begun) { // perhaps in another process
                if (auto loaded = change_->load_keys(); !loaded) {
                    return loaded;
                }
            }
            return runner_->run(journal, stop, observer);
        });
    }

    Result<void> can_undo() const override {
        if (!runner_->can_undo()) {
            const bool done = runner_->state() == FlowState::done;
            return fail(ErrorCode::conflict, "This change has gone too far to be taken back.",
                        done ? "It ended a registration for good. Another change can lead back."
                             : "Let it run to its end instead.");
        }
        if (runner_->state() == FlowState::done && !is_last(*change_)) {
            return fail(ErrorCode::conflict, "The project was changed again since.",
                        "Only its last change can be taken back.");
        }
        return {};
    }

    Result<void> undo(std::stop_token stop, const Observer& observer) override {
        if (runner_->state() == FlowState::ready) {
            return {};
        }
        return with_journal([&](Journal& journal) -> Result<void> {
            if (runner_->state() == FlowState::undone) {
                return {};
            }
            auto allowed = can_undo();
            return allowed ? runner_->undo(journal, stop, observer) : allowed;
        });
    }

    std::string report() const override;

    /// What the journal says so far; for a flow that is opened.
    Result<void> restore(const std::vector<Entry>& entries) { return runner_->restore(entries); }

private:
    void reset() { runner_ = std::make_unique<Runner>(steps_of(*change_), change_->world.at); }
    fs::path journal_path() const { return change_->flow_folder() / "journal"; }

    /// The journal under the flow's lock, read anew: another process may have gone on with it.
    template <typename Work>
    Result<void> with_journal(const Work& work) {
        const bool fresh = runner_->state() == FlowState::ready;
        for (const fs::path& folder :
             {change_->world.data, flows_folder(change_->world.data), change_->flow_folder()}) {
            if (auto made = make_private_directory(folder); !made) {
                return made;
            }
        }
        auto lock = FileLock::acquire(change_->flow_folder() / "lock", lock_wait_ms);
        if (!lock) {
            return fail(ErrorCode::unavailable, "Another window or program works on this change.",
                        "Wait until it is done, then try again.");
        }
        auto journal = fresh ? begin() : reopen();
        return journal ? work(**journal) : Result<void>(fail(journal.error()));
    }

    Result<std::unique_ptr<Journal>> begin() {
        const World& world = change_->world;
        if (auto kept = write_file_atomic(change_->flow_folder() / "network.yaml",
                                          vault::to_yaml(change_->network));
            !kept) {
            return fail(kept.error());
        }
        if (change_->before) {
            const auto file = read_file(change_->export_file(), max_project_file);
            const auto kept = file ? write_file_atomic(change_->former_export_file(), *file)
                                   : Result<void>(fail(file.error()));
            if (!kept) {
                return fail(kept.error());
            }
        }
        auto journal = Journal::create(journal_path(), world.clock, world.at);
        if (!journal) {
            return journal;
        }
        if (auto noted = (*journal)->append(Kind::plan, "", plan_facts(*change_, steps().size()));
            !noted) {
            return fail(noted.error());
        }
        return journal;
    }

    Result<std::unique_ptr<Journal>> reopen() {
        auto opened = Journal::open(journal_path(), change_->world.clock, change_->world.at);
        if (!opened) {
            return fail(opened.error());
        }
        reset();
        if (auto restored = runner_->restore(opened->entries); !restored) {
            return fail(restored.error());
        }
        return std::move(opened->journal);
    }

    std::unique_ptr<Change> change_;
    std::string title_;
    std::unique_ptr<Runner> runner_;
};

std::string JournalledFlow::report() const {
    std::string text =
        title_ + " (" + change_->flow_id + ")\nProject " + change_->project_id + "\n";
    for (const Keeper& keeper : change_->keepers) {
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

/// Where the file `before.yaml` says what the project was, and the plan what becomes of it.
Result<void> load_before(Change& change, const Facts& plan) {
    auto yaml = read_file(change.former_export_file(), max_project_file);
    auto file = yaml ? project::parse_export(*yaml) : Result<project::Export>(fail(yaml.error()));
    if (!file) {
        return fail(file.error());
    }
    change.before = std::move(*file);
    return settle_living(change, plan);
}

} // namespace

std::string new_flow_id(const std::string& name, Entropy& entropy) {
    std::array<std::uint8_t, 3> random{};
    entropy.fill(random);
    return name + "-" + to_hex(random);
}

std::unique_ptr<Flow> journalled_flow(std::unique_ptr<Change> change) {
    return std::make_unique<JournalledFlow>(std::move(change));
}

Result<std::unique_ptr<Flow>> open_flow(const std::string& id, World& world) {
    auto origin = read_origin(world.data, id);
    if (!origin) {
        return fail(origin.error());
    }
    auto change = std::make_unique<Change>(world);
    change->flow_id = id;
    change->network = std::move(origin->network);
    // open() rather than read(): this is where a damaged record is put aside.
    auto opened = Journal::open(change->flow_folder() / "journal", world.clock, {});
    if (!opened) {
        return fail(opened.error());
    }
    auto known = read_plan(opened->entries, *change);
    if (known) {
        known = change->kind == ChangeKind::create
                    ? settle_creation(*change)
                    : load_before(*change, opened->entries.front().facts);
    }
    if (!known) {
        return fail(known.error());
    }
    auto flow = std::make_unique<JournalledFlow>(std::move(change));
    if (auto restored = flow->restore(opened->entries); !restored) {
        return fail(restored.error());
    }
    return flow;
}

} // namespace tau::flow
