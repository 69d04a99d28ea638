#pragma once

#include "core/base/result.h"
#include "ui/common/icons.h"

#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QToolButton>

#include <functional>

namespace tau::ui {

/// One inline message over a page, instead of a dialog: icon, sentence, at most a few actions.
class MessageBar : public QFrame {
    Q_OBJECT
public:
    explicit MessageBar(QWidget* parent = nullptr);
    struct Action {
        QString text;
        std::function<void()> run; ///< the bar closes first
    };
    /// Bad and warning messages are announced to screen readers; the bar takes the focus when it
    /// has actions.
    void show_message(Tone tone, const QString& sentence, std::vector<Action> actions = {});
    void show_error(const Error& error);
    /// Another sentence in the message that is shown, with the same actions; said to nobody aloud.
    void set_text(const QString& sentence);
    QString text() const;
    void close_message();

Q_SIGNALS:
    void shown_changed(bool shown);

private:
    IconLabel* mark_;
    QLabel* text_;
    QHBoxLayout* actions_;
    QToolButton* close_;
};

/// Tells a screen reader that something on `widget` needs attention.
void announce(QWidget* widget, const QString& sentence);

} // namespace tau::ui
