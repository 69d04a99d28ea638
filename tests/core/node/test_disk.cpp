// A disk that is full or fails: this program brings its own write and fsync, which SQLite calls.
#include "core/base/file.h"
#include "stored.h"

#include <cerrno>
#include <dlfcn.h>
#include <future>
#include <sys/uio.h>
#include <thread>

using namespace tau;
using namespace tau::test;

namespace {

/// Which of the calls to come fail, and how.
struct Plan {
    std::atomic<int> error{0};     ///< errno; 0: none fails
    std::atomic<long> good{0};     ///< so many succeed before
    std::atomic<long> failing{0};  ///< then so many fail
    std::atomic<bool> syncs{true}; ///< fsync, too
    std::atomic<long> calls{0};
    std::atomic<bool> stalls{false}; ///< fsync of the audit log's head does not come back
    std::atomic<bool> stalled{false};

    bool fails(bool is_sync) {
        if (error == 0 || (is_sync && !syncs)) {
            return false;
        }
        ++calls;
        return good-- <= 0 && failing-- > 0;
    }
    void set(int number, long first, long count) {
        calls = 0;
        good = first;
        failing = count;
        error = number;
    }
    void clear() { error = 0; }
} plan;

template <typename Function>
Function* real(const char* name) {
    return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

/// -1 with errno when the plan says so, else what the system does.
template <typename Function, typename... Arguments>
auto planned(const char* name, bool is_sync, Arguments... arguments) {
    using Answer = decltype(real<Function>(name)(arguments...));
    if (plan.fails(is_sync)) {
        errno = plan.error;
        return static_cast<Answer>(-1);
    }
    return real<Function>(name)(arguments...);
}

bool is_head(int file) {
    std::error_code unknown;
    const auto path =
        std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(file), unknown);
    return path.filename().string().starts_with("audit.head");
}

} // namespace

extern "C" ssize_t pwrite(int file, const void* data, size_t size, off_t at) {
    return planned<ssize_t(int, const void*, size_t, off_t)>("pwrite", false, file, data, size, at);
}
extern "C" ssize_t pwrite64(int file, const void* data, size_t size, off64_t at) {
    return planned<ssize_t(int, const void*, size_t, off64_t)>("pwrite64", false, file, data, size,
                                                               at);
}
extern "C" int fdatasync(int file) {
    return planned<int(int)>("fdatasync", true, file);
}
extern "C" int fsync(int file) {
    while (plan.stalls && is_head(file)) {
        plan.stalled = true;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return planned<int(int)>("fsync", true, file);
}
extern "C" int ftruncate64(int file, off64_t size) noexcept {
    return planned<int(int, off64_t)>("ftruncate64", false, file, size);
}

TEST_CASE("a full disk: a clear answer, what is there is read, and it goes on when there is room") {
    World world;
    Project project(world);
    project.publish(world);
    const auto first = project.submit(world, project.registration(world), key('1'));
    REQUIRE(first.status == 201);
    const std::string id = json::parse(first.body)["registration_id"].get<std::string>();
    const auto next = project.registration(world);

    plan.set(ENOSPC, 0, 1'000'000);
    const auto full = project.submit(world, next, key('2'));
    CHECK(full.status == 507);
    CHECK(json::parse(full.body)["reason"] == "storage_full");
    CHECK(full.body.find("disk is full") != std::string::npos);
    CHECK(project.signed_request(world, "GET", "/v1/registrations/" + id).status == 200);
    CHECK(world.send("GET", "/v1/registrations/" + id + "/proofs").status == 200);
    CHECK(world.send("GET", "/v1/projects/" + project_id + "/version").status == 200);
    CHECK(project.submit(world, next, key('2')).status == 507);
    plan.clear();

    CHECK(project.submit(world, next, key('2')).status == 201);
    CHECK(project.submit(world, next, key('2')).status == 200);
    world.service.reset();
    node::Settings settings;
    settings.data = world.folder.path() / "node";
    settings.barrier_key = barrier_in(world.folder.path());
    CHECK(node::verify_store(settings));
}

TEST_CASE("every call to the disk fails in its turn: nothing acknowledged is lost, nothing torn") {
    SystemEntropy entropy;
    const keys::OwnerKey owner = keys::OwnerKey::generate(entropy);
    int stored = 0;
    int refused = 0;
    int number = 0;
    for (const int error : {ENOSPC, EIO}) {
        for (const long failing : {1L, 1'000'000L}) {
            const Place place("SQLite");
            std::vector<int> known;
            auto store = open_store(place);
            bool reached = true;
            for (long good = 0; reached && good < 400; ++good) {
                CAPTURE(error);
                CAPTURE(failing);
                CAPTURE(good);
                ++number;
                plan.set(error, good, failing);
                const auto added = add(*store, owner, number);
                // Some more, so that what SQLite puts off until there is enough fails, too.
                const auto erased = store->revoke(id_of(number - 1), now);
                reached = plan.calls > good;
                plan.clear();
                (added ? stored : refused) += 1;
                if (added) {
                    known.push_back(number);
                } else {
                    const auto code = added.error().code;
                    CHECK((code == ErrorCode::limit_exceeded || code == ErrorCode::io ||
                           code == ErrorCode::conflict));
                }
                // The next one finds everything well.
                const auto found = store->find(id_of(number));
                REQUIRE(found);
                CHECK((!added || *found));
                const bool whole = !*found || (*found)->repositories[1].sealed.size() == 8000;
                CHECK((whole || (*found)->state == "revoked"));
                static_cast<void>(erased);
                // What could not be scrubbed is, so that each try begins alike.
                REQUIRE(store->revoke("none", now));
            }
            CHECK_FALSE(reached); // it came to the end of the calls there are
            const auto rows = store->verify({});
            INFO((rows ? "" : rows.error().detail));
            CHECK(rows);
            for (const int one : known) {
                CHECK(*store->find(id_of(one)));
            }
            store.reset();
            CHECK(open_store(place)->verify({}));
        }
    }
    std::printf("disk faults: %d calls failed one after the other, %d registrations stored, %d "
                "refused, none lost, none torn\n",
                number, stored, refused);
    CHECK(refused > 10);
}

TEST_CASE("a disk that stalls while the audit log's head is written holds up nobody who counts") {
    const Place place("SQLite");
    const auto store = open_store(place);
    SystemEntropy entropy;
    const keys::OwnerKey owner = keys::OwnerKey::generate(entropy);
    plan.stalls = true;
    auto added = std::async(std::launch::async, [&] { return add(*store, owner, 1).has_value(); });
    while (!plan.stalled) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    auto asked = std::async(std::launch::async, [&] { return store->audit_sequence(); });
    const bool told = asked.wait_for(std::chrono::seconds(10)) == std::future_status::ready;
    plan.stalls = false;
    CHECK(told);
    CHECK(asked.get() == 1);
    CHECK(added.get());
}
