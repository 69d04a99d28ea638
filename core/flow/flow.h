// core/flow: a change to the world as a list of steps with run and undo, journalled.
// flow.h            this file: what a window or a terminal sees of a running change
// step.h            one step: look first, do, undo
// journal.h         the record on disk: intent before, outcome after each effect
// runner.h          runs, resumes and undoes a list of steps
// create_project.h  the steps that make a project, and the projects made here
// living_project.h  new keys, other vaults, and the end of a project
// change.h          what all their steps share
// clones.h          the two clones of a project: branches, commits, push and pull
#pragma once

#include "core/forge/forge.h"
#include "core/ports.h"

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace tau::flow {

/// What the steps work with; outlives the flow.
struct World {
    forge::Forge& forge;
    Http& http;
    SecretStore& secrets;
    const Clock& clock;
    Entropy& entropy;
    Log& log;
    std::filesystem::path data; ///< private folder: journals and the local clones
    /// Called with the name of each moment at which a crash would be telling: before and after
    /// each record and each effect, from any of the flow's threads. For tests; may be empty.
    std::function<void(std::string_view point)> at{};
};

enum class StepState { waiting, running, done, failed, undoing, undone };
std::string_view to_string(StepState state);

/// One step as it stands now.
struct StepView {
    std::string id;       ///< "create-repository/configuration"
    std::string sentence; ///< what it will do, then what it did; names and fingerprints, no secret
    StepState state = StepState::waiting;
    std::chrono::milliseconds elapsed{0};
    std::string link; ///< address of what exists now; may be empty
    std::optional<Error> error;
    bool was_there = true; ///< false: undone, but there was nothing to take back
    std::string stays;     ///< what undo had to leave, and how to remove it; mostly empty
};

/// Called on the thread that runs the flow, after each change of a step.
using Observer = std::function<void(std::size_t index, const StepView& step)>;

enum class FlowState { ready, unfinished, done, undone };

/// One journalled change to the world: planned, running, failed half-way, done or undone. One
/// thread at a time; steps() may be read between calls.
class Flow {
public:
    virtual ~Flow() = default;
    virtual const std::string& id() const = 0;
    virtual const std::string& title() const = 0; ///< "Create project shop"
    virtual std::string_view kind() const = 0;    ///< "create", "rotate", "move", "remove"
    virtual const std::string& project_id() const = 0;
    virtual FlowState state() const = 0;
    virtual const std::vector<StepView>& steps() const = 0;
    /// Runs from the first step that is not done. `cancelled` when stopped; every error leaves the
    /// flow where run() or undo() can be called again, in this process or another. Once an undo has
    /// begun, only undo() goes on (`conflict`).
    virtual Result<void> run(std::stop_token stop, const Observer& observer) = 0;
    /// What undo() would remove, one sentence each; empty when nothing was made.
    virtual std::vector<std::string> undo_list() const = 0;
    /// Whether undo() can take it back still, or else `conflict` with the reason: some steps have
    /// no way back, and once one of them was begun only run() goes on; and of what was finished
    /// only the project's last change can be undone.
    virtual Result<void> can_undo() const = 0;
    /// Takes back, newest first, what the journal says this flow made, and nothing else; of a flow
    /// that is done, too. `conflict` when it cannot. Goes on after an error and returns the first;
    /// call it again for the rest.
    virtual Result<void> undo(std::stop_token stop, const Observer& observer) = 0;
    /// Everything a person may paste into a mail: steps, times, errors. No secret.
    virtual std::string report() const = 0;
};

/// A journal on disk that is neither done nor undone.
struct Unfinished {
    std::string id;
    std::string title;
    std::int64_t started_at = 0;
    std::size_t steps_done = 0;
    std::size_t steps_total = 0;
    std::string last_error; ///< sentence; may be empty
    std::string project_id = {};
};

/// The last change that a project went through.
struct LastChange {
    std::string id;
    std::string title;
    std::string kind; ///< as Flow::kind()
    std::int64_t finished_at = 0;
    bool returns = false; ///< whether changes of its kind can be taken back when they are finished
};

} // namespace tau::flow
