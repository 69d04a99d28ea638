#include "ui/wizard/vault_step.h"

#include "ui/common/page.h"

#include <QHBoxLayout>

namespace tau::ui {

VaultStep::VaultStep(WizardModel& model, QWidget* parent)
    : WizardPage(parent), model_(model),
      browser_(
          new VaultBrowser(model.services(), model.networks().nodes(), VaultBrowser::Mode::choose)),
      notes_(make_label({})) {
    auto* box = new QVBoxLayout(this);
    box->setContentsMargins(space::xl, space::l, space::xl, space::m);
    box->setSpacing(space::s);
    auto* top = new QHBoxLayout;
    auto* title = make_label(tr("Which vault keeps the keys?"), QStringLiteral("title"));
    title->setWordWrap(false);
    title->setToolTip(tr("The deploy keys and webhook secrets are sealed to it. It will be able to "
                         "read both repositories, and to do nothing else."));
    top->addWidget(title);
    top->addStretch(1);
    top->addWidget(browser_->counts());
    box->addLayout(top);
    box->addWidget(browser_, 1);
    set_tone(notes_, Tone::warn);
    notes_->hide();
    box->addWidget(notes_);
    connect(browser_->chosen(), &ChosenVaults::changed, this, &VaultStep::take_choice);
    connect(browser_, &VaultBrowser::go_on, this, &VaultStep::go_on);
}

void VaultStep::take_choice() {
    std::vector<project::VaultChoice> chosen;
    for (const ChosenVaults::Choice& choice : browser_->chosen()->choices()) {
        if (choice.node) {
            chosen.push_back(project::choice_of(choice.node->record));
        }
    }
    if (chosen != model_.draft().vaults) {
        model_.edit([&chosen](project::Draft& draft) { draft.vaults = std::move(chosen); });
    }
    const QStringList notes = model_.notes();
    notes_->setText(notes.join(QLatin1Char('\n')));
    notes_->setVisible(!notes.isEmpty());
    Q_EMIT changed();
}

} // namespace tau::ui
