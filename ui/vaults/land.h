#pragma once

#include <QPainterPath>

namespace tau::ui {

/// The outline of all land, in degrees: x is longitude, y is latitude. Made once, from
/// resources/land.
const QPainterPath& land_outline();

} // namespace tau::ui
