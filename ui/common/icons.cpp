#include "ui/common/icons.h"

#include <QFile>
#include <QIconEngine>
#include <QPainter>
#include <QPixmap>
#include <QSvgRenderer>

#include <algorithm>
#include <optional>

namespace tau::ui {

namespace {

QPixmap painted(QIconEngine& engine, const QSize& size, QIcon::Mode mode, QIcon::State state) {
    if (size.isEmpty()) {
        return {};
    }
    QPixmap pixmap(size);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::Antialiasing);
    engine.paint(&painter, QRect(QPoint(), size), mode, state);
    return pixmap;
}

constexpr double mark_side = 0.6; ///< of the icon that it stands on
constexpr double marked_side = 0.8;

/// The pictures are drawn in black; black is what the tint replaces.
class TintedIcon final : public QIconEngine {
public:
    TintedIcon(QString name, std::optional<Tone> tone) : name_(std::move(name)), tone_(tone) {}

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State) override {
        const Theme& theme = Theme::get();
        QColor color = tone_ ? theme.color(*tone_) : theme.tokens().on_accent;
        if (mode == QIcon::Disabled) {
            color = mix(theme.tokens().surface, theme.tokens().muted, 0.7);
        }
        QFile file(QStringLiteral(":/icons/%1.svg").arg(name_));
        if (!file.open(QIODevice::ReadOnly)) {
            return;
        }
        QByteArray svg = file.readAll();
        svg.replace("#000", color.name().toLatin1());
        const int side = std::min(rect.width(), rect.height());
        QSvgRenderer(svg).render(painter, QRectF(rect.x(), rect.y(), side, side));
    }

    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override {
        return painted(*this, size, mode, state);
    }

    QIconEngine* clone() const override { return new TintedIcon(name_, tone_); }

private:
    QString name_;
    std::optional<Tone> tone_; ///< none: on the accent
};

class MarkedIcon final : public QIconEngine {
public:
    MarkedIcon(TintedIcon base, TintedIcon mark) : base_(std::move(base)), mark_(std::move(mark)) {}

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode,
               QIcon::State state) override {
        const int side = std::min(rect.width(), rect.height());
        const int base = qRound(side * marked_side);
        const int mark = qRound(side * mark_side);
        base_.paint(painter, QRect(rect.x(), rect.y(), base, base), mode, state);
        mark_.paint(painter, QRect(rect.x() + side - mark, rect.y() + side - mark, mark, mark),
                    mode, state);
    }

    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override {
        return painted(*this, size, mode, state);
    }

    QIconEngine* clone() const override { return new MarkedIcon(base_, mark_); }

private:
    TintedIcon base_;
    TintedIcon mark_;
};

} // namespace

QIcon icon(const QString& name, Tone tone) {
    return QIcon(new TintedIcon(name, tone));
}

QIcon icon_with_mark(const QString& name, Tone tone, const QString& mark, Tone mark_tone) {
    return QIcon(new MarkedIcon(TintedIcon(name, tone), TintedIcon(mark, mark_tone)));
}

QIcon icon_on_accent(const QString& name) {
    return QIcon(new TintedIcon(name, std::nullopt));
}

IconLabel::IconLabel(QWidget* parent, int size) : QWidget(parent), size_(size) {
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

void IconLabel::set(const QString& name, Tone tone) {
    name_ = name;
    icon_ = icon(name, tone);
    update();
}

void IconLabel::paintEvent(QPaintEvent*) {
    if (name_.isEmpty()) {
        return;
    }
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    icon_.paint(&painter, rect());
}

} // namespace tau::ui
