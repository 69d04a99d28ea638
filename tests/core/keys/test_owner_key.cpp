#include "core/base/file.h"
#include "core/keys/owner_key.h"
#include "core/keys/secret_file.h"
#include "tests/support/temporary_directory.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace tau;
using namespace tau::keys;

namespace {

Secret words(std::string_view text) {
    return Secret::copy_of(text);
}

Result<std::unique_ptr<SecretStore>> open(const std::filesystem::path& path, Entropy& entropy,
                                          std::string_view passphrase = "correct horse") {
    return open_secret_file(path, words(passphrase), KeyStretching::interactive, entropy);
}

std::string get(SecretStore& store, std::string_view name) {
    const auto secret = store.get(name).value();
    return secret ? std::string(secret->view()) : "(none)";
}

} // namespace

TEST_CASE("owner key: a signature holds for its key, tag and data only") {
    SystemEntropy entropy;
    const OwnerKey key = OwnerKey::generate(entropy);
    const Signature signature = key.sign("TauREG1-claim", as_bytes("data"));
    CHECK(verify_signature(key.public_key(), "TauREG1-claim", as_bytes("data"), signature));
    CHECK_FALSE(verify_signature(key.public_key(), "TauREG1-request", as_bytes("data"), signature));
    CHECK_FALSE(verify_signature(key.public_key(), "TauREG1-claim", as_bytes("dat"), signature));
    CHECK_FALSE(verify_signature(OwnerKey::generate(entropy).public_key(), "TauREG1-claim",
                                 as_bytes("data"), signature));
    Signature changed = signature;
    changed[63] ^= 1;
    CHECK_FALSE(verify_signature(key.public_key(), "TauREG1-claim", as_bytes("data"), changed));
    CHECK(OwnerKey::from_seed(key.seed()).value().sign("TauREG1-claim", as_bytes("data")) ==
          signature);
    CHECK_FALSE(OwnerKey::from_seed(Secret(64)).has_value());
}

TEST_CASE("owner key: exported and imported with its passphrase only") {
    SystemEntropy entropy;
    const OwnerKey key = OwnerKey::generate(entropy);
    CHECK_FALSE(export_owner_key(key, words("1234567"), entropy).has_value());
    const auto text = export_owner_key(key, words("12345678"), entropy);
    REQUIRE(text.has_value());
    CHECK(text->find(to_base64(key.seed().bytes()).substr(0, 20)) == std::string::npos);
    const auto imported = import_owner_key("\n" + *text + "\r\n", words("12345678"));
    REQUIRE(imported.has_value());
    CHECK(imported->seed().equals(key.seed()));
    CHECK(import_owner_key(*text, words("12345679")).error().code == ErrorCode::unauthenticated);

    std::string damaged = *text;
    char& last = damaged[damaged.find("\n-----END") - 3];
    last = last == 'A' ? 'B' : 'A';
    CHECK_FALSE(import_owner_key(damaged, words("12345678")).has_value());
    // A hostile file must not make us work for hours: the cost is in front of the box.
    std::string costly = *text;
    costly[costly.find('\n') + 4] = '/';
    CHECK(import_owner_key(costly, words("12345678")).error().code == ErrorCode::corrupt);
    for (const std::string& bad :
         {std::string(), std::string("x"), text->substr(1), text->substr(0, text->size() - 3),
          std::string("-----BEGIN TAU OWNER KEY-----\n\n-----END TAU OWNER KEY-----"),
          std::string("-----BEGIN TAU OWNER KEY-----\nAAAA\n-----END TAU OWNER KEY-----")}) {
        CAPTURE(bad);
        CHECK(import_owner_key(bad, words("12345678")).error().code == ErrorCode::corrupt);
    }
}

TEST_CASE("owner key: made on first use, the same afterwards") {
    const tau::test::TemporaryDirectory folder;
    SystemEntropy entropy;
    const auto path = folder.path() / "secrets";
    const auto first = load_or_create_owner_key(*open(path, entropy).value(), entropy);
    REQUIRE(first.has_value());
    const auto store = open(path, entropy).value();
    CHECK(load_or_create_owner_key(*store, entropy).value().public_key() == first->public_key());
    REQUIRE(store->put("owner", Secret(3)).has_value());
    CHECK(load_or_create_owner_key(*store, entropy).error().code == ErrorCode::corrupt);
}

