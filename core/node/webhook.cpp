#include "core/node/webhook.h"

#include "core/base/text.h"
#include "core/keys/webhook_secret.h"
#include "core/vault/json.h"

#include <algorithm>
#include <charconv>

namespace tau::node {

namespace {

using Proof = WebhookScheme::Proof;
using Form = WebhookScheme::Form;

constexpr std::size_t largest_body = 1U << 20U;
constexpr std::size_t most_refs_told = 10;
constexpr std::size_t longest_name = 200;
/// As long as deliveries are remembered: what is older could be one that came before.
constexpr std::int64_t oldest_signature = 30LL * 24 * 3600;
constexpr std::int64_t clock_skew = 300;

// Forgejo sends all four of the signatures above and with GitHub's, Gitea the last three.
// https://docs.github.com/webhooks/webhook-events-and-payloads
// https://docs.gitea.com/usage/webhooks, https://forgejo.org/docs/latest/user/webhooks
// In a form these three sign the JSON (services/webhook/deliver.go of gitea), GitHub the body.
// https://docs.gitlab.com/user/project/integrations/webhooks, https://www.standardwebhooks.com
// https://support.atlassian.com/bitbucket-cloud/docs/event-payloads
constexpr std::array schemes{
    WebhookScheme{"forgejo",
                  Proof::mac,
                  "X-Forgejo-Signature",
                  "",
                  {"X-Forgejo-Delivery"},
                  "X-Forgejo-Event",
                  {"push", "create", "delete"},
                  "",
                  Form::signed_payload,
                  "/ref",
                  "/repository/full_name"},
    WebhookScheme{"gitea",
                  Proof::mac,
                  "X-Gitea-Signature",
                  "",
                  {"X-Gitea-Delivery"},
                  "X-Gitea-Event",
                  {"push", "create", "delete"},
                  "",
                  Form::signed_payload,
                  "/ref",
                  "/repository/full_name"},
    WebhookScheme{"gogs",
                  Proof::mac,
                  "X-Gogs-Signature",
                  "",
                  {"X-Gogs-Delivery"},
                  "X-Gogs-Event",
                  {"push", "create", "delete"},
                  "",
                  Form::signed_payload,
                  "/ref",
                  "/repository/full_name"},
    WebhookScheme{"github",
                  Proof::mac,
                  "X-Hub-Signature-256",
                  "sha256=",
                  {"X-GitHub-Delivery"},
                  "X-GitHub-Event",
                  {"push", "create", "delete"},
                  "ping",
                  Form::signed_whole,
                  "/ref",
                  "/repository/full_name"},
    WebhookScheme{"gitlab",
                  Proof::signed_ids,
                  "webhook-signature",
                  "v1,",
                  {"webhook-id"},
                  "X-Gitlab-Event",
                  {"Push Hook", "Tag Push Hook"},
                  "",
                  Form::none,
                  "/ref",
                  "/project/path_with_namespace"},
    WebhookScheme{"gitlab",
                  Proof::token,
                  "X-Gitlab-Token",
                  "",
                  {"Idempotency-Key", "X-Gitlab-Event-UUID"},
                  "X-Gitlab-Event",
                  {"Push Hook", "Tag Push Hook"},
                  "",
                  Form::none,
                  "/ref",
                  "/project/path_with_namespace"},
    WebhookScheme{"bitbucket",
                  Proof::mac,
                  "X-Hub-Signature",
                  "sha256=",
                  {"X-Request-UUID"},
                  "X-Event-Key",
                  {"repo:push"},
                  "",
                  Form::none,
                  "/push/changes/*/new/name",
                  "/repository/full_name"},
};

constexpr std::string_view hex_digits = "0123456789abcdefABCDEF";

/// Asked before anything is unsealed for whoever sent it.
bool has_shape(const WebhookScheme& scheme, const std::string& text) {
    if (scheme.proof == Proof::signed_ids) {
        return text.size() < 1000 && text.find(scheme.prefix) != std::string::npos;
    }
    return text.size() == scheme.prefix.size() + 64 && text.starts_with(scheme.prefix) &&
           text.find_first_not_of(hex_digits, scheme.prefix.size()) == std::string::npos;
}

std::string_view value_of(const Request& request, std::string_view name) {
    const std::string* value = name.empty() ? nullptr : request.header(name);
    return value == nullptr ? std::string_view() : std::string_view(*value);
}

/// Of several signatures one must hold: a host that changes its key sends both for a while.
bool is_signed_with_ids(const Request& request, const Secret& text, std::int64_t now) {
    const std::string_view time = value_of(request, "webhook-timestamp");
    std::int64_t at = 0;
    const auto [end, error] = std::from_chars(time.data(), time.data() + time.size(), at);
    if (error != std::errc{} || end != time.data() + time.size() || at > now + clock_skew ||
        at < now - oldest_signature) {
        return false;
    }
    const Secret key = keys::webhook_signing_key(text);
    std::string_view rest = value_of(request, "webhook-signature");
    bool holds = false;
    while (!rest.empty()) {
        const std::string_view one = rest.substr(0, rest.find(' '));
        rest.remove_prefix(std::min(rest.size(), one.size() + 1));
        holds = keys::verify_webhook_with_ids(key, value_of(request, "webhook-id"), time,
                                              request.body, one) ||
                holds;
    }
    return holds;
}

/// The value of a form's field, decoded; nullopt when it is not there or not well written.
std::optional<std::string> form_field(std::string_view form, std::string_view name) {
    while (!form.empty()) {
        const std::string_view one = form.substr(0, form.find('&'));
        form.remove_prefix(std::min(form.size(), one.size() + 1));
        if (one.size() <= name.size() || !one.starts_with(name) || one[name.size()] != '=') {
            continue;
        }
        std::string out;
        out.reserve(one.size());
        for (std::size_t i = name.size() + 1; i < one.size(); ++i) {
            if (one[i] != '%') {
                out += one[i] == '+' ? ' ' : one[i];
                continue;
            }
            const auto byte = from_hex(one.substr(i + 1, 2));
            if (!byte || byte->size() != 1) {
                return std::nullopt;
            }
            out += static_cast<char>(byte->front());
            i += 2;
        }
        return out;
    }
    return std::nullopt;
}

/// All texts at a path like "/push/changes/*/new/name", at most `most_refs_told`.
void collect(const vault::json::Value& value, std::string_view path,
             std::vector<std::string>& found) {
    if (found.size() >= most_refs_told) {
        return;
    }
    if (path.empty()) {
        if (value.is_string()) {
            found.push_back(bounded_text(value.get_ref<const std::string&>(), longest_name));
        }
        return;
    }
    const std::string_view name = path.substr(1, path.find('/', 1) - 1);
    const std::string_view rest = path.substr(1 + name.size());
    if (name == "*" && value.is_array()) {
        for (const auto& one : value) {
            collect(one, rest, found);
        }
    } else if (value.is_object()) {
        if (const auto member = value.find(std::string(name)); member != value.end()) {
            collect(*member, rest, found);
        }
    }
}

} // namespace

std::span<const WebhookScheme> webhook_schemes() {
    return schemes;
}

const WebhookScheme* webhook_scheme(const Request& request) {
    for (const WebhookScheme& scheme : schemes) {
        const std::string* signature = request.header(scheme.signature);
        if (signature != nullptr && request.header(scheme.event) != nullptr) {
            return has_shape(scheme, *signature) ? &scheme : nullptr;
        }
    }
    return nullptr;
}

namespace {

bool is_form(const WebhookScheme& scheme, const Request& request) {
    return scheme.form != Form::none && to_lower_ascii(value_of(request, "Content-Type"))
                                            .starts_with("application/x-www-form-urlencoded");
}

} // namespace

bool is_signed(const WebhookScheme& scheme, const Request& request, const Secret& text,
               std::int64_t now) {
    const std::string_view signature = value_of(request, scheme.signature);
    switch (scheme.proof) {
    case Proof::mac: {
        const auto json = scheme.form == Form::signed_payload && is_form(scheme, request)
                              ? form_field(request.body, "payload")
                              : std::optional(request.body);
        return json &&
               keys::verify_webhook(text, *json,
                                    "sha256=" + std::string(signature.substr(std::min(
                                                    signature.size(), scheme.prefix.size()))));
    }
    case Proof::signed_ids:
        return is_signed_with_ids(request, text, now);
    case Proof::token:
        break;
    }
    return text.equals(as_bytes(signature));
}

std::string delivery_id(const WebhookScheme& scheme, const Request& request) {
    std::string_view id = value_of(request, scheme.delivery[0]);
    if (id.empty()) {
        id = value_of(request, scheme.delivery[1]);
    }
    const bool plain = id.size() <= 128 && std::all_of(id.begin(), id.end(), [](char c) {
                           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                                  (c >= '0' && c <= '9') ||
                                  std::string_view("-_.{}").find(c) != std::string_view::npos;
                       });
    return plain ? std::string(id) : std::string();
}

WebhookEvent webhook_event(const WebhookScheme& scheme, const Request& request) {
    const std::string_view event = value_of(request, scheme.event);
    if (event.empty()) {
        return WebhookEvent::other;
    }
    if (event == scheme.ping) {
        return WebhookEvent::ping;
    }
    return std::find(scheme.changes.begin(), scheme.changes.end(), event) != scheme.changes.end()
               ? WebhookEvent::change
               : WebhookEvent::other;
}

std::optional<Announcement> read_announcement(const WebhookScheme& scheme, const Request& request) {
    const std::optional<std::string> text =
        is_form(scheme, request) ? form_field(request.body, "payload") : request.body;
    const auto value = text ? vault::json::parse(*text, largest_body, "The delivery")
                            : Result<vault::json::Value>(fail(ErrorCode::corrupt, ""));
    if (!value || !value->is_object()) {
        return std::nullopt;
    }
    Announcement announcement;
    collect(*value, scheme.ref, announcement.refs);
    std::vector<std::string> names;
    collect(*value, scheme.repository, names);
    announcement.repository = names.empty() ? "" : names.front();
    return announcement;
}

} // namespace tau::node
