#include "core/vault/seer.h"

#include "core/base/text.h"
#include "core/vault/directory/summary.h"
#include "core/vault/public_file.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

namespace tau::vault {

namespace {

constexpr std::size_t max_depth = 8;
constexpr std::int64_t oldest_report = 3600; ///< seconds; nodes report every five minutes

using Json = nlohmann::json;

bool is_peer_id(std::string_view text) {
    return !text.empty() && text.size() <= 128 &&
           std::all_of(text.begin(), text.end(), [](unsigned char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
           });
}

/// Takes the nodes out of the text as it is read, so that nothing is ever built of the rest.
class Reader final : public nlohmann::json_sax<Json> {
public:
    explicit Reader(std::int64_t now) : now_(now) {}
    const char* complaint() const { return complaint_; }
    bool found() const { return found_; }
    SeerNodes take() { return std::move(seer_); }

    bool null() override { return true; }
    bool boolean(bool) override { return true; }
    bool number_integer(number_integer_t value) override {
        return number(static_cast<double>(value));
    }
    bool number_unsigned(number_unsigned_t value) override {
        return number(static_cast<double>(value));
    }
    bool number_float(number_float_t value, const string_t&) override { return number(value); }
    bool string(string_t&) override { return true; }
    bool binary(binary_t&) override { return true; }
    bool start_object(std::size_t) override {
        found_ = found_ || (path_.size() == 1 && path_[0] == "nodes");
        if (path_.size() == 2) {
            reported_ = latitude_ = longitude_ = std::numeric_limits<double>::quiet_NaN();
        }
        return begin();
    }
    bool end_object() override {
        path_.pop_back();
        return path_.size() != 2 || path_[0] != "nodes" || add(path_[1]);
    }
    bool start_array(std::size_t) override { return begin(); }
    bool end_array() override {
        path_.pop_back();
        return true;
    }
    bool key(string_t& name) override {
        path_.back() = name.size() <= 128 ? std::move(name) : string_t();
        return true;
    }
    bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override {
        return refuse("it is not JSON");
    }

private:
    bool refuse(const char* why) {
        complaint_ = why;
        return false;
    }
    bool begin() {
        if (path_.size() >= max_depth) {
            return refuse("it is nested too deeply");
        }
        path_.emplace_back();
        return true;
    }
    bool number(double value) {
        if (path_.size() == 3 && path_[2] == "Timestamp") {
            reported_ = value;
        } else if (path_.size() == 4 && path_[2] == "Location") {
            latitude_ = path_[3] == "Latitude" ? value : latitude_;
            longitude_ = path_[3] == "Longitude" ? value : longitude_;
        }
        return true;
    }
    bool add(const std::string& id) {
        const bool on_earth = std::abs(latitude_) <= 90 && std::abs(longitude_) <= 180;
        if (!is_peer_id(id) || !on_earth || std::isnan(reported_)) {
            return true;
        }
        const auto age = static_cast<double>(now_) - reported_;
        if (age > oldest_report || age < -clock_tolerance) {
            ++seer_.stale;
            return true;
        }
        if (seer_.nodes.size() == max_seer_nodes) {
            return refuse("it names too many nodes");
        }
        seer_.nodes.push_back({summary_key(tagged_hash32("", as_bytes(id))),
                               shorten_middle(id, 6, 6),
                               static_cast<std::int16_t>(std::lround(latitude_ * 100)),
                               static_cast<std::int16_t>(std::lround(longitude_ * 100))});
        return true;
    }

    std::int64_t now_;
    std::vector<std::string> path_; ///< of each open object the key that is read now
    double reported_ = 0, latitude_ = 0, longitude_ = 0;
    SeerNodes seer_;
    bool found_ = false;
    const char* complaint_ = nullptr;
};

tl::unexpected<Error> malformed(const std::string& whose, const std::string& why) {
    return fail(ErrorCode::corrupt, whose + " gave a list that cannot be read: " + why + ".",
                "Check the address in the network's file, or ask whoever runs the cloud.");
}

} // namespace

Result<SeerNodes> fetch_seer(const std::string& url, Http& http, std::int64_t now,
                             std::stop_token stop) {
    const std::string whose = "The seer " + url;
    HttpRequest request;
    request.url = url + "/geo/all";
    request.max_response = max_seer_answer;
    const auto response = get_public(http, request, whose, std::move(stop));
    if (!response) {
        return fail(response.error());
    }
    // The parser takes a NUL byte for the end of its input, so what follows one would go unread.
    if (!is_utf8(response->body)) {
        return malformed(whose, "it is not UTF-8 text");
    }
    Reader reader(now);
    if (!Json::sax_parse(response->body, &reader)) {
        return malformed(whose, reader.complaint());
    }
    if (!reader.found()) {
        return malformed(whose, "it has no nodes");
    }
    SeerNodes seer = reader.take();
    const auto by_key = [](const SeerNodes::Node& a, const SeerNodes::Node& b) {
        return a.key < b.key;
    };
    std::stable_sort(seer.nodes.begin(), seer.nodes.end(), by_key);
    seer.nodes.erase(std::unique(seer.nodes.begin(), seer.nodes.end(),
                                 [](const SeerNodes::Node& a, const SeerNodes::Node& b) {
                                     return a.key == b.key;
                                 }),
                     seer.nodes.end());
    return seer;
}

void append(NodeTable& table, const SeerNodes& seer) {
    for (const SeerNodes::Node& node : seer.nodes) {
        NodeRow row;
        row.key = node.key;
        row.latitude = node.latitude;
        row.longitude = node.longitude;
        row.reputation = row.slots = row.claimed = row.age_days = row.uptime = unknown_figure;
        row.region = static_cast<std::uint8_t>(region_of(
            {static_cast<double>(node.latitude) / 100, static_cast<double>(node.longitude) / 100}));
        row.flags = no_seal_key;
        row.name = node.name;
        append(table, row);
    }
}

} // namespace tau::vault
