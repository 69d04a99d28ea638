#include "core/flow/flow.h"

namespace tau::flow {

std::string_view to_string(StepState state) {
    switch (state) {
    case StepState::waiting:
        return "waiting";
    case StepState::running:
        return "running";
    case StepState::done:
        return "done";
    case StepState::failed:
        return "failed";
    case StepState::undoing:
        return "undoing";
    case StepState::undone:
        return "undone";
    }
    return "";
}

} // namespace tau::flow
