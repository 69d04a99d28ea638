#pragma once

#include <cstddef>
#ifdef TAU_TEST_SECRECY
#include <valgrind/memcheck.h>
#endif

namespace tau {

/// Says that these bytes, computed from a secret, are public from here on: they are published, or
/// the next line shows them anyway by what it does. Nothing happens, but in the build of
/// tests/secrecy, which takes secrets for undefined memory and reports every branch and index
/// that depends on one. Each use states why its value is no secret.
inline void declassify([[maybe_unused]] const void* data, [[maybe_unused]] std::size_t size) {
#ifdef TAU_TEST_SECRECY
    static_cast<void>(VALGRIND_MAKE_MEM_DEFINED(data, size));
#endif
}

/// The same for a number, mostly the outcome of a check.
template <typename T>
T declassified(T value) {
    declassify(&value, sizeof value);
    return value;
}

} // namespace tau
