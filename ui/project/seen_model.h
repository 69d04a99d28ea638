#pragma once

#include "ui/services.h"

#include <QAbstractTableModel>

namespace tau::ui {

/// What each vault has seen of the repositories: the branches, when they moved, when the git host
/// last told it, and whether history was replaced.
class SeenModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column {
        vault_column,
        repository_column,
        branch_column,
        commit_column,
        seen_column,
        webhook_column,
        history_column,
        column_count
    };
    explicit SeenModel(QObject* parent = nullptr) : QAbstractTableModel(parent) {}
    void set_vaults(const std::vector<VaultState>& vaults);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    struct Row {
        QString vault;
        vault::RefState ref;
        std::int64_t webhook = 0;
    };
    QString text(const Row& row, int column) const;

    std::vector<Row> rows_;
};

/// A branch's name; empty for other refs and for the one with the owner's claim.
QString branch_of(const vault::RefState& ref);

} // namespace tau::ui
