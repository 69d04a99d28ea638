#include "core/node/passfile.h"

#include "core/base/file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace tau::node {

namespace {

constexpr off_t largest = 64 << 10;

} // namespace

Passfile::Passfile(Passfile&& other) noexcept
    : path_(std::move(other.path_)), memory_(std::exchange(other.memory_, -1)) {}

Passfile::~Passfile() {
    if (memory_ >= 0) {
        ::close(memory_);
    }
}

Result<Passfile> Passfile::open(const std::filesystem::path& file) {
    const int source = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
    struct stat status {};
    if (source < 0 || ::fstat(source, &status) != 0) {
        const Error error = io_error("open", file);
        if (source >= 0) {
            ::close(source);
        }
        return fail(error);
    }
    const bool everybody = (status.st_mode & S_IRWXO) != 0;
    const bool group = (status.st_mode & S_IRWXG) != 0;
    if (everybody || !group || !S_ISREG(status.st_mode) || status.st_size > largest) {
        ::close(source);
        return everybody && S_ISREG(status.st_mode)
                   ? Result<Passfile>(
                         fail(ErrorCode::permission_denied,
                              "The file of passwords " + file.string() + " is everybody's to read.",
                              "Run: chmod 600 " + file.string()))
                   : Result<Passfile>(Passfile(file, -1));
    }
    const int memory = ::memfd_create("passfile", MFD_CLOEXEC);
    Passfile copy("/proc/self/fd/" + std::to_string(memory), memory);
    bool good = memory >= 0 && ::fchmod(memory, 0600) == 0;
    for (off_t at = 0; good && at < status.st_size;) {
        good = ::sendfile(memory, source, &at, static_cast<std::size_t>(status.st_size - at)) > 0;
    }
    ::close(source);
    return good ? Result<Passfile>(std::move(copy)) : fail(io_error("read", file));
}

} // namespace tau::node
