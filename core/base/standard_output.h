#pragma once

#include "core/base/result.h"

namespace tau {

/// First of all in main(): takes the places of standard input, output and error that were given
/// closed. Else the next file that is opened would get one, and what is printed would go into it.
/// Reading the one and writing the others fails as before.
void hold_standard_streams();

/// Last in main(): `io` when something that was printed did not arrive.
Result<void> flush_output();

} // namespace tau
