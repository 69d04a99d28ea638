#include "core/vault/directory/signing_keys.h"

#include "core/base/file.h"

#include <algorithm>

namespace tau::vault {

namespace fs = std::filesystem;

Result<Signers> make_signers(Entropy& entropy, std::size_t count, std::uint8_t threshold,
                             const Signers* before) {
    Signers signers;
    DirectoryRoot& root = signers.root.root;
    root.version = before == nullptr ? 1 : before->root.root.version + 1;
    root.threshold = threshold;
    for (std::size_t i = 0; i < count; ++i) {
        signers.keys.push_back(keys::OwnerKey::generate(entropy));
        root.keys.push_back(signers.keys.back().public_key());
    }
    for (const keys::OwnerKey& key : signers.keys) {
        signers.root.by_itself.push_back(sign(root, root, key).value()); // each is in the root
    }
    if (before == nullptr) {
        return signers;
    }
    for (const keys::OwnerKey& key : before->keys) {
        auto signature = sign(root, before->root.root, key);
        if (!signature) {
            return fail(signature.error());
        }
        signers.root.by_previous.push_back(*signature);
    }
    std::sort(signers.root.by_previous.begin(), signers.root.by_previous.end(),
              [](const KeySignature& a, const KeySignature& b) { return a.key < b.key; });
    if (auto followed = read_root_file(root_file(signers.root), before->root.root); !followed) {
        return fail(followed.error());
    }
    return signers;
}

Result<void> keep_signing_key(const keys::OwnerKey& key, const fs::path& file) {
    std::error_code ignored;
    if (fs::exists(fs::symlink_status(file, ignored))) {
        return fail(ErrorCode::already_exists, "There is a file " + file.string() + " already.",
                    "Choose another place: keys are never overwritten.");
    }
    return write_file_atomic(file, key.seed().bytes(), 0600);
}

Result<void> keep_signers(const Signers& signers, const fs::path& folder) {
    if (auto made = make_private_directory(folder); !made) {
        return made;
    }
    std::error_code ignored;
    if (fs::exists(folder / "root", ignored)) {
        return fail(ErrorCode::already_exists,
                    "There are keys of a directory in " + folder.string() + " already.",
                    "Choose an empty folder: keys are never overwritten.");
    }
    for (std::size_t i = 0; i < signers.keys.size(); ++i) {
        const fs::path file = folder / ("key-" + std::to_string(i + 1));
        if (auto kept = keep_signing_key(signers.keys[i], file); !kept) {
            return kept;
        }
    }
    return write_file_atomic(folder / "root", root_file(signers.root), 0644);
}

Result<keys::OwnerKey> load_signing_key(const fs::path& file) {
    const auto seed = read_secret_file(file);
    if (!seed) {
        return fail(seed.error());
    }
    auto key = keys::OwnerKey::from_seed(*seed);
    return key ? std::move(key)
               : fail(ErrorCode::corrupt, file.string() + " is not a signing key.",
                      "A key file has 32 bytes, as tau-directory keys makes it.");
}

Result<Signers> load_signers(const fs::path& root, const std::vector<fs::path>& key_files) {
    const auto file = read_file(root, max_root_file);
    if (!file) {
        return fail(file.error());
    }
    auto own = read_own_root(as_bytes(*file));
    if (!own) {
        return fail(own.error());
    }
    Signers signers{std::move(*own), {}};
    for (const fs::path& path : key_files) {
        auto key = load_signing_key(path);
        if (!key) {
            return fail(key.error());
        }
        signers.keys.push_back(std::move(*key));
    }
    return signers;
}

} // namespace tau::vault
