#include "ui/vaults/map_view.h"

#include "ui/common/icons.h"

#include <QApplication>
#include <QHBoxLayout>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QToolButton>
#include <QToolTip>
#include <QWheelEvent>

#include <cmath>

namespace tau::ui {

namespace {

constexpr double key_zoom = 1.5;
constexpr double notch_zoom = 1.25;
constexpr double notch = 120; // Qt's eighths of a degree of a wheel
constexpr double key_share = 0.125;
constexpr double reach = space::s; // how far beside a node a click still means it

} // namespace

MapView::MapView(QWidget* parent) : QWidget(parent) {
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Map of the vaults"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    setMouseTracking(false);
    make_buttons();
    connect(&Theme::get(), &Theme::changed, this, [this] {
        land_stale_ = nodes_stale_ = true;
        update();
    });
}

/// For those with a mouse without a wheel; the keyboard has its own keys for each.
void MapView::make_buttons() {
    buttons_ = new QWidget(this);
    auto* row = new QHBoxLayout(buttons_);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    const auto add = [this, row](const QString& icon_name, const QString& name, const QString& keys,
                                 auto act) {
        auto* button = new QToolButton(buttons_);
        button->setIcon(icon(icon_name, Tone::muted));
        button->setAccessibleName(name);
        button->setToolTip(tr("%1 (%2)").arg(name, keys));
        button->setFocusPolicy(Qt::NoFocus);
        connect(button, &QToolButton::clicked, this, act);
        row->addWidget(button);
    };
    add(QStringLiteral("minus"), tr("Zoom out"), QStringLiteral("−"),
        [this] { zoom_by(1 / key_zoom, middle()); });
    add(QStringLiteral("plus"), tr("Zoom in"), QStringLiteral("+"),
        [this] { zoom_by(key_zoom, middle()); });
    add(QStringLiteral("world"), tr("The whole earth"), tr("Home"), [this] {
        frame_.fit();
        frame_changed();
    });
}

void MapView::set_words(Score score, Describe describe) {
    score_ = std::move(score);
    describe_ = std::move(describe);
}

void MapView::set_nodes(std::shared_ptr<const vault::NodeTable> table) {
    table_ = std::move(table);
    shown_.assign(table_ ? table_->size() : 0, 1);
    picked_.clear();
    nodes_stale_ = true;
    update();
}

void MapView::set_shown(std::span<const std::uint8_t> rows) {
    shown_.assign(rows.begin(), rows.end());
    nodes_stale_ = true;
    update();
}

void MapView::set_picked(std::vector<std::uint32_t> rows) {
    const bool same = rows == picked_;
    picked_ = std::move(rows);
    if (!picked_.empty() && !frame_.shown().contains(place_of(picked_.front()))) {
        frame_.show(place_of(picked_.front()));
        frame_changed();
    }
    if (!same) {
        update();
    }
}

void MapView::set_place(const std::optional<vault::Place>& place) {
    place_ = place;
    update();
}

void MapView::set_choosing_place(bool choosing) {
    if (choosing_place_ == choosing) {
        return;
    }
    choosing_place_ = choosing;
    if (choosing) {
        setCursor(Qt::CrossCursor);
    } else {
        unsetCursor();
    }
    update();
    Q_EMIT choosing_place_changed(choosing);
}

QSize MapView::sizeHint() const {
    return {space::field_width * 3 / 2, space::field_width * 3 / 4};
}

QSize MapView::minimumSizeHint() const {
    return {space::field_width * 2 / 3, space::field_width / 3};
}

vault::Place MapView::place_of(std::uint32_t row) const {
    return {.latitude = table_->latitude[row] / 100.0, .longitude = table_->longitude[row] / 100.0};
}

QPointF MapView::middle() const {
    return {width() / 2.0, height() / 2.0};
}

std::optional<std::uint32_t> MapView::node_at(QPointF pixel) const {
    if (!table_ || !score_) {
        return std::nullopt;
    }
    const vault::Area near =
        frame_.bounds_of(QRectF(pixel - QPointF(reach, reach), QSizeF(2 * reach, 2 * reach)));
    const auto hundredths = [](double degrees) { return static_cast<int>(degrees * 100); };
    const int south = hundredths(near.south) - 1;
    const int north = hundredths(near.north) + 1;
    const int west = hundredths(near.west) - 1;
    const int east = hundredths(near.east) + 1;
    // Where there are dots one means the nearest; where there are thousands, the best of them.
    const bool nearest = nodes_.isNull();
    std::optional<std::uint32_t> found;
    double best = 0;
    for (std::size_t i = 0; i < table_->size(); ++i) {
        const int latitude = table_->latitude[i];
        const int longitude = table_->longitude[i];
        if (latitude < south || latitude > north || longitude < west || longitude > east ||
            shown_[i] == 0) {
            continue;
        }
        const auto row = static_cast<std::uint32_t>(i);
        const QPointF beside = frame_.to_pixel(place_of(row)) - pixel;
        const double distance = std::hypot(beside.x(), beside.y());
        // A pixel's distance weighs more than any score where there are dots.
        const double value = nearest ? score_(row) - std::round(distance) * 4 : score_(row);
        if (distance <= reach && (!found || value > best)) {
            found = row;
            best = value;
        }
    }
    return found;
}

void MapView::zoom_by(double factor, QPointF still) {
    frame_.zoom(factor, still);
    frame_changed();
}

void MapView::frame_changed() {
    land_stale_ = nodes_stale_ = true;
    update();
}

void MapView::click(QPointF pixel) {
    if (choosing_place_) {
        set_choosing_place(false);
        Q_EMIT place_chosen(frame_.to_place(pixel));
        return;
    }
    if (const auto row = node_at(pixel)) {
        Q_EMIT row_picked(*row);
    }
}

void MapView::resizeEvent(QResizeEvent*) {
    frame_.resize(size());
    buttons_->adjustSize();
    buttons_->move(width() - buttons_->width() - space::xs,
                   height() - buttons_->height() - space::xs);
    frame_changed();
}

void MapView::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) {
        return;
    }
    aiming_ = false;
    pressed_ = moved_to_ = event->position();
    brushing_ = event->modifiers().testFlag(Qt::ShiftModifier) && !choosing_place_;
    panning_ = false;
    update();
}

