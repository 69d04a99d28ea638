#pragma once

#include "ui/common/theme.h"

#include <QIcon>
#include <QLabel>

namespace tau::ui {

/// One of resources/icons, drawn in a token's colour at the moment it is painted, so that it
/// follows the theme. A disabled icon is fainter.
QIcon icon(const QString& name, Tone tone = Tone::plain);
/// The same with a smaller one on its lower right.
QIcon icon_with_mark(const QString& name, Tone tone, const QString& mark, Tone mark_tone);
/// For a primary button: in the colour of text on the accent.
QIcon icon_on_accent(const QString& name);

/// A small picture beside text. It says nothing to a screen reader: the text does.
class IconLabel : public QWidget {
    Q_OBJECT
public:
    explicit IconLabel(QWidget* parent = nullptr, int size = space::icon);
    void set(const QString& name, Tone tone);
    QString name() const { return name_; }
    QSize sizeHint() const override { return {size_, size_}; }
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    int size_;
    QString name_;
    QIcon icon_;
};

} // namespace tau::ui
