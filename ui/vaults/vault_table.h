#pragma once

#include "ui/vaults/rank_model.h"

#include <QTableView>

class QMenu;

namespace tau::ui {

/// The list of vaults. Rows have one height, so that a million cost what ten do; a click on a
/// column's head sorts, its menu (or the table's) says which columns are shown. Typing goes to the
/// search field, because searching a million rows key by key does not.
class VaultTable : public QTableView {
    Q_OBJECT
public:
    explicit VaultTable(RankModel& model, QWidget* parent = nullptr);

    /// Selects without moving what is seen; -1: nothing.
    void select_position(int position, bool scroll);
    void show_sorting(vault::Column sorting, bool descending);
    void hide_columns(const QList<int>& columns);
    QList<int> hidden_columns() const { return hidden_; }
    QMenu* columns_menu() const { return columns_; }

    void keyboardSearch(const QString& text) override { Q_EMIT typed(text); }

Q_SIGNALS:
    /// By the person, not by select_position.
    void row_picked(std::uint32_t row);
    void sorting_wanted(vault::Column sorting, bool descending);
    void columns_changed();
    void use_wanted(); ///< Enter, Space or a double click on the current row
    void typed(const QString& text);

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void set_up();
    void make_menu();
    void fit_columns();

    RankModel& rows_;
    QMenu* columns_;
    QList<int> hidden_;
    bool placing_ = false;
};

} // namespace tau::ui
