#pragma once

#include "core/ports.h"

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace tau::flow {

/// What a record says beyond its kind: names, ids, fingerprints. Never a secret.
using Facts = std::map<std::string, std::string>;
/// A value of them; empty when there is none.
std::string fact(const Facts& facts, const std::string& name);

enum class Kind {
    plan,    ///< first record: what the flow is for
    intent,  ///< written before an effect
    outcome, ///< the effect is there
    failed,  ///< the effect may or may not be there
    undoing, ///< written before an effect is taken back
    undone,  ///< it is gone
    closed   ///< last record; fact "state" is "done" or "undone"
};
std::string_view to_string(Kind kind);

struct Entry {
    Kind kind = Kind::plan;
    std::int64_t time = 0; ///< unix seconds
    std::string step;      ///< id of the step; empty for plan and closed
    Facts facts;
};

/// A flow's record on disk: one JSON object a line, numbered and with a BLAKE2b checksum, each
/// line on the disk before append() returns. A crash can leave half a line at the end, which a
/// reader ignores; any other damage is `corrupt`.
class Journal {
public:
    /// Called with the name of each moment worth dying at, see World::at.
    using Hook = std::function<void(std::string_view point)>;

    struct Opened {
        std::unique_ptr<Journal> journal;
        std::vector<Entry> entries;
    };

    /// A new journal; `already_exists` when there is one.
    static Result<std::unique_ptr<Journal>> create(const std::filesystem::path& path,
                                                   const Clock& clock, Hook hook);
    /// For appending: cuts half a line off the end. A damaged file is moved to
    /// `<path>.bad-<time>` and told as `corrupt`, with what its good lines say in `detail`.
    static Result<Opened> open(const std::filesystem::path& path, const Clock& clock, Hook hook);
    /// For looking; changes nothing.
    static Result<std::vector<Entry>> read(const std::filesystem::path& path);

    Journal(const Journal&) = delete;
    Journal& operator=(const Journal&) = delete;
    ~Journal();

    /// From any thread. After an error nothing more can be appended: what reached the disk is only
    /// known after open().
    Result<void> append(Kind kind, const std::string& step, const Facts& facts);

private:
    Journal(int fd, std::filesystem::path path, std::uint64_t next, const Clock& clock, Hook hook)
        : fd_(fd), path_(std::move(path)), next_(next), clock_(clock), hook_(std::move(hook)) {}

    std::mutex mutex_;
    int fd_;
    std::filesystem::path path_;
    std::uint64_t next_; ///< number of the next line
    bool broken_ = false;
    const Clock& clock_;
    Hook hook_;
};

} // namespace tau::flow
