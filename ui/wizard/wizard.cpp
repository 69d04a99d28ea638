#include "ui/wizard/wizard.h"

#include "ui/wizard/project_step.h"
#include "ui/wizard/repositories_step.h"
#include "ui/wizard/review_step.h"
#include "ui/wizard/vault_step.h"

#include <QHBoxLayout>
#include <QLineEdit>
#include <QVBoxLayout>

namespace tau::ui {

Wizard::Wizard(Services& services, Networks& networks, QWidget* parent)
    : QWidget(parent), model_(services, networks), pages_(new QStackedWidget),
      review_(new ReviewStep(model_)), flow_view_(new FlowView(services)), footer_(new QFrame),
      reason_(make_label({})), cancel_(make_button(tr("&Cancel"))), back_(make_button(tr("&Back"))),
      next_(make_button(tr("Ne&xt"), ButtonKind::primary)) {
    auto* box = new QVBoxLayout(this);
    box->setContentsMargins(0, 0, 0, 0);
    box->setSpacing(0);

    QStringList names;
    for (WizardPage* one :
         {static_cast<WizardPage*>(new ProjectStep(model_)),
          static_cast<WizardPage*>(new RepositoriesStep(model_)),
          static_cast<WizardPage*>(new VaultStep(model_)), static_cast<WizardPage*>(review_)}) {
        pages_->addWidget(one);
        names << one->name();
        connect(one, &WizardPage::changed, this, &Wizard::refresh);
        connect(one, &WizardPage::go_on, this, &Wizard::next);
    }
    names << tr("Create");
    pages_->addWidget(flow_view_);

    auto* top = new QFrame;
    set_role(top, QStringLiteral("header"));
    auto* header_row = new QHBoxLayout(top);
    header_row->setContentsMargins(space::xl, space::m, space::xl, space::m);
    header_ = new StepHeader(names);
    header_row->addWidget(header_, 1);
    box->addWidget(top);
    box->addWidget(pages_, 1);

    set_role(footer_, QStringLiteral("footer"));
    auto* bottom = new QHBoxLayout(footer_);
    bottom->setContentsMargins(space::xl, space::m, space::xl, space::m);
    bottom->setSpacing(space::s);
    set_tone(reason_, Tone::muted);
    reason_->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    bottom->addWidget(reason_, 1);
    bottom->addSpacing(space::s);
    bottom->addWidget(cancel_);
    bottom->addWidget(back_);
    bottom->addWidget(next_);
    box->addWidget(footer_);

    connect(cancel_, &QPushButton::clicked, this, &Wizard::cancelled);
    connect(back_, &QPushButton::clicked, this, &Wizard::back);
    connect(next_, &QPushButton::clicked, this, &Wizard::next);
    connect(flow_view_, &FlowView::state_changed, this, [this] {
        if (flow_view_->state() == FlowView::State::done) {
            header_->set_finished();
        }
    });
    connect(&model_, &WizardModel::changed, this, &Wizard::refresh);
    for (int i = 0; i < create_page; ++i) {
        if (qobject_cast<VaultStep*>(page(i)) != nullptr) {
            continue; // Enter after a search does not leave the list
        }
        for (const QLineEdit* edit : page(i)->findChildren<QLineEdit*>()) {
            if (edit->echoMode() == QLineEdit::Normal) {
                connect(edit, &QLineEdit::returnPressed, this, &Wizard::next);
            }
        }
    }
    refresh();
}

WizardPage* Wizard::page(int index) const {
    return qobject_cast<WizardPage*>(pages_->widget(index));
}

void Wizard::next() {
    if (!can_go_on()) {
        focus_page();
        return;
    }
    if (current_ + 1 == create_page) {
        flow_view_->set_flow(review_->take_plan());
        go(create_page);
        flow_view_->run();
        return;
    }
    go(current_ + 1);
}

bool Wizard::can_go_on() const {
    return current_ < create_page && page(current_)->blocked().isEmpty();
}

void Wizard::show_draft() {
    if (WizardPage* shown = page(current_)) {
        shown->enter();
    }
}

void Wizard::back() {
    if (current_ > 0 && current_ < create_page) {
        go(current_ - 1);
    }
}

void Wizard::go(int index) {
    current_ = index;
    pages_->setCurrentIndex(index);
    header_->set_current(index);
    footer_->setVisible(index != create_page);
    if (WizardPage* shown = page(index)) {
        shown->enter();
    }
    refresh();
    focus_page();
    Q_EMIT page_changed(index);
}

void Wizard::focus_page() {
    QWidget* first =
        current_ == create_page ? flow_view_->first_input() : page(current_)->first_input();
    first->setFocus(Qt::OtherFocusReason);
}

void Wizard::refresh() {
    const WizardPage* shown = page(current_);
    if (shown == nullptr) {
        return;
    }
    const QString blocked = shown->blocked();
    const bool last = current_ + 1 == create_page;
    back_->setEnabled(current_ > 0);
    next_->setEnabled(blocked.isEmpty());
    next_->setText(last ? tr("C&reate") : tr("Ne&xt"));
    const QString button = last ? tr("Create") : tr("Next");
    reason_->setText(blocked.isEmpty() ? QString() : tr("%1 is off: %2").arg(button, blocked));
    next_->setAccessibleDescription(reason_->text());
}

} // namespace tau::ui
