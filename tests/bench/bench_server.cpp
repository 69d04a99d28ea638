// The vault node's HTTP server under load and under attack, against what it cannot do without:
// opening the four proofs of each registration. The server has one core, whoever asks has another.
#include "app/vaultd/server.h"
#include "tests/bench/load.h"
#include "tests/bench/report.h"
#include "tests/support/hostile_http.h"

#include <algorithm>
#include <csignal>
#include <fstream>
#include <sched.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <thread>

using namespace tau;
using bench::require;
using std::chrono::milliseconds;
using SteadyClock = std::chrono::steady_clock;

namespace {

constexpr std::size_t server_core = 0;
constexpr std::size_t load_core = 1;

void stay_on(std::size_t core) {
    if (std::thread::hardware_concurrency() < 2) {
        return; // all share the one there is
    }
    cpu_set_t cores;
    CPU_ZERO(&cores);
    CPU_SET(core, &cores);
    require(::sched_setaffinity(0, sizeof cores, &cores) == 0, "a core cannot be chosen");
}

/// The server in a process of its own, with the limits it has in earnest, but for how much one may
/// ask: there is only one who asks.
class ServerOnOneCore {
public:
    explicit ServerOnOneCore(bench::NodeSetting& setting) {
        std::array<int, 2> ends{};
        require(::pipe(ends.data()) == 0, "there is no pipe");
        pid_ = ::fork();
        if (pid_ == 0) {
            ::close(ends[0]);
            stay_on(server_core);
            ::_exit(serve(setting, ends[1]) ? 0 : 1);
        }
        ::close(ends[1]);
        require(::read(ends[0], &port_, sizeof port_) == sizeof port_, "the server does not start");
        ::close(ends[0]);
    }
    ServerOnOneCore(const ServerOnOneCore&) = delete;
    ServerOnOneCore& operator=(const ServerOnOneCore&) = delete;
    ~ServerOnOneCore() {
        ::kill(pid_, SIGTERM);
        ::waitpid(pid_, nullptr, 0);
    }
    std::uint16_t port() const { return port_; }
    void stand_still() const {
        ::kill(pid_, SIGSTOP);
        ::waitpid(pid_, nullptr, WUNTRACED);
    }
    void go_on() const { ::kill(pid_, SIGCONT); }
    double resident_mb() const {
        std::ifstream in("/proc/" + std::to_string(pid_) + "/status");
        for (std::string word; in >> word;) {
            if (word == "VmRSS:") {
                double kb = 0;
                in >> kb;
                return kb / 1024;
            }
        }
        return 0;
    }

private:
    static bool serve(bench::NodeSetting& setting, int pipe) {
        vaultd::Limits limits;
        limits.requests_per_minute = 0;
        limits.registrations_per_minute = 0;
        const auto open = [&](std::uint16_t port) {
            auto service = setting.open(1);
            require(::write(pipe, &port, sizeof port) == sizeof port, "nobody waits");
            return Result<std::unique_ptr<node::Service>>(std::move(service));
        };
        return vaultd::serve({"127.0.0.1", 0}, {limits, {}, {}, ""}, setting.log(), {open})
            .has_value();
    }

