#include "fixture.h"

using namespace tau;
using namespace tau::test;
using vault::DirectoryRoot;

namespace {

/// The next root, signed as asked by keys of the one before and of its own.
vault::SignedRoot next_root(const DirectoryKeys& before, const DirectoryKeys& own,
                            std::uint32_t version, std::vector<std::size_t> by_previous = {0, 1, 2},
                            std::vector<std::size_t> by_itself = {0, 1, 2}) {
    vault::SignedRoot out;
    out.root = own.root;
    out.root.version = version;
    for (const std::size_t key : by_previous) {
        out.by_previous.push_back(vault::sign(out.root, before.root, before.keys[key]).value());
    }
    for (const std::size_t key : by_itself) {
        out.by_itself.push_back(vault::sign(out.root, out.root, own.keys[key]).value());
    }
    return out;
}

} // namespace

TEST_CASE("a root comes back as it was written, and only well-formed ones are read") {
    const DirectoryKeys keys;
    const Bytes good = vault::encode(keys.root);
    const auto read = vault::decode_root(good);
    REQUIRE(read);
    CHECK(*read == keys.root);
    for (std::size_t size = 0; size < good.size(); ++size) {
        CHECK_FALSE(vault::decode_root(ByteView(good).first(size)));
    }
    Bytes longer = good;
    longer.push_back(0);
    CHECK_FALSE(vault::decode_root(longer));

    const auto refused = [&](auto change) {
        DirectoryRoot root = keys.root;
        change(root);
        return !vault::decode_root(vault::encode(root));
    };
    CHECK(refused([](DirectoryRoot& r) { r.version = 0; }));
    CHECK(refused([](DirectoryRoot& r) { r.threshold = 0; }));
    CHECK(refused([](DirectoryRoot& r) { r.threshold = 6; }));
    CHECK(refused([](DirectoryRoot& r) { r.keys.clear(); }));
    CHECK(refused([](DirectoryRoot& r) { r.keys[1] = r.keys[0]; }));
    CHECK(refused([](DirectoryRoot& r) { r.keys[1] = {}; }));
    CHECK(refused([](DirectoryRoot& r) { r.keys.assign(17, r.keys[0]); }));
}

TEST_CASE("keys are handed over from root to root") {
    const DirectoryKeys first(1);
    DirectoryKeys second(2);
    DirectoryKeys third(3, 7, 4);
    const auto to_second = next_root(first, second, 2);
    const auto believed = vault::read_root_file(vault::root_file(to_second), first.root);
    REQUIRE(believed);
    CHECK(*believed == to_second.root);
    second.root = *believed;

    const auto to_third = next_root(second, third, 3, {1, 2, 4}, {0, 2, 5, 6});
    CHECK(vault::read_root_file(vault::root_file(to_third), second.root));
    CHECK_FALSE(vault::read_root_file(vault::root_file(to_third), first.root));   // none left out
    CHECK_FALSE(vault::read_root_file(vault::root_file(to_second), second.root)); // not again

    // A head signed by the new keys counts under the new root only.
    auto head = make_head();
    head.root_version = 2;
    const Bytes file = vault::head_file(second.signed_head(head));
    CHECK(vault::read_head_file(file, second.root, now));
    CHECK_FALSE(vault::read_head_file(file, first.root, now));
}

TEST_CASE("a root that lacks signatures of either kind is refused") {
    const DirectoryKeys first(1);
    const DirectoryKeys second(2);
    const auto accepted = [&](const vault::SignedRoot& root) {
        return vault::read_root_file(vault::root_file(root), first.root).has_value();
    };
    CHECK(accepted(next_root(first, second, 2)));
    CHECK_FALSE(accepted(next_root(first, second, 2, {0, 1})));
    CHECK_FALSE(accepted(next_root(first, second, 2, {0, 1, 2}, {3, 4})));
    CHECK_FALSE(accepted(next_root(second, second, 2)));
    CHECK_FALSE(accepted(next_root(first, second, 3)));
    CHECK_FALSE(accepted(next_root(first, second, 1)));

    const Bytes good = vault::root_file(next_root(first, second, 2));
    for (std::size_t i = 0; i < good.size(); ++i) {
        CAPTURE(i);
        Bytes bad = good;
        bad[i] ^= static_cast<std::uint8_t>(1U << (i % 8));
        CHECK_FALSE(vault::read_root_file(bad, first.root));
        CHECK_FALSE(vault::read_root_file(ByteView(good).first(i), first.root));
    }
    Bytes longer = good;
    longer.resize(vault::max_root_file + 1);
    CHECK_FALSE(vault::read_root_file(longer, first.root));
}
