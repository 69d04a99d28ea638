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
        return {Kind::repeated, "", *candidate.repeated, {}};
    }
    if (candidate.failure) {
        return failure(*candidate.failure);
    }
    vault::RegistrationAnswer answer{"", "refused", std::move(candidate.checks), {}};
    std::string body = vault::to_json(answer);
    return {Kind::refused, "", std::move(body), {}, {}, std::move(answer.checks)};
}

Registered refuse_withdrawn(Candidate& candidate) {
    candidate.checks.push_back({"idempotency", "", vault::Outcome::failed, "registration_ended",
                                "The owner withdrew this registration."});
    return stopped(candidate);
}

} // namespace

std::string failed_reason(const std::vector<vault::Check>& checks) {
    const auto failed = std::find_if(checks.begin(), checks.end(), [](const vault::Check& check) {
        return check.outcome == vault::Outcome::failed;
    });
    return failed == checks.end() ? "" : failed->reason;
}

/// One request's place among those being worked on, while the object lives.
class Registrar::InFlight {
public:
    InFlight(Registrar& registrar, Key key) : registrar_(registrar), key_(std::move(key)) {
        const std::lock_guard lock(registrar_.mutex_);
        is_first_ = registrar_.in_flight_.insert(key_).second;
    }
    InFlight(const InFlight&) = delete;
    InFlight& operator=(const InFlight&) = delete;
    ~InFlight() {
        if (is_first_) {
            const std::lock_guard lock(registrar_.mutex_);
            registrar_.in_flight_.erase(key_);
        }
    }
    bool is_first() const { return is_first_; }

private:
    Registrar& registrar_;
    Key key_;
    bool is_first_ = false;
};

Registrar::Registrar(const Identity& identity, Store& store, const Validator& validator,
                     std::function<std::uint64_t()> record_seq, std::uint32_t per_minute)
    : identity_(identity), store_(store), validator_(validator), record_seq_(std::move(record_seq)),
      owners_(per_minute), withdrawing_owners_(per_minute) {}

Registered Registrar::run(std::string_view body, const std::string& idempotency_key,
                          std::int64_t now) {
    Candidate candidate;
    candidate.body = body;
    candidate.idempotency_key = idempotency_key;
    candidate.now = now;
    return admit(candidate, [&] {
        return validator_.check_idempotency(candidate) ? decide(candidate, &Registrar::store)
                                                       : stopped(candidate);
    });
}

Registered Registrar::rotate(std::string_view body, const std::string& id, std::int64_t now) {
    Candidate candidate;
    candidate.body = body;
    candidate.id = id;
    candidate.now = now;
    return admit(candidate, [&] {
        return validator_.check_rotation(candidate) ? decide(candidate, &Registrar::replace)
                                                    : stopped(candidate);
    });
}

Registered Registrar::admit(Candidate& candidate, const std::function<Registered()>& work) {
    if (!validator_.admit(candidate)) {
        return stopped(candidate);
    }
    const InFlight place(*this, {candidate.registration.owner_key, candidate.id});
    if (!place.is_first()) {
        return {Kind::in_flight,
                "",
                "",
                {ErrorCode::conflict, "The same request is still being worked on.", {}, {}}};
    }
    const auto withdrawn =
        store_.is_withdrawn(candidate.registration.owner_key, candidate.id, candidate.now);
    if (!withdrawn) {
        return failure(withdrawn.error());
    }
    if (*withdrawn) {
        return refuse_withdrawn(candidate);
    }
    return work();
}

Result<Withdrawal> Registrar::withdraw(const seal::Point& owner, const std::string& id,
                                       std::int64_t now) {
    {
        const std::lock_guard lock(mutex_);
        if (in_flight_.contains({owner, id})) {
            return Withdrawal{Withdrawal::Kind::in_flight, {}};
        }
    }
    if (const auto wait = withdrawing_owners_.take({owner.begin(), owner.end()})) {
        return Withdrawal{Withdrawal::Kind::limited, *wait};
    }
    return store_.withdraw(owner, id, now + challenge_life).map([] { return Withdrawal{}; });
}

