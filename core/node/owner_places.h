#pragma once

#include "core/seal/seal.h"

#include <map>
#include <mutex>

namespace tau::node {

/// How much of what waits for git hosts one owner may have at a time. Whoever chooses the host
/// chooses how long it takes: the others' requests need places, too.
class OwnerPlaces {
public:
    /// One of them while the object lives, if there was one left.
    class Place {
    public:
        Place(OwnerPlaces& places, const seal::Point& owner) : places_(places), owner_(owner) {
            const std::lock_guard lock(places_.mutex_);
            std::size_t& taken = places_.taken_[owner_];
            is_mine_ = taken < most;
            taken += is_mine_ ? 1 : 0;
        }
        Place(const Place&) = delete;
        Place& operator=(const Place&) = delete;
        ~Place() {
            const std::lock_guard lock(places_.mutex_);
            if (is_mine_ && --places_.taken_.at(owner_) == 0) {
                places_.taken_.erase(owner_);
            }
        }
        explicit operator bool() const { return is_mine_; }

    private:
        OwnerPlaces& places_;
        const seal::Point owner_;
        bool is_mine_ = false;
    };

private:
    static constexpr std::size_t most = 2;
    std::mutex mutex_;
    std::map<seal::Point, std::size_t> taken_;
};

} // namespace tau::node
