// How a MapView looks; what it does is in map_view.cpp.
#include "ui/vaults/land.h"
#include "ui/vaults/map_view.h"

#include <QLocale>
#include <QPainter>

#include <cmath>

namespace tau::ui {

namespace {

constexpr std::size_t most_dots = 5000; // in sight; more of them hide each other
constexpr double cell = 2;              // pixels a side, of a square of the density
constexpr double dot = 7;
constexpr double ring = 12;
constexpr double cross = 9;

QString degrees(double value, const QString& positive, const QString& negative) {
    return MapView::tr("%1° %2").arg(QLocale().toString(std::abs(value), 'f', 0),
                                     value < 0 ? negative : positive);
}

void draw_ring(QPainter& painter, QPointF at, double size, const QColor& color,
               const QColor& around) {
    const QRectF box(at.x() - size / 2, at.y() - size / 2, size, size);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(around, 5));
    painter.drawEllipse(box);
    painter.setPen(QPen(color, 2.5));
    painter.drawEllipse(box);
}

} // namespace

bool MapView::shows_dots() {
    refresh_nodes();
    return nodes_.isNull();
}

void MapView::refresh_land() {
    const QSize pixels = size() * devicePixelRatioF();
    if (!land_stale_ && land_.size() == pixels) {
        return;
    }
    land_stale_ = false;
    const Tokens& tokens = Theme::get().tokens();
    land_ = QPixmap(pixels);
    land_.setDevicePixelRatio(devicePixelRatioF());
    land_.fill(tokens.canvas);
    QPainter painter(&land_);
    painter.setRenderHint(QPainter::Antialiasing);
    const QPointF origin = frame_.to_pixel({});
    const double scale = frame_.pixels_per_degree();
    painter.translate(origin);
    painter.scale(scale, -scale);
    QPen shore(mix(tokens.line, tokens.muted, 0.35), 1);
    shore.setCosmetic(true);
    painter.setPen(shore);
    painter.setBrush(mix(tokens.surface, tokens.line, 0.8));
    painter.drawPath(land_outline());
}

void MapView::refresh_nodes() {
    if (!nodes_stale_) {
        return;
    }
    nodes_stale_ = false;
    dots_.clear();
    nodes_ = QImage();
    in_frame_ = 0;
    if (table_) {
        const Density density = count_nodes(*table_, shown_, frame_, cell);
        in_frame_ = density.total;
        if (in_frame_ <= most_dots) {
            find_dots();
        } else {
            nodes_ = draw_density(density, Theme::get().tokens());
        }
    }
    describe_for_readers();
}

void MapView::find_dots() {
    const vault::Area area = frame_.shown();
    for (std::size_t i = 0; i < table_->size(); ++i) {
        const auto row = static_cast<std::uint32_t>(i);
        if (shown_[i] != 0 && area.contains(place_of(row))) {
            dots_.push_back(row);
        }
    }
}

void MapView::describe_for_readers() {
    const vault::Place place = frame_.to_place(middle());
    setAccessibleDescription(
        tr("%1 vaults in sight. The middle is at %2, %3. Arrows move, plus and minus zoom, Home "
           "shows the whole earth, Enter picks the vault in the middle, Shift and Enter select "
           "the area in sight.")
            .arg(QLocale().toString(static_cast<qulonglong>(in_frame_)),
                 degrees(place.latitude, tr("north"), tr("south")),
                 degrees(place.longitude, tr("east"), tr("west"))));
}

void MapView::paint_dots(QPainter& painter) const {
    const Tokens& tokens = Theme::get().tokens();
    QList<QPointF> good;
    QList<QPointF> other;
    for (const std::uint32_t row : dots_) {
        const bool eligible = !score_ || score_(row) >= 0;
        (eligible ? good : other) << frame_.to_pixel(place_of(row));
    }
    const auto draw = [&painter](const QList<QPointF>& points, const QColor& color, double size) {
        painter.setPen(QPen(color, size, Qt::SolidLine, Qt::RoundCap));
        painter.drawPoints(points.data(), static_cast<int>(points.size()));
    };
    const bool many = dots_.size() > most_dots / 10;
    if (!many) {
        draw(other, tokens.surface, dot + 2);
    }
    draw(other, tokens.muted, many ? dot / 2 : dot - 1);
    if (!many) {
        draw(good, tokens.surface, dot + 2);
    }
    draw(good, tokens.accent, many ? dot / 2 : dot);
}

