#include "ui/common/empty_state.h"

#include "ui/common/icons.h"
#include "ui/common/page.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

namespace tau::ui {

EmptyState::EmptyState(const QString& icon_name, const QString& heading, const QString& text,
                       QWidget* parent)
    : QWidget(parent), actions_(new QHBoxLayout) {
    auto* box = new QVBoxLayout(this);
    box->setSpacing(space::m);
    box->setContentsMargins(space::l, space::xl, space::l, space::xl);
    box->addStretch(1); // in a tall place the parts stay together
    auto* picture = new IconLabel(this, space::big_icon);
    picture->set(icon_name, Tone::accent);
    box->addWidget(picture, 0, Qt::AlignHCenter);
    auto* title = make_label(heading, QStringLiteral("heading"), this);
    title->setAlignment(Qt::AlignHCenter);
    box->addWidget(title);
    auto* body = make_label(text, {}, this);
    body->setAlignment(Qt::AlignHCenter);
    set_tone(body, Tone::muted);
    box->addWidget(body);
    actions_->setSpacing(space::s);
    actions_->addStretch(1);
    actions_->addStretch(1);
    box->addLayout(actions_);
    box->addStretch(1);
}

QPushButton* EmptyState::add_action(const QString& text, bool primary, const QString& icon_name) {
    auto* button =
        make_button(text, primary ? ButtonKind::primary : ButtonKind::plain, icon_name, this);
    actions_->insertWidget(actions_->count() - 1, button);
    return button;
}

} // namespace tau::ui
