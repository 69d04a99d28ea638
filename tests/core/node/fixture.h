#pragma once

#include "core/node/database.h"
#include "core/node/repositories.h"
#include "core/node/service.h"
#include "core/vault/registration.h"
#include "tests/support/temporary_directory.h"

#include <algorithm>
#include <atomic>
#include <doctest/doctest.h>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

namespace tau::test {

using nlohmann::json;
using vault::Role;

class FixedClock final : public Clock {
public:
    std::int64_t now() const override { return time; }
    std::atomic<std::int64_t> time{1790000000};
};

class SilentLog final : public Log {
public:
    void write(LogLevel, std::string_view, std::string_view) override {}
};

class KeptLog final : public Log {
public:
    void write(LogLevel level, std::string_view area, std::string_view message) override {
        const std::lock_guard lock(mutex_);
        lines_.push_back(std::to_string(static_cast<int>(level)) + " " + std::string(area) + ": " +
                         std::string(message));
    }
    /// How many lines say this.
    std::size_t count(std::string_view text) const {
        const std::lock_guard lock(mutex_);
        return static_cast<std::size_t>(
            std::count_if(lines_.begin(), lines_.end(), [&](const std::string& line) {
                return line.find(text) != std::string::npos;
            }));
    }

private:
    mutable std::mutex mutex_;
    std::vector<std::string> lines_;
};

/// What a node asked of git hosts.
struct HostCalls {
    std::atomic<int> histories{0};
    std::function<void()> before_list; ///< set it while nothing is asked
    std::optional<Error> list_failure; ///< the same
    void note(node::Instant until) {
        const std::lock_guard lock(mutex);
        deadlines.insert(until);
    }
    /// When they had to have answered, each time once; forgets them.
    std::set<node::Instant> take_deadlines() {
        const std::lock_guard lock(mutex);
        return std::exchange(deadlines, {});
    }
    std::mutex mutex;
    std::set<node::Instant> deadlines;
};

/// Git hosts that hold what a test puts there.
class FakeRepositories final : public node::Repositories {
public:
    struct Content {
        node::Evidence evidence;
        std::optional<node::LoginFailure> failure;
        std::optional<node::LoginFailure> forbidden;
        std::map<std::string, std::string> tips{}; ///< instead of main alone: branch -> commit
        std::map<std::string, std::vector<std::string>> history{}; ///< branch -> its commits
        std::map<std::string, ErrorCode> unreadable{};             ///< branch -> why
    };
    tl::expected<std::string, node::LoginFailure> allow(const std::string& url,
                                                        node::Instant until) override {
        host_calls->note(until);
        const auto& content = (*contents)[url];
        if (content.forbidden) {
            return tl::unexpected<node::LoginFailure>(*content.forbidden);
        }
        return "192.0.2.1";
    }
    tl::expected<node::Evidence, node::LoginFailure> read(const node::Login& login) override {
        host_calls->note(login.until);
        if (before_read && *before_read) {
            (*before_read)();
        }
        const auto& content = contents->at(login.url);
        if (content.failure) {
            return tl::unexpected<node::LoginFailure>(*content.failure);
        }
        return content.evidence;
    }
    Result<std::vector<git::RemoteRef>> list(const node::Login& login) override {
        host_calls->note(login.until);
        if (host_calls->before_list) {
            host_calls->before_list();
        }
        if (host_calls->list_failure) {
            return fail(*host_calls->list_failure);
        }
        ++*listed;
        if (*head >= 0) {
            return std::vector<git::RemoteRef>{{"refs/heads/main", commit_number(*head)}};
        }
        const auto& tips = (*contents)[login.url].tips;
        if (!tips.empty()) {
            std::vector<git::RemoteRef> refs;
            for (const auto& [branch, commit] : tips) {
                refs.push_back({"refs/heads/" + branch, commit});
            }
            return refs;
        }
        return std::vector<git::RemoteRef>{
            {"HEAD", std::string(40, 'a')},
            {"refs/heads/main", std::string(40, login.role == Role::code ? 'c' : 'b')}};
    }
    Result<std::vector<bool>> has_commits(const node::Login& login,
                                          const std::vector<std::string>& branches,
                                          const std::vector<git::WantedCommit>& commits) override {
        ++host_calls->histories;
        host_calls->note(login.until);
        std::vector<bool> found;
        for (const git::WantedCommit& wanted : commits) {
            bool has = false;
            for (const std::string& branch : branches) {
                const auto& unreadable = (*contents)[login.url].unreadable;
                if (const auto why = unreadable.find(branch); why != unreadable.end()) {
                    return fail(why->second, "The history cannot be read.");
                }
                const auto& history = (*contents)[login.url].history[branch];
                has = has ||
                      ((wanted.branch.empty() || wanted.branch == branch) &&
                       std::find(history.begin(), history.end(), wanted.commit) != history.end());
            }
            found.push_back(has);
        }
        return found;
    }
    void stop() override {}
    std::shared_ptr<HostCalls> host_calls = std::make_shared<HostCalls>();
    std::shared_ptr<std::map<std::string, Content>> contents =
        std::make_shared<std::map<std::string, Content>>();
    std::shared_ptr<std::function<void()>> before_read = std::make_shared<std::function<void()>>();
    std::shared_ptr<std::atomic<int>> listed = std::make_shared<std::atomic<int>>(0);
    /// Not negative: all there is of any repository is main, at this commit.
    std::shared_ptr<std::atomic<int>> head = std::make_shared<std::atomic<int>>(-1);
    static std::string commit_number(int number) {
        const std::string digits = std::to_string(number);
        return std::string(40 - digits.size(), '0') + digits;
    }
};

inline const std::string project_id = "QmQazSMmMztAFkECFpvNjGMJpaYH4CvTTt85GDj1yYgt4a";
inline const std::array<std::string, 2> urls{"ssh://git@git.example.org/me/tb_shop.git",
                                             "ssh://git@git.example.org/me/tb_code_shop.git"};

/// A barrier key in this folder, made when it is not there yet.
inline std::filesystem::path barrier_in(const std::filesystem::path& folder) {
    const std::filesystem::path file = folder / "barrier.key";
    if (!std::filesystem::exists(file)) {
        SystemEntropy entropy;
        REQUIRE(node::make_barrier_key(file, nullptr, entropy));
    }
    return file;
}

/// A node with a folder of its own.
struct World {
    TemporaryDirectory folder;
    FixedClock clock;
    SystemEntropy entropy;
    KeptLog log;
    std::shared_ptr<std::map<std::string, FakeRepositories::Content>> repositories;
    std::shared_ptr<std::function<void()>> before_read;
    std::shared_ptr<std::atomic<int>> listed;
    std::shared_ptr<std::atomic<int>> head;
    std::shared_ptr<HostCalls> host_calls;
    std::unique_ptr<node::Service> service;

