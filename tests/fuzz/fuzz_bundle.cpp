// Hostile bundles, contexts and envelopes: no crash, what is decoded encodes to the same bytes
// again, and nothing changed passes its check.
#include "core/seal/bundle.h"
#include "core/seal/envelope.h"
#include "tests/fuzz/decoder.h"
#include "tests/support/entropy.h"

#include <memory>

using namespace tau;
using namespace tau::seal;

namespace {

struct Scene {
    tau::test::CountingEntropy entropy{1};
    tau::test::CountingEntropy other{2};
    keys::DeployKey key = keys::DeployKey::generate(entropy);
    keys::WebhookSecret webhook = keys::WebhookSecret::generate(entropy);
    keys::OwnerKey owner = keys::OwnerKey::generate(entropy);
    Expected expected{"project",
                      "ssh://git@example.org/a/b.git",
                      "node",
                      owner.public_key(),
                      keys::DeployKey::generate(other).public_key(),
                      1};
    Bundle bundle = seal_bundle(key, webhook, owner, expected, entropy).value();
    Bytes encoded = encode(bundle);
    EnvelopeBinding binding{key.public_key(), expected.vault_key, bundle.deploy_key.context.nonce};
    Secret a = key.scalar();
};

} // namespace

namespace tau::fuzz {

const std::vector<Decoder>& decoders() {
    static const auto scene = std::make_unique<const Scene>();
    static const std::vector<Decoder> all{
        {"bundle", scene->encoded,
         [](ByteView bytes) {
             if (const auto bundle = decode_bundle(bytes)) {
                 require(same(encode(*bundle), bytes));
                 require(check_bundle(*bundle, scene->expected).has_value() ==
                         same(bytes, scene->encoded));
             }
         }},
        {"context", encode(scene->bundle.deploy_key.context).value(),
         [](ByteView bytes) {
             if (const auto context = decode_context(bytes)) {
                 require(same(encode(*context).value(), bytes));
             }
         }},
        {"envelope", scene->bundle.deploy_key.envelope, [](ByteView bytes) {
             require(open_seed(bytes, scene->a, scene->binding).has_value() ==
                     same(bytes, scene->bundle.deploy_key.envelope));
         }}};
    return all;
}

} // namespace tau::fuzz
