#include "core/node/unsealer.h"
#include "core/seal/proof.h"
#include "fixture.h"

#include <future>
#include <set>
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
        const auto webhook = keys::WebhookSecret::generate(entropy);
        auto bundle = seal::seal_bundle(
            keys::DeployKey::generate(entropy), webhook, owner,
            {project_id, urls[0], "node", owner.public_key(), seal_public, opened_at}, entropy);
        REQUIRE(bundle);
        seal::Sealed& part = bundle->webhook;
        part.context.expires_at = expires_at;
        part.proof = *seal::prove(webhook.scalar(), part.point, part.vault_key,
                                  seal::context_hash(*seal::encode(part.context)), entropy);
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
    const auto get = [&](std::uint64_t generation) {
        auto got = sealed.unsealer.get("id", repository, opened_at, generation);
        REQUIRE(got);
        return std::move(*got);
    };
    sealed.unsealer.forget("id");
    const auto opened = get(before);
    const auto next = get(sealed.unsealer.generation());
    CHECK(next != opened);
    CHECK(get(before) == next); // the same object
    sealed.unsealer.forget("id");
    CHECK(get(sealed.unsealer.generation()) != next);
}

TEST_CASE("what another process ended is not kept") {
    Sealed sealed;
    const auto repository = sealed.repository();
    const auto get = [&] { return *sealed.unsealer.get("id", repository, opened_at, 0); };
    const auto first = get();
    sealed.unsealer.forget_but({"id", "other"});
    CHECK(get() == first);
    CHECK(first.use_count() > 1);
    sealed.unsealer.forget_but({"other"});
    CHECK(first.use_count() == 1);
    const auto second =
        *sealed.unsealer.get("id", repository, opened_at, sealed.unsealer.generation());
    CHECK(second.use_count() > 1);
    sealed.unsealer.forget_ended("id");
    CHECK(second.use_count() == 1);
}

TEST_CASE("what another process replaced is opened anew") {
    Sealed sealed;
    const auto first = sealed.repository();
    const auto second = sealed.repository();
    const auto opened = sealed.unsealer.get("id", first, opened_at, 0);
    REQUIRE(opened);
    CHECK(*sealed.unsealer.get("id", first, opened_at, 0) == *opened);
    const auto other = sealed.unsealer.get("id", second, opened_at, 0);
    REQUIRE(other);
    CHECK_FALSE((*other)->webhook_text.equals((*opened)->webhook_text));
    CHECK(*sealed.unsealer.get("id", second, opened_at, 0) == *other);
}

TEST_CASE("of many who ask for the same at once, one opens it") {
    Sealed sealed;
    const auto repository = sealed.repository();
    std::vector<std::future<std::shared_ptr<const node::Unsealed>>> asking;
    for (int i = 0; i < 16; ++i) {
        asking.push_back(std::async(std::launch::async, [&] {
            return *sealed.unsealer.get("id", repository, opened_at, 0);
        }));
    }
    std::set<std::shared_ptr<const node::Unsealed>> objects;
    for (auto& one : asking) {
        objects.insert(one.get());
    }
    CHECK(objects.size() == 1);
}

TEST_CASE("strangers have each webhook's keys opened six times a minute, the node at any time") {
    Sealed sealed;
    const auto repository = sealed.repository();
    const auto get = [&](const std::string& id, node::Unsealer::For whom) {
        sealed.unsealer.forget(id);
        return sealed.unsealer.get(id, repository, opened_at, sealed.unsealer.generation(), whom);
    };
    for (int i = 0; i < 6; ++i) {
        CHECK(get("id", node::Unsealer::For::stranger));
    }
    const auto refused = get("id", node::Unsealer::For::stranger);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::limit_exceeded);
    CHECK(get("other", node::Unsealer::For::stranger));
    CHECK(get("id", node::Unsealer::For::node)); // and is remembered
    CHECK(sealed.unsealer.get("id", repository, opened_at, 0, node::Unsealer::For::stranger));
}

TEST_CASE("an expired seal is not opened, and not given from memory") {
    Sealed sealed;
    const auto expired = sealed.unsealer.get("id", sealed.repository(opened_at), opened_at, 0);
    REQUIRE_FALSE(expired);
    CHECK(expired.error().code == ErrorCode::permission_denied);
    const auto good = sealed.repository(opened_at + 10);
    CHECK(sealed.unsealer.get("id", good, opened_at + 9, 0));
    const auto later = sealed.unsealer.get("id", good, opened_at + 10, 0);
    REQUIRE_FALSE(later);
    CHECK(later.error().code == ErrorCode::permission_denied);
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
