#include "fixture.h"

#include "core/vault/directory/history.h"

using namespace tau;
using namespace tau::test;

namespace {

/// Heads an hour apart, each counting those before it.
std::vector<vault::SignedHead> chain(std::size_t length, std::uint64_t first = now) {
    std::vector<vault::SignedHead> heads;
    std::vector<Hash32> leaves;
    for (std::size_t i = 0; i < length; ++i) {
        auto head = make_head(first + 3600 * i);
        head.history_size = i;
        head.history_root = vault::merkle::root(leaves);
        heads.push_back({head, vault::encode(head), {}});
        leaves.push_back(vault::merkle::leaf_hash(heads.back().encoded));
    }
    return heads;
}

std::vector<Hash32> leaves_of(const std::vector<vault::SignedHead>& heads, std::size_t count) {
    std::vector<Hash32> leaves;
    for (std::size_t i = 0; i < count; ++i) {
        leaves.push_back(vault::merkle::leaf_hash(heads[i].encoded));
    }
    return leaves;
}

} // namespace

TEST_CASE("each head follows from each one before it") {
    const auto heads = chain(12);
    for (std::size_t fresh = 1; fresh < heads.size(); ++fresh) {
        const auto leaves = leaves_of(heads, fresh);
        for (std::size_t old = 0; old < fresh; ++old) {
            CAPTURE(fresh);
            CAPTURE(old);
            const Bytes file = vault::history_file(leaves, old);
            CHECK(file.size() <= vault::max_history_file);
            CHECK(vault::verify_history(heads[old], heads[fresh], file));
            CHECK_FALSE(vault::verify_history(heads[fresh], heads[old], file));
        }
    }
}

TEST_CASE("a second history does not pass for the first") {
    const auto mine = chain(9);
    const auto theirs = chain(9, now + 60); // as long, and each of its heads is later
    const auto leaves = leaves_of(theirs, 8);
    for (std::size_t old = 0; old < 8; ++old) {
        const Bytes file = vault::history_file(leaves, old);
        const auto refused = vault::verify_history(mine[old], theirs[8], file);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().code == ErrorCode::untrusted);
    }
}

TEST_CASE("no byte of a proof of history can be changed, left out or added") {
    const auto heads = chain(11);
    const Bytes good = vault::history_file(leaves_of(heads, 10), 5);
    REQUIRE(vault::verify_history(heads[5], heads[10], good));
    for (std::size_t i = 0; i < good.size(); ++i) {
        Bytes bad = good;
        bad[i] ^= static_cast<std::uint8_t>(1U << (i % 8));
        CHECK_FALSE(vault::verify_history(heads[5], heads[10], bad));
        CHECK_FALSE(vault::verify_history(heads[5], heads[10], ByteView(good).first(i)));
    }
    Bytes longer = good;
    longer.push_back(0);
    CHECK_FALSE(vault::verify_history(heads[5], heads[10], longer));
}
