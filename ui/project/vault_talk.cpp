#include "ui/project/vault_talk.h"

#include "core/base/text.h"
#include "ui/common/text.h"
#include "ui/common/theme.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QHeaderView>
#include <QTableView>

#include <algorithm>

namespace tau::ui {

namespace {

constexpr int commit_digits = 10;

QString say(const char* text) {
    return QCoreApplication::translate("VaultTalk", text);
}

} // namespace

AskedVaults ask_vaults(Services& services, const flow::LocalProject& project,
                       const std::stop_token& stop) {
    const Result<SecretsState> secrets = services.secrets_state();
    if (secrets && *secrets == SecretsState::needs_passphrase) {
        return {true, fail(ErrorCode::unauthenticated, "The keys are locked.")};
    }
    return {false, services.living().ask_vaults(project, stop)};
}

bool some_answered(const std::vector<VaultState>& vaults) {
    return std::any_of(vaults.begin(), vaults.end(),
                       [](const VaultState& one) { return one.status.has_value(); });
}

QString answers_text(const std::vector<VaultState>& vaults) {
    const auto away = std::count_if(vaults.begin(), vaults.end(),
                                    [](const VaultState& one) { return !one.status.has_value(); });
    if (away == 0) {
        return vaults.size() == 1   ? say("The vault answered.")
               : vaults.size() == 2 ? say("Both vaults answered.")
                                    : say("All %1 vaults answered.").arg(vaults.size());
    }
    if (vaults.size() == 1) {
        return say("The vault did not answer as it should.");
    }
    if (away == static_cast<std::ptrdiff_t>(vaults.size())) {
        return say("No vault answered as it should.");
    }
    return say("%1 of %2 vaults did not answer as they should.").arg(away).arg(vaults.size());
}

QString part_text(const std::string& where) {
    const vault::PartOfNetwork part = vault::part_of(where);
    if (!part.region.empty()) {
        return say("Region %1").arg(to_qt(part.region));
    }
    return part.node.empty() ? say("Everywhere")
                             : say("Node %1").arg(to_qt(shorten_middle(part.node, 8, 6)));
}

QString commit_text(const std::string& commit) {
    return to_qt(commit).left(commit_digits);
}

QString since_text(std::int64_t time) {
    return time == 0 ? say("not yet") : age_text(time, QDateTime::currentSecsSinceEpoch());
}

void set_up_table(QTableView& table, const QString& name) {
    table.setAccessibleName(name);
    table.setSelectionBehavior(QAbstractItemView::SelectRows);
    table.setSelectionMode(QAbstractItemView::SingleSelection);
    table.setEditTriggers(QAbstractItemView::NoEditTriggers);
    table.setShowGrid(false);
    table.setWordWrap(false);
    table.setTabKeyNavigation(false);
    table.verticalHeader()->hide();
    table.verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    table.verticalHeader()->setDefaultSectionSize(space::row);
    table.horizontalHeader()->setHighlightSections(false);
    table.horizontalHeader()->setSectionsClickable(false);
    table.horizontalHeader()->setStretchLastSection(true);
    table.horizontalHeader()->setResizeContentsPrecision(0);
}

} // namespace tau::ui
