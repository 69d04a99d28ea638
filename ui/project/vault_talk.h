#pragma once

#include "ui/services.h"

#include <QString>

class QTableView;

namespace tau::ui {

// What the two pages about a project's vaults share: deployments and registration.

/// The vaults' answers, or that nobody was asked because the owner's key is locked.
struct AskedVaults {
    bool locked = false;
    Result<std::vector<VaultState>> vaults;
};
/// Blocking.
AskedVaults ask_vaults(Services& services, const flow::LocalProject& project,
                       const std::stop_token& stop);

/// "Both vaults answered", "1 of 2 vaults did not answer as it should".
QString answers_text(const std::vector<VaultState>& vaults);
bool some_answered(const std::vector<VaultState>& vaults);

/// "Everywhere", "Region eu-west", "Node 12D3Ko…9Qe".
QString part_text(const std::string& where);
/// The first digits.
QString commit_text(const std::string& commit);
/// "2 minutes ago", or "not yet" for 0.
QString since_text(std::int64_t time);

/// Rows to read and choose among, as all tables of these pages are.
void set_up_table(QTableView& table, const QString& name);

} // namespace tau::ui
