#include "core/vault/directory/selection.h"

#include <algorithm>
#include <limits>

namespace tau::vault {

namespace {

constexpr std::int64_t day = 24LL * 3600;
constexpr std::int64_t longest_absence = 90 * day;
constexpr std::int64_t longest_record = 7 * day;

struct Candidate {
    NodeRecord record;
    Bytes encoded;
};

Summary summary_of(const Hash32& id, const NodeRecord& record, const Verdict& verdict,
                   const LedgerEntry& known, std::int64_t now) {
    Summary summary;
    summary.key = summary_key(id);
    summary.network = verdict.network;
    summary.latitude = record.latitude;
    summary.longitude = record.longitude;
    summary.reputation = quantise_reputation(verdict.reputation);
    // A record that says 0 says nothing of its size.
    const float claimed = record.slots_per_hour;
    summary.slots =
        quantise_slots(claimed > 0 && claimed < verdict.slots ? claimed : verdict.slots);
    summary.age =
        quantise_age(static_cast<float>(now - std::int64_t{known.first}) / static_cast<float>(day));
    summary.flags =
        static_cast<std::uint8_t>(verdict.flags | (quantise_uptime(verdict.uptime) << 5U));
    return summary;
}

class Selector {
public:
    Selector(const std::map<Hash32, Verdict>& verdicts, Ledger ledger,
             std::span<const Hash32> revoked, std::int64_t now)
        : verdicts_(verdicts), revoked_(revoked.begin(), revoked.end()), now_(now) {
        std::sort(revoked_.begin(), revoked_.end());
        out_.ledger = std::move(ledger);
        std::erase_if(out_.ledger, [now](const auto& node) {
            return node.second.seq != tombstone_seq && node.second.last < now - longest_absence;
        });
        for (const auto& [id, entry] : out_.ledger) {
            const auto [holder, is_first] = holders_.try_emplace(summary_key(id), id);
            if (!is_first && entry.first < out_.ledger.at(holder->second).first) {
                holder->second = id;
            }
        }
    }

    void read(std::span<const Bytes> records) {
        for (std::size_t i = 0; i < records.size(); ++i) {
            auto record = decode_record(records[i], now_);
            if (!record) {
                out_.left_out.push_back({"record " + std::to_string(i + 1), record.error()});
                continue;
            }
            Candidate& kept = candidates_[tagged_hash32("", record->sign_key)];
            if (kept.encoded.empty() || kept.record.seq < record->seq) {
                kept = {std::move(*record), records[i]};
            }
        }
    }

    Selection take() {
        for (const auto& [id, candidate] : candidates_) {
            judge(id, candidate);
        }
        collect_revoked();
        std::sort(out_.nodes.begin(), out_.nodes.end(),
                  [](const auto& a, const auto& b) { return a.summary.key < b.summary.key; });
        return std::move(out_);
    }

private:
    void judge(const Hash32& id, const Candidate& candidate) {
        const auto& [record, encoded] = candidate;
        const auto known = out_.ledger.find(id);
        const bool dead = known != out_.ledger.end() && known->second.seq == tombstone_seq;
        if (!dead && record.seq == tombstone_seq) {
            bury(id);
        }
        const char* reason = nullptr;
        if (dead || record.seq == tombstone_seq) {
            reason = "The node has declared its key dead.";
        } else if (known != out_.ledger.end() && record.seq < known->second.seq) {
            reason = "A newer record of this node was seen before.";
        } else if (std::binary_search(revoked_.begin(), revoked_.end(), id)) {
            reason = "The node is revoked by this directory.";
        } else if (holders_.try_emplace(summary_key(id), id).first->second != id) {
            reason = "Another node, listed before, has the same short key.";
        }
        if (reason != nullptr) {
            out_.left_out.push_back({record.name + " (" + record.node_id() + ")",
                                     {ErrorCode::untrusted, reason, {}, {}}});
            return;
        }
        list(id, candidate);
    }

    void list(const Hash32& id, const Candidate& candidate) {
        const auto time = static_cast<std::uint32_t>(now_);
        LedgerEntry& entry = out_.ledger.try_emplace(id, LedgerEntry{time, time, 0}).first->second;
        entry.last = time;
        entry.seq = candidate.record.seq;
        const auto found = verdicts_.find(id);
        const Verdict verdict = found == verdicts_.end()
                                    ? Verdict{unknown_figure, unknown_figure, unknown_figure, 0, 0}
                                    : found->second;
        out_.nodes.push_back(
            {summary_of(id, candidate.record, verdict, entry, now_), candidate.encoded});
    }

    /// A key that was never listed needs no burial: it could be made to fit another's short key.
    void bury(const Hash32& id) {
        const auto known = out_.ledger.find(id);
        if (known != out_.ledger.end()) {
            known->second.seq = tombstone_seq;
            known->second.last = static_cast<std::uint32_t>(now_);
        }
    }

    void collect_revoked() {
        for (const Hash32& id : revoked_) {
            out_.revoked.push_back(summary_key(id));
        }
        for (const auto& [id, entry] : out_.ledger) {
            if (entry.seq == tombstone_seq && entry.last > now_ - longest_record) {
                out_.revoked.push_back(summary_key(id));
            }
        }
        std::sort(out_.revoked.begin(), out_.revoked.end());
        out_.revoked.erase(std::unique(out_.revoked.begin(), out_.revoked.end()),
                           out_.revoked.end());
    }

    const std::map<Hash32, Verdict>& verdicts_;
    std::vector<Hash32> revoked_;
    std::int64_t now_;
    Selection out_;
    std::map<Hash32, Candidate> candidates_;
    std::map<std::uint64_t, Hash32> holders_; ///< of a short key: the node that had it first
};

} // namespace

Selection select_nodes(std::span<const Bytes> records, const std::map<Hash32, Verdict>& verdicts,
                       Ledger ledger, std::span<const Hash32> revoked, std::int64_t now) {
    Selector selector(verdicts, std::move(ledger), revoked, now);
    selector.read(records);
    return selector.take();
}

} // namespace tau::vault
