#include "core/vault/directory/client.h"

#include "core/base/text.h"
#include "core/vault/public_file.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace tau::vault {

namespace {

constexpr std::uint64_t nearby_bytes = 250'000;
constexpr std::int64_t seconds_a_day = 86400;

/// The shards around the place; without one, some from all over the list.
std::vector<std::size_t> nearby(const DirectoryHead& head, const std::optional<Place>& place) {
    std::vector<std::size_t> order;
    if (place) {
        order = head.map.by_distance(*place);
    } else {
        constexpr std::size_t stride = 101; // odd, so it comes by every shard
        for (std::size_t i = 0; i < shard_count; ++i) {
            order.push_back(i * stride % shard_count);
        }
    }
    std::vector<std::size_t> wanted;
    std::uint64_t bytes = 0;
    for (const std::size_t shard : order) {
        const std::uint64_t size = std::uint64_t{head.shards[shard].count} * summary_size;
        if (size > 0 && bytes > 0 && bytes + size > nearby_bytes) {
            break;
        }
        if (size > 0) {
            bytes += size;
            wanted.push_back(shard);
        }
    }
    std::sort(wanted.begin(), wanted.end());
    return wanted;
}

std::vector<std::size_t> every(const DirectoryHead& head) {
    std::vector<std::size_t> wanted;
    for (std::size_t shard = 0; shard < shard_count; ++shard) {
        if (head.shards[shard].count > 0) {
            wanted.push_back(shard);
        }
    }
    return wanted;
}

std::string age(std::int64_t seconds) {
    const auto words = [](std::int64_t number, const char* unit) {
        return std::to_string(number) + " " + unit + (number == 1 ? "" : "s");
    };
    if (seconds < 2LL * 3600) {
        return words(std::max<std::int64_t>(seconds / 60, 1), "minute");
    }
    return seconds < 2 * seconds_a_day ? words(seconds / 3600, "hour")
                                       : words(seconds / seconds_a_day, "day");
}

/// A scale's steps as numbers, once.
using Scale = std::array<float, 256>;
Scale scale(float (*value)(std::uint8_t)) {
    Scale out{};
    for (std::size_t q = 0; q < out.size(); ++q) {
        out[q] = value(static_cast<std::uint8_t>(q));
    }
    return out;
}

/// "b1946a-c92492"
std::string_view name_of(std::uint64_t key, std::array<char, 13>& out) {
    constexpr std::string_view digits = "0123456789abcdef";
    for (std::size_t i = 0; i < 12; ++i) {
        out[i < 6 ? i : i + 1] = digits[(key >> (44 - 4 * i)) & 15U];
    }
    out[6] = '-';
    return {out.data(), out.size()};
}

/// Finds ascending keys in an ascending list, one after the other.
template <typename List, typename Key>
class Follower {
public:
    Follower(const List& list, Key key) : at_(list.begin()), end_(list.end()), key_(key) {}
    /// The entry of this key or nullptr; keys may only go up.
    auto find(std::uint64_t key) -> decltype(&*std::declval<const List&>().begin()) {
        while (at_ != end_ && key_(*at_) < key) {
            ++at_;
        }
        return at_ != end_ && key_(*at_) == key ? &*at_ : nullptr;
    }

private:
    typename List::const_iterator at_;
    typename List::const_iterator end_;
    Key key_;
};

} // namespace

DirectoryClient::DirectoryClient(std::string url, DirectoryRoot pinned, Http& http,
                                 const Clock& clock, std::filesystem::path cache)
    : url_(std::move(url)), http_(http), clock_(clock), cache_(std::move(cache)),
      seen_(cache_.folder()), keeper_(url_, std::move(pinned), http, cache_, seen_),
      loader_(url_, http, cache_) {}

Result<DirectoryClient::Part> DirectoryClient::part_of(std::shared_ptr<const SignedHead> head,
                                                       bool network, const Wish& wish) const {
    std::vector<std::size_t> wanted = wish.all ? every(head->head) : nearby(head->head, wish.place);
    auto loaded = loader_.load(head->head, wanted, network, wish.progress, wish.stop);
    if (!loaded) {
        return fail(loaded.error());
    }
    return Part{std::move(head), std::move(wanted), std::move(*loaded)};
}

