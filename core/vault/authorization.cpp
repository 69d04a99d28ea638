#include "core/base/text.h"
#include "core/vault/registration.h"

#include <charconv>

namespace tau::vault {

namespace {

constexpr std::string_view request_tag = "TauREG1-request";
constexpr std::string_view identity_tag = "TauREG1-asked";
constexpr std::string_view scheme = "TauOwner ";
constexpr std::int64_t allowed_skew = 300;

Bytes request_bytes(std::string_view method, std::string_view path, std::string_view body,
                    std::int64_t time) {
    ByteWriter out;
    out.lp16(method).lp16(path).u64(static_cast<std::uint64_t>(time)).raw(body_hash(body));
    return out.take();
}

tl::unexpected<Error> refused(std::string why) {
    return fail(ErrorCode::unauthenticated, std::move(why));
}

} // namespace

std::string owner_authorization(const keys::OwnerKey& owner, std::string_view method,
                                std::string_view path, std::string_view body, std::int64_t now) {
    const keys::Signature signature =
        owner.sign(request_tag, request_bytes(method, path, body, now));
    return std::string(scheme) + to_base64(owner.public_key()) + "." + std::to_string(now) + "." +
           to_base64(signature);
}

Result<SignedRequest> check_owner_authorization(std::string_view header, std::string_view method,
                                                std::string_view path, std::string_view body,
                                                std::int64_t now) {
    if (!header.starts_with(scheme) || header.size() > 256 || path.size() > 4096) {
        return refused("The request carries no owner's signature.");
    }
    header.remove_prefix(scheme.size());
    const std::size_t first = header.find('.');
    const std::size_t second = header.rfind('.');
    if (first == std::string_view::npos || first == second) {
        return refused("The owner's signature is malformed.");
    }
    const Result<Bytes> key = from_base64(header.substr(0, first));
    const Result<Bytes> signature = from_base64(header.substr(second + 1));
    const std::string_view digits = header.substr(first + 1, second - first - 1);
    std::int64_t time = -1;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), time);
    if (!key || key->size() != 32 || !signature || signature->size() != 64 ||
        error != std::errc{} || end != digits.data() + digits.size() || time < 0 ||
        digits.starts_with('0')) { // one way to write it
        return refused("The owner's signature is malformed.");
    }
    if (time < now - allowed_skew || time > now + allowed_skew) {
        return fail(ErrorCode::unauthenticated,
                    "The request was signed at " + to_iso8601(time) +
                        ", more than 5 minutes from this node's time.",
                    "Check the computer's clock.");
    }
    seal::Point owner{};
    std::copy(key->begin(), key->end(), owner.begin());
    keys::Signature bytes{};
    std::copy(signature->begin(), signature->end(), bytes.begin());
    const Bytes request = request_bytes(method, path, body, time);
    if (!keys::verify_signature(owner, request_tag, request, bytes)) {
        return refused("The owner's signature does not fit the request.");
    }
    ByteWriter identity;
    identity.raw(owner).raw(request);
    return SignedRequest{owner, time + allowed_skew, tagged_hash32(identity_tag, identity.bytes())};
}

} // namespace tau::vault
