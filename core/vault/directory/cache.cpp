#include "core/vault/directory/cache.h"

#include "core/base/file.h"
#include "core/vault/directory/shard.h"

#include <algorithm>
#include <charconv>
#include <fcntl.h>
#include <unistd.h>

namespace tau::vault {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view prefix = "shard-";
constexpr std::size_t versions_kept = 2;

/// shard-<two hex digits>-<epoch>
std::string name_of(const DirectoryCache::Shard& shard) {
    const auto number = static_cast<std::uint8_t>(shard.number);
    return std::string(prefix) + to_hex(ByteView(&number, 1)) + "-" + std::to_string(shard.epoch);
}

std::optional<DirectoryCache::Shard> parse(const std::string& name) {
    DirectoryCache::Shard shard;
    const char* end = name.data() + name.size();
    if (name.size() < prefix.size() + 4 || !name.starts_with(prefix)) {
        return std::nullopt;
    }
    const char* number = name.data() + prefix.size();
    const bool number_ok = std::from_chars(number, number + 2, shard.number, 16).ptr == number + 2;
    if (!number_ok || std::from_chars(number + 3, end, shard.epoch).ptr != end ||
        name_of(shard) != name) {
        return std::nullopt;
    }
    return shard;
}

bool write_all(int fd, ByteView bytes) {
    while (!bytes.empty()) {
        const ssize_t put = ::write(fd, bytes.data(), bytes.size());
        if (put <= 0) {
            return false;
        }
        bytes = bytes.subspan(static_cast<std::size_t>(put));
    }
    return true;
}

/// Of a program that ended while it wrote.
bool is_left_over(const fs::directory_entry& entry) {
    std::error_code code;
    const auto written = entry.last_write_time(code);
    return !code && fs::file_time_type::clock::now() - written > std::chrono::hours(1);
}

} // namespace

DirectoryCache::DirectoryCache(fs::path folder) : folder_(std::move(folder)) {
    // Where this fails, so does each file's write, and nothing is kept.
    static_cast<void>(make_private_directory(folder_));
}

std::optional<std::string> DirectoryCache::read(const std::string& name, std::size_t limit) const {
    auto bytes = read_file(folder_ / name, limit);
    return bytes ? std::optional(std::move(*bytes)) : std::nullopt;
}

void DirectoryCache::write(const std::string& name, ByteView bytes) const {
    const std::string path = (folder_ / name).string();
    std::string temporary = path + ".XXXXXX";
    const int fd = ::mkostemp(temporary.data(), O_CLOEXEC);
    if (fd < 0) {
        return;
    }
    const bool written = write_all(fd, bytes);
    ::close(fd);
    if (!written || ::rename(temporary.c_str(), path.c_str()) != 0) {
        ::unlink(temporary.c_str());
    }
}

void DirectoryCache::erase(const std::string& name) const {
    ::unlink((folder_ / name).c_str());
}

std::vector<DirectoryCache::Shard> DirectoryCache::shards() const {
    std::vector<Shard> found;
    std::error_code code;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder_, code)) {
        const std::string name = entry.path().filename().string();
        if (const auto shard = parse(name)) {
            found.push_back(*shard);
        } else if (name.starts_with(prefix) && is_left_over(entry)) {
            erase(name);
        }
    }
    std::sort(found.begin(), found.end(), [](const Shard& a, const Shard& b) {
        return a.number != b.number ? a.number < b.number : a.epoch > b.epoch;
    });
    std::vector<Shard> kept;
    for (std::size_t i = 0; i < found.size(); ++i) {
        if (i >= versions_kept && found[i - versions_kept].number == found[i].number) {
            erase(name_of(found[i]));
        } else {
            kept.push_back(found[i]);
        }
    }
    return kept;
}

std::optional<std::string> DirectoryCache::read_shard(const Shard& shard) const {
    return read(name_of(shard), max_shard_file);
}

void DirectoryCache::write_shard(const Shard& shard, ByteView bytes) const {
    write(name_of(shard), bytes);
}

void DirectoryCache::renew(const Shard& shard, std::uint64_t epoch) const {
    if (epoch != shard.epoch) {
        const std::string name = name_of({shard.number, epoch});
        ::rename((folder_ / name_of(shard)).c_str(), (folder_ / name).c_str());
    }
}

} // namespace tau::vault
