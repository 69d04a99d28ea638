// core/base: the small parts that every other folder stands on.
// result.h    Result<T> and Error: how every call in core/ answers.
// secret.h    the only type that may hold a secret.
// encoding.h  hex, base64, base58, and the length-prefixed bytes that signatures cover.
// text.h, file.h, process.h   names and UTF-8; atomic private files; child processes.
// standard_output.h  what a program prints, and whether it arrived.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace tau {

/// What kind of thing went wrong, for code that must decide; people read Error::message.
enum class ErrorCode {
    invalid_argument, ///< the caller gave something that can never work
    not_found,
    already_exists,
    permission_denied, ///< known to the other side, but not allowed
    unauthenticated,   ///< the other side does not accept who we say we are
    unavailable,       ///< cannot be reached or is too busy; trying again may help
    timeout,
    cancelled,
    conflict,  ///< the world changed under us
    corrupt,   ///< stored or received bytes are not what they must be
    untrusted, ///< a signature, proof, pin or host key does not fit
    limit_exceeded,
    io,      ///< this computer's files or processes
    internal ///< a defect of this program
};

/// Stable name of a code, as used in logs and JSON ("not_found").
std::string_view to_string(ErrorCode code);

/// An answer that is not a value. `message` is a whole sentence for people, `hint` says what to do
/// next (may be empty), `detail` is what the other side or the system said (may be empty; may be
/// hostile text, already bounded). None of them ever holds a secret.
struct Error {
    ErrorCode code = ErrorCode::internal;
    std::string message;
    std::string hint;
    std::string detail;
};

/// Message and hint, for where there is room for one text only.
inline std::string sentences(const Error& error) {
    return error.message + (error.hint.empty() ? "" : " " + error.hint);
}

template <typename T>
using Result = tl::expected<T, Error>;

/// `return fail(ErrorCode::io, "…", "…");` from a function that returns Result<T>.
inline tl::unexpected<Error> fail(ErrorCode code, std::string message, std::string hint = {},
                                  std::string detail = {}) {
    return tl::unexpected<Error>(
        Error{code, std::move(message), std::move(hint), std::move(detail)});
}

/// Passes an error on: `if (!r) return fail(r.error());`
inline tl::unexpected<Error> fail(Error error) {
    return tl::unexpected<Error>(std::move(error));
}

} // namespace tau
