#include "ui/common/theme.h"

#include <QApplication>
#include <QEvent>
#include <QFontDatabase>
#include <QPalette>
#include <QStyleFactory>
#include <QWidget>

#include <algorithm>
#include <cmath>

namespace tau::ui {

namespace {

Theme* current_theme = nullptr;

double luminance(const QColor& color) {
    const auto linear = [](double channel) {
        return channel <= 0.04045 ? channel / 12.92 : std::pow((channel + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) +
           0.0722 * linear(color.blueF());
}

bool is_dark(const QPalette& palette) {
    return luminance(palette.color(QPalette::Window)) <
           luminance(palette.color(QPalette::WindowText));
}

QPalette make_palette(const Tokens& t) {
    QPalette palette;
    palette.setColor(QPalette::Window, t.canvas);
    palette.setColor(QPalette::WindowText, t.text);
    palette.setColor(QPalette::Base, t.surface);
    palette.setColor(QPalette::AlternateBase, mix(t.surface, t.canvas, 0.6));
    palette.setColor(QPalette::Text, t.text);
    palette.setColor(QPalette::PlaceholderText, t.muted);
    palette.setColor(QPalette::Button, t.surface);
    palette.setColor(QPalette::ButtonText, t.text);
    palette.setColor(QPalette::BrightText, t.bad);
    palette.setColor(QPalette::Highlight, t.accent);
    palette.setColor(QPalette::HighlightedText, t.on_accent);
    palette.setColor(QPalette::Link, t.accent);
    palette.setColor(QPalette::LinkVisited, t.accent);
    palette.setColor(QPalette::ToolTipBase, t.raised);
    palette.setColor(QPalette::ToolTipText, t.text);
    palette.setColor(QPalette::Light, mix(t.surface, t.line, 0.3));
    palette.setColor(QPalette::Midlight, mix(t.surface, t.line, 0.6));
    palette.setColor(QPalette::Mid, t.line);
    palette.setColor(QPalette::Dark, mix(t.line, t.muted, 0.5));
    palette.setColor(QPalette::Shadow, mix(t.line, t.muted, 0.8));
    const QColor off = mix(t.surface, t.muted, 0.7);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText}) {
        palette.setColor(QPalette::Disabled, role, off);
    }
    return palette;
}

} // namespace

Tokens light_tokens() {
    return {.canvas = QColor(0xF6F7F9),
            .surface = QColor(0xFFFFFF),
            .raised = QColor(0xFFFFFF),
            .text = QColor(0x1B2430),
            .muted = QColor(0x5B6776),
            .line = QColor(0xDDE2E8),
            .accent = QColor(0x3347C9),
            .on_accent = QColor(0xFFFFFF),
            .good = QColor(0x1C7A45),
            .warn = QColor(0x8A5A00),
            .bad = QColor(0xB3261E),
            .dark = false};
}

Tokens dark_tokens() {
    return {.canvas = QColor(0x14171C),
            .surface = QColor(0x1B1F26),
            .raised = QColor(0x232831),
            .text = QColor(0xE7EBF0),
            .muted = QColor(0x9BA7B5),
            .line = QColor(0x323944),
            .accent = QColor(0x93A2FF),
            .on_accent = QColor(0x10131A),
            .good = QColor(0x63D196),
            .warn = QColor(0xF0B84B),
            .bad = QColor(0xFF8A80),
            .dark = true};
}

double contrast(const QColor& a, const QColor& b) {
    const double la = luminance(a);
    const double lb = luminance(b);
    return (std::max(la, lb) + 0.05) / (std::min(la, lb) + 0.05);
}

QColor mix(const QColor& base, const QColor& top, double share) {
    const auto blend = [share](float from, float to) {
        return static_cast<float>(from + (to - from) * share);
    };
    return QColor::fromRgbF(blend(base.redF(), top.redF()), blend(base.greenF(), top.greenF()),
                            blend(base.blueF(), top.blueF()));
}

Theme::Theme(QApplication& application) : QObject(&application), application_(application) {
    Q_ASSERT(current_theme == nullptr);
    current_theme = this;
    application_.setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    // Qt's fallback of 9 points, used where no desktop says anything, is too small to read.
    body_points_ = std::max(QApplication::font().pointSizeF(), 9.75);
    read_system(false);
    apply();
    application_.installEventFilter(this);
}

Theme::~Theme() {
    current_theme = nullptr;
}

Theme& Theme::get() {
    Q_ASSERT(current_theme != nullptr);
    return *current_theme;
}

void Theme::set_mode(ThemeMode mode) {
    if (mode_ == mode) {
        return;
    }
    mode_ = mode;
    if (mode == ThemeMode::system) {
        read_system(true);
    }
    apply();
}

QColor Theme::color(Tone tone) const {
    switch (tone) {
    case Tone::muted:
        return tokens_.muted;
    case Tone::accent:
        return tokens_.accent;
    case Tone::good:
        return tokens_.good;
    case Tone::warn:
        return tokens_.warn;
    case Tone::bad:
        return tokens_.bad;
    case Tone::plain:
        break;
    }
    return tokens_.text;
}

QFont Theme::mono_font() const {
    QFont font = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    font.setPointSizeF(table_points());
    return font;
}

QFont Theme::table_font() const {
    QFont font = QApplication::font();
    font.setPointSizeF(table_points());
    return font;
}

/// Learns whether the system is dark. With `reset` our own palette is taken away first, because
/// it hides the system's.
void Theme::read_system(bool reset) {
    applying_ = true;
    if (reset) {
        QApplication::setPalette(QPalette());
    }
    system_dark_ = is_dark(QApplication::palette());
    applying_ = false;
}

void Theme::apply() {
    applying_ = true;
    const bool dark = mode_ == ThemeMode::dark || (mode_ == ThemeMode::system && system_dark_);
    tokens_ = dark ? dark_tokens() : light_tokens();
    QFont font = QApplication::font();
    font.setPointSizeF(body_points_);
    QApplication::setFont(font);
    QApplication::setPalette(make_palette(tokens_));
    application_.setStyleSheet(stylesheet(*this));
    applying_ = false;
    Q_EMIT changed();
}

bool Theme::eventFilter(QObject* watched, QEvent* event) {
    const bool palette = event->type() == QEvent::ApplicationPaletteChange;
    const bool system = event->type() == QEvent::ThemeChange;
    if (!applying_ && (system || (palette && watched == &application_))) {
        read_system(system);
        apply();
    }
    return QObject::eventFilter(watched, event);
}

} // namespace tau::ui
