#include "core/project/draft.h"

#include "core/base/text.h"
#include "core/vault/web_address.h"

#include <algorithm>

namespace tau::project {

namespace {

/// "tb_code_" and the name must fit into the 62 bytes that every git host takes.
constexpr std::size_t max_name = 54;
constexpr std::size_t max_description = 1000;

class Collector {
public:
    explicit Collector(std::vector<Issue>& issues) : issues_(issues) {}
    void add(Field field, std::string sentence) { issues_.push_back({field, std::move(sentence)}); }

private:
    std::vector<Issue>& issues_;
};

void check_name(const std::string& name, Collector& out) {
    if (name.empty()) {
        out.add(Field::name, "The project needs a name.");
        return;
    }
    if (name.find('-') != std::string::npos) {
        out.add(Field::name, "The name may not contain a dash.");
    } else if (name.front() >= '0' && name.front() <= '9') {
        out.add(Field::name, "The name may not start with a digit.");
    } else if (!is_identifier(name)) {
        out.add(Field::name, "The name may contain only the letters a to z, digits and '_'.");
    }
    if (name.size() > max_name) {
        out.add(Field::name, "The name may have at most " + std::to_string(max_name) +
                                 " characters, so that the repository names made from it fit.");
    }
}

/// Code points that Unicode keeps for itself and YAML cannot carry: U+FDD0 to U+FDEF, and the last
/// two of each plane. `text` is good UTF-8.
bool has_noncharacters(std::string_view text) {
    for (std::size_t i = 0; i + 2 < text.size(); ++i) {
        const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
        const bool last_two = byte(i + 1) == 0xbf && (byte(i + 2) == 0xbe || byte(i + 2) == 0xbf);
        if (byte(i) == 0xef && byte(i + 1) == 0xb7 && byte(i + 2) >= 0x90 && byte(i + 2) <= 0xaf) {
            return true;
        }
        if (last_two &&
            (byte(i) == 0xef || ((byte(i) & 0xcfU) == 0x8f && i > 0 && byte(i - 1) >= 0xf0))) {
            return true;
        }
    }
    return false;
}

void check_description(const std::string& description, Collector& out) {
    if (!is_utf8(description)) {
        out.add(Field::description, "The description is not readable text (UTF-8).");
    } else if (has_control_characters(description)) {
        out.add(Field::description, "The description may not contain control characters.");
    } else if (has_noncharacters(description)) {
        out.add(Field::description, "The description contains a code that is no character.");
    }
    if (description.size() > max_description) {
        out.add(Field::description,
                "The description may have at most " + std::to_string(max_description) + " bytes.");
    }
}

bool is_owner_name(std::string_view text) {
    return text.size() <= 255 && text.front() != '-' && text.front() != '.' && is_utf8(text) &&
           std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '-' || c == '_' || c == '.' || c == '/';
           });
}

void check_repository(Field field, std::string_view what, const std::string& name, Collector& out) {
    if (name.empty()) {
        out.add(field, "The " + std::string(what) + " repository needs a name.");
    } else if (!is_repository_name(name)) {
        out.add(field, "The name of the " + std::string(what) +
                           " repository may contain lower-case letters, digits, '_', '-' and '.', "
                           "at most 62 of them, and may not end in .git or .wiki.");
    }
}

void check_hosting(const Draft& draft, Collector& out) {
    if (draft.git_host.empty()) {
        out.add(Field::git_host, "Choose the git host that will hold the repositories.");
    }
    if (draft.owner.empty()) {
        out.add(Field::owner, "Choose the account or organisation that will own the repositories.");
    } else if (!is_owner_name(draft.owner)) {
        out.add(Field::owner, "The owner is not an account name of a git host.");
    }
    check_repository(Field::configuration, "configuration", draft.configuration.name, out);
    check_repository(Field::code, "code", draft.code.name, out);
    if (!draft.code.name.empty() && draft.code.name == draft.configuration.name) {
        out.add(Field::code, "Configuration and code need two different repositories.");
    }
    if (draft.branch.empty()) {
        out.add(Field::branch, "The default branch needs a name.");
    } else if (!is_branch_name(draft.branch)) {
        out.add(Field::branch, "The default branch is not a name that git takes.");
    } else if (draft.branch == vault::claim_branch) {
        out.add(Field::branch, "The branch tau-owner is kept for the owner's claim.");
    }
}

void check_vaults(const std::vector<VaultChoice>& vaults, Collector& out) {
    if (vaults.empty()) {
        out.add(Field::vault, "Choose the vault that will keep the project's keys.");
    }
    if (vaults.size() > max_vaults) {
        out.add(Field::vault,
                "A project may have at most " + std::to_string(max_vaults) + " vaults.");
    }
    for (std::size_t i = 0; i < vaults.size(); ++i) {
        const bool again =
            std::any_of(vaults.begin(), vaults.begin() + static_cast<std::ptrdiff_t>(i),
                        [&](const VaultChoice& one) { return one.node_id == vaults[i].node_id; });
        if (again) {
            out.add(Field::vault, "The same vault is chosen twice.");
            return;
        }
    }
}

/// What two vaults have in common that may end them both; empty when nothing is known.
std::string common_fate(const vault::NodeRecord& one, const vault::NodeRecord& other) {
    const std::string host(vault::host_of(one.endpoint));
    if (one.region == other.region) {
        return " are in the same region, " + std::string(vault::region_name(one.region)) +
               ": what hits one may hit the other.";
    }
    if (host == vault::host_of(other.endpoint)) {
        return " run on the same host, " + host + ".";
    }
    const std::string domain(vault::operator_of(one.endpoint));
    return domain == vault::operator_of(other.endpoint)
               ? " have addresses of one domain, " + domain + ": the same operator may run both."
               : std::string();
}

} // namespace

VaultChoice choice_of(const vault::NodeRecord& record) {
    return {record.node_id(), vault::encode(record)};
}

std::string_view to_string(Field field) {
    switch (field) {
    case Field::name:
        return "name";
    case Field::description:
        return "description";
    case Field::email:
        return "email";
    case Field::git_host:
        return "git_host";
    case Field::owner:
        return "owner";
    case Field::configuration:
        return "configuration";
    case Field::code:
        return "code";
    case Field::branch:
        return "branch";
    case Field::vault:
        return "vault";
    }
    return "";
}

std::vector<Issue> validate(const Draft& draft) {
    std::vector<Issue> issues;
    Collector out(issues);
    check_name(draft.name, out);
    check_description(draft.description, out);
    if (!draft.email.empty() && !is_email(draft.email)) {
        out.add(Field::email, "This is not an e-mail address. Leave it empty if you want no mail.");
    }
    check_hosting(draft, out);
    check_vaults(draft.vaults, out);
    return issues;
}

std::vector<Issue> notes(const Draft& draft, std::int64_t now) {
    std::vector<vault::NodeRecord> nodes;
    for (const VaultChoice& choice : draft.vaults) {
        if (auto record = vault::decode_record(choice.record, now)) {
            nodes.push_back(std::move(*record));
        }
    }
    std::vector<Issue> found;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        for (std::size_t j = i + 1; j < nodes.size(); ++j) {
            const std::string fate = common_fate(nodes[i], nodes[j]);
            if (!fate.empty()) {
                found.push_back({Field::vault, nodes[i].name + " and " + nodes[j].name + fate});
            }
        }
    }
    return found;
}

std::array<std::string, 2> default_repository_names(std::string_view project_name) {
    const std::string lower = to_lower_ascii(project_name);
    return {"tb_" + lower, "tb_code_" + lower};
}

} // namespace tau::project
