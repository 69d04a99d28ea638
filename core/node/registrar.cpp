#include "core/node/registrar.h"

namespace tau::node {

using Kind = Registered::Kind;

namespace {

Registered failure(const Error& error) {
    return {Kind::failed, "", "", error};
}

/// The answer to a candidate that some check stopped.
Registered stopped(Candidate& candidate) {
    if (candidate.repeated) {
        return {Kind::repeated, "", candidate.repeated->answer, {}};
    }
    if (candidate.failure) {
        return failure(*candidate.failure);
    }
    const vault::RegistrationAnswer answer{"", "refused", std::move(candidate.checks), {}};
    return {Kind::refused, "", vault::to_json(answer), {}};
}

} // namespace

/// One request's place among those being worked on, while the object lives.
class Registrar::InFlight {
public:
    InFlight(Registrar& registrar, const Candidate& candidate)
        : registrar_(registrar), key_{candidate.registration.owner_key, candidate.idempotency_key} {
        const std::lock_guard lock(registrar_.mutex_);
        first_ = registrar_.in_flight_.insert(key_).second;
    }
    InFlight(const InFlight&) = delete;
    InFlight& operator=(const InFlight&) = delete;
    ~InFlight() {
        if (first_) {
            const std::lock_guard lock(registrar_.mutex_);
            registrar_.in_flight_.erase(key_);
        }
    }
    bool is_first() const { return first_; }

private:
    Registrar& registrar_;
    std::pair<seal::Point, std::string> key_;
    bool first_ = false;
};

Registrar::Registrar(const Identity& identity, Store& store, const Validator& validator,
                     std::function<std::uint64_t()> record_seq)
    : identity_(identity), store_(store), validator_(validator),
      record_seq_(std::move(record_seq)) {}

Registered Registrar::run(std::string_view body, const std::string& idempotency_key,
                          std::int64_t now) {
    Candidate candidate;
    candidate.body = body;
    candidate.idempotency_key = idempotency_key;
    candidate.now = now;
    if (!validator_.admit(candidate)) {
        return stopped(candidate);
    }
    const InFlight place(*this, candidate);
    if (!place.is_first()) {
        return {Kind::in_flight,
                "",
                "",
                {ErrorCode::conflict, "The same request is still being worked on.", {}, {}}};
    }
    return decide(candidate);
}

Registered Registrar::decide(Candidate& candidate) {
    const bool good = validator_.check_idempotency(candidate) && validator_.check_rest(candidate);
    return good ? store(candidate) : stopped(candidate);
}

Result<vault::Receipt> Registrar::receipt(const Candidate& candidate, const std::string& id) const {
    vault::Receipt receipt;
    receipt.registration_id = id;
    receipt.project_id = candidate.registration.project_id;
    receipt.node_id = identity_.node_id();
    receipt.owner_key = candidate.registration.owner_key;
    receipt.body_hash = vault::body_hash(candidate.body);
    for (std::size_t i = 0; i < candidate.bundles.size(); ++i) {
        receipt.proof_hashes[2 * i] = vault::proof_hash(candidate.bundles[i].deploy_key.proof);
        receipt.proof_hashes[2 * i + 1] = vault::proof_hash(candidate.bundles[i].webhook.proof);
    }
    receipt.time = candidate.now;
    receipt.record_seq = record_seq_();
    if (const auto signed_receipt = vault::sign(receipt, identity_.sign_key); !signed_receipt) {
        return fail(signed_receipt.error());
    }
    return receipt;
}

Registered Registrar::store(Candidate& candidate) {
    const Result<std::string> id = vault::registration_id(
        identity_.node_id(), candidate.registration.owner_key, candidate.idempotency_key);
    if (!id) {
        return failure(id.error());
    }
    Result<vault::Receipt> signed_receipt = receipt(candidate, *id);
    if (!signed_receipt) {
        return failure(signed_receipt.error());
    }
    for (const auto role : {vault::Role::configuration, vault::Role::code}) {
        candidate.checks.push_back({"webhook", std::string(vault::to_string(role)),
                                    vault::Outcome::pending, "webhook_not_seen",
                                    "No signed delivery of the git host's webhook has come yet."});
    }
    const vault::RegistrationAnswer answer{*id, "active", candidate.checks,
                                           std::move(*signed_receipt)};
    Result<std::vector<std::string>> stored =
        store_.add({candidate.registration, answer, candidate.bundles, candidate.idempotency_key,
                    vault::body_hash(candidate.body), candidate.challenge.nonce,
                    candidate.challenge.expires, candidate.now});
    if (stored) {
        return {Kind::stored, *id, vault::to_json(answer), {}, std::move(*stored)};
    }
    if (stored.error().code != ErrorCode::conflict) {
        return failure(stored.error());
    }
    return overtaken(candidate);
}

/// Another request redeemed the challenge or took the project since they were looked up.
Registered Registrar::overtaken(Candidate& candidate) {
    candidate.checks.clear();
    if (validator_.check_idempotency(candidate) && validator_.check_project(candidate)) {
        return failure({ErrorCode::conflict, "Another request came in between.", {}, {}});
    }
    return stopped(candidate);
}

} // namespace tau::node
