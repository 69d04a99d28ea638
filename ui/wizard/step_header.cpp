#include "ui/wizard/step_header.h"

#include "ui/common/icons.h"

#include <QPainter>

#include <algorithm>

namespace tau::ui {

StepHeader::StepHeader(const QStringList& names, QWidget* parent) : QWidget(parent), names_(names) {
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    set_current(0);
}

void StepHeader::set_current(int index) {
    current_ = index;
    const auto count = static_cast<int>(names_.size());
    setAccessibleName(index < count
                          ? tr("Step %1 of %2: %3").arg(index + 1).arg(count).arg(names_[index])
                          : tr("All %1 steps are done").arg(count));
    update();
}

QSize StepHeader::sizeHint() const {
    QFont bold = font();
    bold.setWeight(QFont::DemiBold);
    int width = 0;
    for (const QString& name : names_) {
        width += QFontMetrics(bold).horizontalAdvance(name) + space::icon + space::s;
    }
    return {width + static_cast<int>(names_.size() - 1) * 2 * space::xl,
            std::max(fontMetrics().height(), space::icon) + space::xs};
}

QSize StepHeader::minimumSizeHint() const {
    return {sizeHint().width() - static_cast<int>(names_.size() - 1) * space::xl,
            sizeHint().height()};
}

void StepHeader::paintEvent(QPaintEvent*) {
    const Tokens& tokens = Theme::get().tokens();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    QFont bold = font();
    bold.setWeight(QFont::DemiBold);
    const QFontMetrics metrics(bold);
    int words = 0;
    for (const QString& name : names_) {
        words += metrics.horizontalAdvance(name) + space::icon + space::s;
    }
    const auto count = static_cast<int>(names_.size());
    const int gap = std::clamp((width() - words) / std::max(1, count - 1), space::l, 4 * space::l);
    const int middle = height() / 2;
    int x = 0;
    for (int i = 0; i < count; ++i) {
        const QRect dot(x, middle - space::icon / 2, space::icon, space::icon);
        if (i < current_) {
            icon(QStringLiteral("done"), Tone::good).paint(&painter, dot);
        } else {
            const bool here = i == current_;
            painter.setPen(QPen(here ? tokens.accent : tokens.muted, 1.5));
            painter.setBrush(Qt::NoBrush);
            painter.drawEllipse(QRectF(dot).adjusted(1.75, 1.75, -1.75, -1.75));
            if (here) {
                painter.setPen(Qt::NoPen);
                painter.setBrush(tokens.accent);
                painter.drawEllipse(QRectF(dot).adjusted(4.5, 4.5, -4.5, -4.5));
            }
        }
        painter.setFont(i == current_ ? bold : font());
        painter.setPen(i == current_ ? tokens.text : tokens.muted);
        const int advance = metrics.horizontalAdvance(names_[i]);
        painter.drawText(QRect(dot.right() + space::s, 0, advance + space::xs, height()),
                         Qt::AlignVCenter | Qt::AlignLeft, names_[i]);
        x = dot.right() + space::s + advance;
        if (i + 1 < count) {
            painter.setPen(QPen(tokens.line, 1));
            painter.drawLine(x + space::s, middle, x + gap - space::s + space::xs, middle);
        }
        x += gap;
    }
}

} // namespace tau::ui
