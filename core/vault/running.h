#pragma once

#include "core/vault/registration.h"

namespace tau::vault {

/// At most this many rows say what the parts of the network run.
inline constexpr std::size_t max_deployments = 64;

/// Reads "*", "region:<name>" of a known region, "node:<id>".
bool is_part_of_network(std::string_view where);
/// Forty lower-case hex digits.
bool is_commit_id(std::string_view text);

/// PUT /v1/registrations/{id}/deployments: the whole list, which replaces the one before.
std::string to_json(const std::vector<Deployment>& deployments);
/// Strict as parse_registration; `invalid_argument` too when one repository has two rows for the
/// same part of the network.
Result<std::vector<Deployment>> parse_deployments(std::string_view json);

/// A deployment, and the commit that its branch (or itself) stands for now.
struct ResolvedDeployment {
    Deployment deployment;
    std::string commit; ///< empty: the branch was not seen yet
};
/// The answer to it.
struct DeploymentsAnswer {
    std::string registration_id;
    std::vector<ResolvedDeployment> deployments;
};
std::string to_json(const DeploymentsAnswer& answer);
Result<DeploymentsAnswer> parse_deployments_answer(std::string_view json);

/// Whoever asks what to run: a region, a node, both or neither.
struct PartOfNetwork {
    std::string region; ///< name of a region; empty: none
    std::string node;   ///< node id; empty: none
};
/// Of a row's `where`; "*" is neither a region nor a node.
PartOfNetwork part_of(std::string_view where);
/// The row that counts for this part of the network: its node's before its region's before "*".
/// Null when none applies.
const Deployment* most_specific(const std::vector<Deployment>& deployments, Role repository,
                                const PartOfNetwork& part);

/// What one repository of a project runs somewhere, and why.
struct RunningCommit {
    Role repository = Role::configuration;
    std::string commit; ///< empty: nothing to run, or not known yet
    std::string where;  ///< of the row that counts; empty: none does
    std::string branch; ///< empty when a commit is fixed
    std::int64_t observed_at =
        0;                ///< when the branch was last seen there, as RefState has it; 0: never
    std::string reason;   ///< "commit_fixed", "branch_followed", "branch_not_seen", "not_deployed"
    std::string sentence; ///< the same for people
};
/// GET /v1/projects/{project id}/version.
struct ProjectVersion {
    std::string project_id;
    PartOfNetwork part;
    std::array<RunningCommit, 2> repositories; ///< configuration, code
};
/// What this part must run, by rows and refs. Makes the sentences.
ProjectVersion resolve_version(const std::string& project_id,
                               const std::vector<Deployment>& deployments,
                               const std::vector<RefState>& refs, const PartOfNetwork& part);
/// The commit of one row by these refs; empty when its branch is not among them.
std::string resolve(const Deployment& deployment, const std::vector<RefState>& refs);
std::string to_json(const ProjectVersion& version);
Result<ProjectVersion> parse_project_version(std::string_view json);

} // namespace tau::vault
