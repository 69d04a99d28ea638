#pragma once

#include "core/base/result.h"

#include <QString>

#include <cstdint>
#include <string>
#include <string_view>

namespace tau::ui {

/// The border between core's UTF-8 and the window's text. There and back, no character is lost,
/// neither is a byte order mark.
QString to_qt(std::string_view utf8);
std::string to_utf8(const QString& text);

/// "0.4 s", "12 s", "3 min 5 s".
QString duration_text(std::int64_t milliseconds);
/// Date and time in the person's own zone and format.
QString time_text(std::int64_t unix_seconds);
/// "just now", "5 minutes ago", "yesterday" … then a date.
QString age_text(std::int64_t unix_seconds, std::int64_t now);

/// "1 vault", "1,000,000 vaults".
QString vaults_text(std::uint64_t count);

/// Everything of an error that is worth pasting into a mail.
QString report_text(const Error& error);

} // namespace tau::ui
