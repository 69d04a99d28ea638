#pragma once

#include "app/project/session.h"
#include "core/project/draft.h"

#include <stop_token>

namespace tau::app {

/// Vaults for a project, and what is worth knowing of the list that they were taken from.
struct VaultPick {
    std::vector<project::VaultChoice> vaults;
    std::string notice; ///< see vault::NodeList; empty when nothing is wrong with it
};

/// The vaults that --vault names, or the best as many as --vaults says. Asks no more of a network's
/// directory than that takes: nothing for a vault that the network's file lists, for one unnamed
/// vault the list around --near, for anything else all of the list; and one record for each.
Result<VaultPick> choose_vaults(const CommandLine& line, Session& session,
                                const vault::Network& network, std::stop_token stop);

} // namespace tau::app
