#include "tests/bench/careful_proxy.h"

#include <algorithm>

namespace tau::bench {

CachedModel::CachedModel(std::shared_ptr<const vault::NodeTable> table, const vault::Place& place)
    : table_(std::move(table)), costs_(vault::costs_of(*table_)), scores_(table_->size()) {
    vault::set_distance_costs(*table_, place, costs_.distance);
    set_emphasis({});
}

void CachedModel::set_emphasis(const vault::Emphasis& emphasis) {
    const auto reputation = static_cast<float>(emphasis.reputation);
    const auto distance = static_cast<float>(emphasis.distance);
    const auto capacity = static_cast<float>(emphasis.capacity);
    for (std::size_t i = 0; i < scores_.size(); ++i) {
        scores_[i] = -(reputation * costs_.reputation[i] + distance * costs_.distance[i] +
                       capacity * costs_.capacity[i]);
    }
}

int CachedModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(table_->size());
}

int CachedModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : 9;
}

QVariant CachedModel::data(const QModelIndex& index, int role) const {
    if (role != Qt::DisplayRole) {
        return {};
    }
    const auto row = static_cast<std::size_t>(index.row());
    if (index.column() == 0) {
        const std::string_view name = table_->name(row);
        return QString::fromUtf8(name.data(), static_cast<qsizetype>(name.size()));
    }
    return QString::number(
        static_cast<double>(index.column() == 1 ? table_->reputation[row] : scores_[row]), 'f', 3);
}

CarefulProxy::CarefulProxy(CachedModel& model) : model_(model) {
    setDynamicSortFilter(true);
    setSourceModel(&model);
}

bool CarefulProxy::lessThan(const QModelIndex& left, const QModelIndex& right) const {
    return model_.score(left.row()) < model_.score(right.row());
}

bool CarefulProxy::filterAcceptsRow(int number, const QModelIndex&) const {
    const vault::NodeTable& table = model_.table();
    const auto row = static_cast<std::size_t>(number);
    return (filter.regions.empty() || std::find(filter.regions.begin(), filter.regions.end(),
                                                table.region[row]) != filter.regions.end()) &&
           (!filter.min_reputation ||
            table.reputation[row] >= static_cast<float>(*filter.min_reputation)) &&
           (!filter.min_slots ||
            vault::known_slots(table, row) >= static_cast<float>(*filter.min_slots));
}

} // namespace tau::bench
