#include "core/node/unsealer.h"
#include "fixture.h"

#include <sodium.h>
#include <thread>

using namespace tau;
using namespace tau::test;

namespace {

constexpr std::int64_t opened_at = 1790000000;

/// An unsealer with a key of its own, and bundles for it.
struct Sealed {
    SystemEntropy entropy;
    Secret seal_key{crypto_sign_SECRETKEYBYTES};
    seal::Point seal_public{};
    keys::OwnerKey owner = keys::OwnerKey::generate(entropy);
    node::Pool pool{1};
    node::Unsealer unsealer{seal_key, pool};

    Sealed() { crypto_sign_keypair(seal_public.data(), seal_key.data()); }
    node::StoredRepository repository(std::uint64_t expires_at = 0) {
        auto bundle = seal::seal_bundle(
            keys::DeployKey::generate(entropy), keys::WebhookSecret::generate(entropy), owner,
            {project_id, urls[0], "node", owner.public_key(), seal_public, opened_at}, entropy);
        REQUIRE(bundle);
        // The proof covers the context: it is looked at after the expiry only.
        bundle->webhook.context.expires_at = expires_at;
        node::StoredRepository stored;
        stored.url = urls[0];
        stored.sealed = seal::encode(*bundle);
        return stored;
    }
};

} // namespace

TEST_CASE("what was forgotten while it was being opened is not remembered") {
    Sealed sealed;
    const auto repository = sealed.repository();
    const std::uint64_t before = sealed.unsealer.generation();
    const auto opened = sealed.unsealer.get("id", repository, opened_at);
    REQUIRE(opened);
    const auto known = [&] {
        const auto got = sealed.unsealer.get("id", repository, opened_at);
        return got && *got == *opened; // the same object
    };
    CHECK_FALSE(known()); // opening alone keeps nothing
    sealed.unsealer.forget("id");
    sealed.unsealer.remember("id", Role::configuration, *opened, before);
    CHECK_FALSE(known());

    sealed.unsealer.remember("id", Role::configuration, *opened, sealed.unsealer.generation());
    CHECK(known());
    sealed.unsealer.forget("id");
    CHECK_FALSE(known());
}

TEST_CASE("what another process replaced is opened anew") {
    Sealed sealed;
    const auto first = sealed.repository();
    const auto second = sealed.repository();
    const auto opened = sealed.unsealer.get("id", first, opened_at);
    REQUIRE(opened);
    sealed.unsealer.remember("id", Role::configuration, *opened, sealed.unsealer.generation());
    CHECK(*sealed.unsealer.get("id", first, opened_at) == *opened);
    const auto other = sealed.unsealer.get("id", second, opened_at);
    REQUIRE(other);
    CHECK_FALSE((*other)->webhook_text.equals((*opened)->webhook_text));
}

TEST_CASE("an expired seal is not opened, and not given from memory") {
    Sealed sealed;
    const auto expired = sealed.unsealer.get("id", sealed.repository(opened_at), opened_at);
    REQUIRE_FALSE(expired);
    CHECK(expired.error().code == ErrorCode::permission_denied);
    const auto later = sealed.unsealer.get("id", sealed.repository(opened_at + 1), opened_at);
    REQUIRE_FALSE(later); // not expired: opened, and found to be changed
    CHECK(later.error().code != ErrorCode::permission_denied);

    auto remembered = std::make_shared<node::Unsealed>(node::Unsealed{
        std::move(
            *seal::open_bundle(*seal::decode_bundle(sealed.repository().sealed), sealed.seal_key)),
        Secret(1), static_cast<std::uint64_t>(opened_at + 10), node::bundle_hash({})});
    sealed.unsealer.remember("id", Role::configuration, remembered, sealed.unsealer.generation());
    CHECK(sealed.unsealer.get("id", {}, opened_at + 9));
    CHECK_FALSE(sealed.unsealer.get("id", {}, opened_at + 10));
    CHECK_FALSE(sealed.unsealer.get("id", {}, opened_at + 9)); // it is gone
}

TEST_CASE("a pool that ends finishes what is begun and drops what is queued") {
    constexpr int count = 20000;
    std::promise<void> begun;
    std::promise<void> go_on;
    std::future<void> last;
    std::atomic<int> done{0};
    {
        node::Pool pool(1);
        pool.run([&] {
            begun.set_value();
            go_on.get_future().wait();
            ++done;
        });
        for (int i = 0; i < count; ++i) {
            last = pool.run([&] {
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
                ++done;
            });
        }
        begun.get_future().wait();
        go_on.set_value();
    }
    CHECK(done >= 1);
    CHECK(done < count);
    CHECK_THROWS_AS(last.get(), std::future_error);
}
