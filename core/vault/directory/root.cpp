#include "core/vault/directory/head.h"
#include "core/vault/directory/signatures.h"

#include <algorithm>

namespace tau::vault {

namespace {

constexpr std::string_view root_magic = "TVR1";
constexpr std::string_view root_tag = "tau-dir-root-v1";
constexpr std::size_t max_keys = 16;

tl::unexpected<Error> malformed_root(const std::string& why) {
    return fail(ErrorCode::corrupt, "The list of the directory's keys is malformed: " + why + ".");
}

tl::unexpected<Error> refused_root(const std::string& why) {
    return fail(ErrorCode::untrusted,
                "The new list of the directory's keys is not believed: " + why + ".",
                "Ask whoever runs the network for a fresh network file.");
}

Result<DirectoryRoot> read_root(ByteReader& in) {
    if (as_text(in.raw(root_magic.size())) != root_magic) {
        return malformed_root("it does not begin as one");
    }
    DirectoryRoot root;
    root.version = in.u32();
    root.threshold = in.u8();
    root.keys.resize(in.u8());
    if (root.keys.empty() || root.keys.size() > max_keys) {
        return malformed_root("it does not have 1 to 16 keys");
    }
    for (seal::Point& key : root.keys) {
        key = in.array<32>();
    }
    if (!in.ok()) {
        return malformed_root("it is too short");
    }
    if (root.version == 0 || root.threshold == 0 || root.threshold > root.keys.size()) {
        return malformed_root("its version or the number of keys it asks for is out of range");
    }
    for (auto key = root.keys.begin(); key != root.keys.end(); ++key) {
        if (!seal::is_valid_point(*key) || std::find(root.keys.begin(), key, *key) != key) {
            return malformed_root("a key in it is not valid or stands there twice");
        }
    }
    return root;
}

} // namespace

Bytes encode(const DirectoryRoot& root) {
    ByteWriter out;
    out.text(root_magic).u32(root.version).u8(root.threshold);
    out.u8(static_cast<std::uint8_t>(root.keys.size()));
    for (const seal::Point& key : root.keys) {
        out.raw(key);
    }
    return out.take();
}

Result<DirectoryRoot> decode_root(ByteView bytes) {
    ByteReader in(bytes);
    auto root = read_root(in);
    if (root && !in.at_end()) {
        return malformed_root("it is too long");
    }
    return root;
}

Bytes root_file(const SignedRoot& root) {
    ByteWriter out;
    out.raw(encode(root.root));
    signatures::write(out, root.by_previous);
    signatures::write(out, root.by_itself);
    return out.take();
}

Result<DirectoryRoot> read_root_file(ByteView file, const DirectoryRoot& trusted) {
    auto next = read_own_root(file);
    if (!next) {
        return fail(next.error());
    }
    const DirectoryRoot& root = next->root;
    if (root.version - 1 != trusted.version) {
        return refused_root("it is version " + std::to_string(root.version) +
                            ", and the next one is " + std::to_string(trusted.version + 1));
    }
    if (auto checked = signatures::check(next->by_previous, trusted, root_tag, encode(root));
        !checked) {
        return refused_root("by the keys before, " + checked.error().message);
    }
    return root;
}

Result<SignedRoot> read_own_root(ByteView file) {
    if (file.size() > max_root_file) {
        return malformed_root("it is too long");
    }
    ByteReader in(file);
    const auto root = read_root(in);
    if (!root) {
        return fail(root.error());
    }
    auto by_previous = signatures::read(in);
    auto by_itself = signatures::read(in);
    if (!by_previous || !by_itself || !in.at_end()) {
        return malformed_root("its signatures are not well-formed");
    }
    if (auto checked = signatures::check(*by_itself, *root, root_tag, encode(*root)); !checked) {
        return refused_root("by its own keys, " + checked.error().message);
    }
    return SignedRoot{*root, std::move(*by_previous), std::move(*by_itself)};
}

Result<KeySignature> sign(const DirectoryRoot& next, const DirectoryRoot& root,
                          const keys::OwnerKey& key) {
    return signatures::make(root, key, root_tag, encode(next));
}

} // namespace tau::vault
