#include "core/forge/local_spool.h"

#include "core/base/encoding.h"
#include "core/base/file.h"
#include "core/ports.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace tau::forge {

using nlohmann::json;
namespace fs = std::filesystem;

namespace {

std::string random_uuid() {
    std::array<std::uint8_t, 16> bytes{};
    SystemEntropy().fill(bytes);
    bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0fU) | 0x40U); // RFC 4122 version 4
    bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3fU) | 0x80U);
    std::string text = to_hex(bytes);
    for (const std::size_t dash : {20U, 16U, 12U, 8U}) {
        text.insert(dash, "-");
    }
    return text;
}

std::string dump(const json& value) {
    return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

json describe(const LocalState& state, const LocalRepository& repository) {
    return {{"id", repository.id},
            {"name", repository.name},
            {"full_name", repository.full_name()},
            {"private", repository.is_private},
            {"default_branch", repository.default_branch},
            {"ssh_url", state.ssh_url(repository)},
            {"clone_url", state.ssh_url(repository)}};
}

bool is_zero(const std::string& commit) {
    return commit.find_first_not_of('0') == std::string::npos;
}

Delivery delivery(const LocalHook& hook, std::string event, const json& body) {
    return {random_uuid(), hook.id, hook.url, std::move(event), dump(body)};
}

} // namespace

Delivery push_delivery(const LocalState& state, const LocalRepository& repository,
                       const LocalHook& hook, const RefChange& change) {
    return delivery(hook, "push",
                    {{"ref", change.name},
                     {"before", change.before},
                     {"after", change.after},
                     {"created", is_zero(change.before)},
                     {"deleted", is_zero(change.after)},
                     {"forced", false}, // the host refuses what is not a fast-forward
                     {"commits", json::array()},
                     {"repository", describe(state, repository)},
                     {"pusher", {{"name", state.login}}}});
}

Delivery ping_delivery(const LocalState& state, const LocalRepository& repository,
                       const LocalHook& hook) {
    return delivery(hook, "ping",
                    {{"zen", "Keep it logically awesome."},
                     {"hook_id", hook.id},
                     {"hook",
                      {{"id", hook.id},
                       {"type", "Repository"},
                       {"active", true},
                       {"events", {"push"}},
                       {"config", {{"url", hook.url}, {"content_type", "json"}}}}},
                     {"repository", describe(state, repository)}});
}

Result<void> enqueue(const LocalFolder& folder, const Delivery& delivery) {
    return write_file_atomic(folder.spool() / (delivery.id + ".json"),
                             dump({{"id", delivery.id},
                                   {"hook_id", delivery.hook_id},
                                   {"url", delivery.url},
                                   {"event", delivery.event},
                                   {"body", delivery.body}}));
}

std::vector<fs::path> queued(const LocalFolder& folder) {
    std::vector<std::pair<fs::file_time_type, fs::path>> found;
    std::error_code code;
    fs::directory_iterator entry(folder.spool(), code), end;
    for (; !code && entry != end; entry.increment(code)) {
        if (entry->path().extension() == ".json") {
            std::error_code gone;
            found.emplace_back(entry->last_write_time(gone), entry->path());
        }
    }
    std::sort(found.begin(), found.end());
    std::vector<fs::path> files;
    files.reserve(found.size());
    for (auto& [time, path] : found) {
        files.push_back(std::move(path));
    }
    return files;
}

Result<Delivery> read_delivery(const fs::path& file) {
    const auto text = read_file(file);
    if (!text) {
        return fail(text.error());
    }
    try {
        const json value = json::parse(*text);
        return Delivery{value.at("id"), value.at("hook_id"), value.at("url"), value.at("event"),
                        value.at("body")};
    } catch (const json::exception&) {
        return fail(ErrorCode::corrupt, "The file " + file.string() + " is damaged.");
    }
}

} // namespace tau::forge
