#pragma once

#include "ui/common/elided_label.h"

#include <QToolButton>
#include <QWidget>

namespace tau::ui {

/// A key, hash or address: monospace, shortened in the middle, whole on hover and on copy.
class KeyLabel : public QWidget {
    Q_OBJECT
public:
    /// `what` names it for people ("project id"). `head` and `tail`: characters that stay; 0 and 0
    /// leave as many as there is room for.
    explicit KeyLabel(const QString& what, QWidget* parent = nullptr, int head = 8, int tail = 6);
    void set_value(const QString& value);
    QString value() const { return value_; }

private:
    void show_value();

    QString what_;
    int head_;
    int tail_;
    QString value_;
    ElidedLabel* text_;
    QToolButton* copy_;
};

/// Puts text on the clipboard and shows on the button, for a moment, that it is there.
void copy_to_clipboard(const QString& text, QAbstractButton* button);

} // namespace tau::ui
