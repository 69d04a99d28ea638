#include "core/node/service.h"

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/node/ref_tracker.h"
#include "core/node/registrar.h"
#include "core/node/routes.h"

#include <algorithm>
#include <charconv>
#include <sys/stat.h>
#include <thread>

namespace tau::node {

namespace {

constexpr std::uint32_t record_life = 7 * 24 * 3600;
constexpr std::uint32_t renew_after = record_life / 2;
constexpr std::int64_t copy_life = 7LL * 24 * 3600;

unsigned proof_threads(const Settings& settings) {
    return settings.proof_threads != 0 ? settings.proof_threads
                                       : std::thread::hardware_concurrency();
}

/// A copy from before a migration still has what owners withdrew since, so it is not kept for good.
void forget_old_copies(const std::filesystem::path& data, std::int64_t now) {
    std::error_code code;
    for (const auto& entry : std::filesystem::directory_iterator(data, code)) {
        struct stat info {};
        if (entry.path().filename().string().starts_with("backup-") &&
            ::lstat(entry.path().c_str(), &info) == 0 && info.st_mtime < now - copy_life) {
            std::filesystem::remove(entry.path(), code);
        }
    }
}

/// A database belongs to the keys it was first opened with: under others, nothing in it opens.
Result<void> check_identity(Store& store, const Identity& identity) {
    const std::array<std::pair<std::string, seal::Point>, 2> keys{
        {{"sign_public", identity.sign_public()}, {"seal_public", identity.seal_public()}}};
    for (const auto& [name, key] : keys) {
        const auto known = store.meta(name);
        if (!known) {
            return fail(known.error());
        }
        if (*known && **known != to_hex(key)) {
            return fail(ErrorCode::corrupt,
                        "The node's keys are not those that its database was made with.",
                        "Restore the folder keys from a backup, or give the node another data "
                        "folder.");
        }
        if (!*known) {
            if (const auto noted = store.set_meta(name, to_hex(key)); !noted) {
                return noted;
            }
        }
    }
    return {};
}

} // namespace

struct Service::Parts {
    Parts(const Settings& wanted, const Clock& time, Entropy& random, Log& logger, Identity keys,
          std::unique_ptr<Store> storage, std::unique_ptr<Repositories> hosts)
        : settings(wanted), clock(time), entropy(random), log(logger), identity(std::move(keys)),
          store(std::move(storage)), repositories(std::move(hosts)), pool(proof_threads(settings)),
          unsealer(identity.seal_key, pool), validator(identity, *store, pool, *repositories),
          registrar(
              identity, *store, validator,
              [this] {
                  const std::lock_guard lock(mutex);
                  return record.seq;
              },
              wanted.owner_per_minute),
          tracker(*store, unsealer, *repositories, metrics, clock, log,
                  {settings.ref_debounce, settings.ref_poll}) {}

    Result<void> renew();

    const Settings settings;
    const Clock& clock;
    Entropy& entropy;
    Log& log;
    const Identity identity;
    const std::unique_ptr<Store> store;
    const std::unique_ptr<Repositories> repositories;
    Pool pool;
    Unsealer unsealer;
    const Validator validator;
    mutable std::mutex mutex; ///< of the record
    vault::NodeRecord record;
    Bytes encoded_record;
    Registrar registrar;
    Metrics metrics;
    RefTracker tracker;
};

Result<void> Service::Parts::renew() {
    const auto last = store->meta("record_seq");
    if (!last) {
        return fail(last.error());
    }
    std::uint64_t seq = 0;
    if (*last) {
        std::from_chars((*last)->data(), (*last)->data() + (*last)->size(), seq);
    }
    vault::NodeRecord next;
    next.seq = seq + 1;
    next.not_before = static_cast<std::uint32_t>(clock.now());
    next.expires = next.not_before + record_life;
    next.latitude = settings.latitude;
    next.longitude = settings.longitude;
    next.region = settings.region;
    next.slots_per_hour = settings.slots_per_hour;
    next.name = settings.name;
    next.endpoint = settings.endpoint;
    if (const auto done = vault::sign_record(next, identity.sign_key, identity.seal_key); !done) {
        return done;
    }
    // Stored before it is shown: a number must never be given out twice.
    if (const auto stored = store->set_meta("record_seq", std::to_string(next.seq)); !stored) {
        return stored;
    }
    const std::lock_guard lock(mutex);
    record = next;
    encoded_record = vault::encode(next);
    return {};
}

const std::string* Request::header(std::string_view name) const {
    const std::string wanted = to_lower_ascii(name);
    const auto found =
        std::find_if(headers.begin(), headers.end(), [&wanted](const HttpHeader& header) {
            return to_lower_ascii(header.name) == wanted;
        });
    return found == headers.end() ? nullptr : &found->value;
}

Service::Service(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Service::~Service() = default;

Result<std::unique_ptr<Service>> Service::open(const Settings& settings, const Clock& clock,
                                               Entropy& entropy, Log& log) {
    if (const auto made = make_private_directory(settings.data); !made) {
        return fail(made.error());
    }
    return open(settings, clock, entropy, log, git_repositories(settings.allow_local_repositories));
}

Result<std::unique_ptr<Service>> Service::open(const Settings& settings, const Clock& clock,
                                               Entropy& entropy, Log& log,
                                               std::unique_ptr<Repositories> repositories) {
    if (const auto made = make_private_directory(settings.data); !made) {
        return fail(made.error());
    }
    const std::filesystem::path database_file = settings.data / "node.db";
    std::error_code unknown;
    const bool is_new = !std::filesystem::exists(database_file, unknown);
    Result<Identity> identity = load_or_create_identity(settings.data / "keys", is_new);
    if (!identity) {
        return fail(identity.error());
    }
    auto database = open_sqlite(database_file);
    if (!database) {
        return fail(database.error());
    }
    auto store = Store::open(std::move(*database), clock.now());
    if (!store) {
        return fail(store.error());
    }
    if (const auto same = check_identity(**store, *identity); !same) {
        return fail(same.error());
    }
    auto parts = std::make_unique<Parts>(settings, clock, entropy, log, std::move(*identity),
                                         std::move(*store), std::move(repositories));
    if (const auto renewed = parts->renew(); !renewed) {
        return fail(renewed.error());
    }
    return std::unique_ptr<Service>(new Service(std::move(parts)));
}

Response Service::handle(const Request& request) {
    Parts& p = *parts_;
    return Routes{p.identity, *p.store,  p.unsealer, p.registrar,   p.tracker,
                  p.metrics,  p.entropy, p.pool,     p.clock.now(), record()}
        .answer(request);
}

Result<void> Service::maintain() {
    Parts& p = *parts_;
    const std::int64_t now = p.clock.now();
    std::int64_t since = 0;
    {
        const std::lock_guard lock(p.mutex);
        since = p.record.not_before;
    }
    if (now >= since + renew_after) {
        if (const auto renewed = p.renew(); !renewed) {
            return renewed;
        }
    }
    forget_old_copies(p.settings.data, now);
    return p.store->expire(now);
}

Bytes Service::record() const {
    const std::lock_guard lock(parts_->mutex);
    return parts_->encoded_record;
}

std::string Service::node_id() const {
    return parts_->identity.node_id();
}

} // namespace tau::node
