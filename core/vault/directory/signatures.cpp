#include "core/vault/directory/signatures.h"

#include <algorithm>

namespace tau::vault::signatures {

void write(ByteWriter& out, const std::vector<KeySignature>& list) {
    out.u8(static_cast<std::uint8_t>(list.size()));
    for (const KeySignature& signature : list) {
        out.u8(signature.key).raw(signature.signature);
    }
}

Result<std::vector<KeySignature>> read(ByteReader& in) {
    std::vector<KeySignature> list(in.u8());
    for (KeySignature& signature : list) {
        signature.key = in.u8();
        signature.signature = in.array<64>();
    }
    const auto unordered = [](const auto& a, const auto& b) { return a.key >= b.key; };
    if (!in.ok() || std::adjacent_find(list.begin(), list.end(), unordered) != list.end()) {
        return fail(ErrorCode::corrupt, "A list of signatures is malformed.");
    }
    return list;
}

Result<void> check(const std::vector<KeySignature>& list, const DirectoryRoot& root,
                   std::string_view tag, ByteView data) {
    for (const KeySignature& signature : list) {
        if (signature.key >= root.keys.size()) {
            return fail(ErrorCode::untrusted, "it is signed by a key that nobody knows");
        }
        if (!keys::verify_signature(root.keys[signature.key], tag, data, signature.signature)) {
            return fail(ErrorCode::untrusted, "one of its signatures is wrong");
        }
    }
    if (list.size() < root.threshold) {
        return fail(ErrorCode::untrusted, "it has " + std::to_string(list.size()) +
                                              " signatures and needs " +
                                              std::to_string(root.threshold));
    }
    return {};
}

Result<KeySignature> make(const DirectoryRoot& root, const keys::OwnerKey& key,
                          std::string_view tag, ByteView data) {
    const auto found = std::find(root.keys.begin(), root.keys.end(), key.public_key());
    if (found == root.keys.end()) {
        return fail(ErrorCode::not_found, "A signing key is none of the directory's keys.",
                    "Use the keys that were made together with this root.");
    }
    return KeySignature{static_cast<std::uint8_t>(found - root.keys.begin()), key.sign(tag, data)};
}

} // namespace tau::vault::signatures
