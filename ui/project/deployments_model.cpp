#include "ui/project/deployments_model.h"

#include "ui/common/icons.h"
#include "ui/common/text.h"
#include "ui/project/changes_model.h"
#include "ui/project/vault_talk.h"

#include <algorithm>
#include <iterator>
#include <tuple>

namespace tau::ui {

namespace {

/// In which order rows stand, and what there is only one of.
auto place_of(const vault::Deployment& deployment) {
    const vault::PartOfNetwork part = vault::part_of(deployment.where);
    const int rank = !part.node.empty() ? 2 : !part.region.empty() ? 1 : 0;
    return std::tuple(rank, deployment.where, static_cast<int>(deployment.repository));
}

bool runs_same(const vault::Deployment& a, const vault::Deployment& b) {
    return a.branch == b.branch && a.commit == b.commit;
}

/// What a vault has for this part and repository; null when nothing.
const vault::Deployment* find_row(const std::vector<vault::Deployment>& rows,
                                  const vault::Deployment& like) {
    const auto found = std::find_if(rows.begin(), rows.end(), [&](const vault::Deployment& one) {
        return place_of(one) == place_of(like);
    });
    return found == rows.end() ? nullptr : &*found;
}

const vault::RunningCommit* running_at(const VaultState& vault, const vault::Deployment& row) {
    const vault::PartOfNetwork part = vault::part_of(row.where);
    for (const vault::ProjectVersion& version : vault.versions) {
        if (version.part.region == part.region && version.part.node == part.node) {
            return &version.repositories.at(static_cast<std::size_t>(row.repository));
        }
    }
    return nullptr;
}

} // namespace

QString runs_text(const vault::Deployment& deployment) {
    return deployment.commit.empty()
               ? DeploymentsModel::tr("branch %1").arg(to_qt(deployment.branch))
               : DeploymentsModel::tr("commit %1").arg(commit_text(deployment.commit));
}

void DeploymentsModel::clear(std::vector<Row> edits) {
    beginResetModel();
    vaults_.clear();
    rows_ = std::move(edits);
    endResetModel();
}

void DeploymentsModel::set_vaults(std::vector<VaultState> vaults) {
    beginResetModel();
    vaults_ = std::move(vaults);
    const auto first = std::find_if(vaults_.begin(), vaults_.end(),
                                    [](const VaultState& one) { return one.status.has_value(); });
    if (first != vaults_.end()) {
        rebuild(first->status->deployments);
    }
    endResetModel();
}

/// Joins what the vaults have with what was edited and not sent.
void DeploymentsModel::rebuild(const std::vector<vault::Deployment>& sent) {
    std::vector<Row> rows;
    for (const vault::Deployment& one : sent) {
        rows.push_back({one, one});
    }
    for (Row& old : edits()) {
        const auto now = std::find_if(rows.begin(), rows.end(), [&](const Row& row) {
            return place_of(row.shown()) == place_of(old.shown());
        });
        if (now != rows.end()) {
            now->wanted = std::move(old.wanted);
        } else if (old.wanted) {
            rows.push_back({std::nullopt, std::move(old.wanted)});
        }
    }
    rows_ = std::move(rows);
    std::sort(rows_.begin(), rows_.end(),
              [](const Row& a, const Row& b) { return place_of(a.shown()) < place_of(b.shown()); });
}

bool DeploymentsModel::vaults_agree() const {
    std::optional<std::string> first;
    return std::all_of(vaults_.begin(), vaults_.end(), [&](const VaultState& one) {
        if (!one.status) {
            return true;
        }
        const std::string rows = vault::to_json(one.status->deployments);
        first = first.value_or(rows);
        return *first == rows;
    });
}

std::vector<vault::Deployment> DeploymentsModel::wanted() const {
    std::vector<vault::Deployment> all;
    for (const Row& row : rows_) {
        if (row.wanted) {
            all.push_back(*row.wanted);
        }
    }
    return all;
}

std::vector<DeploymentsModel::Row> DeploymentsModel::edits() const {
    std::vector<Row> edited;
    std::copy_if(rows_.begin(), rows_.end(), std::back_inserter(edited),
                 [](const Row& row) { return edit_of(row) != Edit::none; });
    return edited;
}

DeploymentsModel::Edit DeploymentsModel::edit_of(const Row& row) {
    return !row.sent                           ? Edit::added
           : !row.wanted                       ? Edit::removed
           : runs_same(*row.sent, *row.wanted) ? Edit::none
                                               : Edit::changed;
}

DeploymentsModel::Edit DeploymentsModel::edit_of(int row) const {
    return edit_of(rows_.at(static_cast<std::size_t>(row)));
}

vault::Deployment DeploymentsModel::at(int row) const {
    return rows_.at(static_cast<std::size_t>(row)).shown();
}

int DeploymentsModel::row_of(const vault::Deployment& deployment) const {
    const auto found = std::find_if(rows_.begin(), rows_.end(), [&](const Row& row) {
        return place_of(row.shown()) == place_of(deployment);
    });
    return found == rows_.end() ? -1 : static_cast<int>(found - rows_.begin());
}

void DeploymentsModel::put(const vault::Deployment& deployment) {
    if (const int row = row_of(deployment); row >= 0) {
        set_wanted(row, deployment);
        return;
    }
    const auto after = std::find_if(rows_.begin(), rows_.end(), [&](const Row& row) {
        return place_of(deployment) < place_of(row.shown());
    });
    const int row = static_cast<int>(after - rows_.begin());
    beginInsertRows({}, row, row);
    rows_.insert(after, Row{std::nullopt, deployment});
    endInsertRows();
    Q_EMIT edited();
}

void DeploymentsModel::remove(int row) {
    set_wanted(row, std::nullopt);
}

void DeploymentsModel::revert(int row) {
    set_wanted(row, rows_.at(static_cast<std::size_t>(row)).sent);
}

void DeploymentsModel::set_wanted(int row, std::optional<vault::Deployment> wanted) {
    Row& now = rows_.at(static_cast<std::size_t>(row));
    if (!wanted && !now.sent) {
        beginRemoveRows({}, row, row);
        rows_.erase(rows_.begin() + row);
        endRemoveRows();
    } else {
        now.wanted = std::move(wanted);
        Q_EMIT dataChanged(index(row, 0), index(row, columnCount() - 1));
    }
    Q_EMIT edited();
}

int DeploymentsModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(rows_.size());
}

int DeploymentsModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : first_vault_column + static_cast<int>(vaults_.size());
}

QString DeploymentsModel::part_name(const std::string& where) const {
    const std::string node = vault::part_of(where).node;
    const QString name = node.empty() || !node_name_ ? QString() : node_name_(node);
    return name.isEmpty() ? part_text(where) : tr("Node %1").arg(name);
}

DeploymentsModel::Cell DeploymentsModel::vault_cell(const Row& row, const VaultState& vault) const {
    if (!vault.status) {
        return {tr("no answer"), vault.error ? to_qt(vault.error->message) : QString(),
                Tone::muted};
    }
    const vault::Deployment* has = find_row(vault.status->deployments, row.shown());
    if (has == nullptr) {
        return row.sent ? Cell{tr("has no such row"),
                               tr("Send the table, so that all vaults have the same."), Tone::warn}
                        : Cell{tr("–"), tr("Not sent yet."), Tone::muted};
    }
    const vault::RunningCommit* running = running_at(vault, row.shown());
    if (running == nullptr || running->commit.empty()) {
        return {tr("not seen yet"), running != nullptr ? to_qt(running->sentence) : QString(),
                Tone::warn};
    }
    const bool same = !row.sent || runs_same(*has, *row.sent);
    return {same ? commit_text(running->commit)
                 : tr("%1, %2").arg(commit_text(running->commit), runs_text(*has)),
            to_qt(running->sentence) + QLatin1Char('\n') + to_qt(running->commit),
            same ? Tone::plain : Tone::warn, true};
}

DeploymentsModel::Cell DeploymentsModel::cell(const Row& row, int column) const {
    const Edit edit = edit_of(row);
    const Tone tone = edit == Edit::removed ? Tone::muted : Tone::plain;
    switch (column) {
    case part_column:
        return {part_name(row.shown().where), to_qt(row.shown().where), tone};
    case repository_column:
        return {role_name(row.shown().repository), {}, tone};
    case runs_column:
        return {runs_text(row.shown()),
                row.shown().commit.empty() ? tr("The branch is followed: each push moves it.")
                                           : to_qt(row.shown().commit),
                tone};
    case edit_column:
        switch (edit) {
        case Edit::none:
            return {};
        case Edit::added:
            return {tr("new"), tr("Not sent yet."), Tone::accent};
        case Edit::changed:
            return {tr("changed from %1").arg(runs_text(*row.sent)), tr("Not sent yet."),
                    Tone::accent};
        case Edit::removed:
            return {tr("goes"), tr("Not sent yet."), Tone::warn};
        }
        return {};
    default:
        return vault_cell(row, vaults_.at(static_cast<std::size_t>(column - first_vault_column)));
    }
}

QVariant DeploymentsModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const Row& row = rows_[static_cast<std::size_t>(index.row())];
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole && role != Qt::ForegroundRole &&
        role != Qt::FontRole && role != Qt::DecorationRole && role != Qt::AccessibleTextRole) {
        return {};
    }
    const Cell shown = cell(row, index.column());
    switch (role) {
    case Qt::DisplayRole:
        return shown.text;
    case Qt::AccessibleTextRole:
        return tr("%1: %2").arg(
            headerData(index.column(), Qt::Horizontal, Qt::DisplayRole).toString(),
            shown.text.isEmpty() ? tr("no") : shown.text);
    case Qt::ToolTipRole:
        return shown.tip.isEmpty() ? shown.text : shown.tip;
    case Qt::ForegroundRole:
        return Theme::get().color(shown.tone);
    case Qt::FontRole:
        if (edit_of(row) == Edit::removed && index.column() < edit_column) {
            QFont font = Theme::get().table_font();
            font.setStrikeOut(true);
            return font;
        }
        return shown.is_commit ? QVariant(Theme::get().mono_font()) : QVariant();
    case Qt::DecorationRole:
        if (shown.tone == Tone::warn || (index.column() == edit_column && !shown.text.isEmpty())) {
            return icon(shown.tone == Tone::accent ? QStringLiteral("changed")
                                                   : QStringLiteral("warning"),
                        shown.tone);
        }
        return {};
    default:
        return {};
    }
}

QVariant DeploymentsModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) {
        return {};
    }
    if (role == Qt::TextAlignmentRole) {
        return QVariant(Qt::AlignLeft | Qt::AlignVCenter);
    }
    if (role == Qt::ToolTipRole && section >= first_vault_column) {
        return tr("What this vault lets it run now");
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    switch (section) {
    case part_column:
        return tr("Part of the network");
    case repository_column:
        return tr("Repository");
    case runs_column:
        return tr("Runs");
    case edit_column:
        return tr("Not sent");
    default:
        return to_qt(vaults_.at(static_cast<std::size_t>(section - first_vault_column)).node.name);
    }
}

} // namespace tau::ui
