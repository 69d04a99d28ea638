#pragma once

#include "ui/common/job.h"
#include "ui/services.h"

#include <map>
#include <memory>

namespace tau::ui {

/// What is known of a network's nodes at one moment; threads may keep and ask it.
struct Nodes {
    std::shared_ptr<const vault::Network> network;
    vault::NodeList list;                             ///< with the nodes added by hand
    std::shared_ptr<const vault::NodeTable> original; ///< as the network gave it
    std::map<std::uint64_t, vault::ListedNode> by_hand;

    /// The full record of a row of list.table; blocks.
    Result<vault::ListedNode> fetch(Services& services, std::uint32_t row,
                                    std::stop_token stop) const;
    /// Whether the network lists it; else it was added by hand.
    bool lists(std::uint32_t row) const { return row < original->size(); }
    /// Whether list.table holds every node there is.
    bool complete() const { return !list.table || list.table->size() >= list.total; }
};

/// The nodes of the current network, loaded once for all pages that show them.
class NodeShelf : public QObject {
    Q_OBJECT
public:
    enum class State { empty, loading, ready, failed };

    explicit NodeShelf(Services& services, QObject* parent = nullptr);

    /// Forgets the old network's nodes. They are loaded when a page wants them.
    void set_network(std::shared_ptr<const vault::Network> network);
    /// A page shows nodes: begins to load unless that was done. `place`: what is near.
    void want(const std::optional<vault::Place>& place);
    void load(vault::Extent extent);
    void cancel() { job_.cancel(); }
    /// Puts a node beside those that the network lists.
    void add(const vault::ListedNode& node);

    State state() const { return state_; }
    std::shared_ptr<const Nodes> nodes() const { return nodes_; } ///< null until ready
    const std::optional<Error>& error() const { return error_; }
    bool wanted() const { return wanted_; }

Q_SIGNALS:
    void changed();
    /// Bytes.
    void progressed(qulonglong done, qulonglong all);

private:
    Services& services_;
    std::shared_ptr<const vault::Network> network_;
    std::shared_ptr<const Nodes> nodes_;
    std::optional<vault::Place> place_;
    std::optional<Error> error_;
    State state_ = State::empty;
    bool wanted_ = false;
    Job job_;
};

} // namespace tau::ui
