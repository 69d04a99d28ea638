#pragma once

#include "core/vault/network.h"
#include "core/vault/ranking/ranking.h"

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

    /// Records are looked at as they stand at `now`. Best first under no particular wishes.
    void set_network(std::shared_ptr<const vault::Network> network, std::int64_t now);
    /// Orders anew. One signal, whatever changed.
    void rank(const vault::Emphasis& emphasis, const std::optional<vault::Place>& place);

    const vault::ListedNode& node(int row) const;
    vault::Explanation explain(int row) const;
    bool eligible(int row) const;
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
    std::uint32_t node_row(int row) const { return order_[static_cast<std::size_t>(row)]; }

    std::shared_ptr<const vault::Network> network_;
    std::unique_ptr<vault::Ranking> ranking_;
    std::span<const std::uint32_t> order_;
};

} // namespace tau::ui
