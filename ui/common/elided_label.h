#pragma once

#include "ui/common/page.h"

#include <QLabel>
#include <QPainter>

namespace tau::ui {

/// One line that gives up its middle where there is no room for all of it. The whole text is in
/// its tooltip.
class ElidedLabel : public QLabel {
public:
    explicit ElidedLabel(const QString& role, QWidget* parent = nullptr) : QLabel(parent) {
        set_role(this, role);
        setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
        setTextFormat(Qt::PlainText);
    }
    void show_text(const QString& text) {
        setText(text);
        setToolTip(text);
    }
    /// As there is room for it.
    QString shown() const {
        return fontMetrics().elidedText(text(), Qt::ElideMiddle, contentsRect().width());
    }

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        painter.setPen(palette().color(foregroundRole()));
        painter.drawText(contentsRect(), static_cast<int>(alignment()) | Qt::TextSingleLine,
                         shown());
    }
};

} // namespace tau::ui
