#pragma once

#include "core/base/result.h"
#include "core/flow/journal.h"

#include <functional>
#include <optional>
#include <stop_token>
#include <string>

namespace tau::flow {

/// What a step says when its effect is there. `facts` hold what later steps and undo need to know:
/// remote ids, addresses, fingerprints.
struct Outcome {
    std::string sentence;
    std::string link; ///< may be empty
    Facts facts;
};

/// What undo found and did.
struct Undone {
    bool was_there = true; ///< false when there was nothing to take back
    std::string stays{};   ///< what it had to leave, and how to remove it; empty: nothing
};

/// What a step's functions are given.
struct StepCall {
    std::stop_token stop;
    bool attempted = false; ///< an earlier run may have left the effect behind
    const Facts& recorded;  ///< facts of the outcome; empty before there is one
};

/// One step: at most one effect on the world outside, which is journalled around `run` and `undo`.
struct Step {
    std::string id;   ///< "create-repository/configuration"
    std::string plan; ///< what it will do: one sentence
    /// Steps in a row with a lane other than 0 run at the same time as those of other lanes of the
    /// same stage; the next stage waits for all of them.
    int lane = 0;
    int stage = 0;
    bool is_final = false; ///< once begun there is no way back, for this step and those before it
    /// Whether the effect is there already; may be empty.
    std::function<Result<std::optional<Outcome>>(const StepCall&)> look;
    std::function<Result<Outcome>(const StepCall&)> run;
    /// Takes an outcome's facts in, after run() and when a journal is opened; may be empty.
    std::function<Result<void>(const Facts&)> learn;
    /// What undo takes back (or leaves): one sentence, or none; may be empty.
    std::function<std::optional<std::string>(const StepCall&)> undo_sentence;
    /// Takes the effect back; when there is no outcome it has to look first. Empty: nothing to do.
    std::function<Result<Undone>(const StepCall&)> undo;
};

} // namespace tau::flow
