#include "core/node/service.h"

#include "core/base/text.h"
#include "core/node/data_folder.h"
#include "core/node/node_store.h"
#include "core/node/ref_tracker.h"
#include "core/node/registrar.h"
#include "core/node/routes.h"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <condition_variable>
#include <thread>
#include <utility>

namespace tau::node {

namespace {

constexpr std::uint32_t record_life = 7 * 24 * 3600;
constexpr std::uint32_t renew_after = record_life / 2;
constexpr std::chrono::seconds record_look{2}; ///< with other processes beside this one
constexpr std::chrono::seconds store_look{10};
constexpr std::chrono::hours scan_look{1};
constexpr std::int64_t scan_pause = 24LL * 3600; ///< seconds

unsigned proof_threads(const Settings& settings) {
    return settings.proof_threads != 0 ? settings.proof_threads
                                       : std::thread::hardware_concurrency();
}

/// A database belongs to the keys it was first opened with: under others, nothing in it opens.
Result<void> check_identity(Store& store, const Identity& identity) {
    const std::array<std::pair<std::string, seal::Point>, 2> keys{
        {{"sign_public", identity.sign_public()}, {"seal_public", identity.seal_public()}}};
    for (const auto& [name, key] : keys) {
        const std::string mine = to_hex(key);
        const auto known = store.change_meta(
            name, [&mine](const std::optional<std::string>& first) -> Result<std::string> {
                return first.value_or(mine);
            });
        if (!known) {
            return fail(known.error());
        }
        if (*known != mine) {
            return fail(ErrorCode::corrupt,
                        "The node's keys are not those that its database was made with.",
                        "Restore the folder keys from a backup, or give the node another data "
                        "folder.");
        }
    }
    return {};
}

/// "<seq> <base64>": the number counts when the record itself is past, too.
std::uint64_t leading_number(const std::string& text) {
    std::uint64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

/// Number, times and signatures.
void take_frame(vault::NodeRecord& to, const vault::NodeRecord& from) {
    to.seq = from.seq;
    to.not_before = from.not_before;
    to.expires = from.expires;
    to.possession = from.possession;
    to.signature = from.signature;
}

} // namespace

struct Service::Parts {
    Parts(const Settings& wanted, const Clock& time, Entropy& random, Log& logger, Identity keys,
          std::unique_ptr<Store> storage, std::unique_ptr<Repositories> hosts)
        : settings(wanted), clock(time), entropy(random), log(logger), identity(std::move(keys)),
          store(std::move(storage)), repositories(std::move(hosts)), pool(proof_threads(settings)),
          unsealer(identity.seal_key, pool),
          validator(identity, *store, pool, *repositories, wanted.doubt, wanted.owner_projects),
          registrar(
              identity, *store, validator,
              [this] {
                  const std::lock_guard lock(mutex);
                  return record.seq;
              },
              wanted.owner_per_minute),
          delivery_limit(wanted.deliveries_per_second, std::chrono::seconds(1)), known(*store),
          tracker(*store, known, unsealer, *repositories, metrics, clock, log,
                  {settings.ref_debounce, settings.ref_poll}) {}

    /// Shows the record that the node's processes share; signs another when it is to end soon, or
    /// when this process has something else to announce.
    Result<void> renew();
    vault::NodeRecord wanted() const;
    void tell_of_others();
    void watch(const std::stop_token& stop);
    void scan_daily(const std::stop_token& stop);

