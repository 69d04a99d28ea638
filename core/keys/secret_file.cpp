#include "core/keys/secret_file.h"

#include "core/base/file.h"
#include "core/keys/sealed_box.h"

#include <algorithm>
#include <sodium.h>

namespace tau::keys {

namespace {

// magic 8 | operations u32 | memory in KiB u32 | salt 16 | box of the entries
// entries: (LP16 name, LP16 secret) one after the other
constexpr std::string_view magic = "tausec1\n";
constexpr std::size_t head_size = magic.size() + 4 + 4 + stretch_salt_size;
constexpr std::size_t file_limit = 16U << 20U;
constexpr std::size_t name_limit = 200;
constexpr std::size_t secret_limit = 0xffff;
constexpr int lock_wait_ms = 10000;

struct Entry {
    std::string_view name;
    ByteView secret;
};

/// The entries one after the other; nothing at the end or when the bytes are malformed.
std::optional<Entry> next_entry(ByteReader& in) {
    const ByteView name = in.lp16();
    const ByteView secret = in.lp16();
    if (!in.ok()) {
        return std::nullopt;
    }
    return Entry{as_text(name), secret};
}

std::optional<Secret> find(const Secret& entries, std::string_view name) {
    for (ByteReader in(entries.bytes()); const auto entry = next_entry(in);) {
        if (entry->name == name) {
            return Secret::copy_of(entry->secret);
        }
    }
    return std::nullopt;
}

/// All entries but `name`, with a new last one when `secret` is given.
Secret without(const Secret& entries, std::string_view name, const Secret* secret) {
    std::size_t size = secret != nullptr ? 4 + name.size() + secret->size() : 0;
    for (ByteReader in(entries.bytes()); const auto entry = next_entry(in);) {
        size += entry->name == name ? 0 : 4 + entry->name.size() + entry->secret.size();
    }
    Secret out(size);
    std::span<std::uint8_t> rest = out.bytes();
    const auto write_field = [&rest](ByteView field) {
        rest[0] = static_cast<std::uint8_t>(field.size() & 0xffU);
        rest[1] = static_cast<std::uint8_t>(field.size() >> 8 & 0xffU);
        std::copy(field.begin(), field.end(), rest.begin() + 2);
        rest = rest.subspan(2 + field.size());
    };
    for (ByteReader in(entries.bytes()); const auto entry = next_entry(in);) {
        if (entry->name != name) {
            write_field(as_bytes(entry->name));
            write_field(entry->secret);
        }
    }
    if (secret != nullptr) {
        write_field(as_bytes(name));
        write_field(secret->bytes());
    }
    return out;
}

class SecretFile final : public SecretStore {
public:
    SecretFile(std::filesystem::path path, Bytes head, Secret key, Entropy& entropy)
        : path_(std::move(path)), head_(std::move(head)), key_(std::move(key)), entropy_(entropy) {}

    Result<void> put(std::string_view name, const Secret& secret) override {
        return change(name, &secret);
    }

    Result<Secret> put_if_absent(std::string_view name, const Secret& secret) override {
        const Result<FileLock> lock = take_lock();
        const Result<Secret> entries = lock ? read() : fail(lock.error());
        if (!entries) {
            return fail(entries.error());
        }
        if (auto found = find(*entries, name)) {
            return std::move(*found);
        }
        const Result<void> kept = write(*entries, name, &secret);
        return kept ? Result<Secret>(secret.clone()) : fail(kept.error());
    }

    Result<std::optional<Secret>> get(std::string_view name) override {
        const Result<Secret> entries = read();
        if (!entries) {
            return fail(entries.error());
        }
        return find(*entries, name);
    }

    Result<void> erase(std::string_view name) override { return change(name, nullptr); }

    /// Every entry, decrypted; `corrupt` when the file is not the one that was opened.
    Result<Secret> read() const {
        const Result<Secret> file = read_secret_file(path_, file_limit);
        if (!file) {
            return fail(file.error());
        }
        std::optional<Secret> entries;
        if (file->size() >= head_.size() && std::equal(head_.begin(), head_.end(), file->data())) {
            entries = open_box(key_, file->bytes().subspan(head_.size()), head_);
        }
        if (!entries) {
            return fail(ErrorCode::corrupt,
                        "The file of secrets " + path_.string() + " was changed or damaged.",
                        "Restart the program, and restore the file from a backup if that does "
                        "not help.");
        }
        return std::move(*entries);
    }

