#include "ui/vaults/rank_model.h"

#include "ui/common/text.h"
#include "ui/common/theme.h"

#include <QLocale>

namespace tau::ui {

namespace {

/// ".997": as many digits as tell two good nodes apart.
QString share_text(double share) {
    return QLocale().toString(share, 'f', 3);
}

} // namespace

RankModel::RankModel(QObject* parent) : QAbstractTableModel(parent) {}

void RankModel::set_network(std::shared_ptr<const vault::Network> network) {
    beginResetModel();
    network_ = std::move(network);
    order_.clear();
    endResetModel();
}

void RankModel::set_order(std::vector<vault::RankedNode> order) {
    if (order.size() == order_.size()) {
        order_ = std::move(order);
        if (!order_.empty()) {
            Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, column_count - 1));
        }
        return;
    }
    beginResetModel();
    order_ = std::move(order);
    endResetModel();
}

const vault::RankedNode& RankModel::ranked(int row) const {
    return order_[static_cast<std::size_t>(row)];
}

const vault::ListedNode& RankModel::node(int row) const {
    return network_->nodes[ranked(row).index];
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
        if (ranked(row).eligible) {
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
    const vault::RankedNode& ranked_node = ranked(row);
    const vault::NodeRecord& record = node(row).record;
    switch (column) {
    case rank_column:
        return ranked_node.eligible ? QLocale().toString(row + 1) : QStringLiteral("–");
    case name_column:
        return to_qt(record.name);
    case region_column:
        return to_qt(vault::region_name(record.region));
    case reputation_column:
        return share_text(ranked_node.reputation);
    case distance_column:
        return ranked_node.distance_km ? QLocale().toString(*ranked_node.distance_km, 'f', 0)
                                       : QStringLiteral("–");
    case capacity_column:
        return QLocale().toString(ranked_node.slots_per_hour);
    case score_column:
        return share_text(ranked_node.score);
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
        return to_qt(ranked(index.row()).reason);
    case Qt::ForegroundRole:
        return ranked(index.row()).eligible ? QVariant()
                                            : QVariant(Theme::get().color(Tone::muted));
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
