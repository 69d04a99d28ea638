#pragma once

// What this program and its child tau-git say to each other. The child reads one request on its
// input: a header as JSON, then the secrets as raw bytes, each with its length before it. It
// answers with lines of JSON: any number of progress lines, then one result.

#include "core/git/remote.h"

#include <variant>

namespace tau::git {

enum class HelperOperation { list, push, fetch, read, has_commits };

struct HelperTask {
    HelperOperation operation = HelperOperation::list;
    std::filesystem::path
        repository{};                 ///< empty to list; made by the child to read and has_commits
    std::vector<std::string> names{}; ///< refspecs to push, or branches
    std::vector<WantedFile> files{};  ///< to read
    std::vector<WantedCommit> commits{}; ///< for has_commits
};

struct HelperRequest {
    HelperTask task;
    Remote remote;
};

/// Each operation fills its own part.
struct HelperAnswer {
    std::vector<RemoteRef> refs{};
    std::vector<FoundFile> files{};
    std::vector<bool> has_commits{};
};
using HelperResult = Result<HelperAnswer>;
using HelperMessage = std::variant<Progress, HelperResult>;

/// The bytes of a request; a Secret, for they hold the credential.
Result<Secret> encode_request(const HelperTask& task, const Remote& remote);
/// Reads a request from a descriptor to its end.
Result<HelperRequest> read_request(int fd);

/// One line each, with its line end.
std::string encode_progress(const Progress& progress);
std::string encode_result(const HelperResult& result);
/// `corrupt` for a line that is neither.
Result<HelperMessage> decode_message(const std::string& line);

} // namespace tau::git
