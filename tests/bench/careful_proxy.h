#pragma once

#include "core/vault/ranking/costs.h"

#include <QAbstractTableModel>
#include <QSortFilterProxyModel>

#include <memory>
#include <vector>

namespace tau::bench {

/// The same nodes as a careful program would show them with Qt's own means: a table model with the
/// score cached in a column, and a proxy that compares numbers as numbers and asks no QVariant.
class CachedModel : public QAbstractTableModel {
    Q_OBJECT
public:
    explicit CachedModel(std::shared_ptr<const vault::NodeTable> table, const vault::Place& place);
    /// Scores anew; tells nobody, the proxy is told to start over.
    void set_emphasis(const vault::Emphasis& emphasis);
    const vault::NodeTable& table() const { return *table_; }
    float score(int row) const { return scores_[static_cast<std::size_t>(row)]; }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;

private:
    std::shared_ptr<const vault::NodeTable> table_;
    vault::Costs costs_;
    std::vector<float> scores_;
};

class CarefulProxy : public QSortFilterProxyModel {
    Q_OBJECT
public:
    explicit CarefulProxy(CachedModel& model);
    vault::Filter filter;
    /// Tells the proxy, as QSortFilterProxyModel is meant to be told.
    void filter_changed() { invalidateFilter(); }

protected:
    bool lessThan(const QModelIndex& left, const QModelIndex& right) const override;
    bool filterAcceptsRow(int row, const QModelIndex& parent) const override;

private:
    CachedModel& model_;
};

} // namespace tau::bench
