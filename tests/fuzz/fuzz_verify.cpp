// Hostile proofs: no crash, and none is accepted but the good one.
#include "core/keys/deploy_key.h"
#include "core/seal/proof.h"
#include "tests/fuzz/decoder.h"
#include "tests/support/entropy.h"

using namespace tau;
using namespace tau::seal;

namespace tau::fuzz {

const std::vector<Decoder>& decoders() {
    static const std::vector<Decoder> all = [] {
        tau::test::CountingEntropy entropy(1);
        const auto key = keys::DeployKey::generate(entropy);
        const Point Y = key.public_key();
        const Point V = keys::DeployKey::from_seed(tau::test::counting_secret(2, 32))->public_key();
        const Proof proof = prove(key.scalar(), Y, V, Hash32{}, entropy).value();
        return std::vector<Decoder>{
            {"proof", Bytes(proof.begin(), proof.end()), [proof, Y, V](ByteView bytes) {
                 require(verify(Y, V, Hash32{}, bytes).has_value() == same(bytes, proof));
             }}};
    }();
    return all;
}

} // namespace tau::fuzz
