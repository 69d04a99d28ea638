#include "core/node/barrier.h"

#include "core/base/file.h"
#include "core/keys/sealed_box.h"
#include "core/keys/secret_file.h"

#include <cstdlib>
#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

namespace tau::node {

namespace {

namespace fs = std::filesystem;

const std::string entry_name = "barrier.key";

Secret derived(const Secret& key, std::string_view tag) {
    Secret out(32);
    crypto_generichash(out.data(), out.size(), as_bytes(tag).data(), tag.size(), key.data(),
                       key.size());
    return out;
}

Error not_a_key(const fs::path& file) {
    return {ErrorCode::corrupt,
            "The file " + file.string() + " does not hold a barrier key.",
            "It holds 32 random bytes; tau-vaultd --make-barrier-key FILE makes one.",
            {}};
}

/// systemd decides who may read a credential; the file's mode says less than its list of users.
Result<Secret> read_credential(const fs::path& file) {
    const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) {
        return fail(io_error("open", file));
    }
    Secret key(barrier_key_size + 1);
    const ssize_t got = ::read(fd, key.data(), key.size());
    ::close(fd);
    if (got != static_cast<ssize_t>(barrier_key_size)) {
        return fail(not_a_key(file));
    }
    return Secret::copy_of(key.bytes().first(barrier_key_size));
}

} // namespace

Barrier::Barrier(const Secret& key)
    : mac_key_(derived(key, "TauREG1-row-mac")), box_key_(derived(key, "TauREG1-row-box")) {}

Hash32 Barrier::mac(ByteView bytes) const {
    Hash32 out{};
    crypto_generichash(out.data(), out.size(), bytes.data(), bytes.size(), mac_key_.data(),
                       mac_key_.size());
    return out;
}

Bytes Barrier::close(ByteView plain, ByteView place) const {
    SystemEntropy entropy;
    return keys::close_box(box_key_, plain, place, entropy);
}

std::optional<Bytes> Barrier::open(ByteView box, ByteView place) const {
    const auto plain = keys::open_box(box_key_, box, place);
    return plain ? std::optional(Bytes(plain->data(), plain->data() + plain->size()))
                 : std::nullopt;
}

Hash32 Barrier::name() const {
    return mac(as_bytes("TauREG1-barrier"));
}

Result<Secret> read_barrier_key(const fs::path& file, const AskPassphrase& ask) {
    const char* const credentials = std::getenv("CREDENTIALS_DIRECTORY");
    const fs::path folder = credentials == nullptr ? "" : credentials;
    if (!folder.empty() && file.parent_path() == folder) {
        return read_credential(file);
    }
    if (file.empty()) {
        if (folder.empty()) {
            return fail(ErrorCode::invalid_argument, "The node needs a barrier key.",
                        "Make one with tau-vaultd --make-barrier-key FILE, not beside the "
                        "database, and name it with --barrier-key FILE.");
        }
        return read_credential(folder / entry_name);
    }
    Result<Secret> found = read_secret_file(file, 4096);
    if (!found && found.error().hint.empty()) {
        found.error().hint = "tau-vaultd --make-barrier-key FILE makes one.";
    }
    if (!found || found->size() == barrier_key_size) {
        return found;
    }
    if (!keys::is_secret_file(*found)) {
        return fail(not_a_key(file));
    }
    const Result<Secret> passphrase = ask();
    if (!passphrase) {
        return fail(passphrase.error());
    }
    SystemEntropy entropy;
    const auto store =
        keys::open_secret_file(file, *passphrase, keys::KeyStretching::moderate, entropy);
    auto key = store ? (*store)->get(entry_name) : fail(store.error());
    if (!key) {
        return fail(key.error());
    }
    if (!*key || (*key)->size() != barrier_key_size) {
        return fail(not_a_key(file));
    }
    return std::move(**key);
}

Result<void> make_barrier_key(const fs::path& file, const Secret* passphrase, Entropy& entropy) {
    struct stat info {};
    if (::lstat(file.c_str(), &info) == 0) {
        return fail(ErrorCode::already_exists, "The file " + file.string() + " is there already.",
                    "What a key protects is lost without it, so none is replaced.");
    }
    const Secret key = Secret::random(barrier_key_size);
    if (passphrase == nullptr) {
        return write_file_atomic(file, key.bytes(), 0600);
    }
    const auto store =
        keys::open_secret_file(file, *passphrase, keys::KeyStretching::moderate, entropy);
    return store ? (*store)->put(entry_name, key) : fail(store.error());
}

} // namespace tau::node
