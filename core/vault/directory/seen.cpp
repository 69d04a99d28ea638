#include "core/vault/directory/seen.h"

#include "core/base/file.h"
#include "core/base/text.h"

#include <algorithm>

namespace tau::vault {

namespace {

constexpr std::string_view seen_magic = "TVS1";
constexpr std::string_view checksum_tag = "tau-vault-seen";
constexpr std::size_t max_seen = 4096;
constexpr std::size_t max_file = 512U << 10U;
constexpr int lock_wait_ms = 2000;

std::filesystem::path lock_of(std::filesystem::path file) {
    file += ".lock";
    return file;
}

/// The checksum stands at the end, over all before it.
bool is_whole(ByteView bytes) {
    if (bytes.size() < sizeof(Hash32)) {
        return false;
    }
    const ByteView body = bytes.first(bytes.size() - sizeof(Hash32));
    const Hash32 checksum = tagged_hash32(checksum_tag, body);
    return std::equal(checksum.begin(), checksum.end(), bytes.end() - sizeof(Hash32));
}

bool seen_order(const SeenNode& a, const SeenNode& b) {
    return a.key < b.key;
}

void drop_oldest(std::vector<SeenNode>& nodes) {
    const auto oldest =
        std::min_element(nodes.begin(), nodes.end(),
                         [](const SeenNode& a, const SeenNode& b) { return a.at < b.at; });
    nodes.erase(oldest);
}

} // namespace

SeenStore::Seen SeenStore::load() const {
    const auto file = read_file(file_, max_file);
    if (!file || !is_whole(as_bytes(*file))) {
        return {};
    }
    ByteReader in(as_bytes(*file).first(file->size() - sizeof(Hash32)));
    if (as_text(in.raw(seen_magic.size())) != seen_magic) {
        return {};
    }
    Seen seen;
    seen.epoch = in.u64();
    for (std::uint16_t left = in.u16(); left > 0 && in.ok(); --left) {
        SeenNode node{in.u64(), in.u64(), in.u32(), std::string(as_text(in.lp8()))};
        if (!is_utf8(node.name) || has_control_characters(node.name)) {
            return {};
        }
        seen.nodes.push_back(std::move(node));
    }
    return in.at_end() ? seen : Seen{};
}

Result<void> SeenStore::store(const Seen& seen) const {
    ByteWriter out;
    out.text(seen_magic).u64(seen.epoch).u16(static_cast<std::uint16_t>(seen.nodes.size()));
    for (const SeenNode& node : seen.nodes) {
        out.u64(node.key).u64(node.seq).u32(node.at).lp8(as_bytes(node.name));
    }
    const Hash32 checksum = tagged_hash32(checksum_tag, out.bytes());
    out.raw(checksum);
    return write_file_atomic(file_, out.bytes());
}

Result<void> SeenStore::raise_epoch(std::uint64_t epoch) const {
    const auto lock = FileLock::acquire(lock_of(file_), lock_wait_ms);
    if (!lock) {
        return fail(lock.error());
    }
    Seen seen = load();
    if (seen.epoch >= epoch) {
        return {};
    }
    seen.epoch = epoch;
    return store(seen);
}

Result<void> SeenStore::raise_node(const SeenNode& node) const {
    const auto lock = FileLock::acquire(lock_of(file_), lock_wait_ms);
    if (!lock) {
        return fail(lock.error());
    }
    Seen seen = load();
    const auto at = std::lower_bound(seen.nodes.begin(), seen.nodes.end(), node, seen_order);
    if (at != seen.nodes.end() && at->key == node.key) {
        if (at->seq >= node.seq) {
            return {};
        }
        *at = node;
    } else {
        seen.nodes.insert(at, node);
        if (seen.nodes.size() > max_seen) {
            drop_oldest(seen.nodes);
        }
    }
    return store(seen);
}

} // namespace tau::vault
