#pragma once

#include "core/vault/ranking/ranking.h"

#include <QString>
#include <QStringList>

namespace tau::ui {

/// A factor's name, as all pages call it.
QString factor_name(vault::Factor factor);
/// What a factor stands on: "0.997", "12 km", "410 an hour", "unknown".
QString factor_text(const vault::NodeTable& table, std::uint32_t row,
                    const vault::Explanation& found, vault::Factor factor);
/// Who vouches for what; empty when nobody does.
QStringList attestations(std::uint8_t flags);

/// Who runs it, and by what that is told: "example.org, by the domain of its address".
QString operator_text(const vault::NodeRecord& record);

} // namespace tau::ui
