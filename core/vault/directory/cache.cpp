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
constexpr std::string_view page_prefix = "page-";
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

/// page-<16 hex digits>-<number>: digits enough, for who reads it holds it against all of the root.
std::string page_name(const Hash32& root, std::size_t page) {
    return std::string(page_prefix) + to_hex(ByteView(root).first(8)) + "-" + std::to_string(page);
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

std::optional<std::string> DirectoryCache::read_page(const Hash32& root, std::size_t page) const {
    return read(page_name(root, page), max_page_file);
}

void DirectoryCache::write_page(const Hash32& root, std::size_t page, ByteView bytes) const {
    write(page_name(root, page), bytes);
    make_room();
}

/// Also of what a program left that ended while it wrote.
void DirectoryCache::make_room() const {
    struct Page {
        fs::file_time_type written;
        std::uint64_t size;
        std::string name;
    };
    std::vector<Page> pages;
    std::uint64_t bytes = 0;
    std::error_code code;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder_, code)) {
        const std::string name = entry.path().filename().string();
        if (!name.starts_with(page_prefix)) {
            continue;
        }
        std::error_code gone;
        const std::uint64_t size = entry.file_size(gone);
        const auto written = entry.last_write_time(gone);
        if (!gone) {
            pages.push_back({written, size, name});
            bytes += size;
        }
    }
    std::sort(pages.begin(), pages.end(),
              [](const Page& a, const Page& b) { return a.written < b.written; });
    for (std::size_t i = 0; i < pages.size() && bytes > max_kept_pages; ++i) {
        erase(pages[i].name);
        bytes -= pages[i].size;
    }
}

} // namespace tau::vault
