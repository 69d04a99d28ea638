// Hostile bundles and contexts: no crash, what is decoded encodes to the same bytes again, and no
// changed bundle passes the check.
#include "core/seal/bundle.h"
#include "tests/fuzz/overlay.h"
#include "tests/support/entropy.h"

#include <cstdlib>

using namespace tau;
using namespace tau::seal;

namespace {

void require(bool holds) {
    if (!holds) {
        std::abort();
    }
}

/// The same in every run, so that a finding can be repeated.
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
    Bytes context = encode(bundle.deploy_key.context).value();
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const Scene sealed;
    const ByteView input(data, size);
    const Bytes bytes = fuzz::overlay(sealed.encoded, input);
    if (const auto bundle = decode_bundle(bytes)) {
        require(fuzz::same(encode(*bundle), bytes));
        require(check_bundle(*bundle, sealed.expected).has_value() ==
                fuzz::same(bytes, sealed.encoded));
    }
    const Bytes context_bytes = fuzz::overlay(sealed.context, input);
    if (const auto context = decode_context(context_bytes)) {
        require(fuzz::same(encode(*context).value(), context_bytes));
    }
    return 0;
}
