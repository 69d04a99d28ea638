// Hostile proofs: no crash, and none is accepted but the good one.
#include "core/keys/deploy_key.h"
#include "core/seal/proof.h"
#include "tests/fuzz/overlay.h"
#include "tests/support/entropy.h"

#include <cstdlib>

using namespace tau;
using namespace tau::seal;

namespace {

/// The same in every run, so that a finding can be repeated.
struct Sealed {
    tau::test::CountingEntropy entropy{1};
    keys::DeployKey key = keys::DeployKey::generate(entropy);
    Point V = keys::DeployKey::from_seed(tau::test::counting_secret(2, 32))->public_key();
    Proof proof = prove(key.scalar(), key.public_key(), V, Hash32{}, entropy).value();
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static Sealed sealed;
    const Bytes proof = fuzz::overlay(sealed.proof, {data, size});
    const bool accepted = verify(sealed.key.public_key(), sealed.V, Hash32{}, proof).has_value();
    if (accepted != fuzz::same(proof, sealed.proof)) {
        std::abort();
    }
    return 0;
}
