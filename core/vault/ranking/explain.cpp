#include "core/vault/ranking/factors.h"
#include "core/vault/ranking/state.h"

#include <array>
#include <cmath>

namespace tau::vault {

namespace {

constexpr std::array<const char*, factor_count> factor_names{"reputation", "age", "uptime",
                                                             "distance", "capacity"};

std::size_t index(Factor factor) {
    return static_cast<std::size_t>(factor);
}

/// 1723.4 as "1,723": these sentences are English, whatever the computer's language.
std::string whole(double number) {
    std::string digits = std::to_string(std::lround(number));
    for (std::size_t at = digits.size(); at > 3;) {
        at -= 3;
        digits.insert(at, 1, ',');
    }
    return digits;
}

/// 0.9512 as "95.1 %"; rounded down, for it is a bound.
std::string percent(double share) {
    const long tenths = static_cast<long>(std::floor(share * 1000));
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " %";
}

/// Which figures somebody other than the node vouches for.
std::array<bool, factor_count> known_factors(const NodeTable& table, std::size_t row,
                                             bool distance_known) {
    return {!std::isnan(table.reputation[row]), !std::isnan(table.age_days[row]),
            !std::isnan(table.uptime[row]), distance_known, !std::isnan(table.slots[row])};
}

/// What costs most of all, what is known before what is not; nullopt when nothing costs a tenth.
std::optional<Factor> limit_of(const std::array<double, factor_count>& parts,
                               const std::array<bool, factor_count>& known) {
    for (const bool wanted : {true, false}) {
        std::optional<Factor> found;
        double least = 0.9;
        for (std::size_t i = 0; i < parts.size(); ++i) {
            if (known[i] == wanted && parts[i] < least) {
                least = parts[i];
                found = static_cast<Factor>(i);
            }
        }
        if (found) {
            return found;
        }
    }
    return std::nullopt;
}

std::string refusal(const NodeTable& table, std::size_t row) {
    if ((table.flags[row] & no_seal_key) != 0) {
        return "Not to be chosen: it has no key that secrets could be sealed to.";
    }
    if ((table.flags[row] & expired_record) != 0) {
        return "Not recommended: its record has expired.";
    }
    if (std::isnan(table.reputation[row])) {
        return "Not recommended yet: fewer than 20 audits of it are known, too few to judge it.";
    }
    return "Not recommended: audits show only that it passes at least " +
           percent(table.reputation[row]) + " of them, and 60 % are needed.";
}

std::string distance_phrase(const NodeTable& table, std::size_t row, const Explanation& found) {
    if (found.round_trip_ms) {
        return "answers in " + whole(*found.round_trip_ms) + " ms";
    }
    if ((table.flags[row] & place_refuted) != 0) {
        return "not where it says it is";
    }
    return found.distance_km ? "about " + whole(*found.distance_km) + " km away"
                             : "distance unknown";
}

std::string capacity_phrase(const NodeTable& table, std::size_t row) {
    const double known = known_slots(table, row);
    const double claimed = table.claimed[row];
    if (!std::isnan(known)) {
        return "room for " + whole(known) + " registrations an hour";
    }
    return std::isnan(claimed)
               ? std::string("room unknown")
               : "claims room for " + whole(claimed) + " registrations an hour (not measured)";
}

/// What limits the score, with the figure where the sentence has not named it yet.
std::string limit_phrase(const NodeTable& table, std::size_t row, const Explanation& found,
                         bool known) {
    if (!found.limit) {
        return "nothing limits the score";
    }
    std::string phrase = std::string("its ") + factor_names[index(*found.limit)];
    if (!known) {
        return phrase + ", which nobody measured, limits the score most";
    }
    if (*found.limit == Factor::age) {
        phrase += " (" + whole(std::floor(table.age_days[row])) + " days)";
    } else if (*found.limit == Factor::uptime) {
        phrase += " (" + percent(table.uptime[row]) + ")";
    }
    return phrase + " limits the score most";
}

} // namespace

Explanation Ranking::explain(std::uint32_t row) {
    const NodeTable& table = *table_;
    const State& state = *state_;
    Explanation found;
    found.distance_km = distance(row);
    if (const auto measured = state.round_trips.find(row); measured != state.round_trips.end()) {
        found.round_trip_ms = measured->second;
    }
    double latency = unknown_factor;
    if (found.round_trip_ms) {
        latency = latency_factor(*found.round_trip_ms);
    } else if (state.place) {
        latency = std::exp(-double{state.costs.distance[row]});
    }
    const Emphasis& weight = state.emphasis;
    found.factors = {reputation_factor(table.reputation[row]), age_factor(table.age_days[row]),
                     uptime_factor(table.uptime[row]), latency,
                     capacity_factor(table.slots[row], table.claimed[row])};
    const std::array weights{weight.reputation, weight.reputation, weight.reputation,
                             weight.distance, weight.capacity};
    found.score = 1;
    for (std::size_t i = 0; i < factor_count; ++i) {
        found.parts[i] = std::pow(found.factors[i], weights[i]);
        found.score *= found.parts[i];
    }
    found.eligible = eligible(row);
    const auto known = known_factors(table, row, found.distance_km || found.round_trip_ms);
    found.limit = limit_of(found.parts, known);
    if (!found.eligible) {
        found.sentence = refusal(table, row);
        return found;
    }
    found.sentence =
        "Passes at least " + percent(table.reputation[row]) + " of audits, " +
        distance_phrase(table, row, found) + ", " + capacity_phrase(table, row) + "; " +
        limit_phrase(table, row, found, !found.limit || known[index(*found.limit)]) + ".";
    return found;
}

} // namespace tau::vault
