// core/project: what a Taubyte project is.
// draft.h    what a person decides before anything is made, and whether it will do
// config.h   a new project's first files, and reading a project's id and name back
// yaml_text.h  how texts and bytes stand in the YAML that this folder writes
// export.h   project.yaml: a project with its proofs and receipt, and its offline verification
// kinds.h    the field table: every key of every kind of document
// store.h    a configuration's files as documents; workspace.h one person's edits of them, with
//            side_files.h for what is no YAML
// check.h    what the cloud would say, all at once: problem.h, problem_report.h, fixes.h
// references.h  who names whom; refactor.h renames, moves and deletes with that in mind
// templates.h   new resources and their first code; complete.h what could stand in a text
// transfer.h    a configuration as folder, zip (zip.h) or one file (one_file.h), followed and
//            stopped through watch.h; intake.h what taking one in would change
// field_value.h what a form shows of a document; scalars.h sizes, durations, ids
// Inside: canonical, code_check, code_openings, code_strings, document_check, generated_domain,
// identifiers, key_tree, kind_rows_*, matching, reading, scope, suggest.
#pragma once

#include "core/base/result.h"
#include "core/vault/claim.h"
#include "core/vault/node_record.h"

#include <array>
#include <string>
#include <vector>

namespace tau::project {

/// One of the project's two repositories.
struct RepositoryChoice {
    std::string name;          ///< "tb_shop"
    bool use_existing = false; ///< take an existing empty repository, make none
};

/// A project may be sealed to and registered with this many vaults.
inline constexpr std::size_t max_vaults = 3;

/// One of the vaults that will keep the project's keys. Its record travels along: a node that was
/// picked from a directory of a million stands in no network's file.
struct VaultChoice {
    std::string node_id;
    Bytes record; ///< as the node signed it
    bool operator==(const VaultChoice&) const = default;
};
VaultChoice choice_of(const vault::NodeRecord& record);

/// What the wizard edits and what `tau-project create` reads; nothing is done yet.
struct Draft {
    std::string name;
    std::string description;
    std::string email; ///< optional
    bool is_private = true;
    std::string git_host; ///< name of one of the network's git hosts
    std::string owner;    ///< account or organisation on that host
    RepositoryChoice configuration;
    RepositoryChoice code;
    std::string branch = "main";
    std::vector<VaultChoice> vaults; ///< one to max_vaults
};

/// Fields as the form and the answer file name them.
enum class Field { name, description, email, git_host, owner, configuration, code, branch, vault };
std::string_view to_string(Field field);

struct Issue {
    Field field = Field::name;
    std::string sentence; ///< "The name may not contain a dash."
};

/// Every issue that can be seen without asking anybody, in the order of the fields.
std::vector<Issue> validate(const Draft& draft);
/// What will do, and yet is worth knowing before: vaults that may fail together. Records that are
/// not valid at `now` are passed over; planning refuses them.
std::vector<Issue> notes(const Draft& draft, std::int64_t now);

/// "tb_shop" and "tb_code_shop", lower case.
std::array<std::string, 2> default_repository_names(std::string_view project_name);

} // namespace tau::project
