// What a vault node adds to the proofs it must open: registrations through Service::handle, with
// git hosts that answer at once, beside opening the same four proofs alone on the same threads.
#include "tests/bench/node_setting.h"
#include "tests/bench/report.h"

#include <algorithm>
#include <atomic>
#include <thread>

using namespace tau;
using bench::require;

namespace {

constexpr std::size_t batch = 16; ///< registrations a measurement

/// Does work(0) … work(batch - 1) on as many threads as there are cores.
template <typename Work>
void on_all_cores(Work work) {
    std::atomic<std::size_t> next{0};
    std::vector<std::jthread> threads;
    for (unsigned i = 0; i < std::max(1U, std::thread::hardware_concurrency()); ++i) {
        threads.emplace_back([&next, &work] {
            for (std::size_t index = 0; (index = next++) < batch;) {
                work(index);
            }
        });
    }
}

} // namespace

int main(int argc, char** argv) {
    require(protect_process() && seal::self_test().has_value(), "the self-test failed");
    const bool quick =
        std::any_of(argv + 1, argv + argc, [](std::string_view a) { return a == "--quick"; });
    const int rounds = quick ? 2 : 15;
    bench::NodeSetting setting(batch);
    const auto service = setting.open();
    // Made beforehand, so that only the node's part is measured.
    std::vector<std::vector<node::Request>> requests;
    for (int i = 0; i <= rounds; ++i) {
        std::vector<node::Request>& these = requests.emplace_back();
        for (const bench::Project& project : setting.projects()) {
            these.push_back(setting.registration_request(
                project, service->handle(bench::NodeSetting::challenge_request(project)).body));
        }
    }
    std::size_t round = 0;
    const std::vector<double> times = bench::medians(
        rounds, {[&] {
                     const std::vector<node::Request>& these = requests.at(round++);
                     on_all_cores([&](std::size_t i) {
                         require(service->handle(these[i]).status == 201,
                                 "a registration was refused");
                     });
                 },
                 [&] { on_all_cores([&](std::size_t i) { setting.open_one(i); }); }});
    const double mine = times[0] / batch;
    const double proofs = times[1] / batch;
    const char* baseline = "opening its four proofs alone, all cores";
    return bench::report(
        {{"one registration at a node, all cores", mine, "ms", baseline, proofs, 1.10, {}},
         {"registrations a second at a node", 1000 / mine, "1/s", baseline, 1000 / proofs, {}, {}}},
        argc, argv);
}
