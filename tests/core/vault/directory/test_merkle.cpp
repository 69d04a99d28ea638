#include "fixture.h"

#include "core/base/file.h"
#include "tests/support/vectors.h"

#include <nlohmann/json.hpp>

using namespace tau;
using namespace tau::test;
namespace merkle = vault::merkle;

namespace {

/// What some cases have in a hash's place: a short text is filled up with zeros; nothing at all
/// cannot even be asked about, which is a refusal.
std::optional<Hash32> hash_of(const nlohmann::json& text) {
    Bytes bytes = from_base64(text.get<std::string>()).value();
    REQUIRE(bytes.size() <= 32);
    if (bytes.empty()) {
        return std::nullopt;
    }
    bytes.resize(32);
    return to_array<32>(bytes, "hash").value();
}

std::optional<std::vector<Hash32>> hashes_of(const nlohmann::json& list) {
    std::vector<Hash32> out;
    for (const auto& text : list) { // none for null
        const auto hash = hash_of(text);
        if (!hash) {
            return std::nullopt;
        }
        out.push_back(*hash);
    }
    return out;
}

bool included(const nlohmann::json& test) {
    const auto proof = hashes_of(test["proof"]);
    const auto leaf = hash_of(test["leafHash"]);
    const auto root = hash_of(test["root"]);
    return proof && leaf && root &&
           merkle::verify_inclusion(*leaf, test["leafIdx"], test["treeSize"], *proof, *root);
}

bool consistent(const nlohmann::json& test) {
    const auto proof = hashes_of(test["proof"]);
    const auto old_root = hash_of(test["root1"]);
    const auto root = hash_of(test["root2"]);
    return proof && old_root && root &&
           merkle::verify_consistency(test["size1"], test["size2"], *proof, *old_root, *root);
}

/// Six good proofs and 92 bad ones, each in a file of its own.
void run_vectors(const char* folder, bool (*holds)(const nlohmann::json&)) {
    const auto base = vectors();
    if (base.empty()) {
        MESSAGE("skipped: no vectors");
        CHECK(std::getenv("TAU_VECTORS") == nullptr);
        return;
    }
    int accepted = 0;
    int refused = 0;
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(base / "merkle" / folder)) {
        if (entry.path().extension() != ".json") {
            continue;
        }
        const auto text = read_file(entry.path());
        REQUIRE(text);
        const auto test = nlohmann::json::parse(*text);
        CAPTURE(entry.path().string());
        CHECK(holds(test) == !test["wantErr"].get<bool>());
        ++(test["wantErr"].get<bool>() ? refused : accepted);
    }
    CHECK(accepted == 6);
    CHECK(refused == 92);
}

} // namespace

TEST_CASE("the public proofs of inclusion are judged as their authors judge them") {
    run_vectors("inclusion", included);
}

TEST_CASE("the public proofs of consistency are judged as their authors judge them") {
    run_vectors("consistency", consistent);
}

TEST_CASE("every leaf of every small tree is proved, and nothing else is") {
    std::vector<Hash32> leaves;
    for (std::size_t size = 1; size <= 20; ++size) {
        leaves.push_back(numbered_hash(size));
        const Hash32 root = merkle::root(leaves);
        for (std::size_t index = 0; index < size; ++index) {
            CAPTURE(size);
            CAPTURE(index);
            std::vector<Hash32> proof = merkle::inclusion_proof(leaves, index);
            CHECK(merkle::verify_inclusion(leaves[index], index, size, proof, root));
            CHECK_FALSE(merkle::verify_inclusion(numbered_hash(99), index, size, proof, root));
            CHECK_FALSE(merkle::verify_inclusion(leaves[index], size, size, proof, root));
            proof.push_back(root);
            CHECK_FALSE(merkle::verify_inclusion(leaves[index], index, size, proof, root));
        }
    }
}

TEST_CASE("every beginning of every small tree is proved, and no other tree is") {
    std::vector<Hash32> leaves;
    for (std::size_t size = 1; size <= 20; ++size) {
        leaves.push_back(numbered_hash(size));
        const Hash32 root = merkle::root(leaves);
        for (std::size_t old = 1; old <= size; ++old) {
            CAPTURE(size);
            CAPTURE(old);
            const Hash32 old_root = merkle::root(std::span(leaves).first(old));
            std::vector<Hash32> proof = merkle::consistency_proof(leaves, old);
            CHECK(merkle::verify_consistency(old, size, proof, old_root, root));
            CHECK_FALSE(merkle::verify_consistency(old, size, proof, numbered_hash(99), root));
            proof.push_back(root);
            CHECK_FALSE(merkle::verify_consistency(old, size, proof, old_root, root));
        }
    }
    CHECK(merkle::root({}) == merkle::sha256({}));
}
