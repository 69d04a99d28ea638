#pragma once

#include "core/git/history.h"

#include <QAbstractTableModel>

namespace tau::ui {

/// Commits of one clone, newest first, in pages: a view that comes to the end asks for more, and
/// more_wanted() passes that on.
class HistoryModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { subject_column, author_column, time_column, column_count };
    explicit HistoryModel(QObject* parent = nullptr) : QAbstractTableModel(parent) {}

    void clear();
    void add_page(const git::HistoryPage& page);
    /// After a page that did not come: asks again when the view next does.
    void page_failed() { waiting_ = false; }
    const git::Commit& at(int row) const { return commits_[static_cast<std::size_t>(row)]; }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    bool canFetchMore(const QModelIndex& parent) const override;
    void fetchMore(const QModelIndex& parent) override;

Q_SIGNALS:
    void more_wanted(std::size_t skip);

private:
    std::vector<git::Commit> commits_;
    bool more_ = false;
    bool waiting_ = false;
};

} // namespace tau::ui