TEST_CASE("owner key: programs that start at the same moment all get the same one") {
    const tau::test::TemporaryDirectory folder;
    SystemEntropy entropy;
    const auto path = folder.path() / "secrets";
    constexpr int count = 6;
    int ready[2], go[2], keys[2];
    REQUIRE(::pipe(ready) == 0);
    REQUIRE(::pipe(go) == 0);
    REQUIRE(::pipe(keys) == 0);
    std::vector<pid_t> children;
    for (int i = 0; i < count; ++i) {
        const pid_t child = ::fork();
        REQUIRE(child >= 0);
        if (child == 0) {
            ::close(go[1]);
            const auto store = open(path, entropy);
            char byte = 0;
            bool well = store && ::write(ready[1], "r", 1) == 1 && ::read(go[0], &byte, 1) == 0;
            if (well) {
                const auto key = load_or_create_owner_key(**store, entropy);
                well = key && ::write(keys[1], key->public_key().data(), 32) == 32;
            }
            ::_exit(well ? 0 : 1);
        }
        children.push_back(child);
    }
    ::close(ready[1]);
    ::close(keys[1]);
    char byte = 0;
    for (int i = 0; i < count; ++i) {
        CHECK(::read(ready[0], &byte, 1) == 1); // 0 when a child ended instead
    }
    ::close(go[1]); // everybody at once
    for (const pid_t child : children) {
        int status = -1;
        CHECK(::waitpid(child, &status, 0) == child);
        CHECK(status == 0);
    }
    const auto kept =
        load_or_create_owner_key(*open(path, entropy).value(), entropy).value().public_key();
    for (int i = 0; i < count; ++i) {
        seal::Point key{};
        CHECK(::read(keys[0], key.data(), key.size()) == 32);
        CHECK(key == kept);
    }
    for (const int fd : {ready[0], go[0], keys[0]}) {
        ::close(fd);
    }
}

TEST_CASE("secret file: keeps, replaces and erases across openings") {
    const tau::test::TemporaryDirectory folder;
    SystemEntropy entropy;
    const auto path = folder.path() / "secrets";
    {
        const auto store = open(path, entropy).value();
        CHECK(get(*store, "a") == "(none)");
        REQUIRE(store->put("a", words("one")).has_value());
        REQUIRE(store->put("deploy/1/code", words("two")).has_value());
        REQUIRE(store->put("a", words("three")).has_value());
        REQUIRE(store->put("empty", Secret()).has_value());
        CHECK_FALSE(store->put("", words("x")).has_value());
        CHECK_FALSE(store->put(std::string(201, 'n'), words("x")).has_value());
        CHECK_FALSE(store->put("big", Secret(65536)).has_value());
    }
    const auto store = open(path, entropy).value();
    CHECK(get(*store, "a") == "three");
    CHECK(get(*store, "deploy/1/code") == "two");
    CHECK(get(*store, "empty").empty());
    REQUIRE(store->erase("a").has_value());
    REQUIRE(store->erase("never was there").has_value());
    CHECK(get(*store, "a") == "(none)");
    CHECK(get(*store, "deploy/1/code") == "two");
    CHECK(store->put_if_absent("deploy/1/code", words("four")).value().view() == "two");
    CHECK(store->put_if_absent("a", words("five")).value().view() == "five");
    CHECK(get(*store, "a") == "five");
    CHECK_FALSE(store->put_if_absent("", words("x")).has_value());

    struct stat status {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777U) == 0600);
    const std::string raw = read_file(path).value();
    CHECK(raw.find("deploy/1/code") == std::string::npos);
    CHECK(raw.find("two") == std::string::npos);
}

TEST_CASE("secret file: a wrong passphrase, a changed byte and a readable file are refused") {
    const tau::test::TemporaryDirectory folder;
    SystemEntropy entropy;
    const auto path = folder.path() / "secrets";
    const auto store = open(path, entropy).value();
    REQUIRE(store->put("a", words("one")).has_value());
    CHECK(open(path, entropy, "wrong horse").error().code == ErrorCode::unauthenticated);

    const std::string good = read_file(path).value();
    for (const std::size_t at :
         {std::size_t{0}, std::size_t{20}, good.size() / 2, good.size() - 1}) {
        CAPTURE(at);
        std::string changed = good;
        changed[at] = static_cast<char>(changed[at] ^ 1);
        REQUIRE(write_file_atomic(path, std::string_view(changed)).has_value());
        CHECK_FALSE(open(path, entropy).has_value());
        CHECK(store->get("a").error().code == ErrorCode::corrupt);
        CHECK(store->put("b", words("x")).error().code == ErrorCode::corrupt);
    }
    REQUIRE(write_file_atomic(path, std::string_view(good).substr(0, 10)).has_value());
    CHECK(open(path, entropy).error().code == ErrorCode::corrupt);
    REQUIRE(write_file_atomic(path, std::string_view(good), 0644).has_value());
    CHECK(open(path, entropy).error().code == ErrorCode::permission_denied);
}

TEST_CASE("secret file: writers at the same time lose nothing") {
    const tau::test::TemporaryDirectory folder;
    SystemEntropy entropy;
    const auto path = folder.path() / "secrets";
    const auto one = open(path, entropy).value();
    const auto two = open(path, entropy).value();
    constexpr int count = 20;
    const auto write = [](SecretStore& store, const std::string& prefix) {
        for (int i = 0; i < count; ++i) {
            if (!store.put(prefix + std::to_string(i), Secret(8))) {
                return;
            }
        }
    };
    std::jthread other([&] { write(*two, "two/"); });
    write(*one, "one/");
    other.join();
    for (int i = 0; i < count; ++i) {
        CHECK(one->get("two/" + std::to_string(i)).value().has_value());
        CHECK(two->get("one/" + std::to_string(i)).value().has_value());
    }
}
