#pragma once

#include "core/node/pool.h"

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <string>

namespace tau::vaultd {

class Session;

/// Threads of their own and a bounded queue for one kind of request. Registrations wait for git
/// hosts that their owners chose, so they must not be able to hold up everything else; nor can one
/// peer's hold up all others', because it never has the last quarter of the threads: what is beyond
/// its share is parked. Used on the I/O thread only, but for the pool.
class Lane {
public:
    explicit Lane(std::size_t threads)
        : pool(std::make_unique<node::Pool>(static_cast<unsigned>(threads))),
          share_(std::max<std::size_t>(1, threads - threads / 4)) {}

    bool has_room_for(const std::string& peer) const {
        const auto found = at_work_.find(peer);
        return found == at_work_.end() || found->second < share_;
    }
    void began(const std::string& peer) { ++at_work_[peer]; }
    void park(const std::string& peer, std::shared_ptr<Session> session) {
        parked_[peer].push_back(std::move(session));
    }
    /// One of this peer's is done: the next to begin in its place, null for none.
    std::shared_ptr<Session> ended(const std::string& peer) {
        const auto working = at_work_.find(peer);
        if (--working->second == 0) {
            at_work_.erase(working);
        }
        const auto parked = parked_.find(peer);
        if (parked == parked_.end()) {
            return nullptr;
        }
        std::shared_ptr<Session> next = std::move(parked->second.front());
        parked->second.pop_front();
        if (parked->second.empty()) {
            parked_.erase(parked);
        }
        return next;
    }
    /// It hung up, parked or not.
    void leave(const std::string& peer, const std::shared_ptr<Session>& session) {
        const auto parked = parked_.find(peer);
        if (parked != parked_.end() && std::erase(parked->second, session) != 0 &&
            parked->second.empty()) {
            parked_.erase(parked);
        }
    }
    /// Nothing begins any more: parked sessions hold what holds this.
    void stop() {
        pool.reset();
        parked_.clear();
    }

    std::size_t waiting = 0; ///< requests with the workers, or parked
    std::unique_ptr<node::Pool> pool;

private:
    const std::size_t share_; ///< of one peer with the workers
    std::map<std::string, std::size_t> at_work_;
    std::map<std::string, std::deque<std::shared_ptr<Session>>> parked_;
};

} // namespace tau::vaultd
