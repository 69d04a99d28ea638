#include "core/seal/context.h"
#include "core/seal/envelope.h"
#include "tests/core/seal/known_answers.h"

#include <functional>
#include <set>

using namespace tau;
using namespace tau::seal;
using namespace tau::seal::test;

namespace {

Context sample() {
    Context context;
    context.nonce.fill(7);
    context.created_at = 1;
    context.project_id = "project";
    context.repository_url = "ssh://git@example.org/a/b.git";
    context.node_id = "node";
    context.owner_key = context_owner_key(Point{3});
    return context;
}

using ContextChange = std::function<void(Context&)>;

} // namespace

TEST_CASE("context: each field changes the hash") {
    const std::vector<ContextChange> changes = {
        [](Context&) {}, [](Context& c) { c.purpose = Purpose::webhook; },
        [](Context& c) { c.nonce[31] ^= 1; }, [](Context& c) { c.created_at = 2; },
        [](Context& c) { c.expires_at = 1; }, [](Context& c) { c.aux_hash[0] = 1; },
        [](Context& c) { c.project_id += "x"; }, [](Context& c) { c.repository_url += "x"; },
        [](Context& c) { c.node_id += "x"; }, [](Context& c) { c.owner_key[1] ^= 1; },
        // the border between two fields moves, their concatenation stays
        [](Context& c) {
            c.project_id = "projec";
            c.repository_url = "t" + c.repository_url;
        }};
    std::set<Hash32> hashes;
    for (const ContextChange& change : changes) {
        Context context = sample();
        change(context);
        const auto encoded = encode(context);
        REQUIRE(encoded.has_value());
        CHECK(decode_context(*encoded).value() == context);
        hashes.insert(context_hash(*encoded));
    }
    CHECK(hashes.size() == changes.size());
}

TEST_CASE("context: fields are 1 to 1024 bytes of text, the owner an Ed25519 key") {
    const std::vector<ContextChange> bad = {[](Context& c) { c.project_id.clear(); },
                                            [](Context& c) { c.repository_url.clear(); },
                                            [](Context& c) { c.node_id.clear(); },
                                            [](Context& c) { c.owner_key.clear(); },
                                            [](Context& c) { c.owner_key[0] = 2; },
                                            [](Context& c) { c.owner_key.push_back(0); },
                                            [](Context& c) { c.project_id.assign(1025, 'x'); },
                                            [](Context& c) { c.repository_url.assign(1025, 'x'); },
                                            [](Context& c) { c.node_id.assign(1025, 'x'); },
                                            [](Context& c) { c.project_id.push_back('\0'); },
                                            [](Context& c) { c.repository_url += "\xff"; },
                                            [](Context& c) { c.purpose = Purpose{0}; },
                                            [](Context& c) { c.purpose = Purpose{3}; },
                                            [](Context& c) {
                                                c.purpose = Purpose::webhook;
                                                c.aux_hash[0] = 1;
                                            }};
    for (std::size_t i = 0; i < bad.size(); ++i) {
        CAPTURE(i);
        Context context = sample();
        bad[i](context);
        CHECK_FALSE(encode(context).has_value());
    }
    Context longest = sample();
    longest.project_id.assign(1024, 'x');
    CHECK(decode_context(encode(longest).value()).value() == longest);
}

TEST_CASE("context: other versions, purposes, short and trailing bytes are refused") {
    const Bytes good = encode(sample()).value();
    for (std::size_t size = 0; size < good.size(); ++size) {
        CHECK_FALSE(decode_context(ByteView(good).first(size)).has_value());
    }
    Bytes longer = good;
    longer.push_back(0);
    CHECK_FALSE(decode_context(longer).has_value());
    for (const std::uint8_t value : Bytes{0, 2, 255}) {
        Bytes version = good;
        version[0] = value;
        CHECK_FALSE(decode_context(version).has_value());
    }
    for (const std::uint8_t value : Bytes{0, 3, 255}) {
        Bytes purpose = good;
        purpose[1] = value;
        const auto decoded = decode_context(purpose);
        REQUIRE_FALSE(decoded.has_value());
        CHECK(decoded.error().code == ErrorCode::corrupt);
    }
}

TEST_CASE("envelope: only the right scalar, key, vault and nonce open it, and junk is no error") {
    const Statement kat;
    const Secret seed = known_secret("deploy_seed");
    const EnvelopeBinding binding{kat.Y, kat.V, known("hook_nonce")};
    SystemEntropy entropy;
    const Bytes envelope = seal_seed(seed, kat.x, binding, entropy);
    REQUIRE(envelope.size() == envelope_size);
    REQUIRE(open_seed(envelope, kat.x, binding).has_value());

    EnvelopeBinding other_point = binding;
    other_point.point[0] ^= 1;
    EnvelopeBinding other_vault = binding;
    other_vault.vault_key[0] ^= 1;
    EnvelopeBinding other_nonce = binding;
    other_nonce.nonce[0] ^= 1;
    for (const EnvelopeBinding& other : {other_point, other_vault, other_nonce}) {
        CHECK_FALSE(open_seed(envelope, kat.x, other).has_value());
    }
    CHECK_FALSE(open_seed(envelope, known_secret("hook_s"), binding).has_value());
    for (std::size_t i = 0; i < envelope.size(); ++i) {
        Bytes changed = envelope;
        changed[i] ^= 0x40;
        CHECK_FALSE(open_seed(changed, kat.x, binding).has_value());
        CHECK_FALSE(open_seed(ByteView(envelope).first(i), kat.x, binding).has_value());
    }
    // A well-made envelope with the seed of another key: what a malicious prover could send.
    const Bytes wrong = seal_seed(known_secret("vault_seed"), kat.x, binding, entropy);
    CHECK_FALSE(open_seed(wrong, kat.x, binding).has_value());
}
