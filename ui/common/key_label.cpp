#include "ui/common/key_label.h"

#include "core/base/text.h"
#include "ui/common/icons.h"
#include "ui/common/text.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QTimer>

namespace tau::ui {

KeyLabel::KeyLabel(const QString& what, QWidget* parent, int head, int tail)
    : QWidget(parent), what_(what), head_(head), tail_(tail), text_(new ElidedLabel({}, this)),
      copy_(new QToolButton(this)) {
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(space::xs);
    text_->setFocusPolicy(Qt::NoFocus);
    // A long address gives way to the window's width.
    text_->setSizePolicy(head == 0 ? QSizePolicy::Ignored : QSizePolicy::Preferred,
                         QSizePolicy::Preferred);
    text_->setFont(Theme::get().mono_font());
    connect(&Theme::get(), &Theme::changed, text_,
            [this] { text_->setFont(Theme::get().mono_font()); });
    copy_->setIcon(icon(QStringLiteral("copy"), Tone::muted));
    copy_->setToolTip(tr("Copy the %1").arg(what_));
    copy_->setAccessibleName(tr("Copy the %1").arg(what_));
    copy_->setFocusPolicy(Qt::TabFocus);
    row->addWidget(text_, head == 0 ? 1 : 0);
    row->addWidget(copy_);
    if (head != 0) {
        row->addStretch(1);
    }
    connect(copy_, &QToolButton::clicked, this, [this] { copy_to_clipboard(value_, copy_); });
    show_value();
}

void KeyLabel::set_value(const QString& value) {
    value_ = value;
    show_value();
}

void KeyLabel::show_value() {
    text_->setText(head_ == 0
                       ? value_
                       : to_qt(shorten_middle(to_utf8(value_), static_cast<std::size_t>(head_),
                                              static_cast<std::size_t>(tail_))));
    text_->setToolTip(value_);
    text_->setAccessibleName(what_ + QStringLiteral(": ") + value_);
    copy_->setEnabled(!value_.isEmpty());
}

void copy_to_clipboard(const QString& text, QAbstractButton* button) {
    QGuiApplication::clipboard()->setText(text);
    if (button->property("copied").toBool()) {
        return;
    }
    const QIcon before = button->icon();
    button->setProperty("copied", true);
    button->setIcon(icon(QStringLiteral("check"), Tone::good));
    QTimer::singleShot(1200, button, [button, before] {
        button->setIcon(before);
        button->setProperty("copied", false);
    });
}

} // namespace tau::ui
