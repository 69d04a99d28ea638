#pragma once

#include "core/node/ref_tracker.h"
#include "core/node/registrar.h"
#include "core/node/service.h"

namespace tau::node {

/// One request's way to its answer. Lives as long as the request.
struct Routes {
    const Identity& identity;
    Store& store;
    Unsealer& unsealer;
    Registrar& registrar;
    RefTracker& tracker;
    Entropy& entropy;
    std::int64_t now;
    Bytes record;

    Response answer(const Request& request) const;

private:
    Response challenge(const Request& request) const;
    Response register_project(const Request& request) const;
    Response status(const Request& request, const std::string& id) const;
    Response revoke(const Request& request, const std::string& id) const;
    Response proofs(const std::string& id) const;
    Response hook(const Request& request, const std::string& id, const std::string& role) const;
    /// Who signed the request, whatever it asks for; else the answer to give.
    tl::expected<seal::Point, Response> signer(const Request& request) const;
    /// The registration, if it is this owner's; else the answer to give.
    tl::expected<StoredRegistration, Response> owned(const seal::Point& owner,
                                                     const std::string& id) const;
};

/// {"reason": …, "sentence": …}
Response problem(int status, std::string_view reason, std::string_view sentence);
Response node_trouble(const Error& error);

} // namespace tau::node
