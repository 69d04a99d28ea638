// Vaults that refuse, delay and cut on purpose: whoever creates a project still gets it, once.
#include "tests/app/tau_project.h"

using namespace tau;
using namespace tau::test;

namespace {

/// What the vaults have written so far.
std::string vault_logs(const std::filesystem::path& network) {
    std::string all;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(network / "vaults")) {
        if (entry.path().extension() == ".log") {
            all += read_file(entry.path()).value_or("");
        }
    }
    return all;
}

} // namespace

TEST_CASE("projects are created, rotated and removed at vaults that make trouble") {
    const TemporaryDirectory folder;
    const Localnet network(folder.path() / "net", 1, {"--chaos", "3:30:30:30"});
    const TauProject program(folder.path() / "home", network.network_file());
    const std::array<std::string_view, 3> troubles{" status=422 reason=challenge_expired ",
                                                   " reason=late_on_purpose ",
                                                   " reason=cut_on_purpose "};
    bool met = false;
    for (int i = 0; i < 20 && !met; ++i) {
        const std::string name = "shop" + std::to_string(i);
        CAPTURE(name);
        for (const auto& arguments :
             std::vector<std::vector<std::string>>{program.create(name), {"rotate", name}}) {
            const Finished done = program.run(arguments);
            CAPTURE(done.output);
            CAPTURE(done.errors);
            REQUIRE(done.code == 0);
        }
        CHECK(remains_of(name, folder.path() / "net") == Remains{2, 2, 2, 1});
        const std::string log = vault_logs(folder.path() / "net");
        met = std::all_of(troubles.begin(), troubles.end(),
                          [&log](std::string_view trouble) { return contains(log, trouble); });
    }
    CHECK(met);
}
