// What changes a registration that is there: its deployments and its keys; and what they mean for
// a part of the network.

#include "core/node/routes.h"

#include <algorithm>
#include <set>

namespace tau::node {

namespace {

/// For all that one request asks of git hosts.
constexpr std::chrono::seconds request_deadline{15};
/// Of the refs that nothing follows; a name has up to a kilobyte.
constexpr std::size_t most_other_refs = 200;

Response cannot_run(std::string_view reason, std::string_view sentence) {
    return problem(422, reason, sentence);
}

/// "region=eu-west&node=…": each at most once and nothing else; names of regions and nodes need no
/// escapes.
std::optional<vault::PartOfNetwork> read_part(std::string_view target) {
    vault::PartOfNetwork part;
    const std::size_t question = target.find('?');
    std::string_view rest = question == std::string_view::npos ? "" : target.substr(question + 1);
    while (!rest.empty()) {
        const std::size_t end = rest.find('&');
        const std::string_view one = rest.substr(0, end);
        rest = end == std::string_view::npos ? "" : rest.substr(end + 1);
        for (const auto& [name, value] :
             {std::pair<std::string_view, std::string*>{"region", &part.region},
              {"node", &part.node}}) {
            const std::string start = std::string(name) + "=";
            if (!one.starts_with(start)) {
                continue;
            }
            if (!value->empty() ||
                !vault::is_part_of_network(std::string(name) + ":" +
                                           std::string(one.substr(start.size())))) {
                return std::nullopt;
            }
            *value = one.substr(start.size());
        }
        if (!one.starts_with("region=") && !one.starts_with("node=")) {
            return std::nullopt;
        }
    }
    return part;
}

std::string_view ending(Registered::Kind kind) {
    switch (kind) {
    case Registered::Kind::stored:
        return "stored";
    case Registered::Kind::repeated:
        return "repeated";
    case Registered::Kind::refused:
        return "refused";
    case Registered::Kind::in_flight:
        return "in_flight";
    case Registered::Kind::limited:
        return "limited";
    case Registered::Kind::failed:
        break;
    }
    return "failed";
}

} // namespace

std::int64_t leave_out_refs(std::vector<vault::RefState>& refs,
                            const StoredRegistration& registration,
                            const std::vector<vault::Deployment>& deployments) {
    std::set<std::pair<vault::Role, std::string>> followed;
    for (const StoredRepository& repository : registration.repositories) {
        followed.emplace(repository.role, "refs/heads/" + repository.default_branch);
    }
    for (const vault::Deployment& row : deployments) {
        followed.emplace(row.repository, "refs/heads/" + row.branch);
    }
    const auto others =
        std::stable_partition(refs.begin(), refs.end(), [&followed](const vault::RefState& ref) {
            return followed.contains({ref.repository, ref.ref});
        });
    const auto found = static_cast<std::size_t>(refs.end() - others);
    const std::size_t left_out = found - std::min(found, most_other_refs);
    refs.resize(refs.size() - left_out);
    return static_cast<std::int64_t>(left_out);
}

void Routes::count(const Registered& result, Counter counter) const {
    metrics.count(counter, ending(result.kind));
    for (const vault::Check& check : result.checks) {
        if (check.outcome == vault::Outcome::failed) {
            metrics.count(Counter::refusals, check.reason);
        }
        if (check.name == "deploy_key_proof" || check.name == "webhook_proof") {
            metrics.count(Counter::proofs,
                          check.outcome == vault::Outcome::passed ? "good" : "bad");
        }
    }
}

tl::expected<std::vector<vault::RefState>, Response>
Routes::look_up(const std::string& id, vault::Role role,
                const std::vector<vault::Deployment>& deployments, Instant until) const {
    using Refused = tl::unexpected<Response>;
    const auto cannot_read = [](const LookFailure& failure) {
        const Error& error = failure.error;
        return Refused(failure.own ? node_trouble(error)
                       : error.code == ErrorCode::conflict
                           ? in_flight(error.message)
                           : cannot_run("repository_unreadable", error.message));
    };
    auto refs = tracker.ask(id, role, until);
    if (!refs) {
        return cannot_read(refs.error());
    }
    std::set<std::string> commits;
    for (const vault::Deployment& row : deployments) {
        if (row.repository == role && !row.commit.empty()) {
            commits.insert(row.commit);
        }
    }
    const auto missing = tracker.missing(id, role, *refs, std::move(commits), until);
    if (!missing) {
        return cannot_read(missing.error());
    }
    if (!missing->empty()) {
        return Refused(cannot_run("commit_not_found",
                                  "No branch of the " + std::string(to_string(role)) +
                                      " repository has the commit " + *missing->begin() + "."));
    }
    return std::move(*refs);
}

tl::expected<vault::DeploymentsAnswer, Response>
Routes::resolve(const std::string& id, std::vector<vault::Deployment> deployments) const {
    const Instant until = std::chrono::steady_clock::now() + request_deadline;
    std::vector<vault::RefState> refs;
    for (const vault::Role role : {vault::Role::configuration, vault::Role::code}) {
        if (std::none_of(deployments.begin(), deployments.end(),
                         [role](const auto& row) { return row.repository == role; })) {
            continue;
        }
        const auto found = look_up(id, role, deployments, until);
        if (!found) {
            return tl::unexpected<Response>(found.error());
        }
        refs.insert(refs.end(), found->begin(), found->end());
    }
    vault::DeploymentsAnswer answer{id, {}};
    for (vault::Deployment& row : deployments) {
        std::string commit = vault::resolve(row, refs);
        if (commit.empty()) {
            return tl::unexpected<Response>(cannot_run(
                "branch_not_found", "The " + std::string(to_string(row.repository)) +
                                        " repository has no branch " + row.branch + "."));
        }
        answer.deployments.push_back({std::move(row), std::move(commit)});
    }
    return answer;
}

Response Routes::set_deployments(const Request& request, const Names& names) const {
    const std::string& id = names.at(0);
    const auto signed_request = signer(request);
    if (!signed_request) {
        return signed_request.error();
    }
    const auto registration = owned_active(signed_request->owner, id);
    if (!registration) {
        return registration.error();
    }
    const auto wanted = vault::parse_deployments(request.body);
    if (!wanted) {
        return problem(400, "malformed", wanted.error().message);
    }
    const OwnerPlaces::Place place(owner_places, registration->owner_key);
    if (!place) {
        return too_many("This owner's earlier requests are still being worked on.",
                        std::chrono::seconds(2));
    }
    const auto answer = resolve(id, *wanted);
    if (!answer) {
        return answer.error();
    }
    const auto deployed = store.set_deployments(id, *signed_request, *wanted, now);
    if (!deployed) {
        return node_trouble(deployed.error());
    }
    if (*deployed == Deploying::ended) {
        return problem(409, "registration_ended", "This registration ended in between.");
    }
    if (*deployed == Deploying::used) {
        return problem(409, "request_used",
                       "This very request was carried out before, and the deployments were changed "
                       "since. Send them again, signed anew.");
    }
    return {200, "application/json", {}, vault::to_json(*answer)};
}

/// Whoever sends it again gets no further than its challenge, which is used up.
Response Routes::replace_sealed(const Request& request, const Names& names) const {
    const auto signed_request = signer(request);
    if (!signed_request) {
        return signed_request.error();
    }
    const auto registration = owned_active(signed_request->owner, names.at(0));
    if (!registration) {
        return registration.error();
    }
    Registered result = registrar.rotate(request.body, registration->id, now);
    count(result, Counter::rotations);
    if (result.kind == Registered::Kind::stored) {
        unsealer.forget(registration->id);
        tracker.hint(registration->id, vault::Role::configuration);
        tracker.hint(registration->id, vault::Role::code);
    }
    return answer_of(std::move(result), 200);
}

Response Routes::version(const Request& request, const Names& names) const {
    const std::string& project_id = names.at(0);
    const auto part = read_part(request.target);
    if (!part) {
        return problem(400, "malformed",
                       "The question may name one region that is known and one node's id.");
    }
    const auto id = store.active_registration(project_id);
    if (!id) {
        return node_trouble(id.error());
    }
    if (!*id) {
        return not_found();
    }
    const auto deployments = store.deployments(**id);
    if (!deployments) {
        return node_trouble(deployments.error());
    }
    std::vector<vault::RefState>
        refs; // those that count: anybody may ask this, any number of times
    for (const vault::Role role : {vault::Role::configuration, vault::Role::code}) {
        const vault::Deployment* row = vault::most_specific(*deployments, role, *part);
        if (row == nullptr || row->branch.empty()) {
            continue;
        }
        auto ref = store.ref(**id, role, "refs/heads/" + row->branch);
        if (!ref) {
            return node_trouble(ref.error());
        }
        if (*ref) {
            refs.push_back(std::move(**ref));
        }
    }
    return {200,
            "application/json",
            {},
            vault::to_json(vault::resolve_version(project_id, *deployments, refs, *part))};
}

} // namespace tau::node