/// Of a new head, unless parts of it cannot be had and the cache has all of the one before.
Result<DirectoryClient::Part> DirectoryClient::best_part(KnownHead& known, const Wish& wish) const {
    auto part = part_of(known.head, !known.trouble, wish);
    if (!part || !known.fetched) {
        return part;
    }
    if (const auto before = part->loaded.missing > 0 ? keeper_.kept(clock_.now()) : nullptr) {
        auto older = part_of(before, false, wish);
        if (older && older->loaded.missing == 0) {
            known.trouble = part->loaded.trouble;
            return older;
        }
    }
    keeper_.keep(*part->head);
    return part;
}

Result<DirectoryClient::Loaded> DirectoryClient::load(NodeTable& table,
                                                      const std::optional<Place>& place, bool all,
                                                      const Names& names,
                                                      const ShardLoader::Progress& progress,
                                                      std::stop_token stop) {
    const std::int64_t now = clock_.now();
    auto known = keeper_.newest(now, stop);
    if (!known) {
        return fail(known.error());
    }
    const auto part = best_part(*known, {place, all, progress, stop});
    if (!part) {
        return fail(part.error());
    }
    const LoadedShards& loaded = part->loaded;
    if (!part->wanted.empty() && loaded.missing == part->wanted.size()) {
        return fail(known->trouble ? *known->trouble : *loaded.trouble);
    }
    append_rows(table, *part, names);
    const DirectoryHead& head = part->head->head;
    Loaded out{head.node_count(), static_cast<std::int64_t>(head.epoch), {}, false};
    const auto say = [&out](const std::string& text) {
        out.notice += (out.notice.empty() ? "" : " ") + text;
    };
    out.offline = known->trouble.has_value() || loaded.missing > 0;
    if (known->trouble) {
        say(sentences(*known->trouble) + " What you see was signed " + age(now - out.published) +
            " ago.");
    } else if (loaded.missing > 0) {
        say(std::to_string(loaded.missing) + " of " + std::to_string(part->wanted.size()) +
            " parts of the list are missing. " + sentences(*loaded.trouble));
    }
    if (now > std::int64_t{head.valid_until}) {
        say("This list was valid until " + to_iso8601(head.valid_until) +
            " and no newer one could be had: its figures may be wrong, and nodes may be gone.");
    }
    const std::lock_guard lock(mutex_);
    current_ = part->head;
    return out;
}

/// A name seen here before goes before one known from elsewhere: it is of the newest record.
void DirectoryClient::append_rows(NodeTable& table, const Part& part, Names names) const {
    static const Scale reputations = scale(reputation_of);
    static const Scale slots = scale(slots_of);
    static const Scale ages = scale(age_of);
    static const Scale uptimes = scale(uptime_of);
    for (SeenNode& node : seen_.load().nodes) {
        names.insert_or_assign(node.key, std::move(node.name));
    }
    std::size_t rows = table.size();
    for (const auto& summaries : part.loaded.shards) {
        rows += summaries ? summaries->size() : 0;
    }
    std::array<char, 13> name{};
    table.reserve(rows);
    table.names.reserve(rows * (name.size() + 1));
    for (const auto& summaries : part.loaded.shards) {
        if (!summaries) {
            continue;
        }
        Follower revoked(part.head->head.revoked, [](std::uint64_t key) { return key; });
        Follower known(names, [](const auto& entry) { return entry.first; });
        for (const Summary& summary : *summaries) {
            if (revoked.find(summary.key) != nullptr) {
                continue;
            }
            const auto* named = known.find(summary.key);
            NodeRow row;
            row.key = summary.key;
            row.latitude = summary.latitude;
            row.longitude = summary.longitude;
            row.reputation = reputations[summary.reputation];
            row.slots = slots[summary.slots];
            row.claimed = std::numeric_limits<float>::quiet_NaN();
            row.age_days = ages[summary.age];
            row.uptime = uptimes[summary.flags >> 5U];
            row.network = summary.network;
            row.region = static_cast<std::uint8_t>(
                region_of({static_cast<double>(summary.latitude) / 100,
                           static_cast<double>(summary.longitude) / 100}));
            row.flags = summary.flags & 31U;
            row.name =
                named == nullptr ? name_of(summary.key, name) : std::string_view(named->second);
            append(table, row);
        }
    }
}