    node::Service* running = nullptr; ///< the same, also when a server has taken it
    std::function<node::Response(const node::Request&)> over; ///< how requests go there, if not so
    std::uint32_t owner_per_minute = 0;
    std::uint32_t owner_projects = 0;
    std::string store; ///< empty: a file of its own
    node::StoreTimes store_times{};
    std::filesystem::path barrier; ///< empty: a key of its own
    std::uint32_t deliveries_per_second = 0;
    std::chrono::milliseconds ref_debounce{20};
    std::chrono::milliseconds ref_poll{std::chrono::minutes(15)};

    World() { open(); }
    explicit World(std::string shared_store, const node::StoreTimes& times = {})
        : store(std::move(shared_store)), store_times(times) {
        open();
    }
    /// Another process of the same node.
    explicit World(const World& first)
        : repositories(first.repositories), store(first.store),
          barrier(barrier_in(first.folder.path())) {
        std::filesystem::create_directory(folder.path() / "node");
        std::filesystem::permissions(folder.path() / "node", std::filesystem::perms::owner_all);
        std::filesystem::copy(first.folder.path() / "node" / "keys",
                              folder.path() / "node" / "keys");
        std::filesystem::permissions(folder.path() / "node" / "keys",
                                     std::filesystem::perms::owner_all);
        open();
    }
    void open() {
        service.reset();
        node::Settings settings;
        settings.data = folder.path() / "node";
        settings.store = store;
        settings.store_times = store_times;
        settings.barrier_key = barrier.empty() ? barrier_in(folder.path()) : barrier;
        settings.name = "test";
        settings.endpoint = "http://127.0.0.1:1";
        settings.region = 1;
        settings.ref_debounce = ref_debounce;
        settings.owner_per_minute = owner_per_minute;
        settings.owner_projects = owner_projects;
        settings.deliveries_per_second = deliveries_per_second;
        settings.ref_poll = ref_poll;
        auto fake = std::make_unique<FakeRepositories>();
        if (repositories) {
            fake->contents = repositories;
        }
        repositories = fake->contents;
        before_read = fake->before_read;
        listed = fake->listed;
        head = fake->head;
        host_calls = fake->host_calls;
        auto opened = node::Service::open(settings, clock, entropy, log, std::move(fake));
        REQUIRE(opened);
        service = std::move(*opened);
        running = service.get();
    }
    vault::NodeRecord record() const {
        auto decoded = vault::decode_record(running->record(), clock.now());
        REQUIRE(decoded);
        return *decoded;
    }
    node::Response send(const std::string& method, const std::string& target,
                        const std::string& body = {}, std::vector<HttpHeader> headers = {}) const {
        const node::Request request{method, target, std::move(headers), body};
        return over ? over(request) : running->handle(request);
    }
    /// The database is where it must be, with this many rows.
    std::int64_t rows(const std::string& table) const {
        const auto database = node::open_sqlite(folder.path() / "node" / "node.db");
        REQUIRE(database);
        const auto counted = (*database)->run("SELECT count(*) FROM " + table);
        REQUIRE(counted);
        return counted->front().integer(0);
    }
};

/// A project as a console has it before it registers.
struct Project {
    keys::OwnerKey owner;
    std::vector<keys::DeployKey> deploy_keys;
    std::vector<keys::WebhookSecret> hooks;
    std::vector<seal::Bundle> bundles;
    std::string id = project_id;

