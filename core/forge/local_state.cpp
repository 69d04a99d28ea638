#include "core/forge/local_state.h"

#include "core/base/encoding.h"
#include "core/base/file.h"
#include "core/ports.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace tau::forge {

using nlohmann::json;
namespace fs = std::filesystem;

namespace {

constexpr int lock_wait_ms = 10000;

json to_json(const LocalRepository& repository) {
    json keys = json::array(), hooks = json::array();
    for (const LocalKey& key : repository.keys) {
        keys.push_back({{"id", key.id},
                        {"title", key.title},
                        {"line", key.line},
                        {"fingerprint", key.fingerprint}});
    }
    for (const LocalHook& hook : repository.hooks) {
        hooks.push_back({{"id", hook.id}, {"url", hook.url}});
    }
    return {{"id", repository.id},
            {"owner", repository.owner},
            {"name", repository.name},
            {"description", repository.description},
            {"default_branch", repository.default_branch},
            {"private", repository.is_private},
            {"keys", std::move(keys)},
            {"hooks", std::move(hooks)}};
}

LocalRepository repository_from(const json& value) {
    LocalRepository repository;
    value.at("id").get_to(repository.id);
    value.at("owner").get_to(repository.owner);
    value.at("name").get_to(repository.name);
    value.at("description").get_to(repository.description);
    value.at("default_branch").get_to(repository.default_branch);
    value.at("private").get_to(repository.is_private);
    for (const json& key : value.at("keys")) {
        repository.keys.push_back(
            {key.at("id"), key.at("title"), key.at("line"), key.at("fingerprint")});
    }
    for (const json& hook : value.at("hooks")) {
        repository.hooks.push_back({hook.at("id"), hook.at("url")});
    }
    return repository;
}

/// In single quotes for the shell through which sshd runs the gate, and those for the double
/// quotes of authorized_keys. The host refuses folders whose names hold either.
std::string gate_line(const LocalState& state, const LocalFolder& folder, const std::string& whose,
                      const std::string& key) {
    return "restrict,command=\"'" + state.program + "' gate '" + folder.root().string() + "' " +
           whose + "\" " + key + "\n";
}

/// sshd reads the file at each login: whoever is not in it cannot enter.
Result<void> write_authorized_keys(const LocalState& state, const LocalFolder& folder) {
    std::string text = gate_line(state, folder, "user", state.user_line);
    for (const LocalRepository& repository : state.repositories) {
        for (const LocalKey& key : repository.keys) {
            text += gate_line(state, folder, "key " + repository.id, key.line);
        }
    }
    return write_file_atomic(folder.authorized_keys(), text);
}

} // namespace

LocalRepository* LocalState::find(const std::string& id) {
    const auto found = std::find_if(repositories.begin(), repositories.end(),
                                    [&](const LocalRepository& r) { return r.id == id; });
    return found == repositories.end() ? nullptr : &*found;
}

const LocalRepository* LocalState::find(const std::string& owner, const std::string& name) const {
    const auto found =
        std::find_if(repositories.begin(), repositories.end(),
                     [&](const LocalRepository& r) { return r.owner == owner && r.name == name; });
    return found == repositories.end() ? nullptr : &*found;
}

std::string LocalState::ssh_url(const LocalRepository& repository) const {
    return "ssh://git@127.0.0.1:" + std::to_string(port) + "/" + repository.full_name() + ".git";
}

Result<LocalState> LocalFolder::load() const {
    const auto text = read_file(root_ / "host.json");
    if (!text) {
        return fail(text.error());
    }
    try {
        const json value = json::parse(*text);
        LocalState state;
        value.at("login").get_to(state.login);
        value.at("port").get_to(state.port);
        value.at("program").get_to(state.program);
        value.at("host_fingerprint").get_to(state.host_fingerprint);
        value.at("user_line").get_to(state.user_line);
        for (const json& repository : value.at("repositories")) {
            state.repositories.push_back(repository_from(repository));
        }
        return state;
    } catch (const json::exception& error) {
        return fail(ErrorCode::corrupt,
                    "The file " + (root_ / "host.json").string() + " is damaged.",
                    "Remove the folder and start the local network again.", error.what());
    }
}

Result<void> LocalFolder::store(const LocalState& state) const {
    json repositories = json::array();
    for (const LocalRepository& repository : state.repositories) {
        repositories.push_back(to_json(repository));
    }
    const json value = {
        {"login", state.login},         {"port", state.port},
        {"program", state.program},     {"host_fingerprint", state.host_fingerprint},
        {"user_line", state.user_line}, {"repositories", std::move(repositories)}};
    // Keys first: should the second write fail, an added key opens nothing that is not there.
    if (auto written = write_authorized_keys(state, *this); !written) {
        return written;
    }
    return write_file_atomic(root_ / "host.json",
                             value.dump(2, ' ', false, json::error_handler_t::replace) + "\n");
}

Result<void> LocalFolder::update(const std::function<Result<void>(LocalState&)>& change) const {
    const auto lock = FileLock::acquire(root_ / "lock", lock_wait_ms);
    if (!lock) {
        return fail(lock.error());
    }
    auto state = load();
    if (!state) {
        return fail(state.error());
    }
    if (auto changed = change(*state); !changed) {
        return changed;
    }
    return store(*state);
}

std::string random_id() {
    std::array<std::uint8_t, 16> bytes{};
    SystemEntropy().fill(bytes);
    return to_hex(bytes);
}

} // namespace tau::forge
