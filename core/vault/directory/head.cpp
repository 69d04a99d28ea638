#include "core/vault/directory/head.h"

#include "core/base/text.h"
#include "core/vault/directory/signatures.h"
#include "core/vault/directory/summary.h"
#include "core/vault/place.h"

#include <algorithm>

namespace tau::vault {

namespace {

constexpr std::string_view head_magic = "TVD1";
constexpr std::string_view head_tag = "tau-vault-dir-v1";

tl::unexpected<Error> malformed_head(const std::string& why) {
    return fail(ErrorCode::corrupt, "The directory's head is malformed: " + why + ".",
                "Try again later, or name another mirror of the directory.");
}

tl::unexpected<Error> refused_head(const std::string& why, std::string hint) {
    return fail(ErrorCode::untrusted, "The directory's head is not believed: " + why + ".",
                std::move(hint));
}

bool strictly_ascending(const std::vector<std::uint64_t>& values) {
    return std::adjacent_find(values.begin(), values.end(), std::greater_equal<>()) == values.end();
}

void read_map_and_shards(ByteReader& in, DirectoryHead& head) {
    for (std::int16_t& split : head.map.splits) {
        split = static_cast<std::int16_t>(in.u16());
    }
    for (ShardEntry& shard : head.shards) {
        shard.count = in.u32();
        shard.summaries = in.array<32>();
        shard.records = in.array<32>();
    }
}

/// nullptr when every field is in range.
const char* field_fault(const DirectoryHead& head) {
    if (std::any_of(head.shards.begin(), head.shards.end(),
                    [](const ShardEntry& shard) { return shard.count > max_shard_nodes; })) {
        return "a shard has too many nodes";
    }
    if (!strictly_ascending(head.revoked)) {
        return "its list of revoked nodes is not in order";
    }
    if (!strictly_ascending(head.deltas_from) ||
        (!head.deltas_from.empty() && head.deltas_from.back() >= head.epoch)) {
        return "its list of deltas is not in order";
    }
    if (head.report_count > max_reports) {
        return "it counts too many auditors' reports";
    }
    return nullptr;
}

Result<DirectoryHead> read_head(ByteReader& in) {
    if (as_text(in.raw(head_magic.size())) != head_magic) {
        return malformed_head("it does not begin as one");
    }
    DirectoryHead head;
    head.root_version = in.u32();
    head.epoch = in.u64();
    head.fresh_until = in.u32();
    head.valid_until = in.u32();
    head.history_size = in.u64();
    head.history_root = in.array<32>();
    head.report_count = in.u16();
    head.reports_root = in.array<32>();
    read_map_and_shards(in, head);
    head.revoked.resize(in.u16());
    if (head.revoked.size() > max_revoked) {
        return malformed_head("it revokes too many nodes");
    }
    std::generate(head.revoked.begin(), head.revoked.end(), [&] { return read_key(in); });
    head.deltas_from.resize(in.u8());
    if (head.deltas_from.size() > max_deltas) {
        return malformed_head("it names too many deltas");
    }
    std::generate(head.deltas_from.begin(), head.deltas_from.end(), [&] { return in.u64(); });
    if (!in.ok()) {
        return malformed_head("it is too short");
    }
    if (const char* fault = field_fault(head)) {
        return malformed_head(fault);
    }
    return head;
}

Result<void> check_times(const DirectoryHead& head, std::int64_t now) {
    if (head.epoch > static_cast<std::uint64_t>(now + clock_tolerance)) {
        return refused_head("it is dated in the future", "Check this computer's clock.");
    }
    if (head.fresh_until <= head.epoch || head.valid_until < head.fresh_until ||
        head.valid_until - head.epoch > longest_head_life) {
        return refused_head("its dates do not fit each other",
                            "Tell whoever runs the directory, or name another mirror of it.");
    }
    return {};
}

} // namespace

std::uint64_t DirectoryHead::node_count() const {
    std::uint64_t sum = 0;
    for (const ShardEntry& shard : shards) {
        sum += shard.count;
    }
    return sum;
}

Bytes encode(const DirectoryHead& head) {
    ByteWriter out;
    out.text(head_magic).u32(head.root_version).u64(head.epoch);
    out.u32(head.fresh_until).u32(head.valid_until);
    out.u64(head.history_size).raw(head.history_root);
    out.u16(head.report_count).raw(head.reports_root);
    for (const std::int16_t split : head.map.splits) {
        out.u16(static_cast<std::uint16_t>(split));
    }
    for (const ShardEntry& shard : head.shards) {
        out.u32(shard.count).raw(shard.summaries).raw(shard.records);
    }
    out.u16(static_cast<std::uint16_t>(head.revoked.size()));
    for (const std::uint64_t key : head.revoked) {
        write_key(out, key);
    }
    out.u8(static_cast<std::uint8_t>(head.deltas_from.size()));
    for (const std::uint64_t epoch : head.deltas_from) {
        out.u64(epoch);
    }
    return out.take();
}

Bytes head_file(const SignedHead& head) {
    ByteWriter out;
    out.raw(head.encoded);
    signatures::write(out, head.signatures);
    return out.take();
}

Result<std::uint32_t> claimed_root_version(ByteView head_file) {
    ByteReader in(head_file);
    if (as_text(in.raw(head_magic.size())) != head_magic) {
        return malformed_head("it does not begin as one");
    }
    const std::uint32_t version = in.u32();
    return in.ok() ? Result<std::uint32_t>(version) : malformed_head("it is too short");
}

Result<SignedHead> read_head_file(ByteView file, const DirectoryRoot& root, std::int64_t now) {
    if (file.size() > max_head_file) {
        return malformed_head("it is too long");
    }
    ByteReader in(file);
    auto head = read_head(in);
    if (!head) {
        return fail(head.error());
    }
    const ByteView encoded = file.first(file.size() - in.remaining());
    auto signed_by = signatures::read(in);
    if (!signed_by || !in.at_end()) {
        return malformed_head("its signatures are not well-formed");
    }
    if (head->root_version != root.version) {
        return refused_head("it is signed under version " + std::to_string(head->root_version) +
                                " of the directory's keys, and version " +
                                std::to_string(root.version) + " is known here",
                            "Fetch the directory's newer keys.");
    }
    if (auto checked = signatures::check(*signed_by, root, head_tag, encoded); !checked) {
        return refused_head(checked.error().message,
                            "Somebody may have changed it on its way: name another mirror.");
    }
    if (auto timely = check_times(*head, now); !timely) {
        return fail(timely.error());
    }
    return SignedHead{std::move(*head), {encoded.begin(), encoded.end()}, std::move(*signed_by)};
}

Result<KeySignature> sign(const DirectoryHead& head, const DirectoryRoot& root,
                          const keys::OwnerKey& key) {
    return signatures::make(root, key, head_tag, encode(head));
}

} // namespace tau::vault
