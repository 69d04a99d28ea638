#include "ui/vaults/histogram_view.h"

#include "ui/common/theme.h"

#include <QLocale>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace tau::ui {

HistogramView::HistogramView(const QString& name, QWidget* parent) : QWidget(parent), name_(name) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    clear();
}

QSize HistogramView::sizeHint() const {
    return {space::field_width / 2, space::xl};
}

void HistogramView::set_histogram(const vault::Histogram& histogram, const QString& unit,
                                  int digits) {
    histogram_ = histogram;
    const auto known =
        std::accumulate(histogram.bins.begin(), histogram.bins.end(), std::uint64_t{0});
    const QLocale locale;
    QString words;
    if (known > 0) {
        words = tr("%1 from %2 to %3 %4")
                    .arg(name_, locale.toString(histogram.low, 'f', digits),
                         locale.toString(histogram.high, 'f', digits), unit)
                    .trimmed();
    } else {
        words = tr("%1 is not known of any").arg(name_);
    }
    if (histogram.unknown > 0 && known > 0) {
        words += tr("; unknown of %1").arg(locale.toString(histogram.unknown));
    }
    setToolTip(words);
    setAccessibleDescription(words);
    update();
}

void HistogramView::clear() {
    histogram_ = {};
    setToolTip({});
    update();
}

void HistogramView::paintEvent(QPaintEvent*) {
    const Tokens& tokens = Theme::get().tokens();
    QPainter painter(this);
    painter.setPen(Qt::NoPen);
    painter.setBrush(tokens.line);
    painter.drawRect(QRectF(0, height() - 1, width(), 1));
    const auto most = *std::max_element(histogram_.bins.begin(), histogram_.bins.end());
    if (most == 0) {
        return;
    }
    painter.setBrush(mix(tokens.surface, tokens.accent, 0.55));
    const double step = static_cast<double>(width()) / static_cast<double>(histogram_.bins.size());
    for (std::size_t i = 0; i < histogram_.bins.size(); ++i) {
        if (histogram_.bins[i] > 0) {
            const double share = std::sqrt(static_cast<double>(histogram_.bins[i]) / most);
            const double tall = std::max(2.0, share * (height() - 1));
            painter.drawRect(QRectF(static_cast<double>(i) * step, height() - tall,
                                    std::max(step - 1, 1.0), tall));
        }
    }
}

} // namespace tau::ui
