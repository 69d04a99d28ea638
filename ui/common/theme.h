#pragma once

#include <QColor>
#include <QFont>
#include <QIcon>
#include <QObject>

class QApplication;

namespace tau::ui {

/// Spacing and sizes in device-independent pixels; the only ones there are.
namespace space {
inline constexpr int xs = 4;
inline constexpr int s = 8;
inline constexpr int m = 12;
inline constexpr int l = 16;
inline constexpr int xl = 24;
inline constexpr int radius = 6;
inline constexpr int row = 28;     ///< height of a table row
inline constexpr int control = 30; ///< height of a field or button
inline constexpr int icon = 16;
inline constexpr int big_icon = 40;
inline constexpr int bar = 4; ///< height of a thin progress or score bar
inline constexpr int field_width = 300;
inline constexpr int text_width = 760; ///< widest comfortable page of text
inline constexpr int page_width = 900; ///< widest page of fields with notes beside them
} // namespace space

/// What the look is made of. Every text colour reaches 4.5:1 on canvas and on surface.
struct Tokens {
    QColor canvas, surface, raised;
    QColor text, muted, line;
    QColor accent, on_accent;
    QColor good, warn, bad;
    bool dark = false;
};
Tokens light_tokens();
Tokens dark_tokens();
/// WCAG 2 contrast of two opaque colours, 1..21.
double contrast(const QColor& a, const QColor& b);
/// `share` of `top` over `base`, opaque.
QColor mix(const QColor& base, const QColor& top, double share);

enum class ThemeMode { system, light, dark };
enum class Tone { plain, muted, accent, good, warn, bad };

/// The one object that knows colours, fonts and sizes. It sets style, palette and stylesheet of the
/// application, and again when the system's palette or font changes. There is one at a time; it
/// lives as long as the application.
class Theme : public QObject {
    Q_OBJECT
public:
    explicit Theme(QApplication& application);
    ~Theme() override;
    static Theme& get();

    void set_mode(ThemeMode mode);
    ThemeMode mode() const { return mode_; }
    const Tokens& tokens() const { return tokens_; }
    QColor color(Tone tone) const;

    /// Point sizes follow the system's font: table 12/13, heading 16/13, title 20/13 of it.
    double body_points() const { return body_points_; }
    double table_points() const { return body_points_ * 12 / 13; }
    double heading_points() const { return body_points_ * 16 / 13; }
    double title_points() const { return body_points_ * 20 / 13; }
    QFont mono_font() const;
    QFont table_font() const; ///< with tabular figures where the font has them

Q_SIGNALS:
    void changed();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void apply();
    void read_system(bool reset);

    QApplication& application_;
    ThemeMode mode_ = ThemeMode::system;
    Tokens tokens_;
    double body_points_ = 0;
    bool system_dark_ = false;
    bool applying_ = false;
};

/// The stylesheet made of the tokens.
QString stylesheet(const Theme& theme);

} // namespace tau::ui
