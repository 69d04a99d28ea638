#include "ui/vaults/rank_model.h"

#include "ui/common/icons.h"
#include "ui/common/text.h"
#include "ui/common/theme.h"

#include <QLocale>

#include <algorithm>
#include <cmath>

namespace tau::ui {

namespace {

const QString unknown = QStringLiteral("–");

QString number(double value, int digits) {
    return std::isnan(value) ? unknown : QLocale().toString(value, 'f', digits);
}

QString days_text(double days) {
    if (std::isnan(days)) {
        return unknown;
    }
    return days < 730 ? QLocale().toString(days, 'f', 0)
                      : RankModel::tr("%1 y").arg(QLocale().toString(days / 365.25, 'f', 1));
}

bool is_text(int column) {
    return column == RankModel::name_column || column == RankModel::region_column;
}

QVariant alignment(int column) {
    return QVariant::fromValue((is_text(column) ? Qt::AlignLeft : Qt::AlignRight) |
                               Qt::AlignVCenter);
}

bool has_key(const std::vector<std::uint64_t>& keys, std::uint64_t key) {
    return std::find(keys.begin(), keys.end(), key) != keys.end();
}

} // namespace

RankModel::RankModel(QObject* parent) : QAbstractTableModel(parent) {}

void RankModel::set_ranking(std::shared_ptr<vault::Ranking> ranking) {
    beginResetModel();
    ranking_ = std::move(ranking);
    count_ = ranking_ ? ranking_->size() : 0;
    endResetModel();
}

void RankModel::refresh(bool by_rank) {
    by_rank_ = by_rank;
    if (!ranking_) {
        return;
    }
    if (ranking_->size() == count_) {
        if (count_ > 0) {
            Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, column_count - 1));
        }
        return;
    }
    beginResetModel();
    count_ = ranking_->size();
    endResetModel();
}

void RankModel::set_marks(std::vector<std::uint64_t> chosen, std::vector<std::uint64_t> pinned) {
    if (chosen == chosen_ && pinned == pinned_) {
        return;
    }
    chosen_ = std::move(chosen);
    pinned_ = std::move(pinned);
    if (count_ > 0) {
        Q_EMIT dataChanged(index(0, name_column), index(rowCount() - 1, name_column));
    }
}

int RankModel::position_of(std::uint32_t row) const {
    const auto position = ranking_ ? ranking_->position_of(row) : std::nullopt;
    return position ? static_cast<int>(*position) : -1;
}

int RankModel::best_position() const {
    if (!ranking_) {
        return -1;
    }
    const auto best = ranking_->short_list(1);
    return best.empty() ? -1 : position_of(best.front());
}

int RankModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(count_);
}

int RankModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : column_count;
}

QString RankModel::rank_text(std::uint32_t row, int position) const {
    return ranking_->eligible(row) ? QLocale().toString(position + 1) : unknown;
}

QString RankModel::text(std::uint32_t row, int column) const {
    const vault::NodeTable& table = ranking_->table();
    switch (column) {
    case name_column:
        return to_qt(table.name(row));
    case region_column:
        return to_qt(vault::region_name(table.region[row]));
    case reputation_column:
        return number(static_cast<double>(table.reputation[row]), 3);
    case distance_column: {
        const auto distance = ranking_->distance(row);
        return distance ? number(*distance, 0) : unknown;
    }
    case capacity_column:
        return number(static_cast<double>(vault::known_slots(table, row)), 0);
    case age_column:
        return days_text(static_cast<double>(table.age_days[row]));
    case uptime_column:
        return number(static_cast<double>(table.uptime[row]), 3);
    case score_column:
        return number(static_cast<double>(ranking_->score(row)), 3);
    default:
        return {};
    }
}

QVariant RankModel::mark_of(std::uint32_t row) const {
    const std::uint64_t key = ranking_->table().key[row];
    if (has_key(chosen_, key)) {
        return icon(QStringLiteral("done"), Tone::good);
    }
    return has_key(pinned_, key) ? QVariant(icon(QStringLiteral("pin"), Tone::accent)) : QVariant();
}

QVariant RankModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) {
        return {};
    }
    const std::uint32_t row = node_at(index.row());
    const int column = index.column();
    const auto shown = [&] {
        if (column != rank_column) {
            return text(row, column);
        }
        const auto rank = by_rank_ ? std::nullopt : ranking_->rank_of(row);
        return rank_text(row, rank ? static_cast<int>(*rank) : index.row());
    };
    switch (role) {
    case Qt::DisplayRole:
        return shown();
    case Qt::TextAlignmentRole:
        return alignment(column);
    case Qt::ToolTipRole:
        return to_qt(ranking_->explain(row).sentence);
    case Qt::ForegroundRole:
        return ranking_->eligible(row) ? QVariant() : QVariant(Theme::get().color(Tone::muted));
    case Qt::DecorationRole:
        return column == name_column ? mark_of(row) : QVariant();
    case Qt::AccessibleTextRole:
        return QString(column_name(column) + QStringLiteral(": ") + shown());
    case Qt::AccessibleDescriptionRole:
        return column == name_column && has_key(chosen_, ranking_->table().key[row]) ? tr("chosen")
                                                                                     : QString();
    default:
        return {};
    }
}

QString RankModel::column_name(int column) {
    switch (column) {
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
    case age_column:
        return tr("Days");
    case uptime_column:
        return tr("Uptime");
    case score_column:
        return tr("Score");
    default:
        return {};
    }
}

std::optional<vault::Column> RankModel::sorting_of(int column) {
    switch (column) {
    case rank_column:
    case score_column:
        return vault::Column::rank;
    case name_column:
        return vault::Column::name;
    case region_column:
        return vault::Column::region;
    case reputation_column:
        return vault::Column::reputation;
    case distance_column:
        return vault::Column::distance;
    case capacity_column:
        return vault::Column::slots;
    case age_column:
        return vault::Column::age;
    case uptime_column:
        return vault::Column::uptime;
    default:
        return std::nullopt;
    }
}

int RankModel::column_of(vault::Column sorting) {
    for (int column = 0; column < column_count; ++column) {
        if (sorting_of(column) == sorting) {
            return column;
        }
    }
    return rank_column;
}

QVariant RankModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation == Qt::Vertical) {
        return {};
    }
    switch (role) {
    case Qt::TextAlignmentRole:
        return alignment(section);
    case Qt::DisplayRole:
        return column_name(section);
    case Qt::ToolTipRole:
        return section == reputation_column
                   ? tr("At least this share of audits is passed, with 95 % confidence")
               : section == capacity_column
                   ? tr("Free registrations an hour, as far as others measured them")
               : section == age_column ? tr("Since it was first seen")
                                       : QVariant();
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
