#pragma once

#include "core/flow/flow.h"
#include "core/flow/journal.h"
#include "core/flow/step.h"

#include <vector>

namespace tau::flow {

/// Runs, resumes and undoes a list of steps. Knows nothing of what they do.
class Runner {
public:
    Runner(std::vector<Step> steps, Journal::Hook hook);

    /// Takes in what a journal says; entries of unknown steps are `corrupt`.
    Result<void> restore(const std::vector<Entry>& entries);
    /// Every step that is not done, in order; lanes at the same time. The first error ends it as
    /// soon as the other lanes have finished the step they are in.
    Result<void> run(Journal& journal, std::stop_token stop, const Observer& observer);
    /// Every step that was begun, newest first. Goes on after an error, but not after a stop, and
    /// returns the first.
    Result<void> undo(Journal& journal, std::stop_token stop, const Observer& observer);

    FlowState state() const { return state_; }
    bool undo_begun() const { return undo_begun_; }
    /// False once a final step was begun.
    bool can_undo() const;
    const std::vector<StepView>& views() const { return views_; }
    std::vector<std::string> undo_list() const;
    /// The last error that was recorded; empty when there is none.
    const std::string& last_error() const { return last_error_; }

private:
    enum class Mark { none, intended, done, undoing, undone };
    struct Progress {
        Mark mark = Mark::none;
        Facts facts;
    };
    using Tell = std::function<void(std::size_t index, StepView view)>;

    StepCall call(std::size_t index, std::stop_token stop) const;
    Result<void> apply(const Entry& entry);
    Result<void> run_step(std::size_t index, Journal& journal, std::stop_token stop,
                          const Tell& tell);
    Result<Outcome> reach(std::size_t index, Journal& journal, std::stop_token stop);
    Result<void> run_lanes(std::size_t first, std::size_t last, Journal& journal,
                           std::stop_token stop, const Observer& observer);
    Result<Undone> undo_step(std::size_t index, Journal& journal, std::stop_token stop);
    void show(std::size_t index, StepView view, const Observer& observer);
    void point(std::string_view when, std::size_t index) const;

    std::vector<Step> steps_;
    std::vector<Progress> progress_;
    std::vector<StepView> views_;
    Journal::Hook hook_;
    FlowState state_ = FlowState::ready;
    bool undo_begun_ = false;
    std::string last_error_;
};

} // namespace tau::flow
