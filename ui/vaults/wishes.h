#pragma once

#include "core/vault/ranking/ranking.h"

#include <QString>
#include <QVariantMap>

namespace tau::ui {

/// What a person wants of vaults and how the list is to look: what a saved view keeps.
struct Wishes {
    vault::Emphasis emphasis;
    QString city;                      ///< empty: nowhere, or a point on the map
    std::optional<vault::Place> place; ///< of the city, or the point
    vault::Filter filter;              ///< but for `blocked`, which is kept for all views
    vault::Column sorting = vault::Column::rank;
    bool descending = false;
    QList<int> hidden_columns;
    bool operator==(const Wishes& other) const;
};

/// Hands them to a ranking; the work is done by its order().
void apply(const Wishes& wishes, const std::vector<std::uint64_t>& blocked,
           vault::Ranking& ranking);

/// As settings keep them. What is missing or makes no sense there is as if never wished.
QVariantMap to_settings(const Wishes& wishes);
Wishes wishes_from(const QVariantMap& settings);

/// Keys as settings keep them.
QStringList keys_to_settings(const std::vector<std::uint64_t>& keys);
std::vector<std::uint64_t> keys_from(const QStringList& settings);

} // namespace tau::ui