    Result<void> write(const Secret& entries) {
        ByteWriter file;
        file.raw(head_).raw(close_box(key_, entries.bytes(), head_, entropy_));
        return write_file_atomic(path_, file.bytes(), 0600);
    }

private:
    Result<void> change(std::string_view name, const Secret* secret) {
        const Result<FileLock> lock = take_lock();
        const Result<Secret> entries = lock ? read() : fail(lock.error());
        return entries ? write(*entries, name, secret) : fail(entries.error());
    }

    Result<FileLock> take_lock() const {
        return FileLock::acquire(path_.string() + ".lock", lock_wait_ms);
    }

    /// The entries with this one replaced, or erased when there is no `secret`.
    Result<void> write(const Secret& entries, std::string_view name, const Secret* secret) {
        if (secret != nullptr &&
            (name.empty() || name.size() > name_limit || secret->size() > secret_limit)) {
            return fail(ErrorCode::invalid_argument, "The secret or its name is too long.");
        }
        return write(without(entries, name, secret));
    }

    std::filesystem::path path_;
    Bytes head_;
    Secret key_;
    Entropy& entropy_;
};

StretchCost cost_of(KeyStretching stretching) {
    return stretching == KeyStretching::interactive
               ? StretchCost{crypto_pwhash_argon2id_OPSLIMIT_INTERACTIVE,
                             crypto_pwhash_argon2id_MEMLIMIT_INTERACTIVE / 1024}
               : StretchCost{crypto_pwhash_argon2id_OPSLIMIT_MODERATE,
                             crypto_pwhash_argon2id_MEMLIMIT_MODERATE / 1024};
}

Bytes new_head(KeyStretching stretching, Entropy& entropy) {
    const StretchCost cost = cost_of(stretching);
    StretchSalt salt;
    entropy.fill(salt);
    return ByteWriter().text(magic).u32(cost.operations).u32(cost.memory_kib).raw(salt).take();
}

Result<Secret> key_for(ByteView head, const Secret& passphrase) {
    ByteReader in(head);
    const std::string_view start = as_text(in.raw(magic.size()));
    const std::uint32_t operations = in.u32();
    const std::uint32_t memory_kib = in.u32();
    const auto salt = in.array<stretch_salt_size>();
    if (!in.at_end() || start != magic) {
        return fail(ErrorCode::corrupt, "This file is not a file of secrets of this program.",
                    "Choose another path, or restore the file from a backup.");
    }
    return stretch_passphrase(passphrase, salt, {operations, memory_kib});
}

} // namespace

bool is_secret_file(const Secret& content) {
    return content.view().starts_with(magic);
}

Result<std::unique_ptr<SecretStore>> open_secret_file(const std::filesystem::path& path,
                                                      const Secret& passphrase, KeyStretching cost,
                                                      Entropy& entropy) {
    // Two processes that start together must not both make the file.
    const Result<FileLock> lock = FileLock::acquire(path.string() + ".lock", lock_wait_ms);
    if (!lock) {
        return fail(lock.error());
    }
    const Result<Secret> file = read_secret_file(path, file_limit);
    if (!file && file.error().code != ErrorCode::not_found) {
        return fail(file.error());
    }
    Bytes head;
    if (file) {
        const ByteView start = file->bytes().first(std::min(head_size, file->size()));
        head.assign(start.begin(), start.end());
    } else {
        head = new_head(cost, entropy);
    }
    Result<Secret> key = key_for(head, passphrase);
    if (!key) {
        return fail(key.error());
    }
    auto store = std::make_unique<SecretFile>(path, std::move(head), std::move(*key), entropy);
    if (!file) {
        if (const Result<void> made = store->write(Secret()); !made) {
            return fail(made.error());
        }
    } else if (!store->read()) {
        return fail(ErrorCode::unauthenticated, "The passphrase does not open the file of secrets.",
                    "Type the passphrase again.");
    }
    return std::unique_ptr<SecretStore>(std::move(store));
}

} // namespace tau::keys
