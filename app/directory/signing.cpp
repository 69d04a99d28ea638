#include "app/directory/signing.h"

#include "core/base/text.h"

#include <iostream>

namespace tau::directory {

Result<vault::Signers> load_signers(const Arguments& arguments) {
    const auto keys = arguments.paths("--keys");
    const auto root =
        arguments.has("--root") ? arguments.path("--root") : keys.front().parent_path() / "root";
    return vault::load_signers(root, keys);
}

Result<void> publish_and_tell(const vault::Edition& edition, const vault::Signers& signers,
                              const std::filesystem::path& folder, std::int64_t now) {
    const auto head = vault::publish(edition, signers, folder, now);
    if (!head) {
        return fail(head.error());
    }
    std::cout << "Published " << edition.nodes.size() << " nodes as epoch " << head->head.epoch
              << " in " << folder.string() << ", valid until " << to_iso8601(head->head.valid_until)
              << ".\n"
              << "A network's file names it so:\ndirectory:\n  url: https://...\n  root: "
              << to_base64(vault::encode(signers.root.root)) << '\n';
    return {};
}

} // namespace tau::directory
