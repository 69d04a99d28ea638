#pragma once

#include "core/vault/rank.h"

#include <QAbstractTableModel>

#include <memory>

namespace tau::ui {

/// Vault nodes in the order of their rank. The nodes stay where they are; the order is one vector
/// that a new ranking replaces. Selection is kept by the view as a node id, see row_of.
class RankModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column {
        rank_column,
        name_column,
        region_column,
        reputation_column,
        distance_column,
        capacity_column,
        score_column,
        column_count
    };

    explicit RankModel(QObject* parent = nullptr);

    void set_network(std::shared_ptr<const vault::Network> network);
    /// Takes a new order. One signal, whatever changed.
    void set_order(std::vector<vault::RankedNode> order);

    const vault::RankedNode& ranked(int row) const;
    const vault::ListedNode& node(int row) const;
    /// -1 when it is not in the list.
    int row_of(const std::string& node_id) const;
    /// First row that may be chosen; -1 when there is none.
    int best_row() const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation,
                        int role = Qt::DisplayRole) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;

private:
    QString text(int row, int column) const;

    std::shared_ptr<const vault::Network> network_;
    std::vector<vault::RankedNode> order_;
};

} // namespace tau::ui
