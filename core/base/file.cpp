#include "core/base/file.h"

#include "core/base/encoding.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace tau {

namespace fs = std::filesystem;

namespace {

/// Closes on every way out.
class Descriptor {
public:
    explicit Descriptor(int fd) : fd_(fd) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (fd_ >= 0) {
            ::close(fd_);
        }
    }
    int get() const { return fd_; }

private:
    int fd_;
};

/// Reads to the end into `sink(bytes)`; stops with limit_exceeded past `limit`.
template <typename Sink>
Result<void> read_all(int fd, const fs::path& path, std::size_t limit, Sink&& sink) {
    std::size_t total = 0;
    std::uint8_t buffer[16384];
    for (;;) {
        const ssize_t got = ::read(fd, buffer, sizeof buffer);
        if (got < 0) {
            if (errno == EINTR) {
                continue;
            }
            return fail(io_error("read", path));
        }
        if (got == 0) {
            wipe(buffer, sizeof buffer);
            return {};
        }
        total += static_cast<std::size_t>(got);
        if (total > limit) {
            wipe(buffer, sizeof buffer);
            return fail(ErrorCode::limit_exceeded,
                        "The file " + path.string() + " is larger than " + std::to_string(limit) +
                            " bytes.",
                        "Check that it is the right file.");
        }
        sink(ByteView(buffer, static_cast<std::size_t>(got)));
    }
}

Result<void> write_all(int fd, const fs::path& path, ByteView bytes) {
    while (!bytes.empty()) {
        const ssize_t put = ::write(fd, bytes.data(), bytes.size());
        if (put < 0) {
            if (errno == EINTR) {
                continue;
            }
            return fail(io_error("write", path));
        }
        bytes = bytes.subspan(static_cast<std::size_t>(put));
    }
    return {};
}

} // namespace

Error io_error(std::string_view verb, const fs::path& path) {
    const int number = errno;
    const ErrorCode code = number == ENOENT                      ? ErrorCode::not_found
                           : number == EACCES || number == EPERM ? ErrorCode::permission_denied
                           : number == EEXIST                    ? ErrorCode::already_exists
                                                                 : ErrorCode::io;
    return Error{code,
                 "Cannot " + std::string(verb) + " " + path.string() + ": " +
                     std::strerror(number) + ".",
                 number == ENOSPC ? "Free some space on the disk, then try again." : "",
                 {}};
}

Result<std::string> read_file(const fs::path& path, std::size_t limit) {
    // By its name Linux opens no socket, which is what a program's input may be.
    const Descriptor fd(path == "/dev/stdin" ? ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
                                             : ::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (fd.get() < 0) {
        return fail(io_error("open", path));
    }
    std::string out;
    auto done = read_all(fd.get(), path, limit, [&](ByteView bytes) { out += as_text(bytes); });
    if (!done) {
        return fail(done.error());
    }
    return out;
}

Result<Secret> read_secret_file(const fs::path& path, std::size_t limit) {
    const Descriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    struct stat status {};
    if (fd.get() < 0 || ::fstat(fd.get(), &status) != 0) {
        return fail(io_error("open", path));
    }
    if (!S_ISREG(status.st_mode) || (status.st_mode & 077U) != 0) {
        return fail(ErrorCode::permission_denied,
                    "The file " + path.string() + " holds a secret, but others may read it.",
                    "Run: chmod 600 " + path.string());
    }
    // No larger than the file: locked memory is scarce, and wiping it takes time.
    const std::size_t room = std::min(limit, static_cast<std::size_t>(status.st_size) + 1);
    Secret buffer(room);
    std::size_t used = 0;
    auto done = read_all(fd.get(), path, room, [&](ByteView bytes) {
        std::memcpy(buffer.data() + used, bytes.data(), bytes.size());
        used += bytes.size();
    });
    if (!done) {
        return fail(done.error());
    }
    return Secret::copy_of(ByteView(buffer.data(), used));
}

Result<void> write_file_atomic(const fs::path& path, ByteView bytes, unsigned mode) {
    std::string temporary = path.string() + ".XXXXXX";
    const Descriptor fd(::mkostemp(temporary.data(), O_CLOEXEC));
    if (fd.get() < 0) {
        return fail(io_error("create a file beside", path));
    }
    const auto give_up = [&](Error error) {
        ::unlink(temporary.c_str());
        return fail(std::move(error));
    };
    if (auto done = write_all(fd.get(), path, bytes); !done) {
        return give_up(done.error());
    }
    if (::fchmod(fd.get(), mode) != 0 || ::fsync(fd.get()) != 0 ||
        ::rename(temporary.c_str(), path.c_str()) != 0) {
        return give_up(io_error("write", path));
    }
    return sync_directory(path.has_parent_path() ? path.parent_path() : fs::path("."));
}

Result<void> write_file_atomic(const fs::path& path, std::string_view text, unsigned mode) {
    return write_file_atomic(path, as_bytes(text), mode);
}

Result<void> write_new_file(const fs::path& path, ByteView bytes, unsigned mode) {
    const Descriptor fd(
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode));
    if (fd.get() < 0 || ::fchmod(fd.get(), mode) != 0) {
        return fail(io_error("write", path));
    }
    return write_all(fd.get(), path, bytes);
}

