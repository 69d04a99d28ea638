#include "core/project/export.h"

#include "core/base/text.h"
#include "core/project/yaml_text.h"

#include <algorithm>
#include <charconv>
#include <set>
#include <yaml-cpp/yaml.h>

namespace tau::project {

namespace {

constexpr std::size_t max_export = 1U << 20U;
constexpr std::string_view export_tag = "TauREG1-export";

// ---- writing

void put_claim(YAML::Emitter& out, const vault::Claim& claim) {
    out << YAML::BeginMap;
    put_text(out, "project", claim.project_id);
    put_text(out, "role", std::string(vault::to_string(claim.role)));
    put_text(out, "repository", claim.repository_url);
    put_bytes(out, "owner_key", claim.owner_key);
    put_bytes(out, "signature", claim.signature);
    out << YAML::EndMap;
}

void put_repository(YAML::Emitter& out, const vault::RegisteredRepository& repository) {
    out << YAML::BeginMap;
    put_text(out, "role", std::string(vault::to_string(repository.role)));
    put_text(out, "url", repository.url);
    out << YAML::Key << "host_keys" << YAML::Value << YAML::BeginSeq;
    for (const std::string& key : repository.host_keys) {
        out << YAML::DoubleQuoted << key;
    }
    out << YAML::EndSeq;
    put_text(out, "default_branch", repository.default_branch);
    put_bytes(out, "sealed", repository.sealed);
    out << YAML::EndMap;
}

void put_registration(YAML::Emitter& out, const vault::Registration& registration) {
    out << YAML::BeginMap;
    put_text(out, "project_id", registration.project_id);
    put_text(out, "project_name", registration.project_name);
    put_bytes(out, "owner_key", registration.owner_key);
    put_bytes(out, "challenge", registration.challenge);
    out << YAML::Key << "repositories" << YAML::Value << YAML::BeginSeq;
    for (const auto& repository : registration.repositories) {
        put_repository(out, repository);
    }
    out << YAML::EndSeq << YAML::Key << "deployments" << YAML::Value << YAML::BeginSeq;
    for (const vault::Deployment& deployment : registration.deployments) {
        out << YAML::BeginMap;
        put_text(out, "where", deployment.where);
        put_text(out, "repository", std::string(vault::to_string(deployment.repository)));
        put_text(out, "branch", deployment.branch);
        put_text(out, "commit", deployment.commit);
        out << YAML::EndMap;
    }
    out << YAML::EndSeq;
    put_bytes(out, "signature", registration.signature);
    out << YAML::EndMap;
}

void put_enrolment(YAML::Emitter& out, const Enrolment& enrolment) {
    out << YAML::BeginMap;
    put_bytes(out, "record", enrolment.record);
    put_text(out, "idempotency_key", enrolment.idempotency_key);
    out << YAML::Key << "registration" << YAML::Value;
    put_registration(out, enrolment.registration);
    out << YAML::Key << "receipt" << YAML::Value << YAML::Literal
        << vault::to_json(enrolment.receipt);
    out << YAML::EndMap;
}

// ---- reading

/// What the reading functions throw; never leaves this file.
struct Fault {
    std::string why;
    YAML::Mark mark;
};

tl::unexpected<Error> malformed(const std::string& why, const YAML::Mark& mark) {
    const std::string place = mark.is_null()
                                  ? ""
                                  : " (line " + std::to_string(mark.line + 1) + ", column " +
                                        std::to_string(mark.column + 1) + ")";
    return fail(ErrorCode::corrupt, "The project file cannot be read: " + why + place + ".",
                "Ask for the file again, or export the project again.");
}

/// A map with exactly the given keys.
YAML::Node map_of(const YAML::Node& node, const std::string& what,
                  const std::set<std::string>& keys) {
    if (!node.IsMap()) {
        throw Fault{"\"" + what + "\" is not a map", node.Mark()};
    }
    std::set<std::string> seen;
    for (const auto& entry : node) {
        const std::string key = entry.first.IsScalar() ? entry.first.Scalar() : "";
        if (keys.count(key) == 0 || !seen.insert(key).second) {
            throw Fault{"\"" + bounded_text(key, 40) + "\" does not belong into \"" + what + "\"",
                        entry.first.Mark()};
        }
    }
    for (const std::string& key : keys) {
        if (seen.count(key) == 0) {
            std::string why = "\"" + key;
            throw Fault{why.append("\" is missing in \"").append(what).append("\""), node.Mark()};
        }
    }
    return node;
}

std::string text(const YAML::Node& map, const char* key, std::size_t limit = 4096) {
    const YAML::Node node = map[key];
    if (!node.IsScalar() || !is_utf8(node.Scalar())) {
        throw Fault{std::string("\"") + key + "\" is not a text", node.Mark()};
    }
    if (node.Scalar().size() > limit) {
        throw Fault{std::string("\"") + key + "\" is too long", node.Mark()};
    }
    return node.Scalar();
}

Bytes bytes(const YAML::Node& map, const char* key) {
    std::string base64 = text(map, key, 64U << 10U);
    std::erase(base64, '\n');
    auto decoded = from_base64(base64);
    if (!decoded) {
        throw Fault{std::string("\"") + key + "\" is not base64", map[key].Mark()};
    }
    return std::move(*decoded);
}

template <std::size_t N>
std::array<std::uint8_t, N> fixed(const YAML::Node& map, const char* key) {
    const auto array = to_array<N>(bytes(map, key), key);
    if (!array) {
        throw Fault{std::string("\"") + key + "\" is not " + std::to_string(N) + " bytes long",
                    map[key].Mark()};
    }
    return *array;
}

std::int64_t number(const YAML::Node& map, const char* key) {
    const std::string digits = text(map, key);
    std::int64_t value = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (read.ec != std::errc() || read.ptr != digits.data() + digits.size() || value < 0) {
        throw Fault{std::string("\"") + key + "\" is not a whole number", map[key].Mark()};
    }
    return value;
}

vault::Role role(const YAML::Node& map, const char* key) {
    const auto role = vault::role_from_string(text(map, key));
    if (!role) {
        throw Fault{std::string("\"") + key + "\" is neither configuration nor code",
                    map[key].Mark()};
    }
    return *role;
}

YAML::Node list(const YAML::Node& map, const char* key, std::size_t min, std::size_t max) {
    YAML::Node node = map[key];
    if (!node.IsSequence() || node.size() < min || node.size() > max) {
        throw Fault{std::string("\"") + key + "\" is not a list of the right length", node.Mark()};
    }
    return node;
}

vault::Claim read_claim(const YAML::Node& node) {
    const YAML::Node map =
        map_of(node, "claims", {"project", "role", "repository", "owner_key", "signature"});
    return vault::Claim{text(map, "project"), role(map, "role"), text(map, "repository"),
                        fixed<32>(map, "owner_key"), fixed<64>(map, "signature")};
}

vault::RegisteredRepository read_repository(const YAML::Node& node) {
    const YAML::Node map =
        map_of(node, "repositories", {"role", "url", "host_keys", "default_branch", "sealed"});
    vault::RegisteredRepository repository;
    repository.role = role(map, "role");
    repository.url = text(map, "url");
    for (const YAML::Node& key : list(map, "host_keys", 1, 16)) {
        repository.host_keys.push_back(key.IsScalar() ? key.Scalar().substr(0, 200) : "");
    }
    repository.default_branch = text(map, "default_branch");
    repository.sealed = bytes(map, "sealed");
    return repository;
}

vault::Registration read_registration(const YAML::Node& node) {
    const YAML::Node map = map_of(node, "registration",
                                  {"project_id", "project_name", "owner_key", "challenge",
                                   "repositories", "deployments", "signature"});
    vault::Registration registration;
    registration.project_id = text(map, "project_id");
    registration.project_name = text(map, "project_name");
    registration.owner_key = fixed<32>(map, "owner_key");
    registration.challenge = bytes(map, "challenge");
    const YAML::Node repositories = list(map, "repositories", 2, 2);
    registration.repositories = {read_repository(repositories[0]),
                                 read_repository(repositories[1])};
    for (const YAML::Node& entry : list(map, "deployments", 0, 1000)) {
        const YAML::Node deployment =
            map_of(entry, "deployments", {"where", "repository", "branch", "commit"});
        registration.deployments.push_back(
            {text(deployment, "where"), role(deployment, "repository"), text(deployment, "branch"),
             text(deployment, "commit")});
    }
    registration.signature = fixed<64>(map, "signature");
    return registration;
}

Enrolment read_enrolment(const YAML::Node& node) {
    const YAML::Node map =
        map_of(node, "vaults", {"record", "idempotency_key", "registration", "receipt"});
    Enrolment enrolment;
    enrolment.record = bytes(map, "record");
    enrolment.idempotency_key = text(map, "idempotency_key");
    enrolment.registration = read_registration(map["registration"]);
    enrolment.registration_body = vault::to_json(enrolment.registration);
    auto receipt = vault::parse_receipt(text(map, "receipt"));
    if (!receipt) {
        throw Fault{"the receipt is malformed", map["receipt"].Mark()};
    }
    enrolment.receipt = std::move(*receipt);
    return enrolment;
}

Export read_export(const YAML::Node& root) {
    map_of(root, "the file", {"version", "project", "claims", "vaults", "signature"});
    if (text(root, "version") != "1") {
        throw Fault{"its version is not 1", root["version"].Mark()};
    }
    Export project;
    const YAML::Node about =
        map_of(root["project"], "project", {"id", "name", "description", "email", "created_at"});
    project.project_id = text(about, "id");
    project.name = text(about, "name");
    project.description = text(about, "description");
    project.email = text(about, "email");
    project.created_at = number(about, "created_at");
    const YAML::Node claims = list(root, "claims", 2, 2);
    project.claims = {read_claim(claims[0]), read_claim(claims[1])};
    for (const YAML::Node& entry : list(root, "vaults", 1, max_vaults)) {
        project.vaults.push_back(read_enrolment(entry));
    }
    project.signature = fixed<64>(root, "signature");
    return project;
}

Bytes signed_bytes(const Export& project) {
    ByteWriter out;
    out.lp16(project.project_id).lp16(project.name).lp16(project.description).lp16(project.email);
    out.u64(static_cast<std::uint64_t>(project.created_at));
    for (const vault::Claim& claim : project.claims) {
        out.lp16(vault::to_text(claim));
    }
    for (const Enrolment& enrolment : project.vaults) {
        out.lp16(enrolment.record).lp16(enrolment.idempotency_key);
        out.raw(vault::body_hash(enrolment.registration_body));
        out.lp16(vault::to_json(enrolment.receipt));
    }
    return out.take();
}

} // namespace

void sign(Export& project, const keys::OwnerKey& owner) {
    project.signature = owner.sign(export_tag, signed_bytes(project));
}

bool has_good_signature(const Export& project) {
    return keys::verify_signature(project.claims[0].owner_key, export_tag, signed_bytes(project),
                                  project.signature);
}

std::string to_yaml(const Export& project) {
    YAML::Emitter out;
    out.SetIndent(4);
    out << YAML::BeginMap << YAML::Key << "version" << YAML::Value << 1;
    out << YAML::Key << "project" << YAML::Value << YAML::BeginMap;
    put_text(out, "id", project.project_id);
    put_text(out, "name", project.name);
    put_text(out, "description", project.description);
    put_text(out, "email", project.email);
    out << YAML::Key << "created_at" << YAML::Value << project.created_at << YAML::EndMap;
    out << YAML::Key << "claims" << YAML::Value << YAML::BeginSeq;
    for (const vault::Claim& claim : project.claims) {
        put_claim(out, claim);
    }
    out << YAML::EndSeq << YAML::Key << "vaults" << YAML::Value << YAML::BeginSeq;
    for (const Enrolment& enrolment : project.vaults) {
        put_enrolment(out, enrolment);
    }
    out << YAML::EndSeq;
    put_bytes(out, "signature", project.signature);
    out << YAML::EndMap;
    return "# A Taubyte project with its proofs and its vaults' receipts. No secret is in it.\n"
           "# Anyone can check it, offline: tau-project verify <this file>\n" +
           std::string(out.c_str()) + "\n";
}

Result<Export> parse_export(std::string_view yaml) {
    if (yaml.size() > max_export) {
        return fail(ErrorCode::limit_exceeded, "The project file is larger than 1 MB.",
                    "Check that it is the right file.");
    }
    if (!is_utf8(yaml)) {
        return fail(ErrorCode::corrupt, "The project file is not text.",
                    "Check that it is the right file.");
    }
    try {
        return read_export(YAML::Load(std::string(yaml)));
    } catch (const Fault& fault) {
        return malformed(fault.why, fault.mark);
    } catch (const YAML::Exception& error) {
        return malformed(bounded_text(error.msg, 200), error.mark);
    }
}

} // namespace tau::project
