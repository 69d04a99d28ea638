#include "core/node/routes.h"

#include "core/vault/json.h"
#include "core/vault/proofs.h"

#include <array>

namespace tau::node {

namespace json = vault::json;

namespace {

constexpr std::string_view registrations = "/v1/registrations";
constexpr std::string_view hook_pattern = "/v1/hooks/{id}/{role}";

constexpr std::array table{
    Route{"GET", "/healthz", &Routes::health},
    Route{"GET", "/metrics", &Routes::show_metrics},
    Route{"GET", "/v1/record", &Routes::show_record},
    Route{"POST", "/v1/challenges", &Routes::challenge},
    Route{"POST", registrations, &Routes::register_project},
    Route{"GET", "/v1/registrations/{id}", &Routes::status},
    Route{"DELETE", "/v1/registrations/{id}", &Routes::revoke},
    Route{"PUT", "/v1/registrations/{id}/deployments", &Routes::set_deployments},
    Route{"PUT", "/v1/registrations/{id}/sealed", &Routes::replace_sealed},
    Route{"GET", "/v1/registrations/{id}/proofs", &Routes::proofs},
    Route{"GET", "/v1/projects/{project_id}/version", &Routes::version, true},
    Route{"POST", hook_pattern, &Routes::hook},
};

/// What stands in the pattern's braces; nullopt when the path is another one.
std::optional<Routes::Names> match(std::string_view pattern, std::string_view path) {
    Routes::Names names;
    while (!pattern.empty() && !path.empty()) {
        if (pattern.front() != '{') {
            if (pattern.front() != path.front()) {
                return std::nullopt;
            }
            pattern.remove_prefix(1);
            path.remove_prefix(1);
            continue;
        }
        const std::string_view name = path.substr(0, path.find('/'));
        if (name.empty()) {
            return std::nullopt;
        }
        names.emplace_back(name);
        pattern.remove_prefix(pattern.find('}') + 1);
        path.remove_prefix(name.size());
    }
    return pattern.empty() && path.empty() ? std::optional(std::move(names)) : std::nullopt;
}

/// `allowed`: "GET, PUT", the methods that this address takes (RFC 9110, 15.5.6).
Response not_allowed(std::string&& allowed) {
    Response response =
        problem(405, "method_not_allowed", "This address does not take that method.");
    response.headers.push_back({"Allow", std::move(allowed)});
    return response;
}

Response unknown_registration() {
    return problem(404, "not_found", "This owner has no such registration here.");
}

std::string_view path_of(std::string_view target) {
    return target.substr(0, target.find('?'));
}

bool is_registration_id(const std::string& text) {
    return text.size() == 32 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

bool is_put_of(std::string_view what, std::string_view method, std::string_view target) {
    return method == "PUT" && target.starts_with(registrations) && target.ends_with(what);
}

} // namespace

std::span<const Route> routes() {
    return table;
}

Address address_of(std::string_view target) {
    for (const Route& route : table) {
        if (auto names = match(route.pattern, path_of(target))) {
            return {route.pattern, names->empty() ? "" : std::move(names->front())};
        }
    }
    return {"other", ""};
}

std::optional<std::pair<std::string, vault::Role>> hook_of(std::string_view target) {
    const auto names = match(hook_pattern, target);
    const auto role = names ? vault::role_from_string(names->at(1))
                            : Result<vault::Role>(fail(ErrorCode::not_found, ""));
    if (!role || !is_registration_id(names->at(0))) {
        return std::nullopt;
    }
    return std::pair{names->at(0), *role};
}

std::size_t body_limit(std::string_view method, std::string_view target) {
    if ((method == "POST" && target == registrations) || is_put_of("/sealed", method, target)) {
        return vault::max_registration_size;
    }
    if (method == "POST" && target.starts_with("/v1/hooks/")) {
        return 1U << 20U;
    }
    return is_put_of("/deployments", method, target) ? 64U << 10U : 4096;
}

bool is_cheap(std::string_view method, std::string_view target) {
    return (method == "GET" &&
            (target == "/v1/record" || target == "/healthz" || target == "/metrics")) ||
           (method == "POST" && target == "/v1/challenges");
}

bool waits_for_git_hosts(std::string_view method, std::string_view target) {
    return (method == "POST" && target == registrations) || is_put_of("/sealed", method, target) ||
           is_put_of("/deployments", method, target);
}

bool is_costly(std::string_view method, std::string_view target) {
    return waits_for_git_hosts(method, target) ||
           (method == "DELETE" && target.starts_with(registrations));
}

Response problem(int status, std::string_view reason, std::string_view sentence) {
    return {status,
            "application/json",
            {},
            json::dump({{"reason", reason}, {"sentence", sentence}}),
            std::string(reason)};
}

Response node_trouble(const Error& error) {
    const bool full = error.code == ErrorCode::limit_exceeded;
    const bool passes = error.code != ErrorCode::corrupt; // asking again is of some use
    Response response = problem(full     ? 507
                                : passes ? 503
                                         : 500,
                                full ? "storage_full" : "node_failure", error.message);
    if (passes) {
        response.headers.push_back({"Retry-After", full ? "300" : "5"});
    }
    response.trouble = error.message;
    if (!error.detail.empty()) {
        response.trouble += " (" + error.detail + ")";
    }
    return response;
}

Response answer_of(Registered result, int stored) {
    switch (result.kind) {
    case Registered::Kind::stored:
        return {stored, "application/json", {}, std::move(result.body)};
    case Registered::Kind::repeated:
        return {200, "application/json", {}, std::move(result.body)};
    case Registered::Kind::refused:
        return {422, "application/json", {}, std::move(result.body), failed_reason(result.checks)};
    case Registered::Kind::in_flight:
        return in_flight(result.error.message);
    case Registered::Kind::limited:
        return too_many("This owner asks the node for too much.", result.wait);
    case Registered::Kind::failed:
        break;
    }
    return node_trouble(result.error);
}

Response not_found() {
    return problem(404, "not_found", "There is nothing here.");
}

Response in_flight(std::string_view sentence) {
    Response response = problem(409, "in_flight", sentence);
    response.headers.push_back({"Retry-After", "1"});
    return response;
}

Response too_many(std::string_view sentence, std::chrono::seconds wait) {
    Response response = problem(429, "too_many_requests", sentence);
    response.headers.push_back({"Retry-After", std::to_string(wait.count())});
    return response;
}

Response Routes::answer(const Request& request) const {
    const auto start = std::chrono::steady_clock::now();
    const std::string_view path = path_of(request.target);
    Response response = not_found();
    std::string_view pattern = "other";
    std::string allowed;
    for (const Route& route : table) {
        if (path.size() != request.target.size() && !route.takes_query) {
            continue;
        }
        const std::optional<Names> names = match(route.pattern, path);
        if (!names) {
            continue;
        }
        pattern = route.pattern;
        if (route.method == request.method) {
            response = (this->*route.handler)(request, *names);
            break;
        }
        allowed += allowed.empty() ? "" : ", ";
        allowed += route.method;
        response = not_allowed(std::string(allowed));
    }
    metrics.took(pattern, std::chrono::steady_clock::now() - start);
    metrics.count(Counter::answers, std::to_string(response.status));
    return response;
}

Response Routes::health(const Request& /*request*/, const Names& /*names*/) const {
    if (!store_answers) {
        return problem(503, "store_unreachable", "The node's database cannot be reached.");
    }
    return {200, "application/json", {}, R"({"status":"ok"})"};
}

Response Routes::show_metrics(const Request& /*request*/, const Names& /*names*/) const {
    return {200,
            "text/plain; version=0.0.4",
            {},
            metrics.text({pool.waiting(), store_answers, store.audit_sequence()})};
}

Response Routes::show_record(const Request& /*request*/, const Names& /*names*/) const {
    return {200, "application/json", {}, json::dump({{"record", to_base64(record)}})};
}

Response Routes::challenge(const Request& request, const Names& /*names*/) const {
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

Response Routes::register_project(const Request& request, const Names& /*names*/) const {
    const std::string* key = request.header("Idempotency-Key");
    if (key == nullptr) {
        return problem(400, "idempotency_key_missing",
                       "A registration needs an Idempotency-Key of 32 hex digits.");
    }
    Registered result = registrar.run(request.body, *key, now);
    count(result, Counter::registrations);
    if (result.kind == Registered::Kind::stored) {
        for (const std::string& id : result.replaced) {
            unsealer.forget(id);
        }
        tracker.hint(result.registration_id, vault::Role::configuration);
        tracker.hint(result.registration_id, vault::Role::code);
    }
    return answer_of(std::move(result), 201);
}

tl::expected<vault::SignedRequest, Response> Routes::signer(const Request& request) const {
    const std::string* header = request.header("Authorization");
    auto checked =
        vault::check_owner_authorization(header == nullptr ? std::string_view() : *header,
                                         request.method, request.target, request.body, now);
    if (!checked) {
        Response refused = problem(401, "owner_signature_invalid", checked.error().message);
        refused.headers.push_back({"WWW-Authenticate", "TauOwner"});
        return tl::unexpected(std::move(refused));
    }
    return *checked;
}

tl::expected<StoredRegistration, Response> Routes::owned(const seal::Point& owner,
                                                         const std::string& id) const {
    auto found = store.find(id);
    if (!found) {
        return tl::unexpected<Response>(node_trouble(found.error()));
    }
    if (!*found || (*found)->owner_key != owner) {
        return tl::unexpected<Response>(unknown_registration());
    }
    return std::move(**found);
}

Response Routes::status(const Request& request, const Names& names) const {
    const std::string& id = names.at(0);
    const auto signed_request = signer(request);
    if (!signed_request) {
        return signed_request.error();
    }
    const auto registration = owned(signed_request->owner, id);
    if (!registration) {
        return registration.error();
    }
    auto checks = store.checks(id);
    auto refs = store.refs(id);
    auto deployments = store.deployments(id);
    if (!checks || !refs || !deployments) {
        return node_trouble(!checks ? checks.error() : !refs ? refs.error() : deployments.error());
    }
    const std::int64_t left_out = leave_out_refs(*refs, *registration, *deployments);
    const vault::RegistrationStatus status{
        id,
        registration->state,
        std::move(*checks),
        {registration->repositories[0].webhook_seen, registration->repositories[1].webhook_seen},
        std::move(*refs),
        std::move(*deployments),
        registration->sealed_version,
        left_out};
    return {200, "application/json", {}, vault::to_json(status)};
}

/// Whoever sends it again ends nothing but the same registration.
Response Routes::revoke(const Request& request, const Names& names) const {
    const std::string& id = names.at(0);
    const auto signed_request = signer(request);
    if (!signed_request) {
        return signed_request.error();
    }
    if (!is_registration_id(id)) { // nothing is written about what can never be
        return unknown_registration();
    }
    const auto withdrawn = registrar.withdraw(signed_request->owner, id, now);
    if (!withdrawn) {
        return node_trouble(withdrawn.error());
    }
    if (withdrawn->kind == Withdrawal::Kind::in_flight) {
        return in_flight("This registration is still being worked on.");
    }
    if (withdrawn->kind == Withdrawal::Kind::limited) {
        return too_many("This owner asks the node for too much.", withdrawn->wait);
    }
    const auto registration = owned(signed_request->owner, id);
    if (!registration) {
        return registration.error();
    }
    const auto revoked = store.revoke(id, now);
    unsealer.forget(id);
    if (!revoked) {
        return node_trouble(revoked.error());
    }
    return {
        200, "application/json", {}, json::dump({{"registration_id", id}, {"state", "revoked"}})};
}

tl::expected<StoredRegistration, Response> Routes::owned_active(const seal::Point& owner,
                                                                const std::string& id) const {
    auto registration = owned(owner, id);
    if (registration && registration->state != "active") {
        return tl::unexpected<Response>(problem(409, "registration_ended",
                                                "This registration is " + registration->state +
                                                    "; register the project again."));
    }
    return registration;
}

Response Routes::proofs(const Request& /*request*/, const Names& names) const {
    const auto found = store.find(names.at(0));
    if (!found) {
        return node_trouble(found.error());
    }
    if (!*found || (*found)->state != "active") {
        return not_found();
    }
    const auto answer = vault::parse_registration_answer((*found)->answer);
    if (!answer || !answer->receipt) {
        return node_trouble({ErrorCode::corrupt, "The stored answer cannot be read.", {}, {}});
    }
    vault::PublishedProofs shown{
        (*found)->id, (*found)->project_id, (*found)->sealed_version, {}, *answer->receipt};
    for (std::size_t i = 0; i < (*found)->repositories.size(); ++i) {
        const auto bundle = seal::decode_bundle((*found)->repositories[i].sealed);
        if (!bundle) {
            return node_trouble(bundle.error());
        }
        const vault::Role role = (*found)->repositories[i].role;
        for (const seal::Sealed* one : {&bundle->deploy_key, &bundle->webhook}) {
            const Result<Bytes> context = seal::encode(one->context);
            shown.proofs[2 * i + (one == &bundle->webhook ? 1 : 0)] = {
                role,           one->context.purpose,         one->point,
                one->vault_key, context ? *context : Bytes{}, one->proof};
        }
    }
    return {200, "application/json", {}, vault::to_json(shown)};
}

} // namespace tau::node
