#include "core/node/node_store.h"

#include "core/node/data_folder.h"

#include <algorithm>
#include <sys/stat.h>
#include <unistd.h>

namespace tau::node {

namespace {

/// Absolute, with the links of what is there resolved.
std::filesystem::path place_of(const std::filesystem::path& path) {
    std::error_code unknown;
    return std::filesystem::weakly_canonical(std::filesystem::absolute(path, unknown), unknown);
}

/// A key among the data goes wherever the database goes: into the same backup, to the same thief.
bool lies_within(const std::filesystem::path& file, const std::filesystem::path& folder) {
    const auto inner = place_of(file);
    const auto outer = place_of(folder);
    return std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end()).first ==
           outer.end();
}

std::filesystem::path database_file(const Settings& settings) {
    return settings.store.empty() ? settings.data / "node.db"
                                  : std::filesystem::path(settings.store);
}

std::filesystem::path database_folder(const Settings& settings) {
    std::error_code unknown;
    return std::filesystem::absolute(database_file(settings), unknown).parent_path();
}

bool lies_beside_database(const Settings& settings) {
    return !is_postgresql(settings.store) &&
           lies_within(settings.barrier_key, database_folder(settings));
}

Result<Secret> barrier_key(const Settings& settings) {
    if (!settings.barrier_key.empty() &&
        (lies_within(settings.barrier_key, settings.data) || lies_beside_database(settings))) {
        return fail(ErrorCode::invalid_argument,
                    "The barrier key lies among the data that it protects.",
                    "Move it to another folder than data's and store's, best on another disk, and "
                    "keep it out of the database's backups.");
    }
    return read_barrier_key(settings.barrier_key, settings.passphrase);
}

/// The node makes the folder of its data and those above, and no other.
Result<void> check_database_folder(const Settings& settings) {
    std::error_code unknown;
    const auto folder = database_folder(settings);
    if (std::filesystem::is_directory(folder, unknown) || lies_within(settings.data, folder)) {
        return {};
    }
    return fail(ErrorCode::not_found,
                "There is no folder " + folder.string() + " for the node's database.",
                "Make it, as the node's user, or give store a file in another one.");
}

/// A new one in its place would have none of the registrations, and look like a node that has none.
Result<void> check_database_is_there(const Settings& settings) {
    const std::filesystem::path file = database_file(settings);
    struct stat status {};
    std::error_code unknown;
    if (is_postgresql(settings.store) ||
        !std::filesystem::exists(settings.data / "audit.head", unknown) ||
        (::stat(file.c_str(), &status) == 0 && status.st_size > 0)) {
        return {};
    }
    return fail(ErrorCode::not_found,
                "The node's database " + file.string() + " is not there, or empty.",
                "Put it back from a backup, as BACKUP in tau-vaultd(8) says. If there is none, "
                "remove the file audit.head from the node's data: the node then begins anew, and "
                "whoever was registered registers again.");
}

/// The folder of a node that was there before, and is this user's: files that another one leaves
/// beside the database would keep the node out of it.
Result<void> check_own_data(const std::filesystem::path& folder) {
    struct stat status {};
    if (::stat(folder.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) {
        return fail(ErrorCode::not_found, "There is no folder " + folder.string() + ".",
                    "Give the node's data as it is started with.");
    }
    if (status.st_uid != ::geteuid()) {
        return fail(ErrorCode::permission_denied,
                    "The folder " + folder.string() + " is another user's.",
                    "Do this as the node's user; tau-vaultd(8) says how.");
    }
    return {};
}

/// What was put back from a backup belongs to who put it back, and the node could not start.
Result<void> check_own_files(const Settings& settings) {
    for (const auto& file : {database_file(settings), settings.data / "audit.head"}) {
        struct stat status {};
        const bool there = !is_postgresql(file.string()) && ::stat(file.c_str(), &status) == 0;
        if (there && (status.st_uid != ::geteuid() || (status.st_mode & 0600U) != 0600U)) {
            return fail(ErrorCode::permission_denied,
                        "The node's user may not read and write " + file.string() + ".",
                        "Make the file the node's own (chown --reference=keys, chmod 600), as "
                        "BACKUP in tau-vaultd(8) says.");
        }
    }
    return {};
}

} // namespace

Result<std::unique_ptr<Store>> open_node_store(const Settings& settings, std::int64_t now) {
    const auto key = barrier_key(settings);
    if (!key) {
        return fail(key.error());
    }
    if (const auto there = check_database_is_there(settings); !there) {
        return fail(there.error());
    }
    auto database = is_postgresql(settings.store)
                        ? open_postgresql(settings.store, settings.store_times)
                        : open_sqlite(database_file(settings));
    if (!database) {
        return fail(database.error());
    }
    return Store::open(std::move(*database), *key, settings.data / "audit.head", now);
}

Result<StoreReport> verify_store(const Settings& settings,
                                 const std::optional<AuditEntry>& expected) {
    if (const auto own = check_own_data(settings.data); !own) {
        return fail(own.error());
    }
    const auto key = barrier_key(settings);
    if (!key) {
        return fail(key.error());
    }
    if (const auto there = check_database_is_there(settings); !there) {
        return fail(there.error());
    }
    if (const auto own = check_own_files(settings); !own) {
        return fail(own.error());
    }
    auto database = is_postgresql(settings.store)
                        ? open_postgresql(settings.store, settings.store_times)
                        : open_sqlite_to_read(database_file(settings));
    if (!database) {
        return fail(database.error());
    }
    const auto store =
        Store::open_to_read(std::move(*database), *key, settings.data / "audit.head");
    const auto there = store && expected ? (*store)->has_entry(*expected) : Result<bool>(true);
    if (!store || !there) {
        return fail(store ? there.error() : store.error());
    }
    if (!*there) {
        return fail(ErrorCode::corrupt,
                    "The audit log does not have the entry " + std::to_string(expected->seq) +
                        " that was expected.",
                    "The whole folder may have been put back to an older state. Put the newest "
                    "copy back.");
    }
    const auto rows = (*store)->verify({});
    auto last = rows ? (*store)->last_entry() : fail(rows.error());
    return last ? Result<StoreReport>(StoreReport{*rows, std::move(*last)}) : fail(last.error());
}

Result<void> check_settings(const Settings& settings) {
    if (const auto fits = check_data_folder(settings.data); !fits) {
        return fits;
    }
    Settings quiet = settings;
    quiet.passphrase = [] {
        return Result<Secret>(fail(ErrorCode::cancelled, "Nobody is asked."));
    };
    if (!settings.barrier_key.empty()) {
        const auto key = barrier_key(quiet);
        if (!key && key.error().code != ErrorCode::cancelled) {
            return fail(key.error());
        }
    }
    return is_postgresql(settings.store) ? check_postgresql_url(settings.store)
                                         : check_database_folder(settings);
}

} // namespace tau::node