void MapView::paint_marks(QPainter& painter) const {
    const Tokens& tokens = Theme::get().tokens();
    if (place_) {
        const QPointF at = frame_.to_pixel(*place_);
        for (const auto& [color, width] : {std::pair{tokens.surface, 5.0}, {tokens.good, 2.5}}) {
            painter.setPen(QPen(color, width, Qt::SolidLine, Qt::RoundCap));
            painter.drawLine(at - QPointF(cross, 0), at + QPointF(cross, 0));
            painter.drawLine(at - QPointF(0, cross), at + QPointF(0, cross));
        }
    }
    for (std::size_t i = picked_.size(); i-- > 0;) {
        const QPointF at = frame_.to_pixel(place_of(picked_[i]));
        draw_ring(painter, at, i == 0 ? ring + 4 : ring, i == 0 ? tokens.text : tokens.muted,
                  tokens.surface);
        painter.setPen(QPen(tokens.accent, dot, Qt::SolidLine, Qt::RoundCap));
        painter.drawPoint(at);
    }
}

void MapView::paint_overlay(QPainter& painter) const {
    const Tokens& tokens = Theme::get().tokens();
    if (brushing_ && pressed_) {
        QColor tint = tokens.accent;
        tint.setAlphaF(0.15F);
        painter.setPen(QPen(tokens.accent, 1));
        painter.setBrush(tint);
        painter.drawRect(QRectF(*pressed_, moved_to_).normalized());
    }
    if (aiming_ || (choosing_place_ && hasFocus())) {
        painter.setPen(QPen(tokens.text, 1));
        painter.drawLine(middle() - QPointF(ring, 0), middle() + QPointF(ring, 0));
        painter.drawLine(middle() - QPointF(0, ring), middle() + QPointF(0, ring));
    }
    QString words;
    if (choosing_place_) {
        words = tr("Click where you are; Esc leaves it");
    } else if (!nodes_.isNull()) {
        words = tokens.dark ? tr("Brighter: more vaults") : tr("Darker: more vaults");
    }
    if (!words.isEmpty()) {
        QFont font = Theme::get().table_font();
        painter.setFont(font);
        const QFontMetrics metrics(font);
        QColor ground = tokens.surface;
        ground.setAlphaF(0.85F);
        const QRectF box(space::s, height() - metrics.height() - space::s - space::xs,
                         metrics.horizontalAdvance(words) + 2 * space::s,
                         metrics.height() + space::xs);
        painter.setPen(Qt::NoPen);
        painter.setBrush(ground);
        painter.drawRoundedRect(box, space::xs, space::xs);
        painter.setPen(tokens.muted);
        painter.drawText(box, Qt::AlignCenter, words);
    }
}

void MapView::paintEvent(QPaintEvent*) {
    refresh_land();
    refresh_nodes();
    const Tokens& tokens = Theme::get().tokens();
    QPainter painter(this);
    painter.drawPixmap(0, 0, land_);
    if (!nodes_.isNull()) {
        painter.drawImage(QRectF(0, 0, nodes_.width() * cell, nodes_.height() * cell), nodes_);
    }
    painter.setRenderHint(QPainter::Antialiasing);
    paint_dots(painter);
    paint_marks(painter);
    paint_overlay(painter);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(hasFocus() ? tokens.accent : tokens.line, hasFocus() ? 2 : 1));
    const double inset = hasFocus() ? 1 : 0.5;
    painter.drawRect(QRectF(rect()).adjusted(inset, inset, -inset, -inset));
}

} // namespace tau::ui
