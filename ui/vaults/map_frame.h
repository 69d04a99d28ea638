#pragma once

#include "core/vault/place.h"

#include <QPointF>
#include <QRectF>
#include <QSizeF>

namespace tau::ui {

/// Which part of the earth a picture shows, and where in it: equirectangular, north up. It never
/// leaves the earth, and is never smaller than the picture where that can be.
class MapFrame {
public:
    void resize(QSizeF pixels); ///< the middle stays; a picture of the whole earth stays whole
    void fit();                 ///< the whole earth, from side to side
    void zoom(double factor, QPointF still); ///< the place at the pixel `still` stays there
    void pan(QPointF pixels);                ///< what is shown moves by so much
    void show(const vault::Place& middle);

    QPointF to_pixel(const vault::Place& place) const;
    vault::Place to_place(QPointF pixel) const; ///< on earth, whatever the pixel
    vault::Area shown() const;
    vault::Area bounds_of(const QRectF& pixels) const;
    QSizeF size() const { return size_; }
    double pixels_per_degree() const { return scale_; }
    bool whole() const { return whole_; }

private:
    void keep_on_earth();
    double least_scale() const;

    QSizeF size_{360, 180};
    vault::Place middle_;
    double scale_ = 1;
    bool whole_ = true;
};

} // namespace tau::ui
