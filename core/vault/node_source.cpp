#include "core/vault/node_source.h"

#include "core/base/text.h"
#include "core/vault/directory/client.h"
#include "core/vault/seer.h"

#include <algorithm>

namespace tau::vault {

namespace {

NodeRow row_at(const NodeTable& table, std::size_t row) {
    return {table.key[row],     table.latitude[row], table.longitude[row], table.reputation[row],
            table.slots[row],   table.claimed[row],  table.age_days[row],  table.uptime[row],
            table.network[row], table.region[row],   table.flags[row],     table.name(row)};
}

/// Everything that a network's file names, as one table.
class NetworkNodes final : public NodeSource {
public:
    NetworkNodes(const Network& network, Http& http, const Clock& clock)
        : listed_(network.nodes), refused_(network.refused), seer_(network.seer), http_(http),
          clock_(clock) {}

    void read_directory(std::string url, DirectoryRoot root, std::filesystem::path cache) {
        directory_ = std::make_unique<DirectoryClient>(std::move(url), std::move(root), http_,
                                                       clock_, std::move(cache));
    }

    Result<NodeList> load(const std::optional<Place>& place, Extent extent,
                          const LoadProgress& progress, std::stop_token stop) override {
        Gathered gathered;
        if (auto done = add_directory(gathered, place, extent, progress, stop); !done) {
            return fail(done.error());
        }
        add_listed(gathered);
        if (auto done = add_seer(gathered, stop); !done) {
            return fail(done.error());
        }
        if (gathered.table->size() == 0 && gathered.trouble) {
            return fail(*gathered.trouble);
        }
        gathered.list.table = std::move(gathered.table);
        gathered.list.refused = refused_;
        return std::move(gathered.list);
    }

    Result<ListedNode> node(const NodeTable& table, std::uint32_t row,
                            std::stop_token stop) override {
        if (row >= table.size()) {
            return fail(ErrorCode::invalid_argument, "The table has no such row.");
        }
        const Coordinates place{table.latitude[row], table.longitude[row]};
        if ((table.flags[row] & no_seal_key) != 0) {
            return fail(ErrorCode::not_found,
                        "Nothing is known of this node but its place: there is no key to seal to.",
                        "Choose a node that has a record.");
        }
        const ListedNode* listed = find_listed(table.key[row]);
        if (directory_) {
            auto found = directory_->node(table.key[row], place, std::move(stop));
            if (found || listed == nullptr) {
                return found;
            }
        }
        if (listed == nullptr || listed->record.latitude != place.latitude ||
            listed->record.longitude != place.longitude) {
            return fail(ErrorCode::untrusted, "This node is not one of this network.",
                        "Load the list of nodes again.");
        }
        return *listed;
    }

private:
    struct Gathered {
        NodeList list;
        std::shared_ptr<NodeTable> table = std::make_shared<NodeTable>();
        std::optional<Error> trouble; ///< of the first source that gave nothing

        void say(const std::string& text) {
            if (!text.empty()) {
                list.notice += (list.notice.empty() ? "" : " ") + text;
            }
        }
        void miss(const Error& error) {
            trouble = trouble ? trouble : std::optional(error);
            list.offline = true;
            say(sentences(error));
        }
    };

    /// Fails only when it is cancelled: the other sources may have nodes.
    Result<void> add_directory(Gathered& to, const std::optional<Place>& place, Extent extent,
                               const LoadProgress& progress, const std::stop_token& stop) const {
        if (!directory_) {
            return {};
        }
        DirectoryClient::Names names;
        for (const ListedNode& node : listed_) {
            names.emplace(summary_key(node.record), node.record.name);
        }
        auto loaded =
            directory_->load(*to.table, place, extent == Extent::all, names, progress, stop);
        if (!loaded && loaded.error().code == ErrorCode::cancelled) {
            return fail(loaded.error());
        }
        if (!loaded) {
            to.miss(loaded.error());
            return {};
        }
        to.list.total = loaded->total;
        to.list.published = loaded->published;
        to.list.offline = loaded->offline;
        to.say(loaded->notice);
        return {};
    }

    /// The file's nodes that the directory does not list: its figures of a node are newer.
    void add_listed(Gathered& to) const {
        std::vector<std::uint64_t> keys;
        for (const ListedNode& node : listed_) {
            keys.push_back(summary_key(node.record));
        }
        std::sort(keys.begin(), keys.end());
        std::vector<std::uint64_t> twice;
        std::copy_if(
            to.table->key.begin(), to.table->key.end(), std::back_inserter(twice),
            [&](std::uint64_t key) { return std::binary_search(keys.begin(), keys.end(), key); });
        const auto more = table_of(listed_, clock_.now());
        for (std::size_t row = 0; row < more->size(); ++row) {
            if (std::find(twice.begin(), twice.end(), more->key[row]) == twice.end()) {
                append(*to.table, row_at(*more, row));
                ++to.list.total;
            }
        }
    }

    Result<void> add_seer(Gathered& to, const std::stop_token& stop) const {
        if (seer_.empty()) {
            return {};
        }
        const auto seer = fetch_seer(seer_, http_, clock_.now(), stop);
        if (!seer && seer.error().code == ErrorCode::cancelled) {
            return fail(seer.error());
        }
        if (!seer) {
            to.miss(seer.error());
            return {};
        }
        append(*to.table, *seer);
        to.list.total += seer->nodes.size() + seer->stale;
        if (seer->stale > 0) {
            to.say(std::to_string(seer->stale) +
                   " nodes of the seer are left out: they have not reported for an hour.");
        }
        return {};
    }

    const ListedNode* find_listed(std::uint64_t key) const {
        const auto found =
            std::find_if(listed_.begin(), listed_.end(),
                         [key](const ListedNode& node) { return summary_key(node.record) == key; });
        return found == listed_.end() ? nullptr : &*found;
    }

    std::vector<ListedNode> listed_;
    std::vector<RefusedRecord> refused_;
    std::string seer_;
    Http& http_;
    const Clock& clock_;
    std::unique_ptr<DirectoryClient> directory_;
};

} // namespace

Result<std::unique_ptr<NodeSource>> open_nodes(const Network& network, Http& http,
                                               const Clock& clock,
                                               const std::filesystem::path& cache) {
    auto nodes = std::make_unique<NetworkNodes>(network, http, clock);
    if (network.directory) {
        auto root = decode_root(network.directory->root);
        if (!root) {
            return fail(ErrorCode::corrupt,
                        "The network's file does not say who signs for its directory. " +
                            root.error().message,
                        "Ask whoever runs the network for a fresh file.");
        }
        // By the root and not by the address: mirrors of one directory share one folder.
        const Hash32 id = tagged_hash32("tau-vault-dir", network.directory->root);
        nodes->read_directory(network.directory->url, std::move(*root),
                              cache / ("directory-" + to_hex(ByteView(id).first(8))));
    }
    return nodes;
}

} // namespace tau::vault
