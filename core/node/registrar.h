#pragma once

#include "core/node/rate_limit.h"
#include "core/node/validator.h"

#include <functional>
#include <mutex>
#include <set>

namespace tau::node {

/// How a registration, or a rotation of its keys, ended.
struct Registered {
    enum class Kind { stored, repeated, refused, in_flight, limited, failed } kind = Kind::failed;
    std::string registration_id;            ///< when stored
    std::string body;                       ///< JSON: the answer
    Error error;                            ///< when in flight or failed
    std::vector<std::string> replaced = {}; ///< older registrations that this one ended
    std::vector<vault::Check> checks = {};  ///< those that were made
    std::chrono::seconds wait{};            ///< when limited: until the owner's next one
};

/// What became of a wish to withdraw a registration.
struct Withdrawal {
    enum class Kind { withdrawn, in_flight, limited } kind = Kind::withdrawn;
    std::chrono::seconds wait{}; ///< when limited: until the owner's next one
};

/// The reason code of the check that failed, "" when none did.
std::string failed_reason(const std::vector<vault::Check>& checks);

/// Takes a request through the checks and stores it: all of it or nothing.
class Registrar {
public:
    /// `record_seq` gives the sequence number of the node's current record; `per_minute`: what one
    /// owner may make the node work on, 0 for any number.
    Registrar(const Identity& identity, Store& store, const Validator& validator,
              std::function<std::uint64_t()> record_seq, std::uint32_t per_minute = 0);
    Registered run(std::string_view body, const std::string& idempotency_key, std::int64_t now);
    /// New keys for a registration that is active: checked like a registration, and in place of the
    /// old ones only when all of it holds, the login with them included.
    Registered rotate(std::string_view body, const std::string& id, std::int64_t now);
    /// The owner does not want this registration any more. A request for it that is still on its
    /// way, sent by a program that has ended since, will be refused for as long as its challenge
    /// can live. `in_flight` while it is being worked on: ask again. One owner may withdraw as
    /// often as register, each for itself.
    Result<Withdrawal> withdraw(const seal::Point& owner, const std::string& id, std::int64_t now);

private:
    using Key = std::pair<seal::Point, std::string>; ///< owner and registration id
    class InFlight;
    Registered admit(Candidate& candidate, const std::function<Registered()>& work);
    /// The checks that cost, for an owner who has not asked for too many; then `keep`.
    Registered decide(Candidate& candidate, Registered (Registrar::*keep)(Candidate&));
    Registered store(Candidate& candidate);
    Registered replace(Candidate& candidate);
    Registered overtaken(Candidate& candidate);
    /// The answer to a rotation that was not stored, or of which nobody knows: another process may
    /// have stored the same request.
    Registered look_again(Candidate& candidate, const Error& error);
    /// The answer to an accepted candidate, signed.
    Result<vault::RegistrationAnswer> accept(const Candidate& candidate) const;
    Result<vault::Receipt> receipt(const Candidate& candidate) const;

    const Identity& identity_;
    Store& store_;
    const Validator& validator_;
    std::function<std::uint64_t()> record_seq_;
    RateLimit owners_;
    RateLimit withdrawing_owners_;
    std::mutex mutex_;
    std::set<Key> in_flight_; ///< in this process; among several the store decides
};

} // namespace tau::node
