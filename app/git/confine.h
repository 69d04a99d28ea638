#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace tau::git {

/// For good, and as far as the kernel can: this process reads only what is below these folders and
/// files, changes only what is below `home`, starts no program, looks into, signals or slows no
/// other process, and opens no socket but of the internet. What is missing is passed over. "" or
/// what the kernel refused.
std::string confine(const std::vector<std::filesystem::path>& readable,
                    const std::filesystem::path& home);

} // namespace tau::git
