#include "tests/ui/sample_services.h"

#include "core/base/file.h"

#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <ctime>
#include <mutex>
#include <sodium.h>

namespace tau::test {

namespace {

using flow::StepState;

struct Node {
    const char* name;
    const char* region;
    double latitude, longitude;
    unsigned passed, failed, slots;
};

constexpr Node nodes[] = {
    {"fig-lisbon", "eu-west", 38.72, -9.14, 1200, 2, 410},
    {"oak-frankfurt", "eu-central", 50.11, 8.68, 2100, 1, 380},
    {"elm-dublin", "eu-west", 53.35, -6.26, 800, 6, 520},
    {"ash-virginia", "us-east", 39.04, -77.49, 1500, 3, 900},
    {"yew-oregon", "us-west", 45.52, -122.68, 640, 9, 300},
    {"fir-singapore", "ap-southeast", 1.35, 103.82, 900, 1, 260},
    {"bay-mumbai", "ap-south", 19.08, 72.88, 12, 4, 90},
};

seal::Point filled(std::uint8_t seed) {
    seal::Point point{};
    for (std::size_t i = 0; i < point.size(); ++i) {
        point[i] = static_cast<std::uint8_t>(seed * 37U + i * 11U);
    }
    return point;
}

/// A creation that does nothing, at the pace that a test asks for.
class SampleFlow final : public flow::Flow {
public:
    SampleFlow(SampleServices& services, std::string name)
        : services_(services), name_(std::move(name)), title_("Create project " + name_) {
        const std::pair<std::string, std::string> plan[] = {
            {"create-repository/configuration", "Create the private repository tb_" + name_},
            {"create-repository/code", "Create the private repository tb_code_" + name_},
            {"keys", "Make two deploy keys, SHA256:x1cQ0mF2vD8yWl3uTqTz9Qe and "
                     "SHA256:P7bJw0kR5nZs8HdYc2LmXo4"},
            {"push/configuration", "Push config.yaml and README.md to tb_" + name_ +
                                       ", and your claim to its branch tau-owner"},
            {"push/code",
             "Push README.md to tb_code_" + name_ + ", and your claim to its branch tau-owner"},
            {"add-key/configuration", "Add the read-only deploy key to tb_" + name_},
            {"add-key/code", "Add the read-only deploy key to tb_code_" + name_},
            {"seal", "Seal the four secrets to fig-lisbon and check the proofs"},
            {"hook/configuration", "Add the webhook to tb_" + name_},
            {"hook/code", "Add the webhook to tb_code_" + name_},
            {"register", "Register the project with fig-lisbon and check its receipt"},
            {"record", "Clone both repositories and write project.yaml"},
        };
        for (const auto& [id, sentence] : plan) {
            flow::StepView step;
            step.id = id;
            step.sentence = sentence;
            steps_.push_back(step);
        }
    }
    void pretend_to_be(const flow::LastChange& change) {
        title_ = change.title;
        kind_ = change.kind;
        pretend_done(steps_.size());
        state_ = flow::FlowState::done;
    }
    void remove_project(const std::string& id) {
        title_ = "Remove project " + name_;
        kind_ = "remove";
        project_id_ = id;
    }
    void pretend_done(std::size_t count) {
        for (std::size_t i = 0; i < count; ++i) {
            finish(i);
        }
        state_ = flow::FlowState::unfinished;
    }
    const std::string& id() const override { return name_; }
    const std::string& title() const override { return title_; }
    std::string_view kind() const override { return kind_; }
    const std::string& project_id() const override { return project_id_; }
    Result<void> can_undo() const override { return {}; }
    flow::FlowState state() const override { return state_; }
    const std::vector<flow::StepView>& steps() const override { return steps_; }
    std::string report() const override { return title_ + "\nreport"; }

