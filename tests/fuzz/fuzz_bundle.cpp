// Hostile bundles and contexts: no crash, and what is decoded encodes to the same bytes again.
#include "core/seal/bundle.h"

#include <algorithm>
#include <cstdlib>

using namespace tau;
using namespace tau::seal;

namespace {

void require(bool holds) {
    if (!holds) {
        std::abort();
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView input(data, size);
    if (const auto bundle = decode_bundle(input)) {
        const Bytes again = encode(*bundle);
        require(std::equal(again.begin(), again.end(), input.begin(), input.end()));
        require(!check_bundle(*bundle, Expected{}).has_value());
    }
    if (const auto context = decode_context(input)) {
        const Bytes again = encode(*context).value();
        require(std::equal(again.begin(), again.end(), input.begin(), input.end()));
    }
    return 0;
}
