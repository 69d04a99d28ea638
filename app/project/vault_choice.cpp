#include "app/project/vault_choice.h"

#include "app/project/vault_query.h"
#include "core/base/text.h"
#include "core/vault/together.h"

#include <charconv>

namespace tau::app {

namespace {

/// A network's nodes, loaded when they are needed.
class Candidates {
public:
    Candidates(Session& session, vault::Network network, std::stop_token stop)
        : session_(session), network_(std::move(network)), stop_(std::move(stop)) {}

    Result<void> load(const std::optional<vault::Place>& place, vault::Extent extent) {
        if (list_) {
            return {};
        }
        auto source = session_.nodes(network_);
        if (!source) {
            return fail(source.error());
        }
        auto list = (*source)->load(place, extent, {}, stop_);
        if (!list) {
            return fail(list.error());
        }
        source_ = std::move(*source);
        list_ = std::move(*list);
        return {};
    }

    const vault::NodeList& list() const { return *list_; } ///< after load()
    const vault::Network& network() const { return network_; }
    std::string notice() const { return list_ ? list_->notice : std::string(); }
    std::int64_t now() const { return session_.clock().now(); }

    Result<vault::ListedNode> node(std::uint32_t row) const {
        return source_->node(*list_->table, row, stop_);
    }

private:
    Session& session_;
    vault::Network network_;
    std::stop_token stop_;
    std::unique_ptr<vault::NodeSource> source_;
    std::optional<vault::NodeList> list_;
};

std::string shown(const std::string& wanted) {
    return '"' + bounded_text(wanted, 80) + '"';
}

Error several(const std::string& wanted) {
    return {ErrorCode::not_found,
            "Several vaults are named " + shown(wanted) + ".",
            "See their names and ids with: tau-project vaults",
            {}};
}

Error missing(const std::string& wanted) {
    return {ErrorCode::not_found,
            "The network has no vault " + shown(wanted) + ".",
            "See their names and ids with: tau-project vaults",
            {}};
}

/// The node that a --vault names.
Result<vault::ListedNode> find_vault(Candidates& nodes, const std::string& wanted) {
    const auto& listed = nodes.network().nodes;
    const auto at_hand = rows_named(*vault::table_of(listed, nodes.now()), wanted);
    if (at_hand.size() > 1) {
        return fail(several(wanted));
    }
    if (at_hand.size() == 1) {
        return listed[at_hand.front()];
    }
    if (auto loaded = nodes.load({}, vault::Extent::all); !loaded) {
        return fail(loaded.error());
    }
    const auto rows = rows_named(*nodes.list().table, wanted);
    if (rows.size() != 1) {
        return fail(rows.empty() ? missing(wanted) : several(wanted));
    }
    return nodes.node(rows.front());
}

Result<project::VaultChoice> named_vault(Candidates& nodes, const std::string& wanted) {
    auto found = find_vault(nodes, wanted);
    if (!found) {
        return fail(found.error());
    }
    // A list goes by the first 6 bytes of an id; whoever wrote all of it means all of it, and no
    // node that took it for its name.
    const auto id = from_base58(wanted);
    if (id && id->size() == sizeof(Hash32) && found->record.node_id() != wanted) {
        return fail(missing(wanted));
    }
    return project::choice_of(found->record);
}

/// The best `count` vaults to use together.
Result<std::vector<project::VaultChoice>>
best_vaults(Candidates& nodes, const std::optional<vault::Place>& place, std::size_t count) {
    // Different regions are not to be had from one corner of the world.
    const auto extent = count == 1 ? vault::Extent::nearby : vault::Extent::all;
    if (auto loaded = nodes.load(place, extent); !loaded) {
        return fail(loaded.error());
    }
    vault::Ranking ranking(nodes.list().table);
    ranking.set_place(place);
    const auto taken =
        vault::take_together(ranking.suggest(count * vault::looked_at_for_each), count,
                             [&nodes](std::uint32_t row) { return nodes.node(row); });
    if (!taken) {
        return fail(taken.error());
    }
    if (taken->size() < count) {
        return fail(ErrorCode::not_found,
                    "The network has " + (taken->empty()
                                              ? std::string("no vault that can be recommended.")
                                              : "not as many vaults that can be recommended, but " +
                                                    std::to_string(taken->size()) + "."),
                    "Look at them with: tau-project vaults");
    }
    std::vector<project::VaultChoice> found;
    for (const vault::TakenNode& one : *taken) {
        found.push_back(project::choice_of(one.node.record));
    }
    return found;
}

Result<std::size_t> count_of(const CommandLine& line) {
    const std::string text = line.text(QStringLiteral("vaults"));
    std::size_t count = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), count);
    if (read.ec != std::errc() || read.ptr != text.data() + text.size() || count < 1 ||
        count > project::max_vaults) {
        return fail(ErrorCode::invalid_argument, "--vaults takes a number from 1 to 3.");
    }
    return count;
}

} // namespace

Result<VaultPick> choose_vaults(const CommandLine& line, Session& session,
                                const vault::Network& network, std::stop_token stop) {
    const QStringList wanted = line.texts(QStringLiteral("vault"));
    if (!wanted.isEmpty() && line.has(QStringLiteral("vaults"))) {
        return fail(ErrorCode::invalid_argument, "Name either --vault or --vaults, not both.");
    }
    VaultPick pick;
    if (!wanted.isEmpty()) {
        Candidates nodes(session, network, std::move(stop));
        for (const QString& name : wanted) {
            auto found = named_vault(nodes, name.toStdString());
            if (!found) {
                return fail(found.error());
            }
            pick.vaults.push_back(std::move(*found));
        }
        pick.notice = nodes.notice();
        return pick;
    }
    const auto count = count_of(line);
    const auto place = place_of(line);
    if (!count || !place) {
        return fail(count ? place.error() : count.error());
    }
    vault::Network with_keys = network;
    with_keys.seer.clear(); // its nodes have no key that anything could be sealed to
    Candidates nodes(session, std::move(with_keys), std::move(stop));
    auto found = best_vaults(nodes, *place, *count);
    if (!found) {
        return fail(found.error());
    }
    pick.vaults = std::move(*found);
    pick.notice = nodes.notice();
    return pick;
}

} // namespace tau::app
