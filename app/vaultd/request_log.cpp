#include "app/vaultd/request_log.h"

#include "core/base/text.h"

#include <array>
#include <sodium.h>

namespace tau::vaultd {

namespace {

/// A value as logfmt has it: quoted when it holds anything but what is plain.
std::string in_quotes(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            out += '\\';
        }
        out += c;
    }
    return out + "\"";
}

/// What is looked at often and tells little.
bool is_routine(const Answered& answered) {
    return answered.status < 400 && (answered.route == "/healthz" || answered.route == "/metrics");
}

void add(std::string& line, std::string_view key, std::string_view value) {
    line += ' ';
    line += key;
    line += '=';
    line += value;
}

} // namespace

RequestLog::RequestLog(const Clock& clock, int fd)
    : clock_(clock), key_(Secret::random(32)), settings_(LogSettings{}),
      writer_(fd, [this](std::uint64_t lost) {
          return line_of(LogLevel::warning, "log",
                         " msg=" + in_quotes("Lines that are missing here, because the log could "
                                             "not be written: " +
                                             std::to_string(lost) + "."));
      }) {}

void RequestLog::set(const LogSettings& settings) {
    settings_ = settings;
}

void RequestLog::write(LogLevel level, std::string_view area, std::string_view message) {
    put(level, area, " msg=" + in_quotes(bounded_text(message)));
}

void RequestLog::write_about(std::string_view subject, LogLevel level, std::string_view area,
                             std::string_view message) {
    put(level, area, " subject=" + hidden(subject) + " msg=" + in_quotes(bounded_text(message)));
}

void RequestLog::answered(const Answered& answered) {
    const LogSettings settings = settings_;
    if (!settings.requests) {
        return;
    }
    std::string line;
    add(line, "method", answered.method);
    add(line, "route", answered.route);
    add(line, "status", std::to_string(answered.status));
    if (!answered.reason.empty()) {
        add(line, "reason", answered.reason);
    }
    add(line, "us", std::to_string(answered.took.count()));
    add(line, "in", std::to_string(answered.in));
    add(line, "out", std::to_string(answered.out));
    add(line, "peer", settings.addresses ? answered.network : hidden(answered.network));
    if (!answered.subject.empty()) {
        add(line, "subject", hidden(answered.subject));
    }
    put(is_routine(answered) ? LogLevel::debug : LogLevel::info, "request", line);
}

std::string RequestLog::hidden(std::string_view what) const {
    std::array<std::uint8_t, crypto_generichash_BYTES_MIN> hash{};
    crypto_generichash(hash.data(), hash.size(),
                       reinterpret_cast<const unsigned char*>(what.data()), what.size(),
                       key_.data(), key_.size());
    return to_hex(ByteView(hash).first(8));
}

std::string RequestLog::line_of(LogLevel level, std::string_view area,
                                const std::string& rest) const {
    constexpr std::array<std::string_view, 4> names{"debug", "info", "warning", "error"};
    std::string line = "time=" + to_iso8601(clock_.now());
    add(line, "level", names.at(static_cast<std::size_t>(level)));
    add(line, "area", area);
    return line + rest + "\n";
}

void RequestLog::put(LogLevel level, std::string_view area, const std::string& rest) {
    if (level >= settings_.load().level) {
        writer_.put(line_of(level, area, rest));
    }
}

} // namespace tau::vaultd