void MapView::mouseMoveEvent(QMouseEvent* event) {
    if (!pressed_) {
        return;
    }
    const QPointF way = event->position() - *pressed_;
    if (brushing_) {
        moved_to_ = event->position();
        update();
    } else if (panning_ || way.manhattanLength() >= QApplication::startDragDistance()) {
        panning_ = true;
        frame_.pan(event->position() - moved_to_);
        moved_to_ = event->position();
        frame_changed();
    }
}

void MapView::mouseReleaseEvent(QMouseEvent* event) {
    if (!pressed_ || event->button() != Qt::LeftButton) {
        return;
    }
    const QRectF area = QRectF(*pressed_, event->position()).normalized();
    const bool dragged = area.width() > reach && area.height() > reach;
    pressed_.reset();
    if (brushing_ && dragged) {
        Q_EMIT area_selected(frame_.bounds_of(area));
    } else if (!panning_ && !brushing_) {
        click(event->position());
    }
    brushing_ = panning_ = false;
    update();
}

void MapView::wheelEvent(QWheelEvent* event) {
    const double notches = event->angleDelta().y() / notch;
    if (notches != 0) {
        zoom_by(std::pow(notch_zoom, notches), event->position());
    }
    event->accept();
}

bool MapView::press_move_key(int key) {
    const double step_x = width() * key_share;
    const double step_y = height() * key_share;
    switch (key) {
    case Qt::Key_Left:
        frame_.pan({step_x, 0});
        break;
    case Qt::Key_Right:
        frame_.pan({-step_x, 0});
        break;
    case Qt::Key_Up:
        frame_.pan({0, step_y});
        break;
    case Qt::Key_Down:
        frame_.pan({0, -step_y});
        break;
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        frame_.zoom(key_zoom, middle());
        break;
    case Qt::Key_Minus:
        frame_.zoom(1 / key_zoom, middle());
        break;
    case Qt::Key_Home:
        frame_.fit();
        break;
    default:
        return false;
    }
    frame_changed();
    return true;
}

void MapView::keyPressEvent(QKeyEvent* event) {
    const int key = event->key();
    const bool enter = key == Qt::Key_Return || key == Qt::Key_Enter || key == Qt::Key_Space;
    if (enter && event->modifiers().testFlag(Qt::ShiftModifier)) {
        Q_EMIT area_selected(frame_.shown());
    } else if (enter) {
        click(middle());
    } else if (key == Qt::Key_Escape && choosing_place_) {
        set_choosing_place(false);
    } else if (!press_move_key(key)) {
        QWidget::keyPressEvent(event);
        return;
    }
    aiming_ = true;
    update();
}

bool MapView::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip) {
        return QWidget::event(event);
    }
    const auto* help = static_cast<QHelpEvent*>(event);
    const auto row = choosing_place_ ? std::nullopt : node_at(help->pos());
    if (row && describe_) {
        QToolTip::showText(help->globalPos(), describe_(*row), this);
    } else {
        QToolTip::showText(help->globalPos(),
                           tr("Click picks a vault, dragging and the wheel move the map, Shift and "
                              "dragging selects an area. Keys: arrows, + and −, Home, Enter."),
                           this);
    }
    return true;
}

void MapView::focusInEvent(QFocusEvent* event) {
    aiming_ = event->reason() == Qt::TabFocusReason || event->reason() == Qt::BacktabFocusReason;
    QWidget::focusInEvent(event);
}

void MapView::focusOutEvent(QFocusEvent* event) {
    aiming_ = false;
    QWidget::focusOutEvent(event);
}

} // namespace tau::ui
