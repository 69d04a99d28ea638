#include "ui/vaults/land.h"

#include <QPolygonF>
#include <QResource>

#include <cstdint>

namespace tau::ui {

namespace {

/// Reads zigzag varints; the file is the program's own, so it is as long as it says.
class Numbers {
public:
    explicit Numbers(const QByteArray& bytes) : bytes_(bytes) {}
    int next() {
        std::uint32_t value = 0;
        for (unsigned shift = 0; at_ < bytes_.size(); shift += 7) {
            const auto byte = static_cast<std::uint8_t>(bytes_[at_++]);
            value |= (byte & 127U) << shift;
            if (byte < 128) {
                break;
            }
        }
        const auto half = static_cast<int>(value >> 1U);
        return (value & 1U) != 0 ? -half - 1 : half;
    }

private:
    QByteArray bytes_;
    qsizetype at_ = 0;
};

QPainterPath read_outline() {
    Numbers numbers(QResource(QStringLiteral(":/land/land-110m.bin")).uncompressedData());
    QPainterPath path;
    const int rings = numbers.next();
    for (int ring = 0; ring < rings; ++ring) {
        QPolygonF points;
        int x = 0;
        int y = 0;
        for (int left = numbers.next(); left > 0; --left) {
            x += numbers.next();
            y += numbers.next();
            points << QPointF(x / 100.0, y / 100.0);
        }
        points << points.front();
        path.addPolygon(points);
        // What runs over the date line also begins on the other side of the picture.
        const QRectF box = points.boundingRect();
        if (box.right() > 180) {
            path.addPolygon(points.translated(-360, 0));
        } else if (box.left() < -180) {
            path.addPolygon(points.translated(360, 0));
        }
    }
    return path;
}

} // namespace

const QPainterPath& land_outline() {
    static const QPainterPath outline = read_outline();
    return outline;
}

} // namespace tau::ui
