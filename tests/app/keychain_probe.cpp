// One program's use of the keychain, for test_keychain: each run is a process of its own.
//   keychain_probe put NAME VALUE | get NAME | erase NAME | owner | wait NAME
// Prints "ok", the value, "(none)", the owner's public key, or "<code>: <sentence>". The values are
// made up, so they may be in arguments. `wait` reads NAME, prints it, and again after each line of
// its input.
#include "app/adapters/keychain_store.h"
#include "core/keys/owner_key.h"

#include <QCoreApplication>
#include <iostream>

namespace {

using namespace tau;

std::string told(const Error& error) {
    return std::string(to_string(error.code)) + ": " + error.message;
}

std::string get(SecretStore& store, const std::string& name) {
    const auto secret = store.get(name);
    return !secret ? told(secret.error()) : *secret ? std::string((*secret)->view()) : "(none)";
}

std::string owner(SecretStore& store) {
    SystemEntropy entropy;
    const auto key = keys::load_or_create_owner_key(store, entropy);
    return key ? to_hex(key->public_key()) : told(key.error());
}

std::string answer(SecretStore& store, const std::vector<std::string>& words) {
    if (words[0] == "owner") {
        return owner(store);
    }
    if (words[0] == "get") {
        return get(store, words.at(1));
    }
    const auto done = words[0] == "erase"
                          ? store.erase(words.at(1))
                          : store.put(words.at(1), Secret::copy_of(std::string_view(words.at(2))));
    return done ? "ok" : told(done.error());
}

} // namespace

int main(int count, char** arguments) {
    const QCoreApplication application(count, arguments);
    const std::vector<std::string> words(arguments + 1, arguments + count);
    const auto store = app::open_keychain_store(
        "tau-test", {std::chrono::milliseconds(5000), std::chrono::milliseconds(4000)});
    if (!protect_process() || !store) {
        std::cout << "no keychain: " << told(store.error()) << std::endl;
        return 1;
    }
    if (words.at(0) == "wait") {
        std::string line;
        do {
            std::cout << get(**store, words.at(1)) << std::endl;
        } while (std::getline(std::cin, line));
        return 0;
    }
    std::cout << answer(**store, words) << std::endl;
    return 0;
}
