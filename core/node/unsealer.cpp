#include "core/node/unsealer.h"

#include <algorithm>

namespace tau::node {

namespace {

/// Each holds three secrets, and each secret locked and guarded pages.
constexpr std::size_t most_remembered = 256;

bool has_expired(std::uint64_t expires_at, std::int64_t now) {
    return expires_at != 0 && (now < 0 || expires_at <= static_cast<std::uint64_t>(now));
}

tl::unexpected<Error> expired() {
    return fail(ErrorCode::permission_denied, "The seal of these keys has expired.",
                "Register the project again with fresh keys.");
}

/// The earlier of two times, where 0 is never.
std::uint64_t earlier(std::uint64_t a, std::uint64_t b) {
    return a == 0 || b == 0 ? std::max(a, b) : std::min(a, b);
}

} // namespace

Result<seal::Opened> Unsealer::open(const seal::Bundle& bundle) {
    return pool_.run([this, &bundle] { return seal::open_bundle(bundle, seal_key_); }).get();
}

std::uint64_t Unsealer::generation() {
    const std::lock_guard lock(mutex_);
    return generation_;
}

std::list<Unsealer::Entry>::iterator Unsealer::find(const Key& key) {
    return std::find_if(entries_.begin(), entries_.end(),
                        [&key](const Entry& entry) { return entry.key == key; });
}

std::shared_ptr<const Unsealed> Unsealer::remembered(const Key& key, const Hash32& sealed) {
    const auto found = find(key);
    if (found == entries_.end()) {
        return nullptr;
    }
    if (found->value->sealed != sealed) { // another process took new keys
        entries_.erase(found);
        return nullptr;
    }
    entries_.splice(entries_.begin(), entries_, found);
    return found->value;
}

/// Ends with the object, however that comes.
class Unsealer::Opening {
public:
    Opening(Unsealer& unsealer, Key key) : unsealer_(unsealer), key_(std::move(key)) {}
    Opening(const Opening&) = delete;
    Opening& operator=(const Opening&) = delete;
    ~Opening() {
        const std::lock_guard lock(unsealer_.mutex_);
        unsealer_.opening_.erase(key_);
        unsealer_.opened_.notify_all();
    }

private:
    Unsealer& unsealer_;
    const Key key_;
};

Result<std::shared_ptr<const Unsealed>> Unsealer::get(const std::string& registration_id,
                                                      const StoredRepository& repository,
                                                      std::int64_t now, std::uint64_t generation,
                                                      For whom) {
    const Key key{registration_id, repository.role};
    const Hash32 sealed = bundle_hash(repository.sealed);
    {
        std::unique_lock lock(mutex_);
        opened_.wait(lock, [&] { return !opening_.contains(key); });
        if (auto known = remembered(key, sealed)) {
            if (!has_expired(known->expires_at, now)) {
                return known;
            }
            entries_.erase(find(key));
            return expired();
        }
        if (whom == For::stranger &&
            strangers_.take(registration_id + std::string(to_string(repository.role)))) {
            return fail(ErrorCode::limit_exceeded, "These keys were opened too often.");
        }
        opening_.insert(key);
    }
    const Opening opening(*this, key);
    auto opened = open(repository, sealed, now);
    if (opened) {
        remember(key, *opened, generation);
    }
    return opened;
}

Result<std::shared_ptr<const Unsealed>> Unsealer::open(const StoredRepository& repository,
                                                       const Hash32& sealed, std::int64_t now) {
    const Result<seal::Bundle> bundle = seal::decode_bundle(repository.sealed);
    if (!bundle) {
        return fail(bundle.error());
    }
    const std::uint64_t expires_at =
        earlier(bundle->deploy_key.context.expires_at, bundle->webhook.context.expires_at);
    if (has_expired(expires_at, now)) {
        return expired();
    }
    Result<seal::Opened> opened = open(*bundle);
    if (!opened) {
        return fail(opened.error());
    }
    const auto webhook = keys::WebhookSecret::from_scalar(opened->webhook_scalar);
    if (!webhook) {
        return fail(webhook.error());
    }
    return std::make_shared<const Unsealed>(Unsealed{
        std::move(*opened), webhook->text(bundle->webhook.context.nonce), expires_at, sealed});
}

void Unsealer::remember(const Key& key, std::shared_ptr<const Unsealed> value,
                        std::uint64_t generation) {
    const std::lock_guard lock(mutex_);
    if (generation != generation_) {
        return;
    }
    entries_.push_front({key, std::move(value)});
    if (entries_.size() > most_remembered) {
        entries_.pop_back();
    }
}

void Unsealer::forget(const std::string& registration_id) {
    {
        const std::lock_guard lock(mutex_);
        ++generation_;
    }
    forget_ended(registration_id);
}

void Unsealer::forget_ended(const std::string& registration_id) {
    const std::lock_guard lock(mutex_);
    entries_.remove_if(
        [&registration_id](const Entry& entry) { return entry.key.first == registration_id; });
}

void Unsealer::forget_but(const std::unordered_set<std::string>& registration_ids) {
    const std::lock_guard lock(mutex_);
    const auto gone = entries_.remove_if([&registration_ids](const Entry& entry) {
        return !registration_ids.contains(entry.key.first);
    });
    generation_ += gone > 0 ? 1 : 0;
}

} // namespace tau::node
