// What a git host's webhook says, and what is made of it: a look at the repository, and no more.

#include "core/base/text.h"
#include "core/node/routes.h"

namespace tau::node {

namespace {

/// One answer for every delivery that is not believed, whatever the reason.
Response not_believed() {
    Response refused =
        problem(401, "signature_invalid", "The delivery is not signed with this hook's secret.");
    refused.headers.push_back({"WWW-Authenticate", "TauWebhook"}); // RFC 9110, 15.5.2
    return refused;
}

const char* outcome_of(int status) {
    switch (status) {
    case 202:
        return "accepted";
    case 401:
        return "not_believed";
    case 409:
        return "id_reused";
    case 429:
        return "limited";
    default:
        return status < 500 ? "refused" : "failed";
    }
}

/// For people who look for a push: what the host says, which nobody acts on.
std::string sentence_of(const WebhookScheme& scheme, const Request& request) {
    const auto told = read_announcement(scheme, request);
    std::string sentence = "A webhook of " + std::string(scheme.host) + " arrived";
    if (told && !told->refs.empty()) {
        sentence += ": " + told->refs.front();
        sentence += told->refs.size() > 1 ? " and others" : "";
    }
    if (told && !told->repository.empty()) {
        sentence += " of " + told->repository;
    }
    return sentence + ".";
}

} // namespace

Response Routes::hook(const Request& request, const Names& names) const {
    Response response = deliver(request, names);
    metrics.count(Counter::deliveries, outcome_of(response.status));
    return response;
}

Response Routes::deliver(const Request& request, const Names& names) const {
    const std::string& id = names.at(0);
    const auto role = vault::role_from_string(names.at(1));
    if (!role) {
        return problem(404, "not_found", "There is nothing here.");
    }
    // Asked before anything is unsealed for whoever sent it.
    const WebhookScheme* scheme = webhook_scheme(request);
    if (scheme == nullptr) {
        return not_believed();
    }
    const std::uint64_t generation = unsealer.generation();
    const auto found = store.find(id);
    if (!found) {
        return node_trouble(found.error());
    }
    if (!*found || (*found)->state != "active") {
        if (*found) {
            unsealer.forget_ended(id); // another process may have ended it
        }
        return not_believed();
    }
    const auto unsealed =
        unsealer.get(id, (*found)->repositories.at(static_cast<std::size_t>(*role)), now,
                     generation, Unsealer::For::stranger);
    if (!unsealed && unsealed.error().code == ErrorCode::limit_exceeded) {
        tracker.hint_unsigned(id, *role); // it may be a push all the same
        return too_many("This webhook delivers too much.", std::chrono::seconds(10));
    }
    if (!unsealed) {
        return unsealed.error().code == ErrorCode::permission_denied
                   ? not_believed()
                   : node_trouble(unsealed.error());
    }
    if (!is_signed(*scheme, request, (*unsealed)->webhook_text, now)) {
        return not_believed();
    }
    return keep(request, *scheme, id, *role);
}

/// A delivery that is signed.
Response Routes::keep(const Request& request, const WebhookScheme& scheme, const std::string& id,
                      vault::Role role) const {
    if (const auto wait = delivery_limit.take(id + "/" + std::string(to_string(role)))) {
        tracker.hint(id, role); // nothing is lost by not keeping it
        return too_many("This webhook delivers too much.", *wait);
    }
    if (webhook_event(scheme, request) == WebhookEvent::other) {
        return problem(400, "event_not_supported", "Only pushes and pings are taken.");
    }
    const std::string delivery = delivery_id(scheme, request);
    if (delivery.empty()) {
        return problem(400, "delivery_id_missing", "A delivery needs an id.");
    }
    const auto stored = store.add_delivery(id, role, delivery, vault::body_hash(request.body), now);
    if (!stored) {
        return node_trouble(stored.error());
    }
    switch (*stored) {
    case Delivery::ended:
        return not_believed();
    case Delivery::conflicting:
        log.write(LogLevel::error, "webhook",
                  "A delivery of " + std::string(scheme.host) +
                      " has the id of an earlier one and other content: somebody else may know "
                      "the webhook's secret.");
        return problem(409, "delivery_id_reused",
                       "A delivery with this id and other content came before.");
    case Delivery::fresh:
        log.write(LogLevel::debug, "webhook", sentence_of(scheme, request));
        tracker.hint(id, role);
        break;
    case Delivery::repeated:
        break;
    }
    return {202, "application/json", {}, R"({"status":"accepted"})"};
}

} // namespace tau::node