    pid_t pid_ = -1;
    std::uint16_t port_ = 0;
};

/// Opens registrations' four proofs on the server's core, and does nothing else, for a quarter of
/// each second, while the server stands still: a virtual machine's cores are not as fast in one
/// second as in the next, and so both meet the same ones.
class ProofsBetween {
public:
    ProofsBetween(const bench::NodeSetting& setting, const ServerOnOneCore& server,
                  milliseconds warm_up)
        : setting_(setting), server_(server), next_(SteadyClock::now() + warm_up) {}
    void operator()() {
        if (SteadyClock::now() < next_) {
            return;
        }
        server_.stand_still();
        stay_on(server_core);
        const auto begin = SteadyClock::now();
        auto now = begin;
        for (; now < begin + milliseconds(250); now = SteadyClock::now()) {
            setting_.open_one(count_++ % setting_.projects().size());
        }
        stay_on(load_core);
        server_.go_on();
        took_ += now - begin;
        next_ = now + milliseconds(750);
    }
    double seconds() const { return std::chrono::duration<double>(took_).count(); }
    double per_second() const { return static_cast<double>(count_) / seconds(); }

private:
    const bench::NodeSetting& setting_;
    const ServerOnOneCore& server_;
    SteadyClock::time_point next_;
    SteadyClock::duration took_{};
    std::size_t count_ = 0;
};

/// Throughput with so many connections, beside the proofs alone in the same seconds.
bench::Figure throughput(bench::NodeSetting& setting, std::size_t connections, double least,
                         milliseconds time, const std::string& what) {
    setting.forget_registrations();
    const ServerOnOneCore server(setting);
    ProofsBetween alone(setting, server, time / 3);
    const auto served =
        bench::put_load(setting, server.port(), connections, time / 3, time, [&alone] { alone(); });
    return {"registrations a second on one core, " + what,
            static_cast<double>(served.done) / (served.seconds - alone.seconds()),
            "1/s",
            "its four proofs alone on that core",
            alone.per_second(),
            {},
            {},
            least};
}

/// A connection that says almost nothing, and again when it was cut.
struct Slow {
    std::string from;
    std::string start; ///< what it sends first
    char drop;         ///< sent every two seconds; 0: never
    milliseconds limit{};
    std::optional<test::Connection> connection{};
    SteadyClock::time_point begin{};
};

class SlowPeers {
public:
    SlowPeers(std::uint16_t port, std::size_t idle, std::size_t drips) : port_(port) {
        const std::string host = "Host: 127.0.0.1:" + std::to_string(port) + "\r\n";
        const vaultd::Limits limits;
        add(idle, "", 0, limits.header);
        add(drips, "GET /healthz HTTP/1.1\r\n" + host + "A: ", 'a', limits.header);
        add(drips, "POST /v1/challenges HTTP/1.1\r\n" + host + "Content-Length: 4000\r\n\r\n", 'a',
            limits.body);
    }
    /// Every drop that is due, and a look at who was cut. `come_back`: who was cut connects again,
    /// so many at a time that whoever measures beside it is not held up.
    void look(bool come_back) {
        const auto now = SteadyClock::now();
        if (now < next_) {
            return;
        }
        next_ = now + milliseconds(100);
        const bool drops = ++looks_ % 20 == 0;
        std::size_t back = 0;
        for (Slow& one : all_) {
            if (!one.connection) {
                if (come_back && back < most_back) {
                    open(one);
                    ++back;
                }
                continue;
            }
            if (drops && one.drop != 0) {
                one.connection->send(std::string_view(&one.drop, 1));
            }
            pollfd ready{one.connection->fd(), POLLIN | POLLRDHUP, 0};
            if (::poll(&ready, 1, 0) > 0 && (ready.revents & (POLLRDHUP | POLLHUP)) != 0) {
                latest_ = std::max(latest_, now - one.begin - one.limit);
                one.connection.reset();
            }
        }
    }
    std::size_t size() const { return all_.size(); }
    bool all_are_cut() const {
        return std::none_of(all_.begin(), all_.end(),
                            [](const Slow& one) { return one.connection.has_value(); });
    }
    /// By how much the last was cut after its limit; an hour if some never was.
    double latest_seconds() const {
        return all_are_cut() ? std::chrono::duration<double>(latest_).count() : 3600.0;
    }

private:
    static constexpr std::size_t most_back = 100;

