#pragma once

#include "ui/common/error_view.h"
#include "ui/common/node_shelf.h"
#include "ui/vaults/vault_table.h"

#include <QDialog>
#include <QLabel>
#include <QLineEdit>
#include <QProgressBar>
#include <QPushButton>

namespace tau::ui {

/// One of the current network's nodes, found by its name, for whoever needs its id.
class NodePicker : public QDialog {
    Q_OBJECT
public:
    NodePicker(Services& services, NodeShelf& shelf, QWidget* parent = nullptr);
    QLineEdit& search() { return *search_; }
    VaultTable& table() { return *table_; }
    RankModel& rows() { return *rows_; }
    QPushButton& use_button() { return *use_; }
    ErrorView& error() { return *error_; }
    QString state() const { return state_->text(); }

Q_SIGNALS:
    void picked(const QString& node_id, const QString& name);

private:
    void lay_out();
    void take_nodes();
    void make_ranking();
    void filter();
    void sort(vault::Column column, bool descending);
    void show_state();
    void use_current();

    Services& services_;
    NodeShelf& shelf_;
    std::shared_ptr<const Nodes> nodes_;
    std::shared_ptr<vault::Ranking> ranking_;
    std::optional<vault::Place> place_;
    QLineEdit* search_;
    QLabel* state_;
    QProgressBar* progress_;
    ErrorView* error_;
    QPushButton* more_; ///< loads all, or tries again
    RankModel* rows_;
    VaultTable* table_;
    QPushButton* use_;
    Job ranking_job_;
    Job fetch_job_;
};

} // namespace tau::ui
