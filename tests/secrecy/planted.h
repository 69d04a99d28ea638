#pragma once

#include "core/base/secret.h"

// Code as it must not be written, each with one leak. If the test cannot find these, it finds
// nothing.
namespace tau::test {

using Leak = void (*)(const Secret& secret);

struct Planted {
    const char* name;
    Leak run;
};

std::span<const Planted> planted_leaks();

} // namespace tau::test
