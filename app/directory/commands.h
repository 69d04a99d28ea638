#pragma once

#include "core/base/result.h"

#include <span>
#include <string>

namespace tau::directory {

/// Each takes the words after its name, and prints what it did.
using Words = std::span<const std::string>;
Result<void> keys_command(Words words);
Result<void> report_command(Words words);
Result<void> build_command(Words words);
Result<void> sample_command(Words words);
Result<void> show_command(Words words);

} // namespace tau::directory
