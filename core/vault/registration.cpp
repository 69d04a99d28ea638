#include "core/vault/registration.h"

#include "core/base/text.h"
#include "core/vault/messages.h"
#include "core/vault/running.h"

namespace tau::vault {

namespace {

constexpr std::string_view register_tag = "TauREG1-register";
constexpr std::uint32_t protocol_version = 1;
constexpr std::size_t max_host_keys = 8;
/// Two proofs, contexts of four texts of 1 KB each, and room for what surrounds them.
constexpr std::size_t max_bundle = 24U << 10U;

void write_repository(ByteWriter& out, const RegisteredRepository& repository) {
    out.lp16(to_string(repository.role)).lp16(repository.url);
    out.u16(static_cast<std::uint16_t>(repository.host_keys.size()));
    for (const std::string& key : repository.host_keys) {
        out.lp16(key);
    }
    out.lp16(repository.default_branch);
    out.raw(tagged_hash32("TauREG1-sealed", repository.sealed));
}

Result<RegisteredRepository> read_repository(const json::Value& value, Role role) {
    json::ObjectReader in(value, "repositories." + std::string(to_string(role)) + ".");
    RegisteredRepository repository;
    repository.role = role;
    if (in.text("role", 1, 32) != to_string(role)) {
        in.refuse("role", "must be \"configuration\" first and \"code\" second");
    }
    repository.url = in.text("url", 1, 1024);
    for (const json::Value& key : in.array("host_keys", 1, max_host_keys)) {
        if (!key.is_string() || !is_host_key_fingerprint(key.get_ref<const std::string&>())) {
            in.refuse("host_keys", "must be fingerprints of the form SHA256:…");
            break;
        }
        repository.host_keys.push_back(key.get<std::string>());
    }
    repository.default_branch = in.text("default_branch", 1, 200);
    if (!is_branch_name(repository.default_branch)) {
        in.refuse("default_branch", "is not a branch name");
    }
    repository.sealed = in.base64("sealed", 1, max_bundle);
    in.end();
    if (!in.ok()) {
        return fail(*in.error());
    }
    return repository;
}

Result<Deployment> read_deployment(const json::Value& value, std::size_t index) {
    json::ObjectReader in(value, "deployments[" + std::to_string(index) + "].");
    Deployment deployment;
    deployment.where = in.text("where", 1, 80);
    if (!is_part_of_network(deployment.where)) {
        in.refuse("where", "must be *, region:<name> or node:<id>");
    }
    const Result<Role> role = role_from_string(in.text("repository", 1, 32));
    if (!role) {
        in.refuse("repository", "must be \"configuration\" or \"code\"");
    } else {
        deployment.repository = *role;
    }
    if (in.has("branch") == in.has("commit")) {
        in.refuse("branch", "or \"commit\" must be there, and not both");
    } else if (in.has("branch")) {
        deployment.branch = in.text("branch", 1, 200);
        if (!is_branch_name(deployment.branch)) {
            in.refuse("branch", "is not a branch name");
        }
    } else {
        deployment.commit = in.text("commit", 40, 40);
        if (!is_commit_id(deployment.commit)) {
            in.refuse("commit", "is not a full commit id");
        }
    }
    in.end();
    if (!in.ok()) {
        return fail(*in.error());
    }
    return deployment;
}

json::Value to_value(const RegisteredRepository& repository) {
    return {{"role", to_string(repository.role)},
            {"url", repository.url},
            {"host_keys", repository.host_keys},
            {"default_branch", repository.default_branch},
            {"sealed", to_base64(repository.sealed)}};
}

Result<void> read_project(const json::Value& value, Registration& out) {
    json::ObjectReader in(value, "project.");
    out.project_id = in.text("id", 46, 46);
    if (!is_project_id(out.project_id)) {
        in.refuse("id", "is not a project id");
    }
    out.project_name = in.text("name", 1, 255);
    if (!is_identifier(out.project_name)) {
        in.refuse("name", "must be letters, digits and underscores, with no digit first");
    }
    in.end();
    if (!in.ok()) {
        return fail(*in.error());
    }
    return {};
}

} // namespace

bool is_host_key_fingerprint(std::string_view text) {
    if (!text.starts_with("SHA256:")) {
        return false;
    }
    const Result<Bytes> hash = from_base64(std::string(text.substr(7)) + "=");
    return hash && hash->size() == 32;
}

bool is_project_id(std::string_view text) {
    if (text.size() != 46) {
        return false;
    }
    const Result<Bytes> id = from_base58(text);
    return id && id->size() == 34 && (*id)[0] == 0x12 && (*id)[1] == 0x20;
}

Bytes signed_bytes(const Registration& registration) {
    ByteWriter out;
    out.u32(protocol_version).lp16(registration.project_id).lp16(registration.project_name);
    out.raw(registration.owner_key).lp16(registration.challenge);
    for (const RegisteredRepository& repository : registration.repositories) {
        write_repository(out, repository);
    }
    out.u16(static_cast<std::uint16_t>(registration.deployments.size()));
    for (const Deployment& deployment : registration.deployments) {
        out.lp16(deployment.where).lp16(to_string(deployment.repository));
        out.lp16(deployment.branch).lp16(deployment.commit);
    }
    return out.take();
}

void sign(Registration& registration, const keys::OwnerKey& owner) {
    registration.owner_key = owner.public_key();
    registration.signature = owner.sign(register_tag, signed_bytes(registration));
}

bool has_good_signature(const Registration& registration) {
    return keys::verify_signature(registration.owner_key, register_tag, signed_bytes(registration),
                                  registration.signature);
}

std::string to_json(const Registration& registration) {
    json::Value deployments = json::Value::array();
    for (const Deployment& deployment : registration.deployments) {
        deployments.push_back(to_value(deployment));
    }
    return json::dump(
        {{"version", protocol_version},
         {"project", {{"id", registration.project_id}, {"name", registration.project_name}}},
         {"owner_key", to_base64(registration.owner_key)},
         {"challenge", to_base64(registration.challenge)},
         {"repositories", json::Value::array({to_value(registration.repositories[0]),
                                              to_value(registration.repositories[1])})},
         {"deployments", std::move(deployments)},
         {"signature", to_base64(registration.signature)}});
}

json::Value to_value(const Deployment& deployment) {
    json::Value value{{"where", deployment.where},
                      {"repository", to_string(deployment.repository)}};
    if (deployment.commit.empty()) {
        value["branch"] = deployment.branch;
    } else {
        value["commit"] = deployment.commit;
    }
    return value;
}

Result<std::vector<Deployment>> read_deployments(const json::Value& array) {
    std::vector<Deployment> deployments;
    for (std::size_t i = 0; i < array.size(); ++i) {
        Result<Deployment> deployment = read_deployment(array[i], i);
        if (!deployment) {
            return fail(deployment.error());
        }
        deployments.push_back(std::move(*deployment));
    }
    return deployments;
}

Result<Registration> parse_registration(std::string_view text) {
    const Result<json::Value> value = json::parse(text, max_registration_size, "The registration");
    if (!value) {
        return fail(value.error());
    }
    json::ObjectReader in(*value, "");
    Registration registration;
    in.integer("version", protocol_version, protocol_version);
    const json::Value& project = in.object("project");
    registration.owner_key = in.fixed<32>("owner_key");
    registration.challenge = in.base64("challenge", 1, 128);
    const json::Value& repositories = in.array("repositories", 2, 2);
    const json::Value& deployments = in.array("deployments", 0, max_deployments);
    registration.signature = in.fixed<64>("signature");
    in.end();
    if (!in.ok()) {
        return fail(*in.error());
    }
    if (Result<void> read = read_project(project, registration); !read) {
        return fail(read.error());
    }
    constexpr std::array<Role, 2> roles{Role::configuration, Role::code};
    for (std::size_t i = 0; i < roles.size(); ++i) {
        Result<RegisteredRepository> repository = read_repository(repositories[i], roles[i]);
        if (!repository) {
            return fail(repository.error());
        }
        registration.repositories[i] = std::move(*repository);
    }
    Result<std::vector<Deployment>> read = read_wanted_deployments(deployments);
    if (!read) {
        return fail(read.error());
    }
    registration.deployments = std::move(*read);
    return registration;
}

Result<std::string> registration_id(const std::string& node_id, const seal::Point& owner_key,
                                    const std::string& idempotency_key) {
    const Result<Bytes> key = from_hex(idempotency_key);
    if (!key || key->size() != 16 || idempotency_key != to_lower_ascii(idempotency_key)) {
        return fail(ErrorCode::invalid_argument, "An idempotency key is 32 lower-case hex digits.");
    }
    ByteWriter in;
    in.lp16(node_id).raw(owner_key).raw(*key);
    std::array<std::uint8_t, 16> id{};
    tagged_hash("TauREG1-regid", in.bytes(), id);
    return to_hex(id);
}

} // namespace tau::vault
