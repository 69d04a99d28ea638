#include "ui/project/seen_model.h"

#include "core/vault/claim.h"
#include "ui/common/icons.h"
#include "ui/common/text.h"
#include "ui/project/changes_model.h"
#include "ui/project/vault_talk.h"

namespace tau::ui {

QString branch_of(const vault::RefState& ref) {
    constexpr std::string_view heads = "refs/heads/";
    if (!ref.ref.starts_with(heads)) {
        return {};
    }
    const std::string_view name = std::string_view(ref.ref).substr(heads.size());
    return name == vault::claim_branch ? QString() : to_qt(name);
}

void SeenModel::set_vaults(const std::vector<VaultState>& vaults) {
    beginResetModel();
    rows_.clear();
    for (const VaultState& one : vaults) {
        for (const vault::RefState& ref :
             one.status ? one.status->refs : std::vector<vault::RefState>()) {
            if (!branch_of(ref).isEmpty()) {
                rows_.push_back(
                    {to_qt(one.node.name), ref,
                     one.status->webhook_seen.at(static_cast<std::size_t>(ref.repository))});
            }
        }
    }
    endResetModel();
}

int SeenModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(rows_.size());
}

int SeenModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : column_count;
}

QString SeenModel::text(const Row& row, int column) const {
    switch (column) {
    case vault_column:
        return row.vault;
    case repository_column:
        return role_name(row.ref.repository);
    case branch_column:
        return branch_of(row.ref);
    case commit_column:
        return commit_text(row.ref.commit);
    case seen_column:
        return since_text(row.ref.observed_at);
    case webhook_column:
        return since_text(row.webhook);
    default:
        return row.ref.forced_at == 0 ? QString()
                                      : tr("replaced %1").arg(since_text(row.ref.forced_at));
    }
}

QVariant SeenModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const Row& row = rows_[static_cast<std::size_t>(index.row())];
    const bool flagged = index.column() == history_column && row.ref.forced_at != 0;
    switch (role) {
    case Qt::DisplayRole:
        return text(row, index.column());
    case Qt::AccessibleTextRole:
        return tr("%1: %2").arg(
            headerData(index.column(), Qt::Horizontal, Qt::DisplayRole).toString(),
            text(row, index.column()));
    case Qt::ToolTipRole:
        return index.column() == commit_column ? to_qt(row.ref.commit)
               : index.column() == seen_column ? time_text(row.ref.observed_at)
               : flagged
                   ? tr("Somebody pushed a history without the commit that was there, or one that "
                        "the vault could not read whole.")
                   : text(row, index.column());
    case Qt::FontRole:
        return index.column() == commit_column ? QVariant(Theme::get().mono_font()) : QVariant();
    case Qt::ForegroundRole:
        return flagged ? QVariant(Theme::get().color(Tone::warn)) : QVariant();
    case Qt::DecorationRole:
        return flagged ? QVariant(icon(QStringLiteral("warning"), Tone::warn)) : QVariant();
    default:
        return {};
    }
}

QVariant SeenModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) {
        return {};
    }
    if (role == Qt::TextAlignmentRole) {
        return QVariant(Qt::AlignLeft | Qt::AlignVCenter);
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    switch (section) {
    case vault_column:
        return tr("Vault");
    case repository_column:
        return tr("Repository");
    case branch_column:
        return tr("Branch");
    case commit_column:
        return tr("Commit");
    case seen_column:
        return tr("Seen");
    case webhook_column:
        return tr("Last webhook");
    default:
        return tr("History");
    }
}

} // namespace tau::ui
