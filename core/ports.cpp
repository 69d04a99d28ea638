#include "core/ports.h"

#include "core/base/text.h"

#include <sodium.h>

namespace tau {

const std::string* HttpResponse::header(std::string_view name) const {
    const std::string wanted = to_lower_ascii(name);
    for (const HttpHeader& candidate : headers) {
        if (to_lower_ascii(candidate.name) == wanted) {
            return &candidate.value;
        }
    }
    return nullptr;
}

void SystemEntropy::fill(std::span<std::uint8_t> out) {
    randombytes_buf(out.data(), out.size());
}

} // namespace tau
