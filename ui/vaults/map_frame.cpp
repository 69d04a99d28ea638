#include "ui/vaults/map_frame.h"

#include <algorithm>

namespace tau::ui {

namespace {

constexpr double most_pixels_per_degree = 100; // a pixel is what coordinates are rounded to

/// Keeps `middle` so that half a picture's `span` on either side of it is within +-`limit`.
double hold(double middle, double span, double limit) {
    const double room = std::max(0.0, limit - span / 2);
    return std::clamp(middle, -room, room);
}

/// Where a whole earth has its middle: most land, and so most nodes, is north of the equator.
constexpr double whole_latitude = 12;

} // namespace

double MapFrame::least_scale() const {
    return size_.width() / 360;
}

void MapFrame::resize(QSizeF pixels) {
    size_ = pixels.expandedTo(QSizeF(1, 1));
    if (whole_) {
        fit();
    } else {
        keep_on_earth();
    }
}

void MapFrame::fit() {
    whole_ = true;
    scale_ = least_scale();
    middle_ = {.latitude = whole_latitude, .longitude = 0};
    keep_on_earth();
}

void MapFrame::zoom(double factor, QPointF still) {
    const vault::Place place = to_place(still);
    scale_ = std::clamp(scale_ * factor, least_scale(), most_pixels_per_degree);
    whole_ = scale_ <= least_scale();
    if (whole_) {
        fit();
        return;
    }
    const QPointF moved = to_pixel(place);
    pan(still - moved);
}

void MapFrame::pan(QPointF pixels) {
    middle_.longitude -= pixels.x() / scale_;
    middle_.latitude += pixels.y() / scale_;
    keep_on_earth();
}

void MapFrame::show(const vault::Place& middle) {
    middle_ = middle;
    keep_on_earth();
}

void MapFrame::keep_on_earth() {
    scale_ = std::clamp(scale_, least_scale(), most_pixels_per_degree);
    middle_.longitude = hold(middle_.longitude, size_.width() / scale_, 180);
    middle_.latitude = hold(middle_.latitude, size_.height() / scale_, 90);
}

QPointF MapFrame::to_pixel(const vault::Place& place) const {
    return {size_.width() / 2 + (place.longitude - middle_.longitude) * scale_,
            size_.height() / 2 - (place.latitude - middle_.latitude) * scale_};
}

vault::Place MapFrame::to_place(QPointF pixel) const {
    return {.latitude = std::clamp(middle_.latitude - (pixel.y() - size_.height() / 2) / scale_,
                                   -90.0, 90.0),
            .longitude = std::clamp(middle_.longitude + (pixel.x() - size_.width() / 2) / scale_,
                                    -180.0, 180.0)};
}

vault::Area MapFrame::shown() const {
    return bounds_of(QRectF(QPointF(), size_));
}

vault::Area MapFrame::bounds_of(const QRectF& pixels) const {
    const QRectF area = pixels.normalized();
    const vault::Place corner = to_place(area.topLeft());
    const vault::Place opposite = to_place(area.bottomRight());
    return {.south = opposite.latitude,
            .west = corner.longitude,
            .north = corner.latitude,
            .east = opposite.longitude};
}

} // namespace tau::ui
