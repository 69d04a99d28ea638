#pragma once

#include "core/node/service.h"

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tau::node {

/// How one kind of git host writes a delivery. All of them are signed with the hook's secret text.
struct WebhookScheme {
    enum class Proof {
        mac,        ///< `prefix` and the hex HMAC-SHA256 of the body
        signed_ids, ///< "v1,<base64>" over id, time and body, under the text's 32 bytes
        token       ///< the text itself
    };
    std::string_view host; ///< in logs
    Proof proof;
    std::string_view signature; ///< name of the header, as the four below
    std::string_view prefix;
    /// The JSON may stand in a form's field "payload".
    enum class Form {
        none,
        signed_whole,  ///< the MAC is of the body all the same
        signed_payload ///< it is of the JSON
    };
    std::array<std::string_view, 2> delivery; ///< the first that is there
    std::string_view event;
    std::array<std::string_view, 3> changes; ///< events that say that refs changed
    std::string_view ping;                   ///< the event that only says hello; empty: none
    Form form;
    /// Where in the JSON the names are; "*" stands for each element of an array.
    std::string_view ref, repository;
};

/// One row for each kind; where a host sends several signatures, the first row that fits counts.
std::span<const WebhookScheme> webhook_schemes();

/// The row that the headers speak of: its signature, in the right shape, and its event are there.
const WebhookScheme* webhook_scheme(const Request& request);

/// Whether the delivery is signed with this secret. Compares in constant time.
bool is_signed(const WebhookScheme& scheme, const Request& request, const Secret& text,
               std::int64_t now);

/// The delivery's id; empty when there is none that can be kept.
std::string delivery_id(const WebhookScheme& scheme, const Request& request);

enum class WebhookEvent { change, ping, other };
WebhookEvent webhook_event(const WebhookScheme& scheme, const Request& request);

/// What the body says happened. Nobody acts on it: it is for the log.
struct Announcement {
    std::string repository;
    std::vector<std::string> refs; ///< at most 10
};
/// nullopt when the body is not of the scheme's shape. Bounded in time and memory.
std::optional<Announcement> read_announcement(const WebhookScheme& scheme, const Request& request);

} // namespace tau::node
