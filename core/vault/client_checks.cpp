#include "core/vault/client_checks.h"

#include "core/base/text.h"
#include "core/vault/client.h"
#include "core/vault/json.h"

#include <algorithm>
#include <array>
#include <utility>

namespace tau::vault {

namespace {

/// How far the node's clock may be from ours, in seconds; our own tries take up to 6 minutes.
constexpr std::int64_t receipt_tolerance = 600;

std::string retry_hint() {
    return "Try again later, or choose another vault node.";
}

/// What to do about a vault's "no"; `reason` is its own word for it, as registration.md has them.
std::string hint_for(ErrorCode code, std::string_view reason) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 5> known{
        {{"branch_not_found", "Push that branch first."},
         {"commit_not_found", "Push that commit first, on any branch."},
         {"repository_unreadable", "See what keeps the vault from it with: tau-project status"},
         {"too_many_projects", "Choose another vault node, or remove a project from this one."},
         {"registration_ended", "Register the project again with: tau-project move --again"}}};
    for (const auto& [word, hint] : known) {
        if (word == reason) {
            return std::string(hint);
        }
    }
    return code == ErrorCode::unavailable ? retry_hint() : "Correct what it names, then try again.";
}

std::string text_of(const json::Value& object, const char* name) {
    const auto found = object.find(name);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Error untrusted(std::string_view vault, std::string_view why) {
    return {ErrorCode::untrusted,
            "The vault " + std::string(vault) +
                " gave a receipt that does not hold: " + std::string(why) + ".",
            "Do not rely on this registration; choose another vault node.",
            {}};
}

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
Result<void> check_receipt(const Receipt& receipt, const Sent& sent, const NodeRecord& record) {
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
    return check_moment(receipt, sent.repeated, static_cast<std::int64_t>(sealed_at), sent.now,
                        record);
}

/// An answer that our own nodes do not give.
tl::unexpected<Error> wrong_answer(std::string_view vault, std::string_view why) {
    return fail(ErrorCode::untrusted,
                "The vault " + std::string(vault) +
                    " gave an answer that does not fit: " + std::string(why) + ".",
                "Ask again later; if it stays so, move the project to another vault.");
}

bool fits(const RunningCommit& running, const PartOfNetwork& part) {
    const bool commit = !running.commit.empty();
    const bool branch = !running.branch.empty();
    const bool place = running.where == "*" ||
                       (!part.region.empty() && running.where == "region:" + part.region) ||
                       (!part.node.empty() && running.where == "node:" + part.node);
    if (running.reason == "commit_fixed") {
        return place && commit && !branch;
    }
    if (running.reason == "branch_followed") {
        return place && commit && branch;
    }
    if (running.reason == "branch_not_seen") {
        return place && !commit && branch;
    }
    return running.reason == "not_deployed" && running.where.empty() && !commit && !branch;
}

} // namespace

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
        const std::string sentence = value->is_object() ? text_of(*value, "sentence") : "";
        if (!sentence.empty()) {
            error.message =
                "The vault " + std::string(vault) + " refused: " + bounded_text(sentence);
            error.hint = hint_for(error.code, text_of(*value, "reason"));
            error.detail.clear(); // the sentence was all of it
        }
    }
    return error;
}

bool wants_new_challenge(const Error& error) {
    const auto answer = error.code == ErrorCode::permission_denied
                            ? parse_registration_answer(error.detail)
                            : Result<RegistrationAnswer>(fail(error));
    return answer && std::any_of(answer->checks.begin(), answer->checks.end(), [](const auto& one) {
               return one.name == "challenge" && one.outcome == Outcome::failed;
           });
}

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

Result<void> check_accepted(const RegistrationAnswer& answer, const Sent& sent,
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
    return check_receipt(*answer.receipt, sent, record);
}

Result<void> check_deployments(const DeploymentsAnswer& answer, const std::string& registration_id,
                               const std::vector<Deployment>& sent, std::string_view vault) {
    if (answer.registration_id != registration_id || answer.deployments.size() != sent.size()) {
        return wrong_answer(vault, "it is about another list of deployments");
    }
    for (std::size_t i = 0; i < sent.size(); ++i) {
        const auto& [got, commit] = answer.deployments[i];
        if (got.where != sent[i].where || got.repository != sent[i].repository ||
            got.branch != sent[i].branch || got.commit != sent[i].commit) {
            return wrong_answer(vault, "it took another row than the one that was sent");
        }
        if (commit.empty() || (!got.commit.empty() && commit != got.commit)) {
            return wrong_answer(vault, "it resolved a row to another commit");
        }
    }
    return {};
}

Result<void> check_version(const ProjectVersion& version, const std::string& project_id,
                           const PartOfNetwork& part, std::string_view vault) {
    if (version.project_id != project_id || version.part.region != part.region ||
        version.part.node != part.node) {
        return wrong_answer(vault, "it is about another part of the network");
    }
    for (const RunningCommit& running : version.repositories) {
        if (!fits(running, part)) {
            return wrong_answer(vault, "its reason does not go with its commit");
        }
    }
    return {};
}

} // namespace tau::vault
