#include "core/base/text.h"
#include "core/vault/json.h"
#include "core/vault/node_source.h"
#include "core/vault/public_file.h"
#include "core/vault/web_address.h"

namespace tau::vault {

namespace {

using std::chrono::milliseconds;

constexpr std::size_t max_text = 2048;
constexpr std::size_t max_short_answer = 4096;
constexpr int probes = 3;

Result<Bytes> ask_for_record(std::string endpoint, Http& http, std::stop_token stop) {
    while (endpoint.ends_with('/')) {
        endpoint.pop_back();
    }
    if (const char* fault = endpoint_fault(endpoint)) {
        return fail(ErrorCode::invalid_argument,
                    "The address of the node " + std::string(fault) + ".",
                    "Type it as https://host or https://host:port.");
    }
    const std::string whose = "The node " + endpoint;
    HttpRequest request;
    request.url = endpoint + "/v1/record";
    request.max_response = max_short_answer;
    const auto response = get_public(http, request, whose, std::move(stop));
    if (!response) {
        Error error = response.error();
        error.hint = "Check the address, and whether the node is running.";
        return fail(std::move(error));
    }
    const auto value = json::parse(response->body, max_short_answer, "The answer of " + endpoint);
    if (!value) {
        return fail(value.error());
    }
    json::ObjectReader in(*value, "");
    Bytes record = in.base64("record", 1, max_text);
    if (!in.ok()) {
        return fail(ErrorCode::corrupt, whose + " did not answer with a node record.",
                    "Check that this is the address of a vault node.", in.error()->message);
    }
    return record;
}

} // namespace

Result<ListedNode> node_by_hand(std::string_view text, Http& http, std::int64_t now,
                                std::stop_token stop) {
    const std::string typed(trim(text.substr(0, 2 * max_text)));
    const bool address = typed.find("://") != std::string::npos;
    Result<Bytes> bytes =
        address ? ask_for_record(typed, http, std::move(stop)) : from_base64(typed);
    if (!address && (!bytes || bytes->empty())) {
        return fail(ErrorCode::invalid_argument,
                    "This is neither a node's address nor a node's record.",
                    "Type https://host, or paste the whole record (base64).");
    }
    if (!bytes) {
        return fail(bytes.error());
    }
    auto record = decode_record(*bytes, now);
    if (!record) {
        return fail(record.error());
    }
    if (record->seq == tombstone_seq) {
        return fail(ErrorCode::untrusted,
                    "The node " + record->name + " has declared its key dead for ever.",
                    "Choose another vault node.");
    }
    ListedNode node;
    node.record = std::move(*record);
    node.encoded = std::move(*bytes);
    return node;
}

Result<milliseconds> round_trip(const NodeRecord& record, Http& http, std::stop_token stop) {
    HttpRequest request;
    request.url = record.endpoint + "/healthz";
    request.deadline = milliseconds(3000);
    request.max_response = max_short_answer;
    if (record.tls_spki != Hash32{}) {
        request.spki_pin = record.tls_spki;
    }
    std::optional<milliseconds> shortest;
    for (int probe = 0; probe < probes; ++probe) {
        const auto begin = std::chrono::steady_clock::now();
        const auto response = get_public(http, request, "The node " + record.name, stop);
        if (!response) {
            return fail(response.error());
        }
        const auto took = std::chrono::ceil<milliseconds>(std::chrono::steady_clock::now() - begin);
        shortest = std::min(shortest.value_or(took), took);
    }
    return *shortest;
}

} // namespace tau::vault
