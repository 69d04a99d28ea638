// Hostile deliveries: what is not signed with the secret is never believed, and what a signed body
// tells is bounded and fit for a log.
#include "core/base/text.h"
#include "core/keys/webhook_secret.h"
#include "core/node/webhook.h"
#include "tests/fuzz/decoder.h"

using namespace tau;
using namespace tau::node;

namespace {

constexpr std::int64_t now = 1790000000;

const Secret& secret() {
    static const Secret text = Secret::copy_of(
        std::string_view("00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"));
    return text;
}

std::string signature(const WebhookScheme& scheme, std::string_view body) {
    switch (scheme.proof) {
    case WebhookScheme::Proof::mac:
        return std::string(scheme.prefix) + keys::sign_webhook(secret(), body).substr(7);
    case WebhookScheme::Proof::signed_ids:
        return keys::sign_webhook_with_ids(keys::webhook_signing_key(secret()), "id",
                                           std::to_string(now), body);
    case WebhookScheme::Proof::token:
        break;
    }
    return std::string(secret().view());
}

/// As that host sends it.
Request delivery(const WebhookScheme& scheme, std::string_view body, const std::string& signed_by,
                 bool form) {
    Request request{"POST", "/v1/hooks/0/code", {}, std::string(body)};
    request.headers = {{std::string(scheme.signature), signed_by},
                       {std::string(scheme.event), std::string(scheme.changes[0])},
                       {std::string(scheme.delivery[0]), "id"},
                       {"webhook-timestamp", std::to_string(now)}};
    if (form) {
        request.headers.push_back({"Content-Type", "application/x-www-form-urlencoded"});
    }
    return request;
}

/// The form that holds this.
std::string form_of(ByteView bytes) {
    std::string out = "payload=";
    for (const std::uint8_t byte : bytes) {
        out += "%" + to_hex(ByteView(&byte, 1));
    }
    return out;
}

void read_body(std::size_t row, bool form, ByteView bytes) {
    const WebhookScheme& scheme = webhook_schemes()[row];
    const Request request =
        delivery(scheme, as_text(bytes), signature(scheme, as_text(bytes)), form);
    fuzz::require(webhook_scheme(request) == &scheme);
    if (form && scheme.form == WebhookScheme::Form::signed_payload) {
        const Request written =
            delivery(scheme, form_of(bytes), signature(scheme, as_text(bytes)), true);
        fuzz::require(is_signed(scheme, written, secret(), now));
        static_cast<void>(is_signed(scheme, request, secret(), now));
    } else {
        fuzz::require(is_signed(scheme, request, secret(), now));
    }
    fuzz::require(delivery_id(scheme, request) == "id");
    fuzz::require(webhook_event(scheme, request) == WebhookEvent::change);
    const auto told = read_announcement(scheme, request);
    if (!told) {
        return;
    }
    fuzz::require(told->refs.size() <= 10);
    std::vector<std::string> texts = told->refs;
    texts.push_back(told->repository);
    for (const std::string& text : texts) {
        fuzz::require(text.size() < 400 && is_utf8(text) && !has_control_characters(text));
    }
}

/// The signature, the id and the time are the stranger's; the body is not signed by anybody.
void read_headers(std::size_t row, ByteView bytes) {
    const WebhookScheme& scheme = webhook_schemes()[row];
    const std::string text(as_text(bytes));
    const std::size_t cut = std::min(text.find('\n'), text.size());
    Request request = delivery(scheme, "{}", text.substr(0, cut), false);
    const std::string rest = text.substr(std::min(cut + 1, text.size()));
    request.headers[2].value = rest;
    // Hex may be in capitals, and of several signatures with ids one is enough.
    const std::string signed_by = text.substr(0, cut);
    const std::string right = signature(scheme, "{}");
    const bool good = scheme.proof == WebhookScheme::Proof::mac ? to_lower_ascii(signed_by) == right
                      : scheme.proof == WebhookScheme::Proof::token
                          ? signed_by == right
                          : rest == "id" && signed_by.find(right) != std::string::npos;
    if (webhook_scheme(request) != nullptr) {
        fuzz::require(!is_signed(scheme, request, secret(), now) || good);
    }
    const std::string id = delivery_id(scheme, request);
    fuzz::require(id.size() <= 128 && !has_control_characters(id));
    request.headers[3].value = rest;
    static_cast<void>(is_signed(scheme, request, secret(), now));
}

std::string good_body(const WebhookScheme& scheme) {
    if (scheme.host == "bitbucket") {
        return R"({"push":{"changes":[{"new":{"name":"main"}},{"new":null}]},)"
               R"("repository":{"full_name":"a/b"}})";
    }
    return R"({"ref":"refs/heads/main","repository":{"full_name":"a/b"},)"
           R"("project":{"path_with_namespace":"a/b"}})";
}

} // namespace

namespace tau::fuzz {

const std::vector<Decoder>& decoders() {
    static const std::vector<Decoder> all = [] {
        static std::vector<std::string> names; // of the decoders: views into it
        std::vector<Decoder> made;
        const std::size_t rows = webhook_schemes().size();
        names.reserve(3 * rows);
        for (std::size_t row = 0; row < rows; ++row) {
            const WebhookScheme& scheme = webhook_schemes()[row];
            const std::string host = std::string(scheme.host) + "-" + std::to_string(row);
            made.push_back({names.emplace_back(host), bytes_of(good_body(scheme)),
                            [row](ByteView bytes) { read_body(row, false, bytes); }});
            made.push_back({names.emplace_back(host + "-headers"),
                            bytes_of(signature(scheme, "{}") + "\nid"),
                            [row](ByteView bytes) { read_headers(row, bytes); }});
            if (scheme.form != node::WebhookScheme::Form::none) {
                made.push_back({names.emplace_back(host + "-form"),
                                bytes_of("a=b&payload=%7B%22ref%22:%22refs/heads/main%22%7D"),
                                [row](ByteView bytes) { read_body(row, true, bytes); }});
            }
        }
        return made;
    }();
    return all;
}

} // namespace tau::fuzz
