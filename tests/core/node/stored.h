#pragma once

#include "core/node/store.h"
#include "engines.h"
#include "fixture.h"

#include <sys/stat.h>

namespace tau::test {

inline constexpr std::int64_t now = 1790000000;

inline std::unique_ptr<node::Store> open_store(const Place& place) {
    auto store = node::Store::open(place.open(), place.key(), place.folder() / "audit.head", now);
    INFO((store ? "" : store.error().message + " " + store.error().detail));
    REQUIRE(store);
    return std::move(*store);
}

inline mode_t mode_of(const std::filesystem::path& path) {
    struct stat info {};
    REQUIRE(::stat(path.c_str(), &info) == 0);
    return info.st_mode & 07777U;
}

/// A registration with bytes for bundles: the store does not look into them.
inline vault::Registration registration(const keys::OwnerKey& owner, int number) {
    vault::Registration out;
    out.project_id = "project-" + std::to_string(number);
    out.project_name = "shop";
    out.owner_key = owner.public_key();
    for (std::size_t i = 0; i < 2; ++i) {
        out.repositories[i] = {i == 0 ? Role::configuration : Role::code,
                               urls[i],
                               {"k1", "k2"},
                               "main",
                               Bytes(8000, static_cast<std::uint8_t>(number))};
    }
    out.deployments = {{"*", Role::code, "main", ""}};
    return out;
}

inline std::string id_of(int number) {
    std::array<std::uint8_t, 16> id{};
    ByteWriter out;
    out.u64(static_cast<std::uint64_t>(number)).u64(0);
    std::copy(out.bytes().begin(), out.bytes().end(), id.begin());
    return to_hex(id);
}

/// Calls `store` with all that belongs to it; `step` is the challenge's.
template <typename Store>
auto with_new(const keys::OwnerKey& owner, int number, int step,
              const std::optional<Hash32>& fixed_nonce, Store store) {
    const vault::Registration added = registration(owner, number);
    const vault::RegistrationAnswer answer{
        id_of(number), "active", {{"shape", "", vault::Outcome::passed, "", "Fine."}}, {}};
    std::array<seal::Bundle, 2> bundles;
    SystemEntropy entropy;
    for (auto& bundle : bundles) {
        entropy.fill(bundle.deploy_key.context.nonce);
    }
    if (fixed_nonce) {
        bundles[0].deploy_key.context.nonce = *fixed_nonce;
    }
    ByteWriter nonce;
    nonce.u64(static_cast<std::uint64_t>(number)).u64(static_cast<std::uint64_t>(step));
    const std::string text = vault::to_json(answer);
    return store(node::NewRegistration{
        added, answer, bundles, text, id_of(number), {}, nonce.take(), now, now});
}

inline Result<std::vector<std::string>> add(node::Store& store, const keys::OwnerKey& owner,
                                            int number,
                                            const std::optional<Hash32>& fixed_nonce = {}) {
    return with_new(owner, number, 1, fixed_nonce,
                    [&store](const auto& all) { return store.add(all); });
}

inline Result<void> rotate(node::Store& store, const keys::OwnerKey& owner, int number) {
    return with_new(owner, number, 2, {}, [&store](const auto& all) { return store.rotate(all); });
}

} // namespace tau::test