    Result<void> run(std::stop_token stop, const flow::Observer& observer) override {
        state_ = flow::FlowState::unfinished;
        for (std::size_t i = 0; i < steps_.size(); ++i) {
            if (steps_[i].state == StepState::done) {
                continue;
            }
            steps_[i].state = StepState::running;
            steps_[i].error.reset();
            observer(i, steps_[i]);
            if (!wait(stop)) {
                steps_[i].state = StepState::waiting;
                observer(i, steps_[i]);
                return fail(ErrorCode::cancelled, "Stopped, as you asked.");
            }
            if (static_cast<int>(i) == services_.fail_step) {
                services_.fail_step = -1;
                steps_[i].state = StepState::failed;
                steps_[i].error =
                    Error{ErrorCode::permission_denied,
                          "The vault did not accept the key for tb_" + name_ +
                              ": the git host refused it (permission denied).",
                          "Add the deploy key again, or press Retry.", "ssh: exit code 128"};
                observer(i, steps_[i]);
                return fail(*steps_[i].error);
            }
            finish(i);
            observer(i, steps_[i]);
        }
        state_ = flow::FlowState::done;
        services_.project_list.push_back({"QmSample", name_, std::time(nullptr), "/data/tb_x",
                                          "/data/tb_code_x", "/data/project.yaml"});
        return {};
    }
    std::vector<std::string> undo_list() const override {
        std::vector<std::string> list;
        for (auto step = steps_.rbegin(); step != steps_.rend(); ++step) {
            if (step->state == StepState::done) {
                list.push_back("What this step made: " + step->sentence + ".");
            }
        }
        return list;
    }
    Result<void> undo(std::stop_token stop, const flow::Observer& observer) override {
        for (std::size_t i = steps_.size(); i-- > 0;) {
            if (steps_[i].state == StepState::waiting) {
                continue;
            }
            steps_[i].state = StepState::undoing;
            observer(i, steps_[i]);
            if (!wait(stop)) {
                return fail(ErrorCode::cancelled, "Stopped, as you asked.");
            }
            steps_[i].state = StepState::undone;
            steps_[i].link.clear();
            steps_[i].error.reset();
            observer(i, steps_[i]);
        }
        state_ = flow::FlowState::undone;
        return {};
    }

private:
    void finish(std::size_t i) {
        steps_[i].state = StepState::done;
        steps_[i].elapsed = std::chrono::milliseconds(40 + 130 * static_cast<int>(i));
        if (i < 2) {
            steps_[i].link = "ssh://git@127.0.0.1:2222/me/" +
                             std::string(i == 0 ? "tb_" : "tb_code_") + name_ + ".git";
        }
    }
    bool wait(std::stop_token stop) const {
        std::mutex mutex;
        std::condition_variable_any never;
        std::unique_lock lock(mutex);
        never.wait_for(lock, stop, services_.step_time, [] { return false; });
        return !stop.stop_requested();
    }

