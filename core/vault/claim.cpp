#include "core/vault/claim.h"

#include "core/vault/json.h"

namespace tau::vault {

namespace {

constexpr std::string_view claim_tag = "TauREG1-claim";
constexpr std::size_t max_claim = 4096;

Bytes claim_bytes(const Claim& claim) {
    ByteWriter out;
    out.lp16(claim.project_id).lp16(to_string(claim.role)).lp16(claim.repository_url);
    out.raw(claim.owner_key);
    return out.take();
}

} // namespace

std::string_view to_string(Role role) {
    return role == Role::configuration ? "configuration" : "code";
}

Result<Role> role_from_string(std::string_view text) {
    for (const Role role : {Role::configuration, Role::code}) {
        if (text == to_string(role)) {
            return role;
        }
    }
    return fail(ErrorCode::invalid_argument,
                "A repository's role is \"configuration\" or \"code\".");
}

Claim make_claim(const keys::OwnerKey& owner, const std::string& project_id, Role role,
                 const std::string& repository_url) {
    Claim claim{project_id, role, repository_url, owner.public_key(), {}};
    claim.signature = owner.sign(claim_tag, claim_bytes(claim));
    return claim;
}

std::string to_text(const Claim& claim) {
    const nlohmann::ordered_json value{{"version", 1},
                                       {"project", claim.project_id},
                                       {"role", to_string(claim.role)},
                                       {"repository", claim.repository_url},
                                       {"owner_key", to_base64(claim.owner_key)},
                                       {"signature", to_base64(claim.signature)}};
    return value.dump(2) + "\n";
}

Result<Claim> parse_claim(std::string_view text) {
    Result<json::Value> value = json::parse(text, max_claim, "The claim");
    if (!value) {
        return fail(value.error());
    }
    json::ObjectReader in(*value, "");
    in.integer("version", 1, 1);
    Claim claim;
    claim.project_id = in.text("project", 1, 1024);
    const Result<Role> role = role_from_string(in.text("role", 1, 32));
    claim.repository_url = in.text("repository", 1, 1024);
    claim.owner_key = in.fixed<32>("owner_key");
    claim.signature = in.fixed<64>("signature");
    in.end();
    if (!in.ok()) {
        return fail(*in.error());
    }
    if (!role) {
        return fail(role.error());
    }
    claim.role = *role;
    if (!keys::verify_signature(claim.owner_key, claim_tag, claim_bytes(claim), claim.signature)) {
        return fail(ErrorCode::untrusted, "The claim's signature is not its owner's.");
    }
    return claim;
}

} // namespace tau::vault
