#include "core/flow/journal.h"

#include "core/base/file.h"
#include "core/base/text.h"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

namespace tau::flow {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t max_journal = 16U << 20U;
constexpr std::array kinds{Kind::plan,    Kind::intent, Kind::outcome, Kind::failed,
                           Kind::undoing, Kind::undone, Kind::closed};
constexpr std::string_view sum_key = ",\"sum\":\"";
constexpr std::size_t sum_digits = 32;
constexpr std::size_t sum_suffix = sum_key.size() + sum_digits + 2; // closing quote and brace

std::string checksum(std::string_view body) {
    std::array<std::uint8_t, sum_digits / 2> digest{};
    tagged_hash("tau-journal", as_bytes(body), digest);
    return to_hex(digest);
}

std::string to_line(const Entry& entry, std::uint64_t number) {
    const nlohmann::ordered_json object{{"n", number},
                                        {"time", entry.time},
                                        {"kind", to_string(entry.kind)},
                                        {"step", entry.step},
                                        {"facts", entry.facts}};
    // Text of the other side may end up in an error's facts: replace what is no UTF-8.
    std::string body = object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    body.pop_back();
    const std::string sum = checksum(body);
    return body.append(sum_key).append(sum).append("\"}\n");
}

/// The entry of one line without its line end, or nullopt when anything about it is wrong.
std::optional<Entry> from_line(std::string_view line, std::uint64_t number) {
    if (line.size() < sum_suffix) {
        return std::nullopt;
    }
    const std::string_view body = line.substr(0, line.size() - sum_suffix);
    const std::string_view sum = line.substr(body.size() + sum_key.size(), sum_digits);
    if (line.substr(body.size(), sum_key.size()) != sum_key || !line.ends_with("\"}") ||
        sum != checksum(body)) {
        return std::nullopt;
    }
    try {
        const auto object = nlohmann::json::parse(line);
        Entry entry;
        entry.time = object.at("time").get<std::int64_t>();
        entry.step = object.at("step").get<std::string>();
        entry.facts = object.at("facts").get<Facts>();
        const auto kind = object.at("kind").get<std::string>();
        for (const Kind candidate : kinds) {
            if (to_string(candidate) == kind && object.at("n") == number) {
                entry.kind = candidate;
                return entry;
            }
        }
    } catch (const nlohmann::json::exception&) {
        // A good checksum over what is not ours: damage like any other.
    }
    return std::nullopt;
}

struct Content {
    std::vector<Entry> entries;
    std::size_t good_bytes = 0;
    std::size_t bad_line = 0; ///< 0: none
};

Content parse(std::string_view text) {
    Content content;
    while (content.good_bytes < text.size()) {
        const std::size_t end = text.find('\n', content.good_bytes);
        if (end == std::string_view::npos) {
            break; // half a line: the crash came while it was written
        }
        const std::size_t number = content.entries.size() + 1;
        auto entry = from_line(text.substr(content.good_bytes, end - content.good_bytes), number);
        if (!entry) {
            content.bad_line = number;
            break;
        }
        content.entries.push_back(std::move(*entry));
        content.good_bytes = end + 1;
    }
    return content;
}

Error damage(const fs::path& path, const Content& content) {
    std::string known;
    for (const Entry& entry : content.entries) {
        const auto sentence = entry.facts.find("sentence");
        if (entry.kind == Kind::outcome && sentence != entry.facts.end()) {
            known += sentence->second + "\n";
        }
    }
    return Error{ErrorCode::corrupt,
                 "The record of this change is damaged in line " +
                     std::to_string(content.bad_line) + " (" + path.string() + ").",
                 "Remove by hand what the details list, then start again.",
                 known.empty() ? "Nothing was made before the damage." : known};
}

Result<void> write_all(int fd, const fs::path& path, std::string_view text) {
    while (!text.empty()) {
        const ssize_t put = ::write(fd, text.data(), text.size());
        if (put < 0 && errno == EINTR) {
            continue;
        }
        if (put < 0) {
            return fail(io_error("write", path));
        }
        text.remove_prefix(static_cast<std::size_t>(put));
    }
    return {};
}

} // namespace

std::string fact(const Facts& facts, const std::string& name) {
    const auto found = facts.find(name);
    return found == facts.end() ? std::string() : found->second;
}

std::string_view to_string(Kind kind) {
    switch (kind) {
    case Kind::plan:
        return "plan";
    case Kind::intent:
        return "intent";
    case Kind::outcome:
        return "outcome";
    case Kind::failed:
        return "failed";
    case Kind::undoing:
        return "undoing";
    case Kind::undone:
        return "undone";
    case Kind::closed:
        return "closed";
    }
    return "";
}

Result<std::unique_ptr<Journal>> Journal::create(const fs::path& path, const Clock& clock,
                                                 Hook hook) {
    const int fd =
        ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) {
        return fail(io_error("create", path));
    }
    std::unique_ptr<Journal> journal(new Journal(fd, path, 1, clock, std::move(hook)));
    if (auto done = sync_directory(path.parent_path()); !done) {
        return fail(done.error());
    }
    return journal;
}

Result<Journal::Opened> Journal::open(const fs::path& path, const Clock& clock, Hook hook) {
    auto text = read_file(path, max_journal);
    if (!text) {
        return fail(text.error());
    }
    Content content = parse(*text);
    if (content.bad_line != 0) {
        const fs::path aside = path.string() + ".bad-" + std::to_string(clock.now());
        if (::rename(path.c_str(), aside.c_str()) != 0) {
            return fail(io_error("move", path));
        }
        return fail(damage(aside, content));
    }
    const int fd = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) {
        return fail(io_error("open", path));
    }
    std::unique_ptr<Journal> journal(
        new Journal(fd, path, content.entries.size() + 1, clock, std::move(hook)));
    if (content.good_bytes != text->size() &&
        (::ftruncate(fd, static_cast<off_t>(content.good_bytes)) != 0 || ::fsync(fd) != 0)) {
        return fail(io_error("repair", path));
    }
    return Opened{std::move(journal), std::move(content.entries)};
}

Result<std::vector<Entry>> Journal::read(const fs::path& path) {
    auto text = read_file(path, max_journal);
    if (!text) {
        return fail(text.error());
    }
    Content content = parse(*text);
    if (content.bad_line != 0) {
        return fail(damage(path, content));
    }
    return std::move(content.entries);
}

Journal::~Journal() {
    ::close(fd_);
}

Result<void> Journal::append(Kind kind, const std::string& step, const Facts& facts) {
    const std::lock_guard lock(mutex_);
    if (broken_) {
        return fail(ErrorCode::io, "An earlier record of this change could not be written.",
                    "Check that the disk has room and works, then resume.");
    }
    const std::string point = std::string(to_string(kind)) + (step.empty() ? "" : " ") + step;
    if (hook_) {
        hook_("before record " + point);
    }
    auto written = write_all(fd_, path_, to_line(Entry{kind, clock_.now(), step, facts}, next_));
    if (written && ::fdatasync(fd_) != 0) {
        written = fail(io_error("write", path_));
    }
    if (!written) {
        // After a failed fsync the system may have dropped the page: only reading tells.
        broken_ = true;
        return written;
    }
    ++next_;
    if (hook_) {
        hook_("after record " + point);
    }
    return {};
}

} // namespace tau::flow
