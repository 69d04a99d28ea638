#include "core/base/text.h"
#include "core/keys/owner_key.h"
#include "core/keys/sealed_box.h"

#include <sodium.h>

namespace tau::keys {

namespace {

// -----BEGIN TAU OWNER KEY-----
// base64 of: version 1 | operations u32 | memory in KiB u32 | salt 16 | box of the seed 72
// -----END TAU OWNER KEY-----
constexpr std::string_view owner_key_begin = "-----BEGIN TAU OWNER KEY-----\n";
constexpr std::string_view owner_key_end = "\n-----END TAU OWNER KEY-----";
constexpr std::string_view box_tag = "tau-owner-key";
constexpr std::uint8_t file_version = 1;
constexpr std::size_t owner_key_head = 1 + 4 + 4 + stretch_salt_size;
constexpr std::size_t file_size = owner_key_head + 24 + 32 + 16;
constexpr std::size_t min_passphrase = 8;
constexpr StretchCost cost{crypto_pwhash_argon2id_OPSLIMIT_MODERATE,
                           crypto_pwhash_argon2id_MEMLIMIT_MODERATE / 1024};

/// What the box is bound to: the tag and everything in front of it.
Bytes associated_data(ByteView head) {
    return ByteWriter().text(box_tag).raw(head).take();
}

tl::unexpected<Error> not_ours() {
    return fail(ErrorCode::corrupt, "This file does not hold an exported owner key.",
                "Choose the file that was made by exporting the owner key.");
}

} // namespace

Result<std::string> export_owner_key(const OwnerKey& key, const Secret& passphrase,
                                     Entropy& entropy) {
    if (passphrase.size() < min_passphrase) {
        return fail(ErrorCode::invalid_argument, "The passphrase is too short.",
                    "Use at least 8 characters, better a few words.");
    }
    StretchSalt salt;
    entropy.fill(salt);
    const Result<Secret> box_key = stretch_passphrase(passphrase, salt, cost);
    if (!box_key) {
        return fail(box_key.error());
    }
    ByteWriter file;
    file.u8(file_version).u32(cost.operations).u32(cost.memory_kib).raw(salt);
    file.raw(close_box(*box_key, key.seed().bytes(), associated_data(file.bytes()), entropy));
    return std::string(owner_key_begin) + to_base64(file.bytes()) + std::string(owner_key_end) +
           "\n";
}

Result<OwnerKey> import_owner_key(std::string_view text, const Secret& passphrase) {
    const std::string_view trimmed = trim(text);
    if (trimmed.size() < owner_key_begin.size() + owner_key_end.size() ||
        !trimmed.starts_with(owner_key_begin) || !trimmed.ends_with(owner_key_end)) {
        return not_ours();
    }
    const std::string_view body = trimmed.substr(
        owner_key_begin.size(), trimmed.size() - owner_key_begin.size() - owner_key_end.size());
    const Result<Bytes> file = from_base64(body);
    if (!file || file->size() != file_size) {
        return not_ours();
    }
    ByteReader in(*file);
    const std::uint8_t version = in.u8();
    const std::uint32_t operations = in.u32();
    const std::uint32_t memory_kib = in.u32();
    const auto salt = in.array<stretch_salt_size>();
    if (version != file_version) {
        return not_ours();
    }
    const Result<Secret> box_key = stretch_passphrase(passphrase, salt, {operations, memory_kib});
    if (!box_key) {
        return fail(box_key.error());
    }
    const std::optional<Secret> seed =
        open_box(*box_key, ByteView(*file).subspan(owner_key_head),
                 associated_data(ByteView(*file).first(owner_key_head)));
    if (!seed) {
        return fail(ErrorCode::unauthenticated, "The passphrase does not open this owner key.",
                    "Type the passphrase that was chosen when the key was exported.");
    }
    return OwnerKey::from_seed(*seed);
}

} // namespace tau::keys
