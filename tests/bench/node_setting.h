#pragma once

// A node whose git hosts answer at once, and projects that are ready to register there.

#include "core/base/file.h"
#include "core/node/repositories.h"
#include "core/node/service.h"
#include "core/vault/json.h"
#include "core/vault/registration.h"
#include "tests/support/temporary_directory.h"

#include <cstdio>
#include <map>

namespace tau::bench {

inline constexpr std::int64_t bench_now = 1790000000;

class StandingClock final : public Clock {
public:
    std::int64_t now() const override { return bench_now; }
};

class NoLog final : public Log {
public:
    void write(LogLevel, std::string_view, std::string_view) override {}
};

class QuickRepositories final : public node::Repositories {
public:
    explicit QuickRepositories(std::map<std::string, node::Evidence> known = {})
        : evidence(std::move(known)) {}
    tl::expected<std::string, node::LoginFailure> allow(const std::string&,
                                                        node::Instant) override {
        return "127.0.0.1";
    }
    tl::expected<node::Evidence, node::LoginFailure> read(const node::Login& login) override {
        return evidence.at(login.url);
    }
    Result<std::vector<git::RemoteRef>> list(const node::Login&) override {
        return std::vector<git::RemoteRef>{};
    }
    Result<std::vector<bool>> has_commits(const node::Login&, const std::vector<std::string>&,
                                          const std::vector<git::WantedCommit>& commits) override {
        return std::vector<bool>(commits.size());
    }
    void stop() override {}
    std::map<std::string, node::Evidence> evidence;
};

inline void require(bool condition, const char* what) {
    if (!condition) {
        std::fprintf(stderr, "This benchmark cannot go on: %s.\n", what);
        std::exit(2);
    }
}

struct Project {
    std::string id;
    keys::OwnerKey owner;
    std::array<seal::Bundle, 2> bundles;
    std::array<std::string, 2> urls;
};

class NodeSetting {
public:
    explicit NodeSetting(std::size_t count) {
        require(node::make_barrier_key(barrier_key(), nullptr, entropy_).has_value(),
                "the barrier key cannot be written");
        const auto service = open();
        record_ = vault::decode_record(service->record(), bench_now).value();
        for (std::size_t i = 0; i < count; ++i) {
            projects_.push_back(make_project(i));
        }
        seal_key_.emplace(read_secret_file(data() / "keys" / "seal.key").value());
        std::filesystem::copy(data(), unused_data(), std::filesystem::copy_options::recursive);
    }

    /// The node; one at a time.
    std::unique_ptr<node::Service> open(unsigned proof_threads = 0) {
        node::Settings settings;
        settings.data = data();
        settings.barrier_key = barrier_key();
        settings.name = "bench";
        settings.region = 1;
        settings.endpoint = "http://127.0.0.1:1";
        settings.ref_debounce = std::chrono::hours(1);
        settings.proof_threads = proof_threads;
        auto opened = node::Service::open(settings, clock_, entropy_, log_,
                                          std::make_unique<QuickRepositories>(evidence_));
        require(opened.has_value(), "the node does not start");
        return std::move(*opened);
    }
    /// The next node begins with no registration; none may be open.
    void forget_registrations() {
        std::filesystem::remove_all(data());
        std::filesystem::copy(unused_data(), data(), std::filesystem::copy_options::recursive);
    }
    Log& log() { return log_; }
    const std::vector<Project>& projects() const { return projects_; }
    /// Each in turn.
    const Project& next_project() { return projects_[next_++ % projects_.size()]; }

    /// What every node must do for one registration: open, and so verify, its four proofs.
    void open_one(std::size_t index) const {
        for (const seal::Bundle& bundle : projects_.at(index).bundles) {
            require(seal::open_bundle(bundle, *seal_key_).has_value(), "a bundle does not open");
        }
    }

    static node::Request challenge_request(const Project& project) {
        return {"POST",
                "/v1/challenges",
                {},
                vault::json::dump({{"owner_key", to_base64(project.owner.public_key())}})};
    }
    /// With a new idempotency key, for the challenge in this answer.
    node::Request registration_request(const Project& project, const std::string& answer) {
        namespace json = vault::json;
        const auto value = json::parse(answer, 4096, "The challenge");
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

private:
    std::filesystem::path data() const { return folder_.path() / "node"; }
    std::filesystem::path unused_data() const { return folder_.path() / "unused"; }
    std::filesystem::path barrier_key() const { return folder_.path() / "barrier.key"; }

    Project make_project(std::size_t index) {
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
                                   record_.seal_key, bench_now},
                                  entropy_)
                    .value();
            evidence_[url].claim =
                vault::to_text(vault::make_claim(project.owner, project.id, role, url));
            evidence_[url].config = "id: " + project.id + "\n";
        }
        return project;
    }

    test::TemporaryDirectory folder_;
    StandingClock clock_;
    SystemEntropy entropy_;
    NoLog log_;
    vault::NodeRecord record_;
    std::map<std::string, node::Evidence> evidence_;
    std::vector<Project> projects_;
    std::size_t next_ = 0;
    std::optional<Secret> seal_key_;
};

} // namespace tau::bench
