#pragma once

#include "core/node/challenge.h"
#include "core/node/identity.h"
#include "core/node/pool.h"
#include "core/node/repositories.h"
#include "core/node/store.h"

#include <functional>

namespace tau::node {

/// A request on its way through the checks, and what each of them found out.
struct Candidate {
    std::string_view body;
    std::string idempotency_key;
    std::int64_t now = 0;

    /// Of the registration that this becomes, or whose keys this replaces; found out when empty.
    std::string id;
    vault::Registration registration;
    std::array<seal::Bundle, 2> bundles;
    Challenge challenge;
    std::array<std::optional<seal::Opened>, 2> opened;
    std::array<std::string, 2> addresses; ///< where the repositories are, as numbers
    Instant until{};                      ///< when their git hosts must have answered
    std::array<Evidence, 2> evidence;
    std::optional<std::string> repeated; ///< the answer, when the same request was made before
    std::optional<Error> failure;        ///< the node itself could not go on
    std::vector<vault::Check> checks;    ///< the last one failed, if any did
};

/// The checks of the registration protocol, in its order: what is cheap comes first, what costs
/// CPU later, what costs others their time last. Every method adds its rows to `checks` and tells
/// whether to go on. Holds no state of its own.
class Validator {
public:
    /// `doubt`: asked for each good challenge whether to refuse it all the same; may be empty.
    /// `projects`: how many one owner may have registered, 0 for any number; two that come at the
    /// same moment may both be taken.
    Validator(const Identity& identity, Store& store, Pool& pool, Repositories& repositories,
              std::function<bool()> doubt = {}, std::int64_t projects = 0);

    /// 1 to 3: shape, an authentic challenge, the owner's signature. Touches no storage.
    bool admit(Candidate& candidate) const;
    /// 4, and the part of 2 that needs storage: a challenge expires and is redeemed once, but a
    /// request that was answered before gets its answer again, whatever became of its challenge.
    bool check_idempotency(Candidate& candidate) const;
    /// In its place for a rotation: of a registration that is active, and not repeated.
    bool check_rotation(Candidate& candidate) const;
    /// Another request came in between.
    static bool refuse_overtaken(Candidate& candidate);
    /// 5 to 11.
    bool check_rest(Candidate& candidate) const;
    /// 11 alone.
    bool check_project(Candidate& candidate) const;

private:
    bool check_shape(Candidate& candidate) const;
    bool check_challenge(Candidate& candidate, bool is_redeemed) const;
    bool check_quota(Candidate& candidate) const;
    bool check_contexts(Candidate& candidate) const;
    bool check_proofs(Candidate& candidate) const;
    bool check_addresses(Candidate& candidate) const;
    bool check_ownership(Candidate& candidate) const;
    bool check_claim(Candidate& candidate, std::size_t index) const;
    bool check_project_id(Candidate& candidate) const;

    const Identity& identity_;
    const std::string node_id_;
    const seal::Point seal_public_;
    Store& store_;
    Pool& pool_;
    Repositories& repositories_;
    std::function<bool()> doubt_;
    const std::int64_t projects_;
};

} // namespace tau::node
