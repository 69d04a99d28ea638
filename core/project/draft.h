// core/project: what a Taubyte project is.
// draft.h    what a person decides before anything is made, and whether it will do
// config.h   a new project's first files, and reading a project's id and name back
// yaml_text.h  how texts and bytes stand in the YAML that this folder writes
// export.h   project.yaml: a project with its proofs and receipt, and its offline verification
#pragma once

#include "core/base/result.h"
#include "core/vault/claim.h"

#include <array>
#include <string>
#include <vector>

namespace tau::project {

/// One of the project's two repositories.
struct RepositoryChoice {
    std::string name;          ///< "tb_shop"
    bool use_existing = false; ///< take an existing empty repository, make none
};

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
    std::string vault_node; ///< node id
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

/// "tb_shop" and "tb_code_shop", lower case.
std::array<std::string, 2> default_repository_names(std::string_view project_name);

} // namespace tau::project
