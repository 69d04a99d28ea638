// Hostile proofs: no crash, no leak, and never accepted. The input is the proof, or when its
// first byte says so a known good proof with the rest of the input laid over it.
#include "core/seal/proof.h"

#include <algorithm>
#include <cstdlib>

using namespace tau;
using namespace tau::seal;

namespace {

struct Sealed {
    Point Y{}, V{};
    Hash32 context{};
    Proof proof{};
};

const Sealed& good() {
    static const Sealed sealed = [] {
        Sealed out;
        const auto set = [](auto& to, std::string_view hex) {
            const Bytes bytes = from_hex(hex).value();
            std::copy(bytes.begin(), bytes.end(), to.begin());
        };
        set(out.Y, "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8");
        set(out.V, "2543b92ff1095511476adc8369db6ddc933665a11978dda1404ee1066ca9559d");
        const Secret x = Secret::copy_of(
            from_hex("aa9c2b77fe059cde7bbc67a4f30410d89c6d1440dede12e6a125f1841fff8e0f").value());
        SystemEntropy entropy;
        out.proof = prove(x, out.Y, out.V, out.context, entropy).value();
        return out;
    }();
    return sealed;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 3) {
        return 0;
    }
    const Sealed& sealed = good();
    Bytes proof(data + 3, data + size);
    if ((data[0] & 1U) != 0) { // laid over the good proof at a chosen place
        const std::size_t at = (std::size_t{data[1]} << 8 | data[2]) % proof_size;
        Bytes whole(sealed.proof.begin(), sealed.proof.end());
        const std::size_t count = std::min(proof.size(), proof_size - at);
        std::copy_n(proof.begin(), count, whole.begin() + static_cast<std::ptrdiff_t>(at));
        proof = std::move(whole);
    }
    const bool same = std::equal(proof.begin(), proof.end(), sealed.proof.begin(),
                                 sealed.proof.end());
    if (verify(sealed.Y, sealed.V, sealed.context, proof).has_value() != same) {
        std::abort();
    }
    return 0;
}
