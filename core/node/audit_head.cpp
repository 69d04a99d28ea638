#include "core/node/audit_head.h"

#include "core/base/file.h"

#include <sstream>

namespace tau::node {

namespace {

constexpr std::chrono::seconds pause_between_heads{1};

} // namespace

Hash32 AuditHead::mac(const AuditEntry& entry) const {
    ByteWriter in;
    in.text("TauREG1-audit-head").u64(static_cast<std::uint64_t>(entry.seq)).lp16(entry.hash);
    return barrier_.mac(in.bytes());
}

/// "<seq> <hash> <mac>"
Result<std::optional<AuditEntry>> AuditHead::read() const {
    if (file_.empty()) {
        return std::nullopt;
    }
    const Result<std::string> text = read_file(file_, 256);
    if (!text && text.error().code == ErrorCode::not_found) {
        return std::nullopt;
    }
    if (!text) {
        return fail(text.error());
    }
    std::istringstream in(*text);
    AuditEntry entry;
    std::string hash;
    std::string tag;
    in >> entry.seq >> hash >> tag;
    entry.hash = from_hex(hash).value_or(Bytes());
    if (tag != to_hex(mac(entry))) {
        return fail(ErrorCode::corrupt,
                    "The file " + file_.string() + " is damaged, or not of this node.",
                    "It says what the node has last written. Restore it, or remove it if the "
                    "database is surely the newest.");
    }
    return entry;
}

void AuditHead::note(AuditEntry entry) {
    const std::lock_guard lock(mutex_);
    if (entry.seq > latest_.seq) {
        latest_ = std::move(entry);
        sequence_ = latest_.seq;
    }
    if (std::chrono::steady_clock::now() >= next_) {
        // When the disk is full the file says less, but nothing wrong.
        static_cast<void>(write());
        next_ = std::chrono::steady_clock::now() + pause_between_heads;
    }
}

Result<void> AuditHead::flush() {
    const std::lock_guard lock(mutex_);
    return write();
}

Result<void> AuditHead::write() {
    if (file_.empty() || written_ >= latest_.seq) {
        return {};
    }
    const std::string text = std::to_string(latest_.seq) + " " + to_hex(latest_.hash) + " " +
                             to_hex(mac(latest_)) + "\n";
    return write_file_atomic(file_, text, 0600).map([this] { written_ = latest_.seq; });
}

AuditHead::~AuditHead() {
    static_cast<void>(write());
}

} // namespace tau::node