    const Settings settings;
    std::mutex renewing;       ///< one at a time
    Settings shown = settings; ///< what the record is to say; under `renewing`, as what follows
    bool announces = true;     ///< they were not in a record yet
    std::uint64_t told_of = 0; ///< the number of a record that says something else
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
    RateLimit delivery_limit;
    OwnerPlaces owner_places;
    KnownRegistrations known;
    RefTracker tracker;
    std::atomic<bool> store_answers = true; ///< when the watcher last asked
    std::jthread watcher;                   ///< last: it uses the members above
};

/// What the settings say, without number, times and signatures.
vault::NodeRecord Service::Parts::wanted() const {
    vault::NodeRecord next;
    next.latitude = shown.latitude;
    next.longitude = shown.longitude;
    next.region = shown.region;
    next.slots_per_hour = shown.slots_per_hour;
    next.name = shown.name;
    next.endpoint = shown.endpoint;
    next.tls_spki = shown.tls_spki;
    next.sign_key = identity.sign_public();
    next.seal_key = identity.seal_public();
    return next;
}

/// Of several processes the one that was told last decides what the record says. If each signed its
/// own, there would be no end to it.
Result<void> Service::Parts::renew() {
    const std::lock_guard one_at_a_time(renewing);
    const vault::NodeRecord mine = wanted();
    vault::NodeRecord next;
    const std::int64_t now = clock.now();
    // Stored before it is shown: a number must never be given out twice.
    const auto stored = store->change_meta(
        "record", [&](const std::optional<std::string>& known) -> Result<std::string> {
            const std::string text = known.value_or("");
            const std::size_t space = text.find(' ');
            const auto bytes = from_base64(space < text.size() ? text.substr(space + 1) : "");
            const auto present = bytes ? vault::decode_record(*bytes, now) : fail(bytes.error());
            next = present && !announces ? *present : mine;
            if (present) {
                take_frame(next, *present);
                if (next == *present && now < std::int64_t{next.not_before} + renew_after) {
                    return *known;
                }
            }
            const auto before = store->meta("record_seq"); // of a program that kept no records
            if (!before) {
                return fail(before.error());
            }
            // No number is given out twice, also when the database was put back to an older one.
            next.seq =
                std::max(1 + std::max(leading_number(text), leading_number(before->value_or(""))),
                         static_cast<std::uint64_t>(now));
            next.not_before = static_cast<std::uint32_t>(now);
            next.expires = next.not_before + record_life;
            if (auto done = vault::sign_record(next, identity.sign_key, identity.seal_key); !done) {
                return fail(done.error());
            }
            return std::to_string(next.seq) + " " + to_base64(vault::encode(next));
        });
    if (!stored) {
        return fail(stored.error());
    }
    announces = false;
    {
        const std::lock_guard lock(mutex);
        record = next;
        encoded_record = vault::encode(next);
    }
    take_frame(next, mine);
    if (next != mine) {
        tell_of_others();
    }
    return {};
}

void Service::Parts::tell_of_others() {
    if (std::exchange(told_of, record.seq) != record.seq) {
        log.write(LogLevel::warning, "record",
                  "Another process of this node announces other settings than this one has.");
    }
}

/// Another process may sign the next record: a console must not be shown an older one by this. And
/// it may register whom this one has to know. How that goes is the node's health.
void Service::Parts::watch(const std::stop_token& stop) {
    std::mutex unshared;
    std::condition_variable_any never;
    std::unique_lock lock(unshared);
    const bool has_others = is_postgresql(settings.store);
    const std::chrono::seconds pause = has_others ? record_look : store_look;
    auto next_look = std::chrono::steady_clock::now();
    while (!never.wait_for(lock, stop, pause, [] { return false; }) && !stop.stop_requested()) {
        const auto shown = renew();
        if (stop.stop_requested()) { // which may have cut that: it says nothing of the database
            return;
        }
        const bool answered = shown.has_value();
        if (store_answers.exchange(answered) != answered) {
            log.write(answered ? LogLevel::info : LogLevel::error, "store",
                      answered ? "The node's database answers again." : shown.error().message);
        }
        if (has_others) {
            known.learn_of_others();
        }
        if (std::chrono::steady_clock::now() >= next_look) {
            next_look = std::chrono::steady_clock::now() + scan_look;
            scan_daily(stop);
        }
    }
}

/// Once a day some process of the node looks at every row, also when none of them runs for a day.
/// What the database does not answer here is told as its health.
void Service::Parts::scan_daily(const std::stop_token& stop) {
    const auto note = [this] {
        return store->change_meta("scanned_at", [this](const auto&) -> Result<std::string> {
            return std::to_string(clock.now());
        });
    };
    const auto known = store->meta("scanned_at");
    if (known && !*known) { // the first day begins
        static_cast<void>(note());
    }
    const std::int64_t since =
        known && *known ? clock.now() - static_cast<std::int64_t>(leading_number(**known)) : 0;
    if (since >= 0 && since < scan_pause) {
        return;
    }
    const auto whole = store->verify(stop);
    if (!whole && whole.error().code == ErrorCode::cancelled) {
        return;
    }
    if (!whole) {
        log.write(LogLevel::error, "store", whole.error().message + " " + whole.error().detail);
    }
    if (!whole && whole.error().code != ErrorCode::corrupt) {
        return; // it could not be read whole: the next time
    }
    metrics.scanned(clock.now(), whole.has_value());
    static_cast<void>(note());
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
Service::~Service() {
    stop();
}

Result<std::unique_ptr<Service>> Service::open(const Settings& settings, const Clock& clock,
                                               Entropy& entropy, Log& log) {
    return open(settings, clock, entropy, log,
                git_repositories(settings.allow_local_repositories,
                                 std::uint64_t{settings.history_megabytes} << 20U));
}

Result<std::unique_ptr<Service>> Service::open(const Settings& settings, const Clock& clock,
                                               Entropy& entropy, Log& log,
                                               std::unique_ptr<Repositories> repositories) {
    if (const auto made = prepare_data_folder(settings.data); !made) {
        return fail(made.error());
    }
    auto store = open_node_store(settings, clock.now());
    if (!store) {
        return fail(store.error());
    }
    const auto known = (*store)->meta("sign_public");
    if (!known) {
        return fail(known.error());
    }
    Result<Identity> identity = load_or_create_identity(settings.data / "keys", !*known);
    if (!identity) {
        return fail(identity.error());
    }
    if (const auto same = check_identity(**store, *identity); !same) {
        return fail(same.error());
    }
    auto parts = std::make_unique<Parts>(settings, clock, entropy, log, std::move(*identity),
                                         std::move(*store), std::move(repositories));
    if (const auto renewed = parts->renew(); !renewed) {
        return fail(renewed.error());
    }
    parts->watcher =
        std::jthread([&one = *parts](const std::stop_token& stop) { one.watch(stop); });
    return std::unique_ptr<Service>(new Service(std::move(parts)));
}

Response Service::handle(const Request& request) {
    Parts& p = *parts_;
    Response response =
        Routes{p.identity, *p.store,         p.unsealer,     p.registrar,    p.tracker,
               p.metrics,  p.delivery_limit, p.owner_places, p.entropy,      p.log,
               p.pool,     p.clock.now(),    record(),       p.store_answers}
            .answer(request);
    if (!response.trouble.empty()) {
        p.log.write(LogLevel::error, "node", response.trouble);
    }
    return response;
}

void Service::stop() {
    parts_->watcher.request_stop();
    parts_->tracker.stop();
    parts_->repositories->stop();
    parts_->store->stop();
}

std::size_t Service::most_read(std::string_view method, std::string_view target) {
    const std::size_t limit = body_limit(method, target);
    const auto hook = limit > stranger_limit && method == "POST" ? hook_of(target) : std::nullopt;
    return hook && !parts_->known.may_have(hook->first) ? stranger_limit : limit;
}

void Service::refused_body(std::string_view method, std::string_view target) {
    if (const auto hook = method == "POST" ? hook_of(target) : std::nullopt) {
        parts_->tracker.hint_unsigned(hook->first, hook->second);
    }
}

FrontMetrics& Service::front() {
    return parts_->metrics.front();
}

Result<void> Service::maintain() {
    Parts& p = *parts_;
    return p.renew().and_then([&p] { return p.store->expire(p.clock.now()); });
}

Result<void> Service::announce(const Settings& settings) {
    Parts& p = *parts_;
    const auto exchange = [&p](const Settings& shown, bool announces) {
        const std::lock_guard lock(p.renewing);
        p.announces = announces;
        return std::exchange(p.shown, shown);
    };
    const Settings before = exchange(settings, true);
    const auto renewed = p.renew();
    if (!renewed) {
        exchange(before, false);
    }
    return renewed;
}

Bytes Service::record() const {
    const std::lock_guard lock(parts_->mutex);
    return parts_->encoded_record;
}

std::string Service::node_id() const {
    return parts_->identity.node_id();
}

} // namespace tau::node
