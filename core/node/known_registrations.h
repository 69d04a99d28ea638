#pragma once

#include "core/node/store.h"

#include <mutex>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

namespace tau::node {

/// The ids of active registrations, so that a stranger's webhook is told without the database.
class KnownRegistrations {
public:
    explicit KnownRegistrations(Store& store) : store_(store), last_(store.audit_sequence()) {}

    /// Whether this one was active when all were last read, or came since. True for any before the
    /// first time. Of one that came to another process learn_of_others() tells.
    bool may_have(const std::string& id);
    void add(const std::string& id);
    /// Reads them all, who ended goes.
    Result<std::vector<std::string>> read_all();
    /// Asks the database which came since it was asked last. By one thread.
    void learn_of_others();
    /// As of now.
    std::unordered_set<std::string> all();

private:
    Store& store_;
    std::int64_t last_;  ///< entry of the audit log, by learn_of_others()
    std::mutex reading_; ///< one reads them all at a time
    std::mutex mutex_;
    std::optional<std::unordered_set<std::string>> known_; ///< none yet: not read
    std::unordered_set<std::string> came_;                 ///< since they were last read
};

} // namespace tau::node
