#include "core/vault/running.h"

#include "core/base/text.h"
#include "core/vault/messages.h"

#include <algorithm>
#include <set>

namespace tau::vault {

namespace {

constexpr std::size_t max_running = 64U << 10U;
constexpr std::array<Role, 2> both_roles{Role::configuration, Role::code};
const std::string branch_prefix = "refs/heads/";

const RefState* find_branch(const Deployment& row, const std::vector<RefState>& refs) {
    const auto found = std::find_if(refs.begin(), refs.end(), [&row](const RefState& ref) {
        return ref.repository == row.repository && ref.ref == branch_prefix + row.branch;
    });
    return found == refs.end() ? nullptr : &*found;
}

/// "everywhere", "the region eu-west", "the node 9xk…"
std::string place(const std::string& where) {
    if (where.starts_with("region:")) {
        return "the region " + where.substr(7);
    }
    return where.starts_with("node:") ? "the node " + where.substr(5) : "the whole network";
}

RunningCommit running(Role role, const std::vector<Deployment>& deployments,
                      const std::vector<RefState>& refs, const PartOfNetwork& part) {
    RunningCommit out;
    out.repository = role;
    const Deployment* row = most_specific(deployments, role, part);
    if (row == nullptr) {
        out.reason = "not_deployed";
        out.sentence = "No row of the deployments is about this part of the network.";
        return out;
    }
    out.where = row->where;
    const std::string whose = "The row for " + place(row->where);
    if (!row->commit.empty()) {
        out.commit = row->commit;
        out.reason = "commit_fixed";
        out.sentence = whose + " names this commit.";
        return out;
    }
    out.branch = row->branch;
    const RefState* ref = find_branch(*row, refs);
    if (ref == nullptr) {
        out.reason = "branch_not_seen";
        out.sentence = whose + " follows the branch " + row->branch +
                       ", which the vault has not seen in the repository.";
        return out;
    }
    out.commit = ref->commit;
    out.observed_at = ref->observed_at;
    out.reason = "branch_followed";
    out.sentence = whose + " follows the branch " + row->branch + ", which is at this commit.";
    return out;
}

Role read_role(json::ObjectReader& in) {
    const Result<Role> role = role_from_string(in.text("repository", 1, 32));
    if (!role) {
        in.refuse("repository", "must be \"configuration\" or \"code\"");
    }
    return role.value_or(Role::configuration);
}

std::string read_commit(json::ObjectReader& in, const char* name) {
    std::string commit = in.text(name, 0, 40);
    if (!commit.empty() && !is_commit_id(commit)) {
        in.refuse(name, "is not a full commit id");
    }
    return commit;
}

Result<RunningCommit> read_running(const json::Value& value, Role role) {
    json::ObjectReader in(value, "repositories[].");
    RunningCommit out;
    out.repository = read_role(in);
    out.commit = read_commit(in, "commit");
    out.where = in.text("where", 0, 80);
    out.branch = in.text("branch", 0, 200);
    out.observed_at = in.integer("observed_at", 0, INT64_MAX);
    out.reason = in.text("reason", 1, 64);
    out.sentence = in.text("sentence", 1, 1024);
    in.end();
    if (in.ok() &&
        (out.repository != role || (!out.where.empty() && !is_part_of_network(out.where)))) {
        in.refuse("repository", "or where is not what it must be");
    }
    return in.ok() ? Result<RunningCommit>(std::move(out)) : fail(*in.error());
}

json::Value to_value(const RunningCommit& running) {
    return {{"repository", to_string(running.repository)},
            {"commit", running.commit},
            {"where", running.where},
            {"branch", running.branch},
            {"observed_at", running.observed_at},
            {"reason", running.reason},
            {"sentence", running.sentence}};
}

} // namespace

bool is_commit_id(std::string_view text) {
    return text.size() == 40 &&
           text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool is_part_of_network(std::string_view where) {
    if (where.starts_with("region:")) {
        return region_from_name(where.substr(7)).has_value();
    }
    if (where.starts_with("node:")) {
        const Result<Bytes> id = from_base58(where.substr(5));
        return id && id->size() == 32;
    }
    return where == "*";
}

std::string to_json(const std::vector<Deployment>& deployments) {
    json::Value array = json::Value::array();
    for (const Deployment& deployment : deployments) {
        array.push_back(to_value(deployment));
    }
    return json::dump(array);
}

Result<std::vector<Deployment>> parse_deployments(std::string_view text) {
    const Result<json::Value> value = json::parse(text, max_running, "The list of deployments");
    if (!value) {
        return fail(value.error());
    }
    if (!value->is_array() || value->size() > max_deployments) {
        return fail(ErrorCode::invalid_argument,
                    "The deployments must be a list of at most 64 rows.");
    }
    return read_wanted_deployments(*value);
}

Result<std::vector<Deployment>> read_wanted_deployments(const json::Value& array) {
    Result<std::vector<Deployment>> rows = read_deployments(array);
    std::set<std::pair<std::string, Role>> seen;
    for (std::size_t i = 0; rows && i < rows->size(); ++i) {
        const Deployment& row = (*rows)[i];
        if (!seen.emplace(row.where, row.repository).second) {
            return fail(ErrorCode::invalid_argument,
                        "Two rows say what " + place(row.where) + " runs of the " +
                            std::string(to_string(row.repository)) + " repository.",
                        "Keep one of them.");
        }
    }
    return rows;
}

std::string to_json(const DeploymentsAnswer& answer) {
    json::Value rows = json::Value::array();
    for (const ResolvedDeployment& one : answer.deployments) {
        json::Value row = to_value(one.deployment);
        row["resolved"] = one.commit;
        rows.push_back(std::move(row));
    }
    return json::dump(
        {{"registration_id", answer.registration_id}, {"deployments", std::move(rows)}});
}

Result<DeploymentsAnswer> parse_deployments_answer(std::string_view text) {
    Result<json::Value> value = json::parse(text, max_running, "The vault's answer");
    if (!value) {
        return fail(value.error());
    }
    json::ObjectReader in(*value, "");
    DeploymentsAnswer answer;
    answer.registration_id = in.text("registration_id", 32, 32);
    json::Value rows = in.array("deployments", 0, max_deployments);
    in.end();
    std::vector<std::string> commits;
    for (json::Value& row : rows) {
        const bool has = row.is_object() && row.contains("resolved") && row["resolved"].is_string();
        commits.push_back(has ? row["resolved"].get<std::string>() : "?");
        if (!commits.back().empty() && !is_commit_id(commits.back())) {
            in.refuse("deployments", "must each say which commit they resolve to");
        } else {
            row.erase("resolved");
        }
    }
    if (!in.ok()) {
        return fail(*in.error());
    }
    Result<std::vector<Deployment>> deployments = read_deployments(rows);
    if (!deployments) {
        return fail(deployments.error());
    }
    for (std::size_t i = 0; i < commits.size(); ++i) {
        answer.deployments.push_back({std::move((*deployments)[i]), std::move(commits[i])});
    }
    return answer;
}

PartOfNetwork part_of(std::string_view where) {
    PartOfNetwork part;
    if (where.starts_with("region:")) {
        part.region = where.substr(7);
    } else if (where.starts_with("node:")) {
        part.node = where.substr(5);
    }
    return part;
}

const Deployment* most_specific(const std::vector<Deployment>& deployments, Role repository,
                                const PartOfNetwork& part) {
    const auto row_of = [&](const std::string& where) -> const Deployment* {
        const auto found =
            std::find_if(deployments.begin(), deployments.end(), [&](const Deployment& deployment) {
                return deployment.repository == repository && deployment.where == where;
            });
        return found == deployments.end() ? nullptr : &*found;
    };
    const Deployment* row = part.node.empty() ? nullptr : row_of("node:" + part.node);
    if (row == nullptr && !part.region.empty()) {
        row = row_of("region:" + part.region);
    }
    return row != nullptr ? row : row_of("*");
}

std::string resolve(const Deployment& deployment, const std::vector<RefState>& refs) {
    if (!deployment.commit.empty()) {
        return deployment.commit;
    }
    const RefState* ref = find_branch(deployment, refs);
    return ref == nullptr ? "" : ref->commit;
}

ProjectVersion resolve_version(const std::string& project_id,
                               const std::vector<Deployment>& deployments,
                               const std::vector<RefState>& refs, const PartOfNetwork& part) {
    return {project_id,
            part,
            {running(both_roles[0], deployments, refs, part),
             running(both_roles[1], deployments, refs, part)}};
}

std::string to_json(const ProjectVersion& version) {
    return json::dump({{"project_id", version.project_id},
                       {"region", version.part.region},
                       {"node", version.part.node},
                       {"repositories", json::Value::array({to_value(version.repositories[0]),
                                                            to_value(version.repositories[1])})}});
}

Result<ProjectVersion> parse_project_version(std::string_view text) {
    const Result<json::Value> value = json::parse(text, max_running, "The vault's answer");
    if (!value) {
        return fail(value.error());
    }
    json::ObjectReader in(*value, "");
    ProjectVersion version;
    version.project_id = in.text("project_id", 46, 46);
    version.part = {in.text("region", 0, 32), in.text("node", 0, 64)};
    const json::Value& rows = in.array("repositories", 2, 2);
    in.end();
    if (!in.ok()) {
        return fail(*in.error());
    }
    for (std::size_t i = 0; i < both_roles.size(); ++i) {
        Result<RunningCommit> row = read_running(rows[i], both_roles[i]);
        if (!row) {
            return fail(row.error());
        }
        version.repositories[i] = std::move(*row);
    }
    return version;
}

} // namespace tau::vault