Registered Registrar::decide(Candidate& candidate, Registered (Registrar::*keep)(Candidate&)) {
    const seal::Point& owner = candidate.registration.owner_key;
    if (const auto wait = owners_.take({owner.begin(), owner.end()})) {
        Registered limited{Kind::limited, "", "", {}};
        limited.wait = *wait;
        return limited;
    }
    return validator_.check_rest(candidate) ? (this->*keep)(candidate) : stopped(candidate);
}

Result<vault::Receipt> Registrar::receipt(const Candidate& candidate) const {
    vault::Receipt receipt;
    receipt.registration_id = candidate.id;
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

Result<vault::RegistrationAnswer> Registrar::accept(const Candidate& candidate) const {
    Result<vault::Receipt> signed_receipt = receipt(candidate);
    if (!signed_receipt) {
        return fail(signed_receipt.error());
    }
    vault::RegistrationAnswer answer{candidate.id, "active", candidate.checks,
                                     std::move(*signed_receipt)};
    for (const auto role : {vault::Role::configuration, vault::Role::code}) {
        answer.checks.push_back({"webhook", std::string(vault::to_string(role)),
                                 vault::Outcome::pending, "webhook_not_seen",
                                 "No signed delivery of the git host's webhook has come yet."});
    }
    return answer;
}

Registered Registrar::store(Candidate& candidate) {
    const auto answer = accept(candidate);
    if (!answer) {
        return failure(answer.error());
    }
    const std::string text = vault::to_json(*answer);
    Result<std::vector<std::string>> stored =
        store_.add({candidate.registration, *answer, candidate.bundles, text,
                    candidate.idempotency_key, answer->receipt->body_hash,
                    candidate.challenge.nonce, candidate.challenge.expires, candidate.now});
    if (stored) {
        return {Kind::stored, candidate.id, text, {}, std::move(*stored), answer->checks};
    }
    if (stored.error().code != ErrorCode::conflict) {
        return failure(stored.error());
    }
    return overtaken(candidate);
}

Registered Registrar::replace(Candidate& candidate) {
    const auto answer = accept(candidate);
    if (!answer) {
        return failure(answer.error());
    }
    const std::string text = vault::to_json(*answer);
    const Result<void> stored = store_.rotate(
        {candidate.registration, *answer, candidate.bundles, text, "", answer->receipt->body_hash,
         candidate.challenge.nonce, candidate.challenge.expires, candidate.now});
    if (stored) {
        return {Kind::stored, candidate.id, text, {}, {}, answer->checks};
    }
    const ErrorCode why = stored.error().code;
    return why == ErrorCode::timeout || why == ErrorCode::conflict
               ? look_again(candidate, stored.error())
               : failure(stored.error());
}

Registered Registrar::look_again(Candidate& candidate, const Error& error) {
    auto known = store_.find(candidate.id);
    if (!known) {
        return failure(known.error());
    }
    const bool is_active = *known && (*known)->state == "active";
    if (is_active && (*known)->rotated_by == vault::body_hash(candidate.body)) {
        candidate.repeated = std::move((*known)->answer);
    } else if (error.code != ErrorCode::conflict) {
        return failure(error);
    } else {
        Validator::refuse_overtaken(candidate);
    }
    return stopped(candidate);
}

/// Another request redeemed the challenge or took the project since they were looked up.
Registered Registrar::overtaken(Candidate& candidate) {
    candidate.checks.clear();
    const auto withdrawn =
        store_.is_withdrawn(candidate.registration.owner_key, candidate.id, candidate.now);
    if (withdrawn && *withdrawn) {
        return refuse_withdrawn(candidate);
    }
    if (validator_.check_idempotency(candidate) && validator_.check_project(candidate)) {
        return failure({ErrorCode::conflict, "Another request came in between.", {}, {}});
    }
    return stopped(candidate);
}

} // namespace tau::node
