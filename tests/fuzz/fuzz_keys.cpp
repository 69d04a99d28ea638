// Hostile texts around keys: public lines, what a git host wants signed, webhook headers, exported
// owner keys, and the encodings below all of them.
#include "core/keys/deploy_key.h"
#include "core/keys/owner_key.h"
#include "core/keys/sealed_box.h"
#include "core/keys/ssh_wire.h"
#include "core/keys/webhook_secret.h"
#include "core/seal/seal.h"
#include "tests/fuzz/decoder.h"
#include "tests/support/entropy.h"

#include <algorithm>

using namespace tau;
using namespace tau::keys;

namespace {

const DeployKey& deploy_key() {
    static const auto key = DeployKey::from_seed(tau::test::counting_secret(1, 32)).value();
    return key;
}

Bytes login_request() {
    Bytes out;
    append_ssh_string(out, Bytes(32, 1));
    out.push_back(50);
    for (const std::string_view text : {"git", "ssh-connection", "publickey"}) {
        append_ssh_string(out, as_bytes(text));
    }
    out.push_back(1);
    append_ssh_string(out, as_bytes("ssh-ed25519"));
    append_ssh_string(out, ssh_public_blob(deploy_key().public_key()));
    return out;
}

/// Signed or not, the SSH message type must stand where a login request has it.
void sign_login(ByteView bytes) {
    static const auto signer = ScalarSigner::create(deploy_key().scalar()).value();
    tau::test::CountingEntropy entropy(1);
    if (signer.sign_ssh_request(bytes, entropy)) {
        SshReader in(bytes);
        in.string();
        fuzz::require(in.u8() == 50 && as_text(in.string()) == "git");
    }
}

void check_webhook(ByteView bytes) {
    static const Secret secret = tau::test::counting_secret(1, 64);
    static const std::string good = sign_webhook(secret, "body");
    std::string header(as_text(bytes));
    const std::size_t prefix = std::min<std::size_t>(header.size(), std::string("sha256=").size());
    std::transform(header.begin() + static_cast<std::ptrdiff_t>(prefix), header.end(),
                   header.begin() + static_cast<std::ptrdiff_t>(prefix), [](char c) {
                       return c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
                   });
    fuzz::require(verify_webhook(secret, "body", as_text(bytes)) == (header == good));
}

constexpr std::string_view first_line = "-----BEGIN TAU OWNER KEY-----\n";
constexpr std::string_view last_line = "\n-----END TAU OWNER KEY-----\n";
constexpr StretchCost cheapest{1, 8};
const Secret& passphrase() {
    static const Secret text = Secret::copy_of(std::string_view("correct horse"));
    return text;
}

/// As export_owner_key writes it, at the least cost that there is.
std::string exported_owner_key() {
    const StretchSalt salt{};
    const Secret key = stretch_passphrase(passphrase(), salt, cheapest).value();
    ByteWriter file;
    file.u8(1).u32(cheapest.operations).u32(cheapest.memory_kib).raw(salt);
    const Bytes ad = ByteWriter().text("tau-owner-key").raw(file.bytes()).take();
    tau::test::CountingEntropy entropy(1);
    file.raw(close_box(key, tau::test::counting_secret(7, 32).bytes(), ad, entropy));
    return std::string(first_line) + to_base64(file.bytes()) + std::string(last_line);
}

/// Whether the file asks for so little work that a fuzzer may do it many times.
bool is_cheap(std::string_view text) {
    const std::size_t start = text.find(first_line);
    if (start == std::string_view::npos) {
        return true; // refused before any work
    }
    const Result<Bytes> head = from_base64(text.substr(start + first_line.size(), 12));
    if (!head) {
        return true;
    }
    ByteReader in(*head);
    in.u8();
    const std::uint32_t operations = in.u32();
    const std::uint32_t memory_kib = in.u32();
    return operations > 10 || operations == 0 || memory_kib > 1U << 20U || memory_kib <= 64;
}

void import_key(ByteView bytes) {
    if (is_cheap(as_text(bytes))) {
        const auto key = import_owner_key(as_text(bytes), passphrase());
        fuzz::require(!key || key->seed().equals(tau::test::counting_secret(7, 32)));
    }
}

void read_line(ByteView bytes) {
    if (const auto point = parse_ssh_public_line(as_text(bytes))) {
        fuzz::require(parse_ssh_public_line(ssh_public_line(*point, "x")).value() == *point);
    }
}

} // namespace

namespace tau::fuzz {

const std::vector<Decoder>& decoders() {
    static const std::vector<Decoder> all{
        {"public-line", bytes_of(deploy_key().public_line("me@example.org")), &read_line},
        {"login-request", login_request(), &sign_login},
        {"webhook-header", bytes_of(sign_webhook(tau::test::counting_secret(1, 64), "body")),
         &check_webhook},
        {"owner-key-file", bytes_of(exported_owner_key()), &import_key},
        {"point", bytes_of(as_text(deploy_key().public_key())),
         [](ByteView bytes) {
             if (const auto point = to_array<32>(bytes, "A point")) {
                 static_cast<void>(seal::is_valid_point(*point));
             }
         }},
        round_trip("hex", "00ff7a", from_hex, to_hex),
        round_trip("base64", "AAECAw==", from_base64, to_base64),
        round_trip("base58", "11StV1DL6CwTryKyV", from_base58, to_base58),
    };
    return all;
}

} // namespace tau::fuzz
