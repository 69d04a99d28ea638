#pragma once

#include "core/git/diff.h"

#include <QAbstractTableModel>

namespace tau::ui {

/// The lines of a diff as rows, in one column of text or the two sides beside each other. Every
/// hunk begins with a row that says where it is.
class DiffModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum class Layout { unified, side_by_side };
    explicit DiffModel(QObject* parent = nullptr) : QAbstractTableModel(parent) {}

    void set_diff(git::FileDiff diff);
    void set_layout(Layout layout);
    Layout layout() const { return layout_; }
    const git::FileDiff& diff() const { return diff_; }
    /// Columns that hold text, not numbers.
    bool is_text(int column) const;
    /// Characters of the longest line.
    int longest() const { return longest_; }
    /// Lines as they would stand in a patch, for the clipboard.
    QString patch_text(const QList<int>& rows) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    /// A hunk's first row has neither line.
    struct Row {
        const git::Hunk* hunk = nullptr;
        const git::DiffLine* old_line = nullptr;
        const git::DiffLine* new_line = nullptr;
    };
    void lay_out();
    void add_pairs(const git::Hunk& hunk);
    static QString hunk_text(const git::Hunk& hunk);
    QString text_of(const Row& row, int column) const;
    QVariant number_of(const Row& row, int column) const;
    QVariant color_of(const Row& row, int column, bool background) const;
    QString spoken(const Row& row) const;
    /// The line of a side that the column shows; null where it is empty.
    const git::DiffLine* line_at(const Row& row, int column) const;

    git::FileDiff diff_;
    Layout layout_ = Layout::unified;
    std::vector<Row> rows_;
    int longest_ = 0;
};

} // namespace tau::ui