    explicit Project(const World& world, const std::string& project = project_id)
        : owner([] {
              SystemEntropy entropy;
              return keys::OwnerKey::generate(entropy);
          }()),
          id(project) {
        SystemEntropy entropy;
        for (std::size_t i = 0; i < 2; ++i) {
            deploy_keys.push_back(keys::DeployKey::generate(entropy));
            hooks.push_back(keys::WebhookSecret::generate(entropy));
            bundles.push_back(seal_for(world, i, expected(world, i)));
        }
    }
    seal::Expected expected(const World& world, std::size_t i) const {
        const auto record = world.record();
        return {
            id, urls[i], record.node_id(), owner.public_key(), record.seal_key, world.clock.now()};
    }
    seal::Bundle seal_for(const World&, std::size_t i, const seal::Expected& expected) const {
        SystemEntropy entropy;
        auto bundle = seal::seal_bundle(deploy_keys[i], hooks[i], owner, expected, entropy);
        REQUIRE(bundle);
        return std::move(*bundle);
    }
    /// Puts claims and config.yaml where the node will look for them.
    void publish(const World& world) const {
        for (std::size_t i = 0; i < 2; ++i) {
            const Role role = i == 0 ? Role::configuration : Role::code;
            auto& content = (*world.repositories)[urls[i]];
            content = {};
            content.evidence.claim = vault::to_text(vault::make_claim(owner, id, role, urls[i]));
            if (i == 0) {
                content.evidence.config = "id: " + id + "\nname: shop\n";
            }
        }
    }
    Bytes challenge(const World& world) const {
        const auto response = world.send("POST", "/v1/challenges",
                                         json{{"owner_key", to_base64(owner.public_key())}}.dump());
        REQUIRE(response.status == 200);
        auto bytes = from_base64(json::parse(response.body)["challenge"].get<std::string>());
        REQUIRE(bytes);
        return *bytes;
    }
    vault::Registration registration(const World& world) const {
        return registration_for(challenge(world));
    }
    vault::Registration registration_for(Bytes challenge) const {
        vault::Registration out;
        out.project_id = id;
        out.project_name = "shop";
        out.challenge = std::move(challenge);
        for (std::size_t i = 0; i < 2; ++i) {
            out.repositories[i] = {i == 0 ? Role::configuration : Role::code,
                                   urls[i],
                                   {"SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU"},
                                   "main",
                                   seal::encode(bundles[i])};
        }
        out.deployments = {{"*", Role::configuration, "main", ""}, {"*", Role::code, "main", ""}};
        vault::sign(out, owner);
        return out;
    }
    node::Response submit(const World& world, const vault::Registration& registration,
                          const std::string& key) const {
        return world.send("POST", "/v1/registrations", vault::to_json(registration),
                          {{"Idempotency-Key", key}});
    }
    node::Response signed_request(const World& world, const std::string& method,
                                  const std::string& target, const std::string& body = {}) const {
        return world.send(method, target, body,
                          {{"Authorization", vault::owner_authorization(owner, method, target, body,
                                                                        world.clock.now())}});
    }
    /// Other keys and secrets than before, sealed to the same node.
    void renew(const World& world) {
        SystemEntropy entropy;
        for (std::size_t i = 0; i < 2; ++i) {
            deploy_keys[i] = keys::DeployKey::generate(entropy);
            hooks[i] = keys::WebhookSecret::generate(entropy);
            bundles[i] = seal_for(world, i, expected(world, i));
        }
    }
};

inline std::string key(char digit) {
    return std::string(32, digit);
}

/// The owner's signature under a bundle that was changed: only what it covers is then bad.
inline void sign_bundle(const Project& project, seal::Bundle& bundle) {
    const Bytes bytes = seal::encode(bundle);
    bundle.owner_signature =
        project.owner.sign("TauVE1-bundle", ByteView(bytes).first(bytes.size() - 64));
}

/// The reason code of the answer's failed check, "" when none failed.
inline std::string failed_reason(const node::Response& response) {
    const auto answer = vault::parse_registration_answer(response.body);
    if (!answer) {
        return "(no answer)";
    }
    std::string reason;
    for (const vault::Check& check : answer->checks) {
        if (check.outcome == vault::Outcome::failed) {
            CHECK(reason.empty()); // one refusal, one reason
            reason = check.reason;
        }
    }
    return reason;
}

} // namespace tau::test
