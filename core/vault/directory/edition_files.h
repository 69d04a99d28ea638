#pragma once

#include "core/vault/directory/builder.h"

namespace tau::vault {

/// A head before this one, as history/all lists it.
struct PastHead {
    std::uint64_t epoch = 0;
    Hash32 leaf{};
};

/// The files of one edition: written into a folder beside the others, which takes its name when it
/// is whole. After the first failure nothing more is written; state() says it.
class EditionFiles {
public:
    explicit EditionFiles(std::filesystem::path folder);
    ~EditionFiles(); ///< removes what was begun and not finished

    /// Of the folder's editions that a delta may lead from, ascending.
    std::vector<std::uint64_t> epochs_before(std::uint64_t epoch) const;
    Result<Bytes> shard_of(std::uint64_t epoch, const std::string& name) const;
    Result<std::vector<PastHead>> past_heads(std::uint64_t epoch) const;

    Result<void> begin(std::uint64_t epoch);
    void write(const std::string& name, const Bytes& bytes);
    void write_past_heads(const std::vector<PastHead>& past);
    Result<void> state() const;
    /// Makes all of it durable, if so wished, and gives the folder its name.
    Result<void> finish(bool durable);

private:
    std::filesystem::path folder_, draft_, final_;
    std::optional<Error> failed_;
};

/// The root, if it is not there yet, and then the head in the place of the one before.
Result<void> place_head(const std::filesystem::path& folder, const SignedRoot& root,
                        const Bytes& head);
void remove_old_editions(const std::filesystem::path& folder);

} // namespace tau::vault
