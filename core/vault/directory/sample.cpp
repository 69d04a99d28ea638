#include "core/vault/directory/sample.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace tau::vault {

namespace {

constexpr std::array<SampleCity, 62> cities{{
    {"amsterdam", 5237, 490, 55, "eu-west"},
    {"london", 5151, -13, 50, "eu-west"},
    {"paris", 4886, 235, 45, "eu-west"},
    {"dublin", 5335, -626, 25, "eu-west"},
    {"brussels", 5085, 435, 10, "eu-west"},
    {"frankfurt", 5011, 868, 60, "eu-central"},
    {"zurich", 4738, 854, 22, "eu-central"},
    {"vienna", 4821, 1637, 14, "eu-central"},
    {"prague", 5008, 1444, 12, "eu-central"},
    {"nuremberg", 4945, 1108, 35, "eu-central"},
    {"warsaw", 5223, 2101, 22, "eu-east"},
    {"bucharest", 4443, 2610, 12, "eu-east"},
    {"kyiv", 5045, 3052, 12, "eu-east"},
    {"vilnius", 5469, 2528, 8, "eu-east"},
    {"stockholm", 5933, 1807, 20, "eu-north"},
    {"helsinki", 6017, 2494, 30, "eu-north"},
    {"oslo", 5991, 1075, 10, "eu-north"},
    {"reykjavik", 6415, -2194, 4, "eu-north"},
    {"madrid", 4042, -370, 18, "eu-south"},
    {"milan", 4546, 919, 18, "eu-south"},
    {"lisbon", 3872, -914, 9, "eu-south"},
    {"athens", 3798, 2373, 7, "eu-south"},
    {"ashburn", 3904, -7749, 70, "us-east"},
    {"new-york", 4071, -7401, 45, "us-east"},
    {"miami", 2576, -8019, 20, "us-east"},
    {"atlanta", 3375, -8439, 18, "us-east"},
    {"chicago", 4188, -8763, 32, "us-central"},
    {"dallas", 3278, -9680, 34, "us-central"},
    {"denver", 3974, -10499, 12, "us-central"},
    {"san-jose", 3734, -12189, 40, "us-west"},
    {"seattle", 4761, -12233, 26, "us-west"},
    {"los-angeles", 3405, -11824, 32, "us-west"},
    {"phoenix", 3345, -11207, 12, "us-west"},
    {"montreal", 4550, -7357, 20, "ca-central"},
    {"toronto", 4365, -7938, 18, "ca-central"},
    {"vancouver", 4928, -12312, 9, "ca-central"},
    {"queretaro", 2059, -10039, 8, "mexico-central"},
    {"sao-paulo", -2355, -4663, 28, "sa-east"},
    {"fortaleza", -373, -3852, 5, "sa-east"},
    {"buenos-aires", -3460, -5838, 9, "sa-east"},
    {"santiago", -3345, -7067, 9, "sa-west"},
    {"bogota", 471, -7407, 7, "sa-west"},
    {"lima", -1205, -7704, 5, "sa-west"},
    {"cairo", 3004, 3124, 6, "africa-north"},
    {"casablanca", 3357, -759, 4, "africa-north"},
    {"lagos", 652, 338, 8, "africa-west"},
    {"johannesburg", -2620, 2805, 10, "africa-south"},
    {"nairobi", -129, 3682, 6, "africa-south"},
    {"dubai", 2520, 5527, 10, "me-central"},
    {"tel-aviv", 3209, 3478, 9, "me-central"},
    {"mumbai", 1908, 7288, 26, "ap-south"},
    {"bangalore", 1297, 7759, 16, "ap-south"},
    {"singapore", 135, 10382, 45, "ap-southeast"},
    {"jakarta", -621, 10685, 14, "ap-southeast"},
    {"bangkok", 1376, 10050, 8, "ap-southeast"},
    {"hong-kong", 2232, 11417, 26, "ap-east"},
    {"taipei", 2503, 12157, 14, "ap-east"},
    {"tokyo", 3568, 13969, 42, "ap-northeast"},
    {"osaka", 3469, 13550, 14, "ap-northeast"},
    {"seoul", 3757, 12698, 24, "ap-northeast"},
    {"sydney", -3387, 15121, 20, "au-east"},
    {"auckland", -3685, 17476, 6, "au-east"},
}};

/// splitmix64 (Steele, Lea, Flood 2014): the same numbers on every machine.
class Numbers {
public:
    explicit Numbers(std::uint64_t seed) : state_(seed) {}
    std::uint64_t next() {
        state_ += 0x9E3779B97F4A7C15U;
        std::uint64_t z = state_;
        z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
        z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
        return z ^ (z >> 31U);
    }
    double share() { return static_cast<double>(next() >> 11U) * 0x1p-53; } ///< 0 <= x < 1
    bool chance(double share_of_one) { return share() < share_of_one; }
    /// About normal, mean 0, deviation 1, never beyond 3: enough for a crowd.
    double around_zero() { return 2 * (share() + share() + share() - 1.5); }

private:
    std::uint64_t state_;
};

/// Different for different indexes: each step can be undone modulo 2^48.
std::uint64_t sample_key(std::uint64_t index, std::uint64_t seed) {
    constexpr std::uint64_t mask = (std::uint64_t{1} << 48U) - 1;
    std::uint64_t key = (index + seed * 0x2545F4914F6CDD1DU) & mask;
    for (const std::uint64_t factor : {0x9E3779B97F4BU, 0xC2B2AE3D27D5U}) {
        key = (key * factor) & mask;
        key ^= key >> 23U;
    }
    return key;
}

std::array<std::uint32_t, cities.size()> running_weights() {
    std::array<std::uint32_t, cities.size()> sums{};
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i < cities.size(); ++i) {
        sum += cities[i].weight;
        sums[i] = sum;
    }
    return sums;
}

