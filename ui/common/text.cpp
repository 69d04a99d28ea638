#include "ui/common/text.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QLocale>

namespace tau::ui {

namespace {

QString translated(const char* text, int count = -1) {
    return QCoreApplication::translate("tau::ui::text", text, nullptr, count);
}

} // namespace

QString to_qt(std::string_view utf8) {
    const auto text = QString::fromUtf8(utf8.data(), static_cast<qsizetype>(utf8.size()));
    // Qt takes the mark away, and a file that was shown would be written without it.
    return utf8.starts_with("\xef\xbb\xbf") ? QChar(QChar::ByteOrderMark) + text : text;
}

std::string to_utf8(const QString& text) {
    const QByteArray bytes = text.toUtf8();
    return {bytes.constData(), static_cast<std::size_t>(bytes.size())};
}

QString duration_text(std::int64_t milliseconds) {
    if (milliseconds < 9950) {
        return translated("%1 s").arg(
            QLocale().toString(static_cast<double>(milliseconds) / 1000.0, 'f', 1));
    }
    const std::int64_t seconds = (milliseconds + 500) / 1000;
    if (seconds < 60) {
        return translated("%1 s").arg(seconds);
    }
    return translated("%1 min %2 s").arg(seconds / 60).arg(seconds % 60);
}

QString time_text(std::int64_t unix_seconds) {
    const QDateTime time = QDateTime::fromSecsSinceEpoch(unix_seconds);
    return QLocale().toString(time.date(), QLocale::ShortFormat) + QLatin1Char(' ') +
           time.toString(QStringLiteral("HH:mm"));
}

QString age_text(std::int64_t unix_seconds, std::int64_t now) {
    const std::int64_t seconds = now - unix_seconds;
    if (seconds < 60) {
        return translated("just now");
    }
    if (seconds < 3600) {
        const auto minutes = static_cast<int>(seconds / 60);
        return minutes == 1 ? translated("1 minute ago")
                            : translated("%1 minutes ago").arg(minutes);
    }
    if (seconds < 24 * 3600) {
        const auto hours = static_cast<int>(seconds / 3600);
        return hours == 1 ? translated("1 hour ago") : translated("%1 hours ago").arg(hours);
    }
    return time_text(unix_seconds);
}

QString vaults_text(std::uint64_t count) {
    return count == 1
               ? translated("1 vault")
               : translated("%1 vaults").arg(QLocale().toString(static_cast<qulonglong>(count)));
}

QString report_text(const Error& error) {
    QStringList lines{to_qt(error.message)};
    if (!error.hint.empty()) {
        lines << to_qt(error.hint);
    }
    lines << translated("Kind: %1").arg(to_qt(to_string(error.code)));
    if (!error.detail.empty()) {
        lines << translated("Details:") << to_qt(error.detail);
    }
    return lines.join(QLatin1Char('\n'));
}

} // namespace tau::ui
