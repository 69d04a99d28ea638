#include "core/vault/client.h"

#include "core/vault/client_checks.h"
#include "core/vault/json.h"
#include "core/vault/retry.h"

#include <algorithm>

namespace tau::vault {

namespace {

using SteadyClock = std::chrono::steady_clock;
using std::chrono::milliseconds;

bool worth_repeating(const HttpResponse& response) {
    switch (response.status) {
    case 429:
    case 502:
    case 503:
    case 504:
        return true;
    case 409: // the same request is still being worked on
        return response.header("Retry-After") != nullptr;
    default:
        return false;
    }
}

bool worth_repeating(const Error& error) {
    return error.code == ErrorCode::unavailable || error.code == ErrorCode::timeout;
}

/// Says which vault it is that does not answer: there may be several on one host.
Result<HttpResponse> named(Result<HttpResponse> response, const std::string& vault) {
    if (response || !worth_repeating(response.error())) {
        return response;
    }
    Error error = response.error();
    error.message = "The vault " + vault + " cannot be reached. " + error.message;
    return fail(std::move(error));
}

} // namespace

Client::Client(Http& http, Entropy& entropy, NodeRecord record, RetryPolicy policy)
    : http_(http), entropy_(entropy), record_(std::move(record)), policy_(policy) {}

Result<HttpResponse> Client::send(HttpRequest request, std::stop_token stop) {
    request.url = record_.endpoint + request.url;
    if (record_.tls_spki != Hash32{}) {
        request.spki_pin = record_.tls_spki;
    }
    const SteadyClock::time_point end = SteadyClock::now() + policy_.total;
    milliseconds ceiling = policy_.first_delay;
    for (int attempt = 1;; ++attempt) {
        Result<HttpResponse> response = http_.send(request, stop);
        const bool again =
            response ? worth_repeating(*response) : worth_repeating(response.error());
        if (!again || attempt >= policy_.tries) {
            return named(std::move(response), record_.name);
        }
        std::array<std::uint8_t, 4> random{};
        entropy_.fill(random);
        const std::uint32_t draw = ByteReader(random).u32();
        milliseconds delay{static_cast<std::int64_t>(draw) * ceiling.count() / 0xffffffffLL};
        if (response) {
            const std::optional<std::chrono::seconds> asked =
                retry_after(*response, SystemClock().now());
            delay = asked ? std::max(delay, milliseconds(*asked)) : delay;
        }
        if (SteadyClock::now() + delay >= end) {
            return named(std::move(response), record_.name);
        }
        if (!wait_for(delay, stop)) {
            return fail(ErrorCode::cancelled, "The request to the vault was cancelled.");
        }
        ceiling = std::min(ceiling * 2, milliseconds(30000));
    }
}

Result<HttpResponse> Client::send_as(const keys::OwnerKey& owner, HttpRequest request,
                                     std::int64_t now, std::stop_token stop) {
    request.headers.push_back(
        {"Authorization",
         owner_authorization(owner, request.method, request.url, request.body, now)});
    if (!request.body.empty()) {
        request.headers.push_back({"Content-Type", "application/json"});
    }
    return send(std::move(request), std::move(stop));
}

Result<HttpResponse> Client::expect(Result<HttpResponse> response,
                                    std::initializer_list<int> good) const {
    if (!response || std::find(good.begin(), good.end(), response->status) != good.end()) {
        return response;
    }
    return fail(response->status == 422 ? refusal(*response, record_.name)
                                        : error_from(*response, record_.name));
}

Result<NodeRecord> Client::fetch_record(std::int64_t now, std::stop_token stop) {
    HttpRequest request;
    request.url = "/v1/record";
    request.max_response = 4096;
    const Result<HttpResponse> response = expect(send(std::move(request), stop), {200});
    if (!response) {
        return fail(response.error());
    }
    const Result<json::Value> value = json::parse(response->body, 4096, "The vault's answer");
    if (!value) {
        return fail(value.error());
    }
    json::ObjectReader in(*value, "");
    const Bytes bytes = in.base64("record", 1, 2048);
    if (!in.ok()) {
        return fail(*in.error());
    }
    Result<NodeRecord> fresh = decode_record(bytes, now);
    if (!fresh) {
        return fresh;
    }
    if (fresh->sign_key != record_.sign_key) {
        return fail(ErrorCode::untrusted,
                    "The vault " + record_.name + " answered with the record of another node.");
    }
    if (fresh->seq == tombstone_seq) {
        return fail(ErrorCode::untrusted,
                    "The vault " + record_.name + " has declared its key dead for ever.",
                    "Choose another vault node.");
    }
    if (fresh->seq < record_.seq) {
        return fail(ErrorCode::untrusted, "The vault " + record_.name +
                                              " answered with an older record than the known one.");
    }
    return fresh;
}

Result<Bytes> Client::challenge(const seal::Point& owner_key, std::stop_token stop) {
    HttpRequest request;
    request.method = "POST";
    request.url = "/v1/challenges";
    request.headers.push_back({"Content-Type", "application/json"});
    request.body = json::dump({{"owner_key", to_base64(owner_key)}});
    request.max_response = 4096;
    const Result<HttpResponse> response = expect(send(std::move(request), stop), {200, 201});
    if (!response) {
        return fail(response.error());
    }
    const Result<json::Value> value = json::parse(response->body, 4096, "The vault's answer");
    if (!value) {
        return fail(value.error());
    }
    json::ObjectReader in(*value, "");
    Bytes challenge = in.base64("challenge", 1, 128);
    if (!in.ok()) {
        return fail(*in.error());
    }
    return challenge;
}

Result<RegistrationAnswer> Client::register_project(const Registration& registration,
                                                    const std::string& idempotency_key,
                                                    std::int64_t now, std::stop_token stop) {
    const Result<std::string> id =
        registration_id(record_.node_id(), registration.owner_key, idempotency_key);
    if (!id) {
        return fail(id.error());
    }
    HttpRequest request;
    request.method = "POST";
    request.url = "/v1/registrations";
    request.headers.push_back({"Content-Type", "application/json"});
    request.headers.push_back({"Idempotency-Key", idempotency_key});
    request.body = to_json(registration);
    request.deadline = milliseconds(60000); // the vault logs in to both repositories meanwhile
    const Hash32 body = body_hash(request.body);
    const Result<HttpResponse> response = expect(send(std::move(request), stop), {200, 201});
    if (!response) {
        return fail(response.error());
    }
    Result<RegistrationAnswer> answer = parse_registration_answer(response->body);
    if (!answer) {
        return answer;
    }
    const bool repeated = response->status == 200;
    if (Result<void> held =
            check_accepted(*answer, {registration, body, *id, now, repeated}, record_);
        !held) {
        return fail(held.error());
    }
    return answer;
}

Result<RegistrationStatus> Client::status(const std::string& registration_id,
                                          const keys::OwnerKey& owner, std::int64_t now,
                                          std::stop_token stop) {
    HttpRequest request;
    request.url = "/v1/registrations/" + registration_id;
    request.max_response = 4U << 20U;
    const Result<HttpResponse> response =
        expect(send_as(owner, std::move(request), now, stop), {200});
    if (!response) {
        return fail(response.error());
    }
    return parse_registration_status(response->body);
}

Result<bool> Client::revoke(const std::string& registration_id, const keys::OwnerKey& owner,
                            std::int64_t now, std::stop_token stop) {
    HttpRequest request;
    request.method = "DELETE";
    request.url = "/v1/registrations/" + registration_id;
    const Result<HttpResponse> response =
        expect(send_as(owner, std::move(request), now, stop), {200, 204, 404});
    if (!response) {
        return fail(response.error());
    }
    return response->status != 404;
}

Result<RegistrationAnswer> Client::replace_sealed(const std::string& registration_id,
                                                  const Registration& registration,
                                                  const keys::OwnerKey& owner, std::int64_t now,
                                                  std::stop_token stop) {
    HttpRequest request;
    request.method = "PUT";
    request.url = "/v1/registrations/" + registration_id + "/sealed";
    request.body = to_json(registration);
    request.deadline = milliseconds(60000); // the vault logs in to both repositories meanwhile
    const Hash32 body = body_hash(request.body);
    const Result<HttpResponse> response =
        expect(send_as(owner, std::move(request), now, stop), {200});
    if (!response) {
        return fail(response.error());
    }
    Result<RegistrationAnswer> answer = parse_registration_answer(response->body);
    if (!answer) {
        return answer;
    }
    if (Result<void> held =
            check_accepted(*answer, {registration, body, registration_id, now, true}, record_);
        !held) {
        return fail(held.error());
    }
    return answer;
}

Result<DeploymentsAnswer> Client::set_deployments(const std::string& registration_id,
                                                  const std::vector<Deployment>& deployments,
                                                  const keys::OwnerKey& owner, std::int64_t now,
                                                  std::stop_token stop) {
    HttpRequest request;
    request.method = "PUT";
    request.url = "/v1/registrations/" + registration_id + "/deployments";
    request.body = to_json(deployments);
    request.deadline = milliseconds(60000); // the vault asks both repositories meanwhile
    const Result<HttpResponse> response =
        expect(send_as(owner, std::move(request), now, stop), {200});
    if (!response) {
        return fail(response.error());
    }
    Result<DeploymentsAnswer> answer = parse_deployments_answer(response->body);
    if (!answer) {
        return answer;
    }
    if (Result<void> held = check_deployments(*answer, registration_id, deployments, record_.name);
        !held) {
        return fail(held.error());
    }
    return answer;
}

Result<ProjectVersion> Client::version(const std::string& project_id, const PartOfNetwork& part,
                                       std::stop_token stop) {
    HttpRequest request;
    request.url = "/v1/projects/" + project_id + "/version";
    char before = '?';
    for (const auto& [name, value] :
         {std::pair<std::string, std::string>{"region", part.region}, {"node", part.node}}) {
        if (!value.empty()) {
            request.url += before;
            request.url += name;
            request.url += "=";
            request.url += value;
            before = '&';
        }
    }
    request.max_response = 64U << 10U;
    const Result<HttpResponse> response = expect(send(std::move(request), stop), {200});
    if (!response) {
        return fail(response.error());
    }
    Result<ProjectVersion> version = parse_project_version(response->body);
    if (version) {
        if (Result<void> held = check_version(*version, project_id, part, record_.name); !held) {
            return fail(held.error());
        }
    }
    return version;
}

Result<PublishedProofs> Client::proofs(const std::string& registration_id, std::stop_token stop) {
    HttpRequest request;
    request.url = "/v1/registrations/" + registration_id + "/proofs";
    request.max_response = 64U << 10U;
    const Result<HttpResponse> response = expect(send(std::move(request), stop), {200});
    if (!response) {
        return fail(response.error());
    }
    Result<PublishedProofs> proofs = parse_proofs(response->body);
    if (!proofs) {
        return proofs;
    }
    if (proofs->registration_id != registration_id) {
        return fail(ErrorCode::untrusted,
                    "The vault " + record_.name + " showed the proofs of another registration.");
    }
    if (Result<void> held = verify_proofs(*proofs, record_); !held) {
        return fail(held.error());
    }
    return proofs;
}

std::string Client::hook_url(const std::string& registration_id, Role role) const {
    return record_.endpoint + "/v1/hooks/" + registration_id + "/" + std::string(to_string(role));
}

} // namespace tau::vault
