#include "app/gate/gate.h"
#include "core/forge/local_spool.h"

#include <iostream>
#include <sstream>

namespace tau::gate {

/// git runs it inside the bare repository <root>/repositories/<id>.git, with a line for each ref.
int run_post_receive() {
    std::error_code code;
    const auto here = std::filesystem::current_path(code);
    const forge::LocalFolder folder(here.parent_path().parent_path());
    auto state = folder.load();
    const forge::LocalRepository* repository = state ? state->find(here.stem().string()) : nullptr;
    std::string line;
    while (std::getline(std::cin, line)) {
        forge::RefChange change;
        std::istringstream(line) >> change.before >> change.after >> change.name;
        // libgit2 pushes what the host already has, and git then tells of a change that is none.
        if (repository == nullptr || change.name.empty() || change.before == change.after) {
            continue;
        }
        for (const forge::LocalHook& hook : repository->hooks) {
            const auto queued =
                forge::enqueue(folder, forge::push_delivery(*state, *repository, hook, change));
            if (!queued) {
                std::cerr << "tau-localnet: the webhook is not sent: " << queued.error().message
                          << std::endl;
            }
        }
    }
    return 0;
}

} // namespace tau::gate
