#include "ui/common/node_shelf.h"

#include <QDateTime>

#include <chrono>

namespace tau::ui {

namespace {

constexpr std::chrono::milliseconds progress_pause{50};

/// Not more often than the eye can follow, however small the pieces are.
class Reporter {
public:
    Reporter(const Job::Post& post, std::function<void(std::uint64_t, std::uint64_t)> tell)
        : post_(post), tell_(std::move(tell)) {}
    void operator()(std::uint64_t done, std::uint64_t all) {
        const auto now = std::chrono::steady_clock::now();
        if (now - last_ >= progress_pause) {
            last_ = now;
            post_([tell = tell_, done, all] { tell(done, all); });
        }
    }

private:
    const Job::Post& post_;
    std::function<void(std::uint64_t, std::uint64_t)> tell_;
    std::chrono::steady_clock::time_point last_;
};

/// Read again, and nothing is new in it.
bool alike(const vault::Network& a, const vault::Network& b) {
    return a.refused.size() == b.refused.size() && vault::to_yaml(a) == vault::to_yaml(b);
}

} // namespace

Result<vault::ListedNode> Nodes::fetch(Services& services, std::uint32_t row,
                                       std::stop_token stop) const {
    const auto known = by_hand.find(list.table->key[row]);
    if (known != by_hand.end()) {
        return known->second;
    }
    return services.node(*network, *original, row, std::move(stop));
}

NodeShelf::NodeShelf(Services& services, QObject* parent) : QObject(parent), services_(services) {}

void NodeShelf::set_network(std::shared_ptr<const vault::Network> network) {
    const bool same = network == network_ || (network && network_ && alike(*network, *network_));
    network_ = std::move(network);
    if (same) {
        return;
    }
    job_.drop();
    nodes_.reset();
    error_.reset();
    state_ = State::empty;
    Q_EMIT changed();
    if (wanted_ && network_) {
        load(vault::Extent::nearby);
    }
}

void NodeShelf::want(const std::optional<vault::Place>& place) {
    wanted_ = true;
    place_ = place;
    if (network_ && state_ == State::empty) {
        load(vault::Extent::nearby);
    }
}

void NodeShelf::load(vault::Extent extent) {
    if (!network_) {
        return;
    }
    wanted_ = true;
    state_ = State::loading;
    error_.reset();
    Q_EMIT changed();
    job_.start(
        [&services = services_, network = network_, place = place_, extent,
         tell = [this](std::uint64_t done, std::uint64_t all) { Q_EMIT progressed(done, all); }](
            std::stop_token stop, const Job::Post& post) {
            Reporter report(post, tell);
            return services.load_nodes(
                *network, place, extent,
                [&report](std::uint64_t done, std::uint64_t all) { report(done, all); },
                std::move(stop));
        },
        [this](Result<vault::NodeList> answer) {
            if (!answer && nodes_ && answer.error().code == ErrorCode::cancelled) {
                state_ = State::ready; // what was there before is there still
            } else if (!answer) {
                state_ = State::failed;
                error_ = answer.error();
            } else {
                auto nodes = std::make_shared<Nodes>();
                nodes->network = network_;
                nodes->original = answer->table;
                nodes->list = std::move(*answer);
                nodes_ = std::move(nodes);
                state_ = State::ready;
            }
            Q_EMIT changed();
        });
}

void NodeShelf::add(const vault::ListedNode& node) {
    if (!nodes_) {
        return;
    }
    job_.start(
        [before = nodes_, node, now = QDateTime::currentSecsSinceEpoch()](std::stop_token) {
            auto after = std::make_shared<Nodes>(*before);
            const auto row = vault::table_of({node}, now);
            if (!vault::row_of(*before->list.table, row->key.front())) {
                after->list.table = vault::joined(*before->list.table, *row);
                after->list.total += 1;
            }
            after->by_hand[row->key.front()] = node;
            return std::shared_ptr<const Nodes>(std::move(after));
        },
        [this](std::shared_ptr<const Nodes> after) {
            nodes_ = std::move(after);
            Q_EMIT changed();
        });
}

} // namespace tau::ui