Result<void> make_private_directory(const fs::path& path) {
    std::error_code code;
    fs::path here;
    for (const fs::path& part : path) { // parents of what is private have no need to be open
        here /= part;
        if (!fs::exists(here, code) && ::mkdir(here.c_str(), 0700) != 0 && errno != EEXIST) {
            return fail(io_error("create the folder", here));
        }
    }
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0) {
        return fail(io_error("look at", path));
    }
    if (!S_ISDIR(status.st_mode) || status.st_uid != ::geteuid()) {
        return fail(ErrorCode::permission_denied,
                    "The folder " + path.string() + " is not a folder of this user's.",
                    "Choose another one.");
    }
    if ((status.st_mode & 077U) == 0) {
        return {};
    }
    // What is in it already may be there for others.
    if (!fs::is_empty(path, code) || ::chmod(path.c_str(), 0700) != 0) {
        return fail(ErrorCode::permission_denied,
                    "Other users may look into the folder " + path.string() + ".",
                    "Choose another one, or close this one to them: chmod 700 " + path.string());
    }
    return {};
}

Result<void> sync_directory(const fs::path& path) {
    const Descriptor fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (fd.get() < 0 || ::fsync(fd.get()) != 0) {
        return fail(io_error("sync the folder", path));
    }
    return {};
}

Result<void> sync_filesystem(const fs::path& folder) {
    const Descriptor fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (fd.get() < 0 || ::syncfs(fd.get()) != 0) {
        return fail(io_error("write", folder));
    }
    return {};
}

Result<FileLock> FileLock::acquire(const fs::path& path, int wait_ms) {
    return open(path, O_RDWR | O_CREAT, wait_ms);
}

Result<FileLock> FileLock::acquire_existing(const fs::path& path, int wait_ms) {
    return open(path, O_RDWR, wait_ms);
}

Result<FileLock> FileLock::open(const fs::path& path, int flags, int wait_ms) {
    const int fd = ::open(path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) {
        return fail(io_error("open the lock", path));
    }
    FileLock lock(fd);
    constexpr int step_ms = 20;
    for (int waited = 0; ::flock(fd, LOCK_EX | LOCK_NB) != 0; waited += step_ms) {
        if (waited >= wait_ms) {
            return fail(ErrorCode::unavailable, "Another program is using " + path.string() + ".",
                        "Wait until it is done, or end it, then try again.");
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(step_ms));
    }
    return lock;
}

FileLock::FileLock(FileLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

FileLock::~FileLock() {
    if (fd_ >= 0) {
        ::close(fd_);
    }
}

} // namespace tau
