#include "core/base/text.h"
#include "core/keys/deploy_key.h"
#include "core/keys/ssh_wire.h"

#include <sodium.h>

namespace tau::keys {

Bytes ssh_public_blob(const seal::Point& public_key) {
    Bytes out;
    append_ssh_string(out, as_bytes(ssh_key_type));
    append_ssh_string(out, public_key);
    return out;
}

std::string ssh_public_line(const seal::Point& public_key, std::string_view comment) {
    std::string line = std::string(ssh_key_type) + " " + to_base64(ssh_public_blob(public_key));
    const std::string clean = bounded_text(comment);
    return clean.empty() ? line : line + " " + clean;
}

Result<seal::Point> parse_ssh_public_line(std::string_view line) {
    line = trim(line);
    const auto bad = [] {
        return fail(ErrorCode::invalid_argument, "This is not an ssh-ed25519 public key.",
                    "Paste the whole line of the .pub file; it starts with ssh-ed25519.");
    };
    const std::size_t type_end = line.find(' ');
    if (line.substr(0, type_end) != ssh_key_type || type_end == std::string_view::npos) {
        return bad();
    }
    const std::string_view rest = trim(line.substr(type_end));
    const Result<Bytes> blob = from_base64(rest.substr(0, rest.find(' ')));
    if (!blob) {
        return bad();
    }
    SshReader reader(*blob);
    const ByteView type = reader.string();
    const ByteView key = reader.string();
    if (!reader.at_end() || as_text(type) != ssh_key_type) {
        return bad();
    }
    Result<seal::Point> point = to_array<32>(key, "The key");
    return point ? point : bad();
}

std::string ssh_fingerprint(const seal::Point& public_key) {
    const Bytes blob = ssh_public_blob(public_key);
    Hash32 digest;
    crypto_hash_sha256(digest.data(), blob.data(), blob.size());
    return "SHA256:" + to_base64_unpadded(digest);
}

} // namespace tau::keys
