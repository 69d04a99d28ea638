#include "core/base/file.h"
#include "core/base/process.h"
#include "core/keys/deploy_key.h"
#include "tests/support/entropy.h"
#include "tests/support/temporary_directory.h"

#include <doctest/doctest.h>

using namespace tau;
using namespace tau::keys;

namespace {

Finished ssh_keygen(std::vector<std::string> arguments) {
    Command command;
    command.program = "/usr/bin/ssh-keygen";
    command.arguments = std::move(arguments);
    return run_process(command, {}, Wait::at_most(std::chrono::seconds(30))).value();
}

DeployKey known_key() {
    return DeployKey::from_seed(tau::test::counting_secret(0, 32)).value();
}

} // namespace

TEST_CASE("ssh-keygen reads the plain private key and agrees on public line and fingerprint") {
    const tau::test::TemporaryDirectory folder;
    SystemEntropy entropy;
    // Comments of every length modulo the block, so that each amount of padding occurs.
    for (const std::string comment : {"", "a", "ab", "abc", "abcd", "abcde", "abcdef", "abcdefg",
                                      "tau deploy key of tb_shop, 2026"}) {
        CAPTURE(comment);
        const DeployKey key = DeployKey::generate(entropy);
        const auto text = key.openssh_private_key(comment);
        REQUIRE(text.has_value());
        const auto path = folder.path() / "key";
        REQUIRE(write_file_atomic(path, text->bytes(), 0600));

        const auto shown = ssh_keygen({"-y", "-f", path.string()});
        CHECK(shown.code == 0);
        CHECK(shown.output == key.public_line(comment) + "\n");
        const auto listed = ssh_keygen({"-l", "-f", path.string()});
        CHECK(listed.code == 0);
        CHECK(listed.output.find(key.fingerprint()) != std::string::npos);
        CHECK(parse_ssh_public_line(shown.output).value() == key.public_key());
    }
}

TEST_CASE("ssh-keygen opens the encrypted private key with its passphrase only") {
    const tau::test::TemporaryDirectory folder;
    const DeployKey key = known_key();
    const Secret passphrase = Secret::copy_of(std::string_view("throw-away words"));
    for (const unsigned rounds : {1U, 2U, 16U}) {
        CAPTURE(rounds);
        const auto text = key.openssh_private_key("shop", &passphrase, rounds);
        REQUIRE(text.has_value());
        const auto path = folder.path() / "key";
        REQUIRE(write_file_atomic(path, text->bytes(), 0600));

        const auto shown = ssh_keygen({"-y", "-P", "throw-away words", "-f", path.string()});
        CHECK(shown.code == 0);
        CHECK(shown.output == key.public_line("shop") + "\n");
        CHECK(ssh_keygen({"-y", "-P", "other words", "-f", path.string()}).code != 0);
        const auto listed = ssh_keygen({"-l", "-f", path.string()});
        CHECK(listed.output.find(key.fingerprint()) != std::string::npos);
    }
}

TEST_CASE("a key without passphrase, seed or sensible cost is refused") {
    const Secret passphrase = Secret::copy_of(std::string_view("x"));
    const Secret empty;
    CHECK_FALSE(known_key().openssh_private_key("c", &empty).has_value());
    CHECK_FALSE(known_key().openssh_private_key("c", &passphrase, 0).has_value());
    CHECK_FALSE(known_key().openssh_private_key("c", &passphrase, 1001).has_value());
    CHECK_FALSE(DeployKey::from_seed(Secret(31)).has_value());
}

TEST_CASE("public lines: only a whole ssh-ed25519 key is read, and comments stay one line") {
    const std::string line = known_key().public_line("who@where");
    CHECK(line.starts_with("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI"));
    CHECK(parse_ssh_public_line(line + "\n").value() == known_key().public_key());
    CHECK(parse_ssh_public_line(known_key().public_line("")).value() == known_key().public_key());
    CHECK(known_key().public_line("two\nlines").find('\n') == std::string::npos);
    const std::string body = to_base64(ssh_public_blob(known_key().public_key()));
    Bytes longer = ssh_public_blob(known_key().public_key());
    longer.push_back(0);
    for (const std::string& bad :
         {std::string(), std::string("ssh-ed25519"), std::string("ssh-ed25519 "), "ssh-rsa " + body,
          body, "ssh-ed25519 " + body.substr(4), "ssh-ed25519 !" + body,
          "ssh-ed25519 " + to_base64(longer), std::string("ssh-ed25519 AAAA")}) {
        CAPTURE(bad);
        CHECK_FALSE(parse_ssh_public_line(bad).has_value());
    }
}
