#include "core/node/known_registrations.h"

namespace tau::node {

bool KnownRegistrations::may_have(const std::string& id) {
    const std::lock_guard lock(mutex_);
    return !known_ || known_->contains(id);
}

void KnownRegistrations::add(const std::string& id) {
    const std::lock_guard lock(mutex_);
    came_.insert(id);
    if (known_) {
        known_->insert(id);
    }
}

Result<std::vector<std::string>> KnownRegistrations::read_all() {
    const std::lock_guard reading(reading_);
    {
        const std::lock_guard lock(mutex_);
        came_.clear(); // whoever comes from now on may be missing among those that are read
    }
    auto ids = store_.active_ids();
    if (ids) {
        const std::lock_guard lock(mutex_);
        known_.emplace(ids->begin(), ids->end()).insert(came_.begin(), came_.end());
    }
    return ids;
}

/// What the database does not answer is asked the next time; that it does not is told elsewhere.
void KnownRegistrations::learn_of_others() {
    if (const auto ids = store_.registered_since(last_)) {
        for (const std::string& id : *ids) {
            add(id);
        }
    }
}

std::unordered_set<std::string> KnownRegistrations::all() {
    const std::lock_guard lock(mutex_);
    return known_.value_or(came_);
}

} // namespace tau::node
