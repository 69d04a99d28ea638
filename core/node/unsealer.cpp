#include "core/node/unsealer.h"

#include <algorithm>

namespace tau::node {

namespace {

/// Each holds three secrets, and each secret locked and guarded pages.
constexpr std::size_t remembered = 256;

} // namespace

Result<seal::Opened> Unsealer::open(const seal::Bundle& bundle) {
    return pool_.run([this, &bundle] { return seal::open_bundle(bundle, seal_key_); }).get();
}

Result<std::shared_ptr<const Unsealed>> Unsealer::get(const std::string& registration_id,
                                                      const StoredRepository& repository) {
    const Key key{registration_id, repository.role};
    {
        const std::lock_guard lock(mutex_);
        const auto found = std::find_if(entries_.begin(), entries_.end(),
                                        [&key](const Entry& entry) { return entry.key == key; });
        if (found != entries_.end()) {
            entries_.splice(entries_.begin(), entries_, found);
            return found->value;
        }
    }
    const Result<seal::Bundle> bundle = seal::decode_bundle(repository.sealed);
    if (!bundle) {
        return fail(bundle.error());
    }
    Result<seal::Opened> opened = open(*bundle);
    if (!opened) {
        return fail(opened.error());
    }
    const auto webhook = keys::WebhookSecret::from_scalar(opened->webhook_scalar);
    if (!webhook) {
        return fail(webhook.error());
    }
    auto value = std::make_shared<const Unsealed>(
        Unsealed{std::move(*opened), webhook->text(bundle->webhook.context.nonce)});
    const std::lock_guard lock(mutex_);
    entries_.push_front({key, value});
    if (entries_.size() > remembered) {
        entries_.pop_back();
    }
    return value;
}

void Unsealer::forget(const std::string& registration_id) {
    const std::lock_guard lock(mutex_);
    entries_.remove_if(
        [&registration_id](const Entry& entry) { return entry.key.first == registration_id; });
}

} // namespace tau::node
