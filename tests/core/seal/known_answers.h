#pragma once

#include "core/base/file.h"
#include "core/seal/proof_steps.h"
#include "tests/support/entropy.h"

#include <doctest/doctest.h>
#include <map>
#include <sodium.h>
#include <sstream>

// The known answers that are published with TVE1, and the keys they use.
namespace tau::seal::test {

inline std::filesystem::path data_file(std::string_view name) {
    return std::filesystem::path(TAU_SOURCE_DIR) / "tests/core/seal" / name;
}

/// tve1-kat.txt: lines of name=hex.
inline const std::map<std::string, std::string>& known_answers() {
    static const auto answers = [] {
        std::map<std::string, std::string> out;
        std::istringstream file(read_file(data_file("tve1-kat.txt")).value());
        for (std::string line; std::getline(file, line);) {
            const std::size_t equal = line.find('=');
            if (equal != std::string::npos) {
                out[line.substr(0, equal)] = line.substr(equal + 1);
            }
        }
        return out;
    }();
    return answers;
}

inline Bytes known_bytes(const std::string& name) {
    return from_hex(known_answers().at(name)).value();
}

template <std::size_t N = 32>
std::array<std::uint8_t, N> known(const std::string& name) {
    return to_array<N>(known_bytes(name), name).value();
}

inline Secret known_secret(const std::string& name) {
    return Secret::copy_of(known_bytes(name));
}

inline Bytes known_proof() {
    const std::string file = read_file(data_file("tve1-kat-proof.bin")).value();
    const ByteView view = as_bytes(file);
    return Bytes(view.begin(), view.end());
}

/// The statement of the known proof, and the vault's half of it.
struct Statement {
    Secret x = known_secret("a");
    Point Y = known("Y");
    Point V = known("V");
    Secret v = known_secret("v_x25519");
    Hash32 context = known("ctx");
};

/// A vault key pair from a seed of 32 equal bytes.
struct VaultKey {
    explicit VaultKey(std::uint8_t fill) {
        Secret seed(32);
        std::fill(seed.bytes().begin(), seed.bytes().end(), fill);
        crypto_sign_seed_keypair(V.data(), secret_key.data(), seed.data());
        crypto_sign_ed25519_sk_to_curve25519(v.data(), secret_key.data());
    }
    Point V{};
    Secret secret_key{crypto_sign_SECRETKEYBYTES};
    Secret v{32};
};

} // namespace tau::seal::test
