#pragma once

#include "app/vaultd/log_writer.h"
#include "app/vaultd/server.h"

#include <atomic>

namespace tau::vaultd {

struct LogSettings {
    LogLevel level = LogLevel::info;
    bool requests = true;   ///< a line for each answer
    bool addresses = false; ///< as they are, instead of hashed
    bool operator==(const LogSettings&) const = default;
};

/// Lines of key=value (logfmt), as log collectors read them. Peers and what they ask about are
/// shown as a keyed hash whose key is made at every start: the lines of one peer can be found by
/// each other, and nothing about it by the lines. No secret is ever given to it. It waits for
/// nobody who reads it. Callable from any thread.
class RequestLog final : public Log {
public:
    RequestLog(const Clock& clock, int fd);
    void set(const LogSettings& settings);
    void write(LogLevel level, std::string_view area, std::string_view message) override;
    void write_about(std::string_view subject, LogLevel level, std::string_view area,
                     std::string_view message) override;
    void answered(const Answered& answered);
    /// How many lines could not be written.
    const std::atomic<std::uint64_t>& lost() const { return writer_.lost(); }

private:
    std::string hidden(std::string_view what) const;
    std::string line_of(LogLevel level, std::string_view area, const std::string& rest) const;
    void put(LogLevel level, std::string_view area, const std::string& rest);

    const Clock& clock_;
    const Secret key_;
    std::atomic<LogSettings> settings_;
    LogWriter writer_; // last: it uses the members above
};

} // namespace tau::vaultd