    void open(Slow& one) const {
        one.begin = SteadyClock::now();
        one.connection.emplace(port_, one.from.c_str());
        require(one.connection->connected(), "a slow peer cannot connect");
        one.connection->send(one.start);
    }
    void add(std::size_t count, const std::string& start, char drop, milliseconds limit) {
        for (std::size_t i = 0; i < count; ++i) {
            const std::size_t number = all_.size() / 32;
            all_.push_back(
                {"127.1." + std::to_string(number / 200) + "." + std::to_string(1 + number % 200),
                 start, drop, limit});
            open(all_.back());
        }
    }

    const std::uint16_t port_;
    std::vector<Slow> all_;
    SteadyClock::time_point next_;
    SteadyClock::duration latest_{};
    int looks_ = 0;
};

/// Good clients beside many that are slow on purpose.
std::vector<bench::Figure> beside_slow_peers(bench::NodeSetting& setting, bool quick) {
    const std::size_t good = 16;
    const auto time = quick ? milliseconds(3000) : milliseconds(20000);
    const ServerOnOneCore server(setting);
    const auto quiet = bench::put_load(setting, server.port(), good, time / 4, time);
    const double resident = server.resident_mb();
    double most = resident;
    SlowPeers slow(server.port(), quick ? 200 : 2000, quick ? 80 : 800);
    const auto beside = bench::put_load(setting, server.port(), good, time / 4, time, [&] {
        slow.look(true);
        most = std::max(most, server.resident_mb());
    });
    const auto until = SteadyClock::now() + std::chrono::seconds(20);
    while (!slow.all_are_cut() && SteadyClock::now() < until) {
        slow.look(false);
        std::this_thread::sleep_for(milliseconds(20));
    }
    const std::string peers = std::to_string(slow.size()) + " slow peers";
    return {{"99th percentile of good clients beside " + peers,
             beside.p99(),
             "ms",
             "the same without them",
             quiet.p99(),
             1.5,
             {}},
            {"the last of " + peers + " was cut after its limit",
             slow.latest_seconds(),
             "s",
             "",
             0,
             {},
             1.0},
            {"memory that " + peers + " cost", most - resident, "MB", "", 0, {}, 100.0}};
}

std::vector<bench::Figure> hostile_inputs(bench::NodeSetting& setting) {
    const ServerOnOneCore server(setting);
    for (const test::HostileHttp& input : test::hostile_http()) {
        test::answer_to(input, server.port()); // what is allocated once, is
    }
    double growth = 0;
    std::size_t wrong = 0;
    for (const test::HostileHttp& input : test::hostile_http()) {
        const double before = server.resident_mb();
        const int status = test::answer_to(input, server.port());
        growth = std::max(growth, server.resident_mb() - before);
        if (status < 400 || status > 499) {
            std::fprintf(stderr, "%s was answered with %d.\n", input.name, status);
            ++wrong;
        }
    }
    return {{"memory that one hostile request costs at most", growth, "MB", "", 0, {}, 1.0},
            {"hostile requests that are not answered 4xx",
             static_cast<double>(wrong),
             "",
             "",
             0,
             {},
             0.0}};
}

} // namespace

int main(int argc, char** argv) {
    require(protect_process() && seal::self_test().has_value(), "the self-test failed");
    rlimit files{};
    ::getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);
    const bool quick =
        std::any_of(argv + 1, argv + argc, [](std::string_view a) { return a == "--quick"; });
    const auto time = quick ? milliseconds(6000) : milliseconds(40000);
    stay_on(load_core);
    // As many as are registered in that time: to take the place of an earlier one costs more.
    bench::NodeSetting setting(quick ? 300 : 2000);
    std::vector<bench::Figure> figures{
        throughput(setting, 64, 0.90, time, "64 connections"),
        throughput(setting, 1000, 0.90, time, "1,000 connections"),
        throughput(setting, 4000, 0.85, time, "4,000, ten times what may wait"),
    };
    for (auto& more : {beside_slow_peers(setting, quick), hostile_inputs(setting)}) {
        figures.insert(figures.end(), more.begin(), more.end());
    }
    return bench::report(figures, argc, argv);
}
