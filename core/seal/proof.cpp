#include "core/seal/proof.h"

#include "core/seal/proof_steps.h"

namespace tau::seal {

namespace {

tl::unexpected<Error> rejected() {
    return fail(ErrorCode::untrusted, "The proof of the seal is not valid.",
                "Ask the person who made the seal for a new one; do not use this one.");
}

Result<void> check_statement(const Secret& x, const Point& Y, const Point& V) {
    if (!are_valid_keys(Y, V)) {
        return fail(ErrorCode::invalid_argument,
                    "The key to seal or the vault's key is not a valid public key.",
                    "Choose another vault, or make a new key.");
    }
    if (!is_canonical_scalar(x.bytes()) || !gives_point(x.bytes(), Y)) {
        return fail(ErrorCode::invalid_argument,
                    "The secret to seal does not belong to its public key.", "Make a new key.");
    }
    return {};
}

tl::unexpected<Error> defect(std::string what) {
    return fail(ErrorCode::internal, std::move(what),
                "Nothing was released. Try again; if it happens again, this computer or this "
                "program is faulty.");
}

} // namespace

Result<Proof> prove_with(const Secret& x, const Point& Y, const Point& V, const Hash32& context,
                         const Secret& randomness) {
    if (const Result<void> statement = check_statement(x, Y, V); !statement) {
        return fail(statement.error());
    }
    const std::optional<Bytes> bytes = prove_once(suite1, x, Y, V, context, randomness);
    if (!bytes) {
        return defect("The seal could not be made with these random bytes.");
    }
    if (!accepts(suite1, Y, V, context, *bytes)) {
        return defect("The new seal did not pass its own verification.");
    }
    return to_array<proof_size>(*bytes, "A proof");
}

Result<Proof> prove(const Secret& x, const Point& Y, const Point& V, const Hash32& context,
                    Entropy& entropy) {
    Secret randomness(32);
    entropy.fill(randomness.bytes());
    return prove_with(x, Y, V, context, randomness);
}

Result<void> verify(const Point& Y, const Point& V, const Hash32& context, ByteView proof) {
    if (!accepts(suite1, Y, V, context, proof)) {
        return rejected();
    }
    return {};
}

Result<Secret> recover(const Secret& v, const Point& Y, const Point& V, const Hash32& context,
                       ByteView proof) {
    if (!gives_point(v.bytes(), V)) {
        return fail(ErrorCode::invalid_argument, "The seal is for another vault's key.",
                    "Open it with the vault it was made for.");
    }
    if (const Result<void> verified = verify(Y, V, context, proof); !verified) {
        return fail(verified.error());
    }
    std::optional<Secret> x = recover_unverified(suite1, v, Y, V, context, proof);
    if (!x) {
        return defect("A seal with a valid proof could not be opened. This should never happen.");
    }
    return std::move(*x);
}

} // namespace tau::seal
