#pragma once

#include "ui/vaults/vault_browser.h"
#include "ui/wizard/wizard_model.h"
#include "ui/wizard/wizard_page.h"

namespace tau::ui {

/// Page 3: the vault nodes that the keys are sealed to, and why they stand where they do.
class VaultStep : public WizardPage {
    Q_OBJECT
public:
    VaultStep(WizardModel& model, QWidget* parent = nullptr);
    QString name() const override { return tr("Vault"); }
    void enter() override { browser_->enter(); }
    QString blocked() const override { return browser_->chosen()->problem(); }
    QWidget* first_input() const override { return browser_->first_input(); }
    VaultBrowser& browser() const { return *browser_; }

private:
    void take_choice();

    WizardModel& model_;
    VaultBrowser* browser_;
    QLabel* notes_; ///< vaults that may fail together
};

} // namespace tau::ui
