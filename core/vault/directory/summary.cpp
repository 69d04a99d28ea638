#include "core/vault/directory/summary.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace tau::vault {

namespace {

constexpr double steps = 254; ///< between 1 and 255

constexpr double decades_of_reputation = 3;
constexpr double decades_of_slots = 4.8;
constexpr double steps_a_doubling = 20; ///< of the age

/// Lowest share of each step from 1 on; the first one stands for all that is worse than the next.
constexpr std::array<float, 7> uptime_steps{0.80F, 0.90F, 0.95F, 0.98F, 0.99F, 0.995F, 0.999F};

std::uint8_t nearest_step(double position) {
    return static_cast<std::uint8_t>(1 + std::lround(std::clamp(position, 0.0, steps)));
}

std::uint16_t u16_at(ByteView bytes, std::size_t place) {
    return static_cast<std::uint16_t>(bytes[place] | (bytes[place + 1] << 8U));
}

} // namespace

void append(Bytes& out, const Summary& summary) {
    for (unsigned i = 0; i < summary_key_size; ++i) {
        out.push_back(static_cast<std::uint8_t>(summary.key >> (8 * i)));
    }
    for (const auto value : {summary.network, static_cast<std::uint16_t>(summary.latitude),
                             static_cast<std::uint16_t>(summary.longitude)}) {
        out.push_back(static_cast<std::uint8_t>(value));
        out.push_back(static_cast<std::uint8_t>(value >> 8U));
    }
    out.insert(out.end(), {summary.reputation, summary.slots, summary.age, summary.flags});
}

Result<Summary> decode_summary(ByteView bytes) {
    if (bytes.size() != summary_size) {
        return fail(ErrorCode::corrupt, "A summary of a node is not 16 bytes long.");
    }
    Summary summary;
    for (unsigned i = 0; i < summary_key_size; ++i) {
        summary.key |= std::uint64_t{bytes[i]} << (8 * i);
    }
    summary.network = u16_at(bytes, 6);
    summary.latitude = static_cast<std::int16_t>(u16_at(bytes, 8));
    summary.longitude = static_cast<std::int16_t>(u16_at(bytes, 10));
    summary.reputation = bytes[12];
    summary.slots = bytes[13];
    summary.age = bytes[14];
    summary.flags = bytes[15];
    if (summary.latitude < -9000 || summary.latitude > 9000 || summary.longitude < -18000 ||
        summary.longitude > 18000) {
        return fail(ErrorCode::corrupt, "A summary of a node names a place that is not on earth.");
    }
    return summary;
}

void write_key(ByteWriter& out, std::uint64_t key) {
    for (unsigned i = 0; i < summary_key_size; ++i) {
        out.u8(static_cast<std::uint8_t>(key >> (8 * i)));
    }
}

std::uint64_t read_key(ByteReader& in) {
    std::uint64_t key = 0;
    for (unsigned i = 0; i < summary_key_size; ++i) {
        key |= std::uint64_t{in.u8()} << (8 * i);
    }
    return key;
}

std::uint8_t quantise_reputation(float lower_bound) {
    if (std::isnan(lower_bound)) {
        return 0;
    }
    const double missing = std::max(1.0 - double{lower_bound}, 1e-9);
    return nearest_step(-std::log10(missing) * steps / decades_of_reputation);
}

std::uint8_t quantise_slots(float slots_per_hour) {
    if (std::isnan(slots_per_hour)) {
        return 0;
    }
    return nearest_step(std::log10(std::max(double{slots_per_hour}, 1.0)) * steps /
                        decades_of_slots);
}

std::uint8_t quantise_age(float days) {
    return std::isnan(days)
               ? std::uint8_t{0}
               : nearest_step(std::log2(std::max(double{days}, 1.0)) * steps_a_doubling);
}

std::uint8_t quantise_uptime(float share) {
    if (std::isnan(share)) {
        return 0;
    }
    const auto above = std::upper_bound(uptime_steps.begin(), uptime_steps.end(), share);
    return static_cast<std::uint8_t>(std::max<std::ptrdiff_t>(1, above - uptime_steps.begin()));
}

float reputation_of(std::uint8_t q) {
    return q == 0 ? unknown_figure
                  : static_cast<float>(1 - std::pow(10, -decades_of_reputation * (q - 1) / steps));
}

float slots_of(std::uint8_t q) {
    return q == 0 ? unknown_figure
                  : static_cast<float>(std::pow(10, decades_of_slots * (q - 1) / steps));
}

float age_of(std::uint8_t q) {
    return q == 0 ? unknown_figure : static_cast<float>(std::exp2((q - 1) / steps_a_doubling));
}

float uptime_of(std::uint8_t q) {
    return q == 0 ? unknown_figure
                  : uptime_steps[std::min<std::size_t>(q, uptime_steps.size()) - 1];
}

std::uint64_t summary_key(const Hash32& node_id) {
    std::uint64_t key = 0;
    for (std::size_t i = 0; i < summary_key_size; ++i) {
        key = (key << 8U) | node_id[i];
    }
    return key;
}

std::uint64_t summary_key(const NodeRecord& record) {
    return summary_key(tagged_hash32("", record.sign_key));
}

} // namespace tau::vault
