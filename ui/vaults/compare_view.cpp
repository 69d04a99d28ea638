#include "ui/vaults/compare_view.h"

#include "ui/common/text.h"
#include "ui/vaults/node_facts.h"

#include <QFont>
#include <QLocale>

#include <algorithm>

namespace tau::ui {

namespace {

/// The only greatest value; -1 when two are alike.
int leader(const std::vector<double>& values) {
    const auto best = std::max_element(values.begin(), values.end());
    return values.size() > 1 && std::count(values.begin(), values.end(), *best) == 1
               ? static_cast<int>(best - values.begin())
               : -1;
}

} // namespace

CompareModel::CompareModel(QObject* parent) : QAbstractTableModel(parent) {}

void CompareModel::show_rows(std::shared_ptr<vault::Ranking> ranking,
                             const std::vector<std::uint32_t>& rows,
                             const std::map<std::uint32_t, QString>& operators) {
    beginResetModel();
    names_.clear();
    lines_.clear();
    if (ranking && !rows.empty()) {
        const vault::NodeTable& table = ranking->table();
        std::vector<vault::Explanation> found;
        for (const std::uint32_t row : rows) {
            names_ << to_qt(table.name(row));
            found.push_back(ranking->explain(row));
        }
        const auto add = [&](const QString& name, auto text, auto value) {
            Line line{name, {}, -1};
            std::vector<double> values;
            for (std::size_t i = 0; i < rows.size(); ++i) {
                line.values << text(i);
                values.push_back(value(i));
            }
            line.best = leader(values);
            lines_ << line;
        };
        const auto no_leader = [](std::size_t) { return 0.0; };
        const auto score = [&](std::size_t i) { return found[i].score; };
        add(
            tr("Rank"),
            [&](std::size_t i) {
                const auto rank = ranking->rank_of(rows[i]);
                return rank && found[i].eligible
                           ? QLocale().toString(static_cast<qulonglong>(*rank + 1))
                           : QStringLiteral("–");
            },
            [&](std::size_t i) { return found[i].eligible ? found[i].score : -1.0; });
        add(
            tr("Score"), [&](std::size_t i) { return QLocale().toString(found[i].score, 'f', 3); },
            score);
        for (std::size_t f = 0; f < vault::factor_count; ++f) {
            const auto factor = static_cast<vault::Factor>(f);
            add(
                factor_name(factor),
                [&](std::size_t i) { return factor_text(table, rows[i], found[i], factor); },
                [&](std::size_t i) { return found[i].factors[f]; });
        }
        add(
            tr("Region"),
            [&](std::size_t i) { return to_qt(vault::region_name(table.region[rows[i]])); },
            no_leader);
        add(
            tr("Operator"),
            [&](std::size_t i) {
                const auto known = operators.find(rows[i]);
                return known == operators.end() ? tr("unknown: its record was not fetched")
                                                : known->second;
            },
            no_leader);
        add(
            tr("Known"),
            [&](std::size_t i) {
                const QStringList known = attestations(table.flags[rows[i]]);
                return known.isEmpty() ? tr("nothing") : known.join(QStringLiteral("; "));
            },
            no_leader);
        add(
            tr("Standing"), [&](std::size_t i) { return to_qt(found[i].sentence); }, no_leader);
    }
    endResetModel();
}

int CompareModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(lines_.size());
}

int CompareModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(names_.size());
}

QVariant CompareModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) {
        return {};
    }
    const Line& line = lines_[index.row()];
    const bool best = line.best == index.column();
    switch (role) {
    case Qt::DisplayRole:
    case Qt::ToolTipRole:
        return line.values[index.column()];
    case Qt::AccessibleTextRole:
        return QString(names_[index.column()] + QStringLiteral(", ") + line.name +
                       QStringLiteral(": ") + line.values[index.column()] +
                       (best ? tr(", best") : QString()));
    case Qt::FontRole:
        if (best) {
            QFont font;
            font.setBold(true);
            return font;
        }
        return {};
    default:
        return {};
    }
}

QVariant CompareModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (role != Qt::DisplayRole || section < 0) {
        return {};
    }
    if (orientation == Qt::Horizontal) {
        return names_.value(section);
    }
    return section < lines_.size() ? lines_[section].name : QString();
}

Qt::ItemFlags CompareModel::flags(const QModelIndex& index) const {
    return index.isValid() ? Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemNeverHasChildren
                           : Qt::NoItemFlags;
}

} // namespace tau::ui
