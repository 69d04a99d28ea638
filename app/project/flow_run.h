#pragma once

#include "app/project/session.h"

namespace tau::app {

/// The options that name data and secrets, to be repeated in the commands that we suggest.
std::string same_options(const CommandLine& line);
/// What a flow would do, a line each.
void show_plan(const Terminal& out, const flow::Flow& flow);
/// Runs it, shows its steps, and tells how it ended and what to do next.
Exit run_flow(Terminal& out, const CommandLine& line, Session& session, flow::Flow& flow);

} // namespace tau::app
