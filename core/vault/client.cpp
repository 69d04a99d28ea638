#include "core/vault/client.h"

#include "core/base/text.h"
#include "core/vault/json.h"
#include "core/vault/retry.h"

namespace tau::vault {

namespace {

using Clock = std::chrono::steady_clock;
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

std::string retry_hint() {
    return "Try again later, or choose another vault node.";
}

/// The sentence and hint that our own nodes put into an error's body; empty for other bodies.
Error error_from(const HttpResponse& response, std::string_view vault) {
    Error error{ErrorCode::unavailable,
                "The vault " + std::string(vault) + " answered with status " +
                    std::to_string(response.status) + ".",
                retry_hint(), bounded_text(response.body)};
    switch (response.status) {
    case 400:
    case 413:
        error.code = ErrorCode::invalid_argument;
        break;
    case 401:
        error.code = ErrorCode::unauthenticated;
        break;
    case 404:
        error.code = ErrorCode::not_found;
        break;
    case 409:
        error.code = ErrorCode::conflict;
        break;
    case 422:
        error.code = ErrorCode::permission_denied;
        break;
    default:
        break;
    }
    if (const Result<json::Value> value = json::parse(response.body, 64U << 10U, "It")) {
        if (value->is_object() && value->contains("sentence") && (*value)["sentence"].is_string()) {
            error.message = "The vault " + std::string(vault) +
                            " refused: " + bounded_text((*value)["sentence"].get<std::string>());
        }
    }
    return error;
}

/// A refusal's failed checks as one message, the whole answer as detail.
Error refusal(const HttpResponse& response, std::string_view vault) {
    const Result<RegistrationAnswer> answer = parse_registration_answer(response.body);
    std::string sentences;
    if (answer) {
        for (const Check& check : answer->checks) {
            if (check.outcome == Outcome::failed) {
                sentences += (sentences.empty() ? "" : " ") + bounded_text(check.sentence);
            }
        }
    }
    if (sentences.empty()) {
        return error_from(response, vault);
    }
    return {ErrorCode::permission_denied,
            "The vault " + std::string(vault) + " refused the registration. " + sentences,
            "Correct what it names, then try again.", bounded_text(response.body, 64U << 10U)};
}

Error untrusted(std::string_view vault, std::string_view why) {
    return {ErrorCode::untrusted,
            "The vault " + std::string(vault) +
                " gave a receipt that does not hold: " + std::string(why) + ".",
            "Do not rely on this registration; choose another vault node.",
            {}};
}

/// Holds every field of the receipt against what was sent.
Result<void> check_receipt(const Receipt& receipt, const Registration& sent, const Hash32& body,
                           const std::string& id, const NodeRecord& record) {
    if (Result<void> verified = verify_receipt(receipt, record.sign_key); !verified) {
        return fail(untrusted(record.name, "its signature is not the vault's"));
    }
    if (receipt.registration_id != id || receipt.project_id != sent.project_id ||
        receipt.node_id != record.node_id() || receipt.owner_key != sent.owner_key) {
        return fail(untrusted(record.name, "it names another registration"));
    }
    if (receipt.body_hash != body) {
        return fail(untrusted(record.name, "it is for another request"));
    }
    for (std::size_t i = 0; i < sent.repositories.size(); ++i) {
        const Result<seal::Bundle> bundle = seal::decode_bundle(sent.repositories[i].sealed);
        if (!bundle) {
            return fail(bundle.error());
        }
        if (receipt.proof_hashes[2 * i] != proof_hash(bundle->deploy_key.proof) ||
            receipt.proof_hashes[2 * i + 1] != proof_hash(bundle->webhook.proof)) {
            return fail(untrusted(record.name, "it is for other proofs"));
        }
    }
    return {};
}

} // namespace

Client::Client(Http& http, Entropy& entropy, NodeRecord record, RetryPolicy policy)
    : http_(http), entropy_(entropy), record_(std::move(record)), policy_(policy) {}

Result<HttpResponse> Client::send(HttpRequest request, std::stop_token stop) {
    request.url = record_.endpoint + request.url;
    if (record_.tls_spki != Hash32{}) {
        request.spki_pin = record_.tls_spki;
    }
    const Clock::time_point end = Clock::now() + policy_.total;
    milliseconds ceiling = policy_.first_delay;
    for (int attempt = 1;; ++attempt) {
        Result<HttpResponse> response = http_.send(request, stop);
        const bool again =
            response ? worth_repeating(*response) : worth_repeating(response.error());
        if (!again || attempt >= policy_.tries) {
            return response;
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
        if (Clock::now() + delay >= end) {
            return response;
        }
        if (!wait_for(delay, stop)) {
            return fail(ErrorCode::cancelled, "The request to the vault was cancelled.");
        }
        ceiling = std::min(ceiling * 2, milliseconds(30000));
    }
}

Result<NodeRecord> Client::fetch_record(std::int64_t now, std::stop_token stop) {
    HttpRequest request;
    request.url = "/v1/record";
    request.max_response = 4096;
    const Result<HttpResponse> response = send(std::move(request), stop);
    if (!response) {
        return fail(response.error());
    }
    if (response->status != 200) {
        return fail(error_from(*response, record_.name));
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
    const Result<HttpResponse> response = send(std::move(request), stop);
    if (!response) {
        return fail(response.error());
    }
    if (response->status != 200 && response->status != 201) {
        return fail(error_from(*response, record_.name));
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
                                                    std::stop_token stop) {
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
    const Result<HttpResponse> response = send(std::move(request), stop);
    if (!response) {
        return fail(response.error());
    }
    if (response->status == 422) {
        return fail(refusal(*response, record_.name));
    }
    if (response->status != 200 && response->status != 201) {
        return fail(error_from(*response, record_.name));
    }
    Result<RegistrationAnswer> answer = parse_registration_answer(response->body);
    if (!answer) {
        return answer;
    }
    if (!answer->receipt || answer->registration_id != *id) {
        return fail(untrusted(record_.name, "it is missing or for another registration"));
    }
    if (Result<void> held = check_receipt(*answer->receipt, registration, body, *id, record_);
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
    request.headers.push_back(
        {"Authorization", owner_authorization(owner, "GET", request.url, "", now)});
    request.max_response = 4U << 20U;
    const Result<HttpResponse> response = send(std::move(request), stop);
    if (!response) {
        return fail(response.error());
    }
    if (response->status != 200) {
        return fail(error_from(*response, record_.name));
    }
    return parse_registration_status(response->body);
}

Result<void> Client::revoke(const std::string& registration_id, const keys::OwnerKey& owner,
                            std::int64_t now, std::stop_token stop) {
    HttpRequest request;
    request.method = "DELETE";
    request.url = "/v1/registrations/" + registration_id;
    request.headers.push_back(
        {"Authorization", owner_authorization(owner, "DELETE", request.url, "", now)});
    const Result<HttpResponse> response = send(std::move(request), stop);
    if (!response) {
        return fail(response.error());
    }
    if (response->status != 200 && response->status != 204 && response->status != 404) {
        return fail(error_from(*response, record_.name));
    }
    return {};
}

std::string Client::hook_url(const std::string& registration_id, Role role) const {
    return record_.endpoint + "/v1/hooks/" + registration_id + "/" + std::string(to_string(role));
}

} // namespace tau::vault
