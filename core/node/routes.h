#pragma once

#include "core/node/owner_places.h"
#include "core/node/ref_tracker.h"
#include "core/node/registrar.h"
#include "core/node/service.h"
#include "core/node/webhook.h"
#include "core/vault/running.h"

#include <span>

namespace tau::node {

/// One request's way to its answer. Lives as long as the request.
struct Routes {
    const Identity& identity;
    Store& store;
    Unsealer& unsealer;
    Registrar& registrar;
    RefTracker& tracker;
    Metrics& metrics;
    RateLimit& delivery_limit;
    OwnerPlaces& owner_places;
    Entropy& entropy;
    Log& log;
    const Pool& pool;
    std::int64_t now;
    Bytes record;
    bool store_answers;

    Response answer(const Request& request) const;

    /// What stood in the braces of the route's pattern, in order.
    using Names = std::vector<std::string>;
    using Handler = Response (Routes::*)(const Request&, const Names&) const;

    Response health(const Request& request, const Names& names) const;
    Response show_metrics(const Request& request, const Names& names) const;
    Response show_record(const Request& request, const Names& names) const;
    Response challenge(const Request& request, const Names& names) const;
    Response register_project(const Request& request, const Names& names) const;
    Response status(const Request& request, const Names& names) const;
    Response revoke(const Request& request, const Names& names) const;
    Response set_deployments(const Request& request, const Names& names) const;
    Response replace_sealed(const Request& request, const Names& names) const;
    Response proofs(const Request& request, const Names& names) const;
    Response version(const Request& request, const Names& names) const;
    Response hook(const Request& request, const Names& names) const;

private:
    Response deliver(const Request& request, const Names& names) const;
    Response keep(const Request& request, const WebhookScheme& scheme, const std::string& id,
                  vault::Role role) const;
    void count(const Registered& result, Counter counter) const;
    /// The repository's refs, among whose history all commits of its rows are; else the answer.
    tl::expected<std::vector<vault::RefState>, Response>
    look_up(const std::string& id, vault::Role role,
            const std::vector<vault::Deployment>& deployments, Instant until) const;
    /// Every row with its commit; else the answer to give.
    tl::expected<vault::DeploymentsAnswer, Response>
    resolve(const std::string& id, std::vector<vault::Deployment> deployments) const;
    /// Who signed the request, whatever it asks for; else the answer to give.
    tl::expected<vault::SignedRequest, Response> signer(const Request& request) const;
    /// The registration, if it is this owner's; else the answer to give.
    tl::expected<StoredRegistration, Response> owned(const seal::Point& owner,
                                                     const std::string& id) const;
    /// The same, and it must not have ended.
    tl::expected<StoredRegistration, Response> owned_active(const seal::Point& owner,
                                                            const std::string& id) const;
};

/// One address with one method. `pattern`: "/v1/registrations/{id}".
struct Route {
    std::string_view method;
    std::string_view pattern;
    Routes::Handler handler;
    bool takes_query = false;
};
/// The registration and repository of a webhook's address; nullopt for another address.
std::optional<std::pair<std::string, vault::Role>> hook_of(std::string_view target);
/// All there are; their description is resources/vault-node.openapi.json.
std::span<const Route> routes();

/// Which of them a target is: the pattern and what stands in its first braces.
struct Address {
    std::string_view pattern; ///< "other" when it is none
    std::string subject;
};
Address address_of(std::string_view target);

/// Puts the refs that deployments and default branches follow before the others, and of those
/// leaves at most some hundred: an owner's answers must not be megabytes. How many are gone.
std::int64_t leave_out_refs(std::vector<vault::RefState>& refs,
                            const StoredRegistration& registration,
                            const std::vector<vault::Deployment>& deployments);

/// {"reason": …, "sentence": …}
Response problem(int status, std::string_view reason, std::string_view sentence);
Response not_found();
/// The same request, or what it is about, is being worked on: come again.
Response in_flight(std::string_view sentence);
/// Too many from this address or this owner: come again when `wait` is over.
Response too_many(std::string_view sentence, std::chrono::seconds wait);
Response node_trouble(const Error& error);
/// Of a registration or a rotation; `stored` is the status of one that was just made.
Response answer_of(Registered result, int stored);

} // namespace tau::node
