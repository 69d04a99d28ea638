#include "ui/vaults/score_bar.h"

#include "ui/common/theme.h"

#include <QPainter>

#include <algorithm>

namespace tau::ui {

ScoreBar::ScoreBar(const QString& name, QWidget* parent) : QWidget(parent), name_(name) {
    setAccessibleName(name);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void ScoreBar::set_value(double share, const QString& text) {
    share_ = std::clamp(share, 0.0, 1.0);
    text_ = text;
    setAccessibleDescription(text);
    update();
}

QSize ScoreBar::sizeHint() const {
    return {space::field_width / 2, fontMetrics().lineSpacing() + space::bar + space::s};
}

void ScoreBar::paintEvent(QPaintEvent*) {
    const Tokens& tokens = Theme::get().tokens();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRect words(0, 0, width(), fontMetrics().lineSpacing());
    painter.setPen(tokens.muted);
    painter.drawText(words, Qt::AlignLeft | Qt::AlignVCenter, name_);
    painter.setPen(tokens.text);
    painter.drawText(words, Qt::AlignRight | Qt::AlignVCenter, text_);
    const QRectF groove(0, words.bottom() + space::xs, width(), space::bar);
    painter.setPen(Qt::NoPen);
    painter.setBrush(tokens.line);
    painter.drawRoundedRect(groove, space::bar / 2.0, space::bar / 2.0);
    QRectF filled = groove;
    filled.setWidth(groove.width() * share_);
    painter.setBrush(tokens.accent);
    painter.drawRoundedRect(filled, space::bar / 2.0, space::bar / 2.0);
}

} // namespace tau::ui
