#include "core/vault/directory/head_keeper.h"

#include "core/base/text.h"
#include "core/vault/directory/history.h"
#include "core/vault/directory/merkle.h"
#include "core/vault/public_file.h"

#include <algorithm>

namespace tau::vault {

namespace {

constexpr std::chrono::milliseconds head_deadline{10000};
constexpr std::uint32_t most_new_roots = 32;
constexpr std::uint64_t most_nodes = 4'000'000;
constexpr std::size_t max_etag = 128;
constexpr std::size_t max_history = 4U << 20U;
constexpr std::size_t history_entry = 40;

tl::unexpected<Error> not_believed(const std::string& whose, const std::string& why,
                                   const Error& cause) {
    return fail(cause.code, whose + " " + why + ". " + cause.message, cause.hint, cause.detail);
}

tl::unexpected<Error> untrusted(const std::string& whose, const std::string& why) {
    return fail(ErrorCode::untrusted, whose + " " + why + ".",
                "Try again later, or use another mirror of the directory; if this lasts, tell "
                "whoever runs it.");
}

/// For heads that are older than the proofs which are offered: every head's leaf is in here.
Result<void> check_whole_history(const SignedHead& before, const SignedHead& fresh, ByteView file) {
    std::vector<Hash32> leaves;
    ByteReader in(file);
    while (in.remaining() >= history_entry) {
        in.u64();
        leaves.push_back(in.array<32>());
    }
    const std::uint64_t old_size = before.head.history_size;
    if (!in.at_end() || leaves.size() != fresh.head.history_size || leaves.size() <= old_size ||
        merkle::root(leaves) != fresh.head.history_root ||
        merkle::root(std::span(leaves).first(old_size)) != before.head.history_root ||
        leaves[old_size] != merkle::leaf_hash(before.encoded)) {
        return fail(ErrorCode::untrusted,
                    "Its history does not continue the one that is known here.",
                    "Compare with another mirror of the directory before you trust this one.");
    }
    return {};
}

} // namespace

HeadKeeper::HeadKeeper(std::string url, DirectoryRoot pinned, Http& http,
                       const DirectoryCache& cache, const SeenStore& seen)
    : url_(std::move(url)), whose_("The directory " + url_), pinned_(std::move(pinned)),
      http_(http), cache_(cache), seen_(seen) {}

Result<KnownHead> HeadKeeper::newest(std::int64_t now, std::stop_token stop) const {
    const std::shared_ptr<const SignedHead> before = kept(now);
    if (before && now < std::int64_t{before->head.fresh_until}) {
        return KnownHead{before, std::nullopt, false};
    }
    auto head = ask(before, now, stop);
    if (head) {
        return KnownHead{*head, std::nullopt, *head != before};
    }
    if (!before || head.error().code == ErrorCode::cancelled) {
        return fail(head.error());
    }
    return KnownHead{before, head.error(), false};
}

std::shared_ptr<const SignedHead> HeadKeeper::kept(std::int64_t now) const {
    const auto file = cache_.read("head", max_head_file);
    const auto version = file ? claimed_root_version(as_bytes(*file)) : Result<std::uint32_t>(0);
    if (!file || !version) {
        return nullptr;
    }
    for (const DirectoryRoot& root : known_roots()) {
        if (root.version == *version) {
            auto head = read_head_file(as_bytes(*file), root, now);
            return head ? std::make_shared<const SignedHead>(std::move(*head)) : nullptr;
        }
    }
    return nullptr;
}

void HeadKeeper::keep(const SignedHead& head) const {
    cache_.write("head", head_file(head));
}

std::vector<DirectoryRoot> HeadKeeper::known_roots() const {
    std::vector<DirectoryRoot> roots{pinned_};
    for (;;) {
        const auto file =
            cache_.read("root-" + std::to_string(roots.back().version + 1), max_root_file);
        auto next = file ? read_root_file(as_bytes(*file), roots.back())
                         : fail(ErrorCode::not_found, "There is no newer root.");
        if (!next) {
            return roots;
        }
        roots.push_back(std::move(*next));
    }
}

Result<DirectoryRoot> HeadKeeper::follow_roots(DirectoryRoot trusted, std::uint32_t version,
                                               const std::stop_token& stop) const {
    if (version > trusted.version && version - trusted.version > most_new_roots) {
        return untrusted(whose_, "claims to have changed its keys " +
                                     std::to_string(version - trusted.version) + " times");
    }
    while (trusted.version < version) {
        const std::string next = std::to_string(trusted.version + 1);
        const auto file = get("/v1/root/" + next, max_root_file, "", stop);
        if (!file) {
            return fail(file.error());
        }
        auto root = read_root_file(as_bytes(file->body), trusted);
        if (!root) {
            return not_believed(whose_, "names new keys that its old ones do not vouch for",
                                root.error());
        }
        cache_.write("root-" + next, as_bytes(file->body));
        trusted = std::move(*root);
    }
    return trusted;
}

Result<std::shared_ptr<const SignedHead>>
HeadKeeper::ask(const std::shared_ptr<const SignedHead>& before, std::int64_t now,
                const std::stop_token& stop) const {
    const auto response = get("/v1/head", max_head_file, before ? etag_of(*before) : "", stop);
    if (!response) {
        return fail(response.error());
    }
    if (response->status == 304) {
        return before;
    }
    const ByteView file = as_bytes(response->body);
    const auto version = claimed_root_version(file);
    if (!version) {
        return not_believed(whose_, "gave something else than its head", version.error());
    }
    const auto root = follow_roots(known_roots().back(), *version, stop);
    if (!root) {
        return fail(root.error());
    }
    auto head = read_head_file(file, *root, now);
    if (!head) {
        return not_believed(whose_, "gave a list that is not believed", head.error());
    }
    if (auto order = check_order(before.get(), *head, stop); !order) {
        return fail(order.error());
    }
    // Where this cannot be written, the kept head still holds against older ones.
    static_cast<void>(seen_.raise_epoch(head->head.epoch));
    keep_etag(*head, *response);
    if (before && before->encoded == head->encoded) {
        return before;
    }
    return std::make_shared<const SignedHead>(std::move(*head));
}

Result<void> HeadKeeper::check_order(const SignedHead* before, const SignedHead& fresh,
                                     const std::stop_token& stop) const {
    const std::uint64_t highest =
        std::max(seen_.load().epoch, before == nullptr ? 0 : before->head.epoch);
    if (fresh.head.epoch < highest) {
        return untrusted(whose_, "gave an old list, of " +
                                     to_iso8601(static_cast<std::int64_t>(fresh.head.epoch)) +
                                     ", though a newer one was seen before, of " +
                                     to_iso8601(static_cast<std::int64_t>(highest)));
    }
    if (fresh.head.node_count() > most_nodes) {
        return untrusted(whose_, "lists more than " + std::to_string(most_nodes) +
                                     " nodes, which this version cannot show");
    }
    if (before == nullptr || before->encoded == fresh.encoded) {
        return {};
    }
    if (fresh.head.epoch == before->head.epoch) {
        return untrusted(whose_, "gave two different lists of the same moment, " +
                                     to_iso8601(static_cast<std::int64_t>(fresh.head.epoch)));
    }
    return check_history(*before, fresh, stop);
}

Result<void> HeadKeeper::check_history(const SignedHead& before, const SignedHead& fresh,
                                       const std::stop_token& stop) const {
    const std::string folder = "/v1/" + std::to_string(fresh.head.epoch) + "/history/";
    auto file = get(folder + std::to_string(before.head.epoch), max_history_file, "", stop);
    Result<void> follows;
    if (file) {
        follows = verify_history(before, fresh, as_bytes(file->body));
    } else if (file.error().code == ErrorCode::not_found) {
        file = get(folder + "all", max_history, "", stop);
        if (file) {
            follows = check_whole_history(before, fresh, as_bytes(file->body));
        }
    }
    if (!file) {
        return fail(file.error());
    }
    if (!follows) {
        return not_believed(whose_, "does not show how its list follows from the one before",
                            follows.error());
    }
    return {};
}

Result<HttpResponse> HeadKeeper::get(const std::string& path, std::size_t limit,
                                     const std::string& etag, const std::stop_token& stop) const {
    HttpRequest request;
    request.url = url_ + path;
    request.max_response = limit;
    request.deadline = head_deadline;
    if (!etag.empty()) {
        request.headers.push_back({"If-None-Match", etag});
    }
    return get_public(http_, request, whose_, stop);
}

std::string HeadKeeper::etag_of(const SignedHead& head) const {
    const std::string of = to_hex(merkle::sha256(head.encoded)) + "\n";
    const auto file = cache_.read("etag", of.size() + max_etag);
    return file && file->starts_with(of) ? file->substr(of.size()) : std::string();
}

void HeadKeeper::keep_etag(const SignedHead& head, const HttpResponse& response) const {
    const std::string* etag = response.header("ETag");
    const bool usable =
        etag != nullptr && etag->size() <= max_etag &&
        std::all_of(etag->begin(), etag->end(), [](unsigned char c) { return c > 32 && c < 127; });
    if (usable) {
        cache_.write("etag", as_bytes(to_hex(merkle::sha256(head.encoded)) + "\n" + *etag));
    }
}

} // namespace tau::vault
