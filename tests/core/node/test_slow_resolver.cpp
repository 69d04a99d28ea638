// A name server that never answers: this program brings its own getaddrinfo, which hangs.
#include "core/node/address.h"
#include "core/node/repositories.h"

#include <atomic>
#include <doctest/doctest.h>
#include <netdb.h>
#include <thread>

namespace {

std::atomic<bool> hanging = false;
std::atomic<bool> released = false;
std::atomic<bool> left = false;

} // namespace

extern "C" int getaddrinfo(const char*, const char*, const addrinfo*, addrinfo**) noexcept(false) {
    hanging = true;
    while (!released) {
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    left = true;
    return EAI_AGAIN;
}

TEST_CASE("a name that nobody resolves costs no more than the patience for it") {
    using namespace std::chrono_literals;
    const auto start = std::chrono::steady_clock::now();
    const auto address = tau::node::resolve("git.example.org", false, 200ms);
    CHECK(std::chrono::steady_clock::now() - start < 5s);
    REQUIRE_FALSE(address.has_value());
    CHECK(address.error().code == tau::ErrorCode::timeout);
    CHECK(address.error().message.find("git.example.org") != std::string::npos);
    CHECK(hanging);
    // Nor does it cost more than is left of a request's time.
    const auto until = std::chrono::steady_clock::now() + 200ms;
    const auto allowed =
        tau::node::git_repositories(false)->allow("ssh://git@git.example.org/a/b.git", until);
    CHECK(std::chrono::steady_clock::now() - until < 5s);
    CHECK(allowed.error().reason == "host_not_found");
    // And the end of the program waits for nobody.
    const auto repositories = tau::node::git_repositories(false);
    std::jthread ending([&] {
        std::this_thread::sleep_for(100ms);
        repositories->stop();
    });
    const auto begin = std::chrono::steady_clock::now();
    CHECK_FALSE(repositories->allow("ssh://git@git.example.org/a/b.git", begin + 60s).has_value());
    CHECK(std::chrono::steady_clock::now() - begin < 2s);

    released = true; // and what was left behind ends without harm
    while (!left) {
        std::this_thread::sleep_for(5ms);
    }
    const auto gone = tau::node::resolve("git.example.org", false, 10s);
    CHECK(gone.error().code == tau::ErrorCode::unavailable);
}
