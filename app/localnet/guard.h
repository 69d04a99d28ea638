#pragma once

#include <sys/types.h>

namespace tau::localnet {

/// Splits this program in two, so that nothing it starts can be left behind: returns in a child
/// that does the work; the parent stays as a guard, passes signals on, and ends with the child's
/// exit code after ending everything the child left. Killed outright, either half makes the other
/// one clean up. To be called first, before any thread runs.
void split_into_guard_and_worker();

/// Kills every child of this process, and their children as they become ours, until none is left.
void end_all_children();

/// Whether SIGINT or SIGTERM waits to be read, for work that nobody interrupts.
bool asked_to_end();

/// The child of this process that has ended but is not yet waited for; 0 when there is none.
pid_t next_ended_child();

} // namespace tau::localnet
