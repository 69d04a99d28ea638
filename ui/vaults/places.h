#pragma once

#include "core/vault/place.h"

#include <QString>

#include <span>

namespace tau::ui {

/// A city to measure distances from. Nothing finer is asked for or kept.
struct City {
    const char* name;
    const char* time_zone; ///< IANA name of a zone whose clock it shares
    vault::Place place;
};
std::span<const City> cities();
/// nullptr when there is none of that name.
const City* city_named(const QString& name);
/// The city that goes with the computer's time zone; -1 when there is none.
int city_of_this_computer();

} // namespace tau::ui
