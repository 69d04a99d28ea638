#pragma once

#include "core/base/result.h"
#include "core/base/secret.h"

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace tau {

/// The whole file, at most `limit` bytes (`limit_exceeded` beyond, `not_found` when absent).
Result<std::string> read_file(const std::filesystem::path& path, std::size_t limit = 16U << 20U);

/// Same, for a file that holds a secret; refuses one that others can read.
Result<Secret> read_secret_file(const std::filesystem::path& path, std::size_t limit = 64U << 10U);

/// Replaces the file or leaves it as it was: temporary file, fsync, rename, fsync of the folder.
/// `mode` is exact, whatever the umask. Never follows a link at the last component.
Result<void> write_file_atomic(const std::filesystem::path& path, ByteView bytes,
                               unsigned mode = 0600);
Result<void> write_file_atomic(const std::filesystem::path& path, std::string_view text,
                               unsigned mode = 0600);

/// A new file (`already_exists` otherwise), which is not durable by itself: for the many files of a
/// draft, with sync_filesystem() before it takes its place. `mode` is exact.
Result<void> write_new_file(const std::filesystem::path& path, ByteView bytes, unsigned mode);

/// Makes the folder and its parents; the last one has mode 0700 and belongs to this user, or the
/// call fails: one with something in it is not taken from others.
Result<void> make_private_directory(const std::filesystem::path& path);

/// Makes a rename or a new file in the folder durable.
Result<void> sync_directory(const std::filesystem::path& path);

/// Makes all that was written to the folder's file system durable; what it was about is everything
/// below the folder.
Result<void> sync_filesystem(const std::filesystem::path& folder);

/// `errno` as an io error about `path`: "Cannot <verb> <path>: No such file or directory."
Error io_error(std::string_view verb, const std::filesystem::path& path);

/// An exclusive lock held as long as the object lives; other processes wait for at most
/// `wait_ms` (`unavailable` then) before giving up.
class FileLock {
public:
    static Result<FileLock> acquire(const std::filesystem::path& path, int wait_ms);
    /// The same for a file that is there; `not_found` when it is not, and none is made.
    static Result<FileLock> acquire_existing(const std::filesystem::path& path, int wait_ms);
    FileLock(FileLock&& other) noexcept;
    FileLock& operator=(FileLock&&) = delete;
    ~FileLock();

private:
    explicit FileLock(int fd) : fd_(fd) {}
    static Result<FileLock> open(const std::filesystem::path& path, int flags, int wait_ms);
    int fd_;
};

} // namespace tau
