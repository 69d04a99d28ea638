#include "core/node/routes.h"

#include <algorithm>

namespace tau::node {

namespace {

/// One answer for every delivery that is not believed, whatever the reason.
Response not_believed() {
    return problem(401, "signature_invalid", "The delivery is not signed with this hook's secret.");
}

bool is_delivery_id(const std::string& text) {
    return !text.empty() && text.size() <= 128 && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '_' || c == '.';
    });
}

/// Asked before anything is unsealed for whoever sent it.
bool is_signature(const std::string& text) {
    constexpr std::string_view start = "sha256=";
    return text.size() == start.size() + 64 && text.starts_with(start) &&
           text.find_first_not_of("0123456789abcdefABCDEF", start.size()) == std::string::npos;
}

} // namespace

Response Routes::hook(const Request& request, const Names& names) const {
    Response response = deliver(request, names);
    const char* outcome = response.status == 202   ? "accepted"
                          : response.status == 401 ? "not_believed"
                          : response.status < 500  ? "refused"
                                                   : "failed";
    metrics.count(Counter::deliveries, outcome);
    return response;
}

/// GitHub's shape of a delivery. The body is a hint that something happened; what happened is
/// asked of the repository.
Response Routes::deliver(const Request& request, const Names& names) const {
    const std::string& id = names.at(0);
    const auto role = vault::role_from_string(names.at(1));
    if (!role) {
        return problem(404, "not_found", "There is nothing here.");
    }
    const std::string* signature = request.header("X-Hub-Signature-256");
    if (signature == nullptr || !is_signature(*signature)) {
        return not_believed();
    }
    const std::uint64_t generation = unsealer.generation();
    const auto found = store.find(id);
    if (!found) {
        return node_trouble(found.error());
    }
    if (!*found || (*found)->state != "active") {
        return not_believed();
    }
    const auto unsealed =
        unsealer.get(id, (*found)->repositories.at(static_cast<std::size_t>(*role)), now);
    if (!unsealed) {
        return unsealed.error().code == ErrorCode::permission_denied
                   ? not_believed()
                   : node_trouble(unsealed.error());
    }
    if (!keys::verify_webhook((*unsealed)->webhook_text, request.body, *signature)) {
        return not_believed();
    }
    // Only now: what is not signed must not push out what is in use.
    unsealer.remember(id, *role, *unsealed, generation);
    const std::string* event = request.header("X-GitHub-Event");
    if (event == nullptr || (*event != "push" && *event != "ping")) {
        return problem(400, "event_not_supported", "Only ping and push are taken.");
    }
    const std::string* delivery = request.header("X-GitHub-Delivery");
    if (delivery == nullptr || !is_delivery_id(*delivery)) {
        return problem(400, "delivery_id_missing", "A delivery needs an id.");
    }
    const auto stored =
        store.add_delivery(id, *role, *delivery, vault::body_hash(request.body), now);
    if (!stored) {
        return node_trouble(stored.error());
    }
    if (*stored == Delivery::ended) {
        return not_believed();
    }
    if (*stored == Delivery::conflicting) {
        return problem(409, "delivery_id_reused",
                       "A delivery with this id and other content came before.");
    }
    if (*stored == Delivery::fresh) {
        tracker.hint(id, *role);
    }
    return {202, "application/json", {}, R"({"status":"accepted"})"};
}

} // namespace tau::node
