#include "core/node/routes.h"

#include "core/vault/json.h"

namespace tau::node {

namespace json = vault::json;

namespace {

constexpr std::string_view registrations = "/v1/registrations";

/// "/v1/registrations/abc/proofs" -> {"v1", "registrations", "abc", "proofs"}; none for a query.
std::vector<std::string> segments(std::string_view target) {
    std::vector<std::string> parts;
    if (target.empty() || target.front() != '/' ||
        target.find_first_of("?#%") != std::string_view::npos) {
        return parts;
    }
    for (std::size_t at = 1; parts.size() < 8;) {
        const std::size_t slash = target.find('/', at);
        parts.emplace_back(target.substr(at, slash - at));
        if (slash == std::string_view::npos) {
            break;
        }
        at = slash + 1;
    }
    return parts;
}

Response not_found() {
    return problem(404, "not_found", "There is nothing here.");
}

Response not_allowed() {
    return problem(405, "method_not_allowed", "This address does not take that method.");
}

json::Value proof_row(vault::Role role, const seal::Sealed& sealed) {
    const Result<Bytes> context = seal::encode(sealed.context);
    return {
        {"role", vault::to_string(role)},
        {"purpose", sealed.context.purpose == seal::Purpose::deploy_key ? "deploy_key" : "webhook"},
        {"point", to_base64(sealed.point)},
        {"vault_key", to_base64(sealed.vault_key)},
        {"context", context ? to_base64(*context) : ""},
        {"proof", to_base64(sealed.proof)}};
}

/// The same request, or what it is about, is being worked on: come again.
Response in_flight(std::string_view sentence) {
    Response response = problem(409, "in_flight", sentence);
    response.headers.push_back({"Retry-After", "1"});
    return response;
}

} // namespace

std::size_t body_limit(std::string_view method, std::string_view target) {
    if (is_registration(method, target)) {
        return vault::max_registration_size;
    }
    if (method == "POST" && target.starts_with("/v1/hooks/")) {
        return 1U << 20U;
    }
    return 4096;
}

bool is_cheap(std::string_view method, std::string_view target) {
    return (method == "GET" && (target == "/v1/record" || target == "/healthz")) ||
           (method == "POST" && target == "/v1/challenges");
}

bool is_registration(std::string_view method, std::string_view target) {
    return method == "POST" && target == registrations;
}

Response problem(int status, std::string_view reason, std::string_view sentence) {
    return {
        status, "application/json", {}, json::dump({{"reason", reason}, {"sentence", sentence}})};
}

Response node_trouble(const Error& error) {
    const bool full = error.code == ErrorCode::limit_exceeded;
    Response response =
        problem(full ? 507 : 503, full ? "storage_full" : "node_failure", error.message);
    response.headers.push_back({"Retry-After", full ? "300" : "5"});
    return response;
}

Response Routes::answer(const Request& request) const {
    const std::vector<std::string> path = segments(request.target);
    const bool get = request.method == "GET";
    const bool post = request.method == "POST";
    if (path.size() == 1 && path[0] == "healthz") {
        return get ? Response{200, "application/json", {}, R"({"status":"ok"})"} : not_allowed();
    }
    if (path.size() < 2 || path[0] != "v1") {
        return not_found();
    }
    if (path.size() == 2 && path[1] == "record") {
        return get ? Response{200,
                              "application/json",
                              {},
                              json::dump({{"record", to_base64(record)}})}
                   : not_allowed();
    }
    if (path.size() == 2 && path[1] == "challenges") {
        return post ? challenge(request) : not_allowed();
    }
    if (path.size() == 2 && path[1] == "registrations") {
        return post ? register_project(request) : not_allowed();
    }
    if (path.size() == 3 && path[1] == "registrations") {
        return get                          ? status(request, path[2])
               : request.method == "DELETE" ? revoke(request, path[2])
                                            : not_allowed();
    }
    if (path.size() == 4 && path[1] == "registrations" && path[3] == "proofs") {
        return get ? proofs(path[2]) : not_allowed();
    }
    if (path.size() == 4 && path[1] == "hooks") {
        return post ? hook(request, path[2], path[3]) : not_allowed();
    }
    return not_found();
}

Response Routes::challenge(const Request& request) const {
    const auto value = json::parse(request.body, 4096, "The request");
    if (!value) {
        return problem(400, "malformed", value.error().message);
    }
    json::ObjectReader in(*value, "");
    const auto owner_key = in.fixed<32>("owner_key");
    in.end();
    if (!in.ok()) {
        return problem(400, "malformed", in.error()->message);
    }
    const Bytes made = make_challenge(identity.challenge_key, owner_key, now, entropy);
    return {200,
            "application/json",
            {},
            json::dump({{"challenge", to_base64(made)}, {"expires_at", now + challenge_life}})};
}

Response Routes::register_project(const Request& request) const {
    const std::string* key = request.header("Idempotency-Key");
    if (key == nullptr) {
        return problem(400, "idempotency_key_missing",
                       "A registration needs an Idempotency-Key of 32 hex digits.");
    }
    Registered result = registrar.run(request.body, *key, now);
    switch (result.kind) {
    case Registered::Kind::stored:
        for (const std::string& id : result.replaced) {
            unsealer.forget(id);
        }
        tracker.hint(result.registration_id, vault::Role::configuration);
        tracker.hint(result.registration_id, vault::Role::code);
        return {201, "application/json", {}, std::move(result.body)};
    case Registered::Kind::repeated:
        return {200, "application/json", {}, std::move(result.body)};
    case Registered::Kind::refused:
        return {422, "application/json", {}, std::move(result.body)};
    case Registered::Kind::in_flight:
        return in_flight(result.error.message);
    case Registered::Kind::failed:
        break;
    }
    return node_trouble(result.error);
}

tl::expected<seal::Point, Response> Routes::signer(const Request& request) const {
    const std::string* header = request.header("Authorization");
    const auto owner =
        vault::check_owner_authorization(header == nullptr ? std::string_view() : *header,
                                         request.method, request.target, request.body, now);
    if (!owner) {
        return tl::unexpected<Response>(
            problem(401, "owner_signature_invalid", owner.error().message));
    }
    return *owner;
}

tl::expected<StoredRegistration, Response> Routes::owned(const seal::Point& owner,
                                                         const std::string& id) const {
    auto found = store.find(id);
    if (!found) {
        return tl::unexpected<Response>(node_trouble(found.error()));
    }
    if (!*found || (*found)->owner_key != owner) {
        return tl::unexpected<Response>(
            problem(404, "not_found", "This owner has no such registration here."));
    }
    return std::move(**found);
}

Response Routes::status(const Request& request, const std::string& id) const {
    const auto owner = signer(request);
    if (!owner) {
        return owner.error();
    }
    const auto registration = owned(*owner, id);
    if (!registration) {
        return registration.error();
    }
    auto checks = store.checks(id);
    auto refs = store.refs(id);
    auto deployments = store.deployments(id);
    if (!checks || !refs || !deployments) {
        return node_trouble(!checks ? checks.error() : !refs ? refs.error() : deployments.error());
    }
    const vault::RegistrationStatus status{
        id,
        registration->state,
        std::move(*checks),
        {registration->repositories[0].webhook_seen, registration->repositories[1].webhook_seen},
        std::move(*refs),
        std::move(*deployments)};
    return {200, "application/json", {}, vault::to_json(status)};
}

Response Routes::revoke(const Request& request, const std::string& id) const {
    const auto owner = signer(request);
    if (!owner) {
        return owner.error();
    }
    if (!registrar.withdraw(*owner, id, now)) {
        return in_flight("This registration is still being worked on.");
    }
    const auto registration = owned(*owner, id);
    if (!registration) {
        return registration.error();
    }
    if (const auto revoked = store.revoke(id, now); !revoked) {
        return node_trouble(revoked.error());
    }
    unsealer.forget(id);
    return {
        200, "application/json", {}, json::dump({{"registration_id", id}, {"state", "revoked"}})};
}

Response Routes::proofs(const std::string& id) const {
    const auto found = store.find(id);
    if (!found) {
        return node_trouble(found.error());
    }
    if (!*found || (*found)->state != "active") {
        return not_found();
    }
    json::Value rows = json::Value::array();
    for (const StoredRepository& repository : (*found)->repositories) {
        const auto bundle = seal::decode_bundle(repository.sealed);
        if (!bundle) {
            return node_trouble(bundle.error());
        }
        rows.push_back(proof_row(repository.role, bundle->deploy_key));
        rows.push_back(proof_row(repository.role, bundle->webhook));
    }
    const auto answer = vault::parse_registration_answer((*found)->answer);
    if (!answer || !answer->receipt) {
        return node_trouble({ErrorCode::corrupt, "The stored answer cannot be read.", {}, {}});
    }
    const auto receipt = json::parse(vault::to_json(*answer->receipt), 16U << 10U, "The receipt");
    if (!receipt) {
        return node_trouble(receipt.error());
    }
    return {200,
            "application/json",
            {},
            json::dump({{"registration_id", id},
                        {"project_id", (*found)->project_id},
                        {"proofs", std::move(rows)},
                        {"receipt", *receipt}})};
}

} // namespace tau::node
