#include "core/vault/client.h"

#include "core/base/text.h"
#include "core/vault/json.h"
#include "core/vault/retry.h"

namespace tau::vault {

namespace {

using SteadyClock = std::chrono::steady_clock;
using std::chrono::milliseconds;

/// How far the node's clock may be from ours, in seconds; our own tries take up to 6 minutes.
constexpr std::int64_t receipt_tolerance = 600;

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

/// Says which vault it is that does not answer: there may be several on one host.
Result<HttpResponse> named(Result<HttpResponse> response, const std::string& vault) {
    if (response || !worth_repeating(response.error())) {
        return response;
    }
    Error error = response.error();
    error.message = "The vault " + vault + " cannot be reached. " + error.message;
    return fail(std::move(error));
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

/// What an answer to a registration is held against.
struct Sent {
    const Registration& registration;
    Hash32 body{};
    std::string id;
    std::int64_t now = 0;
};

/// A new receipt is of this moment and of the node's record that we know, or a later one. One that
/// is given again may be older than both, but not older than the seals in the request.
Result<void> check_moment(const Receipt& receipt, bool repeated, std::int64_t sealed_at,
                          std::int64_t now, const NodeRecord& record) {
    const std::int64_t earliest = (repeated ? sealed_at : now) - receipt_tolerance;
    if (receipt.time < earliest || receipt.time > now + receipt_tolerance) {
        return fail(untrusted(record.name, "its time, " + to_iso8601(receipt.time) +
                                               ", is not that of the registration"));
    }
    if (!repeated && receipt.record_seq < record.seq) {
        return fail(untrusted(record.name, "it is for an older record of the vault"));
    }
    return {};
}

/// Holds every field of the receipt against what was sent.
Result<void> check_receipt(const Receipt& receipt, bool repeated, const Sent& sent,
                           const NodeRecord& record) {
    if (Result<void> verified = verify_receipt(receipt, record.sign_key); !verified) {
        return fail(untrusted(record.name, "its signature is not the vault's"));
    }
    if (receipt.registration_id != sent.id || receipt.project_id != sent.registration.project_id ||
        receipt.node_id != record.node_id() || receipt.owner_key != sent.registration.owner_key) {
        return fail(untrusted(record.name, "it names another registration"));
    }
    if (receipt.body_hash != sent.body) {
        return fail(untrusted(record.name, "it is for another request"));
    }
    std::uint64_t sealed_at = 0;
    for (std::size_t i = 0; i < sent.registration.repositories.size(); ++i) {
        const Result<seal::Bundle> bundle =
            seal::decode_bundle(sent.registration.repositories[i].sealed);
        if (!bundle) {
            return fail(bundle.error());
        }
        if (receipt.proof_hashes[2 * i] != proof_hash(bundle->deploy_key.proof) ||
            receipt.proof_hashes[2 * i + 1] != proof_hash(bundle->webhook.proof)) {
            return fail(untrusted(record.name, "it is for other proofs"));
        }
        sealed_at = std::max(sealed_at, bundle->deploy_key.context.created_at);
    }
    return check_moment(receipt, repeated, static_cast<std::int64_t>(sealed_at), sent.now, record);
}

/// Accepts an answer only when all of it says that the project is registered.
Result<void> check_accepted(const RegistrationAnswer& answer, bool repeated, const Sent& sent,
                            const NodeRecord& record) {
    if (!answer.receipt || answer.registration_id != sent.id) {
        return fail(untrusted(record.name, "it is missing or for another registration"));
    }
    if (answer.state != "active") {
        return fail(untrusted(record.name, "it comes with the state \"" +
                                               bounded_text(answer.state, 32) +
                                               "\" instead of \"active\""));
    }
    for (const Check& check : answer.checks) {
        if (check.outcome == Outcome::failed) {
            return fail(untrusted(record.name,
                                  "it comes with a failed check, " + bounded_text(check.name, 64)));
        }
    }
    return check_receipt(*answer.receipt, repeated, sent, record);
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
    const bool repeated = response->status == 200;
    if (Result<void> held =
            check_accepted(*answer, repeated, {registration, body, *id, now}, record_);
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

Result<bool> Client::revoke(const std::string& registration_id, const keys::OwnerKey& owner,
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
    return response->status != 404;
}

std::string Client::hook_url(const std::string& registration_id, Role role) const {
    return record_.endpoint + "/v1/hooks/" + registration_id + "/" + std::string(to_string(role));
}

} // namespace tau::vault
