#pragma once

#include <filesystem>
#include <string>

namespace tau::gate {

/// The forced command of every key in authorized_keys: decides what the client may do, and becomes
/// git. `repository_id` is empty for the account's own key, which may read and write everything;
/// any other key may read that one repository. Returns only when it refuses, with the exit code.
int run_gate(const std::filesystem::path& folder, const std::string& repository_id);

/// The hook that git runs after a push: queues a webhook for each changed ref and returns at once.
int run_post_receive();

} // namespace tau::gate
