// What a vault node adds to the proofs it must open: registrations through Service::handle, with
// git hosts that answer at once, beside opening the same four proofs alone on the same threads.
#include "core/base/file.h"
#include "core/node/repositories.h"
#include "core/node/service.h"
#include "core/vault/json.h"
#include "core/vault/registration.h"
#include "tests/bench/report.h"
#include "tests/support/temporary_directory.h"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <map>
#include <thread>

using namespace tau;

namespace {

constexpr std::size_t batch = 16; ///< registrations a measurement
constexpr std::int64_t now = 1790000000;

class StandingClock final : public Clock {
public:
    std::int64_t now() const override { return ::now; }
};

class NoLog final : public Log {
public:
    void write(LogLevel, std::string_view, std::string_view) override {}
};

class QuickRepositories final : public node::Repositories {
public:
    tl::expected<std::string, node::LoginFailure> allow(const std::string&) override {
        return "192.0.2.1";
    }
    tl::expected<node::Evidence, node::LoginFailure> read(const node::Login& login) override {
        return evidence.at(login.url);
    }
    Result<std::vector<git::RemoteRef>> list(const node::Login&, std::stop_token) override {
        return std::vector<git::RemoteRef>{};
    }
    Result<bool> has_commit(const node::Login&, const std::vector<std::string>&, const std::string&,
                            std::stop_token) override {
        return false;
    }
    std::map<std::string, node::Evidence> evidence;
};

void require(bool condition, const char* what) {
    if (!condition) {
        std::fprintf(stderr, "bench_node: %s\n", what);
        std::exit(2);
    }
}

struct Project {
    std::string id;
    keys::OwnerKey owner;
    std::array<seal::Bundle, 2> bundles;
    std::array<std::string, 2> urls;
};

/// A node and projects that are ready to register at it.
class Setting {
public:
    Setting() {
        auto quick = std::make_unique<QuickRepositories>();
        QuickRepositories& hosts = *quick;
        node::Settings settings;
        settings.data = folder_.path() / "node";
        settings.barrier_key = folder_.path() / "barrier.key";
        require(node::make_barrier_key(settings.barrier_key, nullptr, entropy_).has_value(),
                "the barrier key cannot be written");
        settings.name = "bench";
        settings.region = 1;
        settings.endpoint = "http://127.0.0.1:1";
        settings.ref_debounce = std::chrono::hours(1);
        auto opened = node::Service::open(settings, clock_, entropy_, log_, std::move(quick));
        require(opened.has_value(), "the node does not start");
        service_ = std::move(*opened);
        record_ = vault::decode_record(service_->record(), now).value();
        for (std::size_t i = 0; i < batch; ++i) {
            projects_.push_back(make_project(i, hosts));
        }
    }

    /// New requests for all projects: a fresh challenge and idempotency key each.
    std::vector<node::Request> requests() {
        std::vector<node::Request> made;
        for (const Project& project : projects_) {
            made.push_back(request(project));
        }
        return made;
    }
    void register_one(const node::Request& request) const {
        require(service_->handle(request).status == 201, "a registration was refused");
    }
    /// What every node must do for one: open, and so verify, its four proofs.
    void open_one(std::size_t index) const {
        for (const seal::Bundle& bundle : projects_[index].bundles) {
            require(seal::open_bundle(bundle, seal_key()).has_value(), "a bundle does not open");
        }
    }

private:
    const Secret& seal_key() const {
        static const Secret key =
            read_secret_file(folder_.path() / "node" / "keys" / "seal.key").value();
        return key;
    }

    Project make_project(std::size_t index, QuickRepositories& hosts) {
        Bytes id{0x12, 0x20};
        id.resize(34);
        entropy_.fill(std::span(id).subspan(2));
        Project project{to_base58(id), keys::OwnerKey::generate(entropy_), {}, {}};
        for (std::size_t i = 0; i < 2; ++i) {
            const auto role = i == 0 ? vault::Role::configuration : vault::Role::code;
            std::string& url = project.urls[i];
            url = "ssh://git@git.example.org/me/r" + std::to_string(2 * index + i) + ".git";
            project.bundles[i] =
                seal::seal_bundle(keys::DeployKey::generate(entropy_),
                                  keys::WebhookSecret::generate(entropy_), project.owner,
                                  {project.id, url, record_.node_id(), project.owner.public_key(),
                                   record_.seal_key, now},
                                  entropy_)
                    .value();
            hosts.evidence[url] = {
                vault::to_text(vault::make_claim(project.owner, project.id, role, url)),
                "id: " + project.id + "\n"};
        }
        return project;
    }

    node::Request request(const Project& project) {
        namespace json = vault::json;
        const auto answer =
            service_->handle({"POST",
                              "/v1/challenges",
                              {},
                              json::dump({{"owner_key", to_base64(project.owner.public_key())}})});
        const auto value = json::parse(answer.body, 4096, "The challenge");
        require(value.has_value(), "no challenge");
        vault::Registration registration;
        registration.project_id = project.id;
        registration.project_name = "bench";
        registration.challenge = json::ObjectReader(*value, "").base64("challenge", 1, 128);
        for (std::size_t i = 0; i < 2; ++i) {
            registration.repositories[i] = {i == 0 ? vault::Role::configuration : vault::Role::code,
                                            project.urls[i],
                                            {"SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU"},
                                            "main",
                                            seal::encode(project.bundles[i])};
        }
        vault::sign(registration, project.owner);
        std::array<std::uint8_t, 16> key{};
        entropy_.fill(key);
        return {"POST",
                "/v1/registrations",
                {{"Idempotency-Key", to_hex(key)}},
                vault::to_json(registration)};
    }

    test::TemporaryDirectory folder_;
    StandingClock clock_;
    SystemEntropy entropy_;
    NoLog log_;
    std::unique_ptr<node::Service> service_;
    vault::NodeRecord record_;
    std::vector<Project> projects_;
};

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
    Setting setting;
    // Made beforehand, so that only the node's part is measured.
    std::vector<std::vector<node::Request>> requests;
    for (int i = 0; i <= rounds; ++i) {
        requests.push_back(setting.requests());
    }
    std::size_t round = 0;
    const std::vector<double> times = bench::medians(
        rounds, {[&] {
                     const std::vector<node::Request>& these = requests.at(round++);
                     on_all_cores([&](std::size_t i) { setting.register_one(these[i]); });
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
