#pragma once

#include "core/vault/ranking/ranking.h"

#include <QAbstractTableModel>

#include <memory>

namespace tau::ui {

/// Vault nodes in the order of a ranking. The nodes stay where they are; a row of the model is an
/// index into the ranking's order, and a new order is one signal, whatever changed. Persistent
/// indexes are not moved: who shows the model keeps what is selected as a row of the table.
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
        age_column,
        uptime_column,
        score_column,
        column_count
    };

    explicit RankModel(QObject* parent = nullptr);

    /// Null: nothing to show. The ranking's wishes are set by its owner, who then calls refresh().
    void set_ranking(std::shared_ptr<vault::Ranking> ranking);
    /// Shows the ranking's order as it is now; before anything else is painted or asked. `by_rank`:
    /// it is sorted by rank, best first.
    void refresh(bool by_rank = true);
    /// What stands before a name: "check" for chosen ones, "pin" for pinned ones.
    void set_marks(std::vector<std::uint64_t> chosen, std::vector<std::uint64_t> pinned);

    /// The table's row at this position; position < rowCount().
    std::uint32_t node_at(int position) const {
        return ranking_->at(static_cast<std::size_t>(position));
    }
    /// Where the table's row stands now; -1 when it is filtered out.
    int position_of(std::uint32_t row) const;
    /// The first that may be chosen; -1 when there is none.
    int best_position() const;
    /// "1", or "–" for those that may not be chosen.
    QString rank_text(std::uint32_t row, int position) const;
    QString text(std::uint32_t row, int column) const;
    static QString column_name(int column);
    /// nullopt for what the ranking does not sort by itself.
    static std::optional<vault::Column> sorting_of(int column);
    static int column_of(vault::Column sorting);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation,
                        int role = Qt::DisplayRole) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;

private:
    QVariant mark_of(std::uint32_t row) const;

    std::shared_ptr<vault::Ranking> ranking_;
    std::size_t count_ = 0; ///< rows that views know of
    std::vector<std::uint64_t> chosen_;
    std::vector<std::uint64_t> pinned_;
    bool by_rank_ = true; ///< so that a rank is a position: asking for it costs 6 ms a million
};

} // namespace tau::ui
