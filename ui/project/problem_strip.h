#pragma once

#include "core/project/problem.h"

#include <QAbstractTableModel>
#include <QLabel>
#include <QPushButton>
#include <QTableView>

namespace tau::ui {

/// What to do about a problem, and which clouds take it all the same; may be empty.
QString advice(const project::Problem& problem);

/// Problems of a project as rows: errors, warnings, then notes, each by file and line.
class ProblemModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { severity_column, place_column, sentence_column, column_count };
    using QAbstractTableModel::QAbstractTableModel;
    void set_problems(const std::vector<project::Problem>& problems);
    const project::Problem* problem_at(int row) const;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    std::vector<project::Problem> problems_;
};

/// What a check found, below what it was found in: Enter leads to the place, a button applies the
/// fix that the check describes.
class ProblemStrip : public QWidget {
    Q_OBJECT
public:
    explicit ProblemStrip(QWidget* parent = nullptr);
    /// As high as its sentences need, but its table may give way: a layout never gives less than
    /// the whole height to what has one for its width.
    QSize sizeHint() const override;
    bool hasHeightForWidth() const override { return false; }
    void set_problems(const std::vector<project::Problem>& problems);
    /// The one that is chosen; nullptr: none.
    const project::Problem* current() const;
    QTableView& table() { return *table_; }
    QPushButton& fix_button() { return *fix_; }
    QString summary() const { return summary_->text(); }
    QString advice_text() const { return advice_->text(); }

Q_SIGNALS:
    void opened(const tau::project::Problem& problem);
    void fix_wanted(const tau::project::Problem& problem);

private:
    void show_current();

    ProblemModel* model_;
    QLabel* summary_;
    QPushButton* fix_;
    QTableView* table_;
    QLabel* advice_;
};

} // namespace tau::ui
