#include "ui/vaults/rank_model.h"

#include "ui/common/text.h"
#include "ui/common/theme.h"

#include <QLocale>

#include <cmath>

namespace tau::ui {

namespace {

/// "0.997": as many digits as tell two good nodes apart.
QString share_text(double share) {
    return std::isnan(share) ? QStringLiteral("–") : QLocale().toString(share, 'f', 3);
}

} // namespace

RankModel::RankModel(QObject* parent) : QAbstractTableModel(parent) {}

void RankModel::set_network(std::shared_ptr<const vault::Network> network, std::int64_t now) {
    beginResetModel();
    network_ = std::move(network);
    ranking_.reset();
    order_ = {};
    if (network_) {
        ranking_ = std::make_unique<vault::Ranking>(vault::table_of(network_->nodes, now));
        order_ = ranking_->order();
    }
    endResetModel();
}

void RankModel::rank(const vault::Emphasis& emphasis, const std::optional<vault::Place>& place) {
    ranking_->set_emphasis(emphasis);
    ranking_->set_place(place);
    order_ = ranking_->order();
    if (!order_.empty()) {
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, column_count - 1));
    }
}

const vault::ListedNode& RankModel::node(int row) const {
    return network_->nodes[node_row(row)];
}

vault::Explanation RankModel::explain(int row) const {
    return ranking_->explain(node_row(row));
}

bool RankModel::eligible(int row) const {
    return ranking_->eligible(node_row(row));
}

int RankModel::row_of(const std::string& node_id) const {
    for (int row = 0; row < rowCount(); ++row) {
        if (node(row).record.node_id() == node_id) {
            return row;
        }
    }
    return -1;
}

int RankModel::best_row() const {
    for (int row = 0; row < rowCount(); ++row) {
        if (eligible(row)) {
            return row;
        }
    }
    return -1;
}

int RankModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(order_.size());
}

int RankModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : column_count;
}

QString RankModel::text(int row, int column) const {
    const vault::NodeTable& table = ranking_->table();
    const std::uint32_t of = node_row(row);
    switch (column) {
    case rank_column:
        return eligible(row) ? QLocale().toString(row + 1) : QStringLiteral("–");
    case name_column:
        return to_qt(table.name(of));
    case region_column:
        return to_qt(vault::region_name(table.region[of]));
    case reputation_column:
        return share_text(table.reputation[of]);
    case distance_column: {
        const auto km = ranking_->distance(of);
        return km ? QLocale().toString(*km, 'f', 0) : QStringLiteral("–");
    }
    case capacity_column: {
        const float slots = vault::known_slots(table, of);
        return std::isnan(slots) ? QStringLiteral("–") : QLocale().toString(slots, 'f', 0);
    }
    case score_column:
        return share_text(ranking_->score(of));
    default:
        return {};
    }
}

QVariant RankModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) {
        return {};
    }
    switch (role) {
    case Qt::DisplayRole:
        return text(index.row(), index.column());
    case Qt::TextAlignmentRole:
        return index.column() == name_column || index.column() == region_column
                   ? QVariant::fromValue(Qt::AlignLeft | Qt::AlignVCenter)
                   : QVariant::fromValue(Qt::AlignRight | Qt::AlignVCenter);
    case Qt::ToolTipRole:
        return to_qt(explain(index.row()).sentence);
    case Qt::ForegroundRole:
        return eligible(index.row()) ? QVariant() : QVariant(Theme::get().color(Tone::muted));
    case Qt::AccessibleTextRole:
        return QString(headerData(index.column(), Qt::Horizontal).toString() +
                       QStringLiteral(": ") + text(index.row(), index.column()));
    default:
        return {};
    }
}

QVariant RankModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation == Qt::Vertical) {
        return {};
    }
    if (role == Qt::TextAlignmentRole) {
        return section == name_column || section == region_column
                   ? QVariant::fromValue(Qt::AlignLeft | Qt::AlignVCenter)
                   : QVariant::fromValue(Qt::AlignRight | Qt::AlignVCenter);
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    switch (section) {
    case rank_column:
        return tr("#");
    case name_column:
        return tr("Node");
    case region_column:
        return tr("Region");
    case reputation_column:
        return tr("Rep");
    case distance_column:
        return tr("km");
    case capacity_column:
        return tr("Slots/h");
    case score_column:
        return tr("Score");
    default:
        return {};
    }
}

Qt::ItemFlags RankModel::flags(const QModelIndex& index) const {
    if (!index.isValid()) {
        return Qt::NoItemFlags;
    }
    return Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemNeverHasChildren;
}

} // namespace tau::ui