    SampleServices& services_;
    std::string name_;
    std::string title_;
    std::string kind_ = "create";
    std::string project_id_ = "QmSample";
    std::vector<flow::StepView> steps_;
    flow::FlowState state_ = flow::FlowState::ready;
};

/// With keys that are the same each time.
void sign(vault::ListedNode& listed, std::uint8_t seed) {
    const std::array seeds{filled(seed), filled(static_cast<std::uint8_t>(seed + 100))};
    std::array<Secret, 2> keys{Secret(crypto_sign_SECRETKEYBYTES),
                               Secret(crypto_sign_SECRETKEYBYTES)};
    seal::Point ignored{};
    for (std::size_t i = 0; i < seeds.size(); ++i) {
        crypto_sign_seed_keypair(ignored.data(), keys[i].data(), seeds[i].data());
    }
    if (!vault::sign_record(listed.record, keys[0], keys[1])) {
        std::abort();
    }
    listed.encoded = vault::encode(listed.record);
}

} // namespace

vault::Network sample_network() {
    vault::Network network;
    network.name = "Local network";
    network.git_hosts.push_back({"local", "Git host on this computer", "/nowhere"});
    const std::int64_t now = std::time(nullptr);
    std::uint8_t seed = 1;
    for (const Node& node : nodes) {
        vault::ListedNode listed;
        listed.record.seq = 1;
        listed.record.not_before = static_cast<std::uint32_t>(now - 3600);
        listed.record.expires = static_cast<std::uint32_t>(now + 6 * 24 * 3600);
        listed.record.latitude = static_cast<std::int16_t>(node.latitude * 100);
        listed.record.longitude = static_cast<std::int16_t>(node.longitude * 100);
        listed.record.region = vault::region_from_name(node.region).value_or(std::uint16_t{0});
        listed.record.slots_per_hour = static_cast<std::uint16_t>(node.slots);
        listed.record.name = node.name;
        listed.record.endpoint = "http://127.0.0.1:1";
        sign(listed, seed);
        listed.audits_passed = node.passed;
        listed.audits_failed = node.failed;
        listed.first_seen = now - 300 * 24 * 3600;
        listed.measured_slots = node.slots;
        network.nodes.push_back(std::move(listed));
        ++seed;
    }
    return network;
}

project::Export sample_export() {
    project::Export result;
    result.project_id = "QmSampleProjectIdentifierOfFortySixCharacters1";
    result.name = "shop";
    result.description = "A shop for plants";
    result.created_at = std::time(nullptr);
    result.claims[0].repository_url = "ssh://git@127.0.0.1:2222/me/tb_shop.git";
    result.claims[1].role = vault::Role::code;
    result.claims[1].repository_url = "ssh://git@127.0.0.1:2222/me/tb_code_shop.git";
    const vault::Network network = sample_network();
    for (std::size_t i = 0; i < 2; ++i) {
        result.claims[i].owner_key = filled(7);
        project::Enrolment& enrolment = result.vaults.emplace_back();
        enrolment.record = network.nodes[i].encoded;
        enrolment.receipt.registration_id =
            i == 0 ? "5f0c2a7be1d94c0f8a3e6b7c1d2e3f40" : "77c1d94c0f8a3e6b7c1d2e3f405f0c2a";
        enrolment.receipt.node_id = network.nodes[i].record.node_id();
        enrolment.receipt.time = std::time(nullptr);
    }
    return result;
}

std::vector<ui::VaultState> sample_vault_states() {
    const project::Export file = sample_export();
    const vault::Network network = sample_network();
    const std::int64_t now = std::time(nullptr);
    const std::string first(40, 'a');
    const std::string second = "3f2a9c01be7d5546aa10f3b2c4d5e6f708192a3b";
    std::vector<ui::VaultState> states;
    for (std::size_t i = 0; i < file.vaults.size(); ++i) {
        ui::VaultState state;
        state.node = network.nodes[i].record;
        state.registration_id = file.vaults[i].receipt.registration_id;
        state.receipt = file.vaults[i].receipt;
        vault::RegistrationStatus status;
        status.registration_id = state.registration_id;
        status.state = "active";
        status.checks = {
            {"deploy_key_proof", "configuration", vault::Outcome::passed, "",
             "The vault can open the deploy key."},
            {"ownership", "code", vault::Outcome::passed, "", "The owner's claim is there."},
            {"webhook", "code", vault::Outcome::pending, "", "No delivery was seen yet."}};
        status.webhook_seen = {now - 120, i == 0 ? now - 60 : 0};
        status.refs = {{vault::Role::configuration, "refs/heads/main", first, now - 100, 0},
                       {vault::Role::code, "refs/heads/main", second, now - 60, now - 60},
                       {vault::Role::code, "refs/heads/tau-owner", first, now - 9000, 0}};
        status.deployments = {{"*", vault::Role::configuration, "main", ""},
                              {"*", vault::Role::code, "main", ""},
                              {"region:eu-west", vault::Role::code, "", first}};
        for (const char* where : {"*", "region:eu-west"}) {
            state.versions.push_back(vault::resolve_version(file.project_id, status.deployments,
                                                            status.refs, vault::part_of(where)));
        }
        state.status = std::move(status);
        vault::PublishedProofs proofs;
        proofs.registration_id = state.registration_id;
        proofs.receipt = state.receipt;
        for (std::size_t k = 0; k < proofs.proofs.size(); ++k) {
            proofs.proofs[k].repository = k < 2 ? vault::Role::configuration : vault::Role::code;
            proofs.proofs[k].purpose =
                k % 2 == 0 ? seal::Purpose::deploy_key : seal::Purpose::webhook;
            proofs.proofs[k].point = filled(static_cast<std::uint8_t>(40 + k));
        }
        state.proofs = std::move(proofs);
        states.push_back(std::move(state));
    }
    return states;
}

Result<std::vector<ui::SentDeployments>>
SampleServices::send_deployments(const flow::LocalProject& project,
                                 const std::vector<vault::Deployment>& rows,
                                 const ui::VaultAnswered& answered, std::stop_token stop) {
    sent = rows;
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock(mutex);
    never.wait_for(lock, stop, step_time, [] { return false; });
    std::vector<ui::SentDeployments> answers;
    std::vector<ui::VaultState>& states = states_of(project);
    for (std::size_t i = 0; i < states.size(); ++i) {
        ui::VaultState& state = states[i];
        vault::DeploymentsAnswer answer{state.registration_id, {}};
        for (const vault::Deployment& row : rows) {
            answer.deployments.push_back({row, vault::resolve(row, state.status->refs)});
        }
        answers.push_back(stop.stop_requested()
                              ? ui::SentDeployments(fail(ErrorCode::cancelled, "Stopped."))
                          : i == 1 && refusal ? ui::SentDeployments(fail(*refusal))
                                              : answer);
        answered(i, answers.back());
        if (answers.back()) {
            state.status->deployments = rows;
            state.versions.clear();
            for (const vault::Deployment& row : rows) {
                state.versions.push_back(vault::resolve_version(
                    project.project_id, rows, state.status->refs, vault::part_of(row.where)));
            }
        }
    }
    return answers;
}

Result<std::shared_ptr<flow::Flow>> SampleServices::plan_change(const flow::LocalProject& project,
                                                                const ui::ChangeWish& wanted,
                                                                std::stop_token) {
    wish = wanted;
    auto flow = std::make_shared<SampleFlow>(*this, project.name);
    if (wanted.kind == ui::ChangeWish::Kind::remove) {
        flow->remove_project(project.project_id);
    }
    return flow;
}

Result<vault::Network> SampleServices::load_network(const std::filesystem::path& file,
                                                    std::stop_token) {
    if (file.filename() == "broken.yaml") {
        return fail(ErrorCode::corrupt, "broken.yaml is not a network: line 3, column 1.",
                    "Ask who gave it to you for a new one.");
    }
    vault::Network network = sample_network();
    if (file.filename() == "directory.yaml") {
        network.nodes.clear();
        network.directory = vault::NamedDirectory{"https://directory.example.org", Bytes(1)};
    }
    if (file.filename() == "refused.yaml") {
        network.refused.push_back(
            {"gum-sydney", Error{ErrorCode::untrusted, "its record expired yesterday.", {}, {}}});
    }
    return network;
}

Result<vault::NodeList> SampleServices::load_nodes(const vault::Network& network,
                                                   const std::optional<vault::Place>&,
                                                   vault::Extent, const vault::LoadProgress&,
                                                   std::stop_token) {
    vault::NodeList list = sample_list;
    if (!list.table) {
        list.table = vault::table_of(network.nodes, std::time(nullptr));
        list.total = network.nodes.size();
        list.refused = network.refused;
    }
    return list;
}

Result<vault::ListedNode> SampleServices::node(const vault::Network& network,
                                               const vault::NodeTable&, std::uint32_t row,
                                               std::stop_token) {
    ++fetched;
    if (network.nodes.empty()) {
        return fail(ErrorCode::not_found, "The directory has no record of this node.");
    }
    return network.nodes[row % network.nodes.size()];
}

Result<vault::ListedNode> SampleServices::node_by_hand(const std::string& text, std::stop_token) {
    if (hand_made && text == hand_made->record.endpoint) {
        return *hand_made;
    }
    return fail(ErrorCode::unavailable, "Nothing answers there.", "Check the address.");
}

Result<std::chrono::milliseconds> SampleServices::round_trip(const vault::NodeRecord&,
                                                             std::stop_token) {
    return std::chrono::milliseconds(20);
}

Result<void> SampleServices::write_file(const std::filesystem::path& file,
                                        const std::string& content) {
    files[file] = content;
    return {};
}

Result<forge::Account> SampleServices::account(const vault::GitHost&, std::stop_token) {
    return forge::Account{"me", {"me", "garden-club"}};
}

Result<std::optional<forge::Repository>> SampleServices::find_repository(const vault::GitHost&,
                                                                         const std::string& owner,
                                                                         const std::string& name,
                                                                         std::stop_token) {
    ++questions;
    const auto found = repositories.find(name);
    if (found == repositories.end()) {
        return std::optional<forge::Repository>();
    }
    forge::Repository repository = found->second;
    repository.owner = owner;
    return std::optional(repository);
}

Result<void> SampleServices::unlock_secrets(const Secret& given) {
    if (given.view() != passphrase) {
        return fail(ErrorCode::unauthenticated, "This is not the passphrase of the file.",
                    "Type it again.");
    }
    secrets = ui::SecretsState::open;
    return {};
}

Result<std::shared_ptr<flow::Flow>> SampleServices::plan(const project::Draft& draft,
                                                         const vault::Network&, std::stop_token) {
    return std::make_shared<SampleFlow>(*this, draft.name);
}

Result<std::shared_ptr<flow::Flow>> SampleServices::open_unfinished(const std::string& id,
                                                                    std::stop_token) {
    auto flow = std::make_shared<SampleFlow>(*this, "garden");
    if (last && last->id == id) {
        flow->pretend_to_be(*last);
    } else {
        flow->pretend_done(4);
    }
    if (!removes.empty()) {
        flow->remove_project(removes);
    }
    return flow;
}

Result<flow::LocalProject> SampleServices::import_project(const std::filesystem::path& file) {
    if (!data.empty()) {
        const auto yaml = read_file(file, 1U << 20U);
        return yaml ? flow::import_export(data, *yaml) : fail(yaml.error());
    }
    if (file.filename() == "broken.yaml") {
        return fail(ErrorCode::untrusted,
                    "broken.yaml was not taken in: the receipt is not the "
                    "vault's.",
                    "Ask for a new copy.");
    }
    project_list.push_back({"QmImported", "imported", std::time(nullptr), {}, {}, file});
    return project_list.back();
}

Result<std::vector<flow::LocalProject>> SampleServices::projects() {
    auto all = project_list;
    if (!data.empty()) {
        const auto opened = flow::list_opened(data);
        all.insert(all.end(), opened->begin(), opened->end());
    }
    return all;
}

Result<flow::LocalProject> SampleServices::open_folder(const std::filesystem::path& folder) {
    return flow::open_folder(data, folder);
}

Result<void> SampleServices::forget(const std::string&) {
    ++forgotten;
    unfinished_list.clear();
    return {};
}

} // namespace tau::test
