#pragma once

#include "core/node/barrier.h"

#include <atomic>
#include <chrono>
#include <mutex>

namespace tau::node {

struct AuditEntry {
    std::int64_t seq = 0;
    Bytes hash;
};

/// The last entry of the audit log that this node has seen, in a file of its own: a database that
/// was put back to an older state does not have it. Callable from any thread.
class AuditHead {
public:
    /// `file`: empty for none. The barrier outlives it.
    AuditHead(std::filesystem::path file, const Barrier& barrier)
        : file_(std::move(file)), barrier_(barrier) {}
    AuditHead(const AuditHead&) = delete;
    AuditHead& operator=(const AuditHead&) = delete;
    ~AuditHead();

    /// What the file says; nullopt when there is none, `corrupt` when it is not this node's.
    Result<std::optional<AuditEntry>> read() const;
    /// This entry is there for good. Reaches the disk at once, or within a second with the next.
    void note(AuditEntry entry);
    Result<void> flush();
    /// Of the last entry that was noted; 0 for none. Does not wait for the disk, as the others may.
    std::int64_t sequence() const { return sequence_; }

private:
    Result<void> write();
    Hash32 mac(const AuditEntry& entry) const;

    const std::filesystem::path file_;
    const Barrier& barrier_;
    std::atomic<std::int64_t> sequence_ = 0; ///< latest_'s
    std::mutex mutex_;                       ///< of what follows; held while the disk writes
    AuditEntry latest_;
    std::int64_t written_ = 0; ///< seq
    std::chrono::steady_clock::time_point next_;
};

} // namespace tau::node