Result<std::vector<PagedRecord>> DirectoryClient::page(const SignedHead& head, std::size_t shard,
                                                       std::size_t number,
                                                       const std::stop_token& stop) const {
    const ShardEntry& entry = head.head.shards[shard];
    if (const auto kept = cache_.read_page(entry.records, number)) {
        if (auto records = read_page_file(as_bytes(*kept), number, entry)) {
            return records;
        }
    }
    HttpRequest request;
    request.url = url_ + "/v1/" + std::to_string(head.head.epoch) + "/rec/" + shard_name(shard) +
                  "/" + std::to_string(number);
    request.max_response = max_page_file;
    const auto response = get_public(http_, request, "The directory " + url_, stop);
    if (!response && response.error().code == ErrorCode::not_found) {
        return fail(ErrorCode::not_found,
                    "The directory has no record of this node, or not any more.",
                    "Load the list of nodes again; if this lasts, choose another node.");
    }
    if (!response) {
        return fail(response.error());
    }
    auto records = read_page_file(as_bytes(response->body), number, entry);
    if (records) {
        cache_.write_page(entry.records, number, as_bytes(response->body));
    }
    return records;
}

Result<ListedNode> DirectoryClient::node(std::uint64_t key, Coordinates place,
                                         std::stop_token stop) {
    std::shared_ptr<const SignedHead> head;
    {
        const std::lock_guard lock(mutex_);
        head = current_;
    }
    head = head ? head : keeper_.kept(clock_.now());
    if (!head) {
        return fail(ErrorCode::not_found, "The directory's list was not loaded yet.",
                    "Load the list of nodes, then try again.");
    }
    const auto gone = [] {
        return fail(ErrorCode::not_found, "The directory does not list this node any more.",
                    "Load the list of nodes again.");
    };
    const auto& revoked = head->head.revoked;
    if (std::binary_search(revoked.begin(), revoked.end(), key)) {
        return gone();
    }
    const std::size_t shard = head->head.map.shard_of(place.latitude, place.longitude);
    const std::array<std::size_t, 1> wanted{shard};
    const auto loaded = loader_.load(head->head, wanted, true, {}, stop);
    if (!loaded) {
        return fail(loaded.error());
    }
    if (!loaded->shards[0]) {
        return fail(*loaded->trouble);
    }
    const std::vector<Summary>& summaries = *loaded->shards[0];
    const auto found =
        std::lower_bound(summaries.begin(), summaries.end(), key,
                         [](const Summary& one, std::uint64_t sought) { return one.key < sought; });
    if (found == summaries.end() || found->key != key || found->latitude != place.latitude ||
        found->longitude != place.longitude) {
        return gone();
    }
    const auto index = static_cast<std::size_t>(found - summaries.begin());
    auto records = page(*head, shard, index / page_records, stop);
    if (!records) {
        return fail(records.error());
    }
    const PagedRecord& record = (*records)[index % page_records];
    if (record.summary != *found) {
        return fail(ErrorCode::untrusted,
                    "The directory gave the record of another node than the one asked for.",
                    "Choose another node, and tell whoever runs the directory.");
    }
    return checked_record(record);
}

/// The record's own signatures, that it is the one its summary is about, and that it is no older
/// than one seen before.
Result<ListedNode> DirectoryClient::checked_record(const PagedRecord& paged) const {
    const std::int64_t now = clock_.now();
    auto record = decode_record(paged.record, now);
    if (!record) {
        return fail(record.error());
    }
    const Summary& summary = paged.summary;
    if (summary_key(*record) != summary.key || record->latitude != summary.latitude ||
        record->longitude != summary.longitude) {
        return fail(ErrorCode::untrusted,
                    "The record of " + record->name +
                        " does not fit what the directory says of it.",
                    "Choose another node, and tell whoever runs the directory.");
    }
    const SeenStore::Seen seen = seen_.load();
    Follower known(seen.nodes, [](const SeenNode& node) { return node.key; });
    if (const SeenNode* before = known.find(summary.key);
        before != nullptr && before->seq > record->seq) {
        return fail(ErrorCode::untrusted,
                    "The record of " + record->name + " is older than one seen before.",
                    "Load the list of nodes again; if this lasts, choose another node.");
    }
    // Where this cannot be written, an older record may come back: no reason to refuse this one.
    static_cast<void>(seen_.raise_node(
        {summary.key, record->seq, static_cast<std::uint32_t>(now), record->name}));
    if (record->seq == tombstone_seq) {
        return fail(ErrorCode::untrusted,
                    "The node " + record->name + " has declared its key dead for ever.",
                    "Choose another vault node.");
    }
    ListedNode node;
    node.record = std::move(*record);
    node.encoded = paged.record;
    const float days = age_of(summary.age);
    node.first_seen =
        std::isnan(days) ? 0 : now - static_cast<std::int64_t>(std::lround(days * 86400.0));
    const float slots = slots_of(summary.slots);
    node.measured_slots = std::isnan(slots) ? 0 : static_cast<std::uint32_t>(std::lround(slots));
    return node;
}

} // namespace tau::vault