std::int16_t scattered(std::int16_t middle, double by, int limit) {
    const int value = middle + static_cast<int>(std::lround(by));
    return static_cast<std::int16_t>(std::clamp(value, -limit, limit));
}

void set_flag(Summary& summary, NodeFlag flag, bool on) {
    if (on) {
        summary.flags = static_cast<std::uint8_t>(summary.flags | flag);
    }
}

void fill_reputation(Summary& summary, Numbers& numbers) {
    const double age = std::exp2(9.8 * std::sqrt(numbers.share())); // up to about 900 days
    summary.age = quantise_age(static_cast<float>(age));
    // A lower bound grows with the number of audits, and so with the age; one in ten is careless.
    const double audits = 1 + age * (0.5 + 3 * numbers.share());
    const double failing = numbers.chance(0.1) ? 0.25 * numbers.share() : 0.004 * numbers.share();
    if (audits >= 20) {
        const double missing = failing + 2.7 / (audits + 2.7);
        summary.reputation = quantise_reputation(static_cast<float>(1 - missing));
    }
    const double down = failing * 0.4 + 0.006 * std::pow(numbers.share(), 2);
    if (age >= 2) {
        summary.flags |=
            static_cast<std::uint8_t>(quantise_uptime(static_cast<float>(1 - down)) << 5U);
    }
}

void fill_capacity(Summary& summary, Numbers& numbers) {
    const double slots = std::pow(10, std::clamp(1.7 + 0.6 * numbers.around_zero(), 0.0, 4.5));
    if (numbers.chance(0.9)) {
        summary.slots = quantise_slots(static_cast<float>(slots));
        set_flag(summary, capacity_audited, numbers.chance(0.8));
    }
}

Summary sample_summary(std::uint64_t key, const SampleCity& city, Numbers& numbers) {
    Summary summary;
    summary.key = key;
    const double spread = numbers.chance(0.8) ? 25 : 220; // in the city, or far around it
    summary.latitude = scattered(city.latitude, spread * numbers.around_zero(), 9000);
    summary.longitude = scattered(city.longitude, spread * 1.4 * numbers.around_zero(), 18000);
    summary.network = static_cast<std::uint16_t>(numbers.chance(0.97) ? numbers.next() : 0);
    fill_reputation(summary, numbers);
    fill_capacity(summary, numbers);
    for (const auto& [flag, share] :
         {std::pair{attested_by_auditor, 0.3}, std::pair{attested_by_operator, 0.15},
          std::pair{attested_hardware, 0.06}, std::pair{place_refuted, 0.01}}) {
        set_flag(summary, flag, numbers.chance(share));
    }
    return summary;
}

} // namespace

std::span<const SampleCity> sample_cities() {
    return cities;
}

std::vector<Summary> sample_summaries(std::size_t count, std::uint64_t seed) {
    static constexpr auto by_key = [](const Summary& a, const Summary& b) { return a.key < b.key; };
    const auto sums = running_weights();
    Numbers numbers(seed);
    std::vector<Summary> out;
    out.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        const auto at = std::upper_bound(sums.begin(), sums.end(), numbers.next() % sums.back());
        const auto& city = cities[static_cast<std::size_t>(at - sums.begin())];
        out.push_back(sample_summary(sample_key(i, seed), city, numbers));
    }
    std::sort(out.begin(), out.end(), by_key);
    return out;
}

const SampleCity& nearest_sample_city(std::int16_t latitude, std::int16_t longitude) {
    const auto gap = [&](const SampleCity& city) {
        const int north = latitude - city.latitude;
        const int around = std::abs(longitude - city.longitude);
        const int east = std::min(around, 36000 - around);
        return std::int64_t{north} * north + std::int64_t{east} * east;
    };
    return *std::min_element(cities.begin(), cities.end(),
                             [&](const auto& a, const auto& b) { return gap(a) < gap(b); });
}

std::string sample_name(const Summary& summary) {
    constexpr std::string_view letters = "abcdefghjkmnpqrstuvwxyz023456789";
    std::string name(nearest_sample_city(summary.latitude, summary.longitude).name);
    name += '-';
    for (unsigned i = 0; i < 5; ++i) {
        name += letters[(summary.key >> (5 * i)) % letters.size()];
    }
    return name;
}

} // namespace tau::vault
