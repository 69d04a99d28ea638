#include "ui/common/message_bar.h"

#include "ui/common/page.h"
#include "ui/common/text.h"

#include <QAccessible>
#include <QToolButton>

namespace tau::ui {

void announce(QWidget* widget, const QString& sentence) {
    widget->setAccessibleDescription(sentence);
    QAccessibleEvent event(widget, QAccessible::Alert);
    QAccessible::updateAccessibility(&event);
}

MessageBar::MessageBar(QWidget* parent)
    : QFrame(parent), mark_(new IconLabel(this)), text_(make_label({}, {}, this)),
      actions_(new QHBoxLayout), close_(new QToolButton(this)) {
    set_role(this, QStringLiteral("message"));
    setAccessibleName(tr("Message"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(space::m, space::s, space::s, space::s);
    row->setSpacing(space::s);
    row->addWidget(mark_);
    row->addWidget(text_, 1);
    actions_->setSpacing(space::s);
    row->addLayout(actions_);
    close_->setIcon(icon(QStringLiteral("close"), Tone::muted));
    close_->setToolTip(tr("Close this message"));
    close_->setAccessibleName(tr("Close this message"));
    row->addWidget(close_);
    connect(close_, &QToolButton::clicked, this, &MessageBar::close_message);
    hide();
}

void MessageBar::show_message(Tone tone, const QString& sentence, std::vector<Action> actions) {
    clear_layout(actions_);
    set_tone(this, tone);
    mark_->set(tone == Tone::good   ? QStringLiteral("done")
               : tone == Tone::warn ? QStringLiteral("warning")
               : tone == Tone::bad  ? QStringLiteral("failed")
                                    : QStringLiteral("info"),
               tone == Tone::plain ? Tone::accent : tone);
    text_->setText(sentence);
    QPushButton* first = nullptr;
    for (Action& action : actions) {
        auto* button = make_button(action.text, ButtonKind::plain, {}, this);
        connect(button, &QPushButton::clicked, this, [this, run = std::move(action.run)] {
            close_message();
            run();
        });
        actions_->addWidget(button);
        put_before(button, close_);
        first = first != nullptr ? first : button;
    }
    Q_EMIT shown_changed(true);
    show();
    if (first != nullptr) {
        first->setFocus(Qt::OtherFocusReason);
    }
    announce(this, sentence);
}

void MessageBar::show_error(const Error& error) {
    QString sentence = to_qt(error.message);
    if (!error.hint.empty()) {
        sentence += QLatin1Char(' ') + to_qt(error.hint);
    }
    show_message(error.code == ErrorCode::cancelled ? Tone::plain : Tone::bad, sentence);
}

void MessageBar::set_text(const QString& sentence) {
    text_->setText(sentence);
}

QString MessageBar::text() const {
    return isHidden() ? QString() : text_->text();
}

void MessageBar::close_message() {
    hide();
    Q_EMIT shown_changed(false);
}

} // namespace tau::ui
