#pragma once

#include "ui/common/field.h"
#include "ui/wizard/wizard_model.h"
#include "ui/wizard/wizard_page.h"

#include <QCheckBox>
#include <QComboBox>
#include <QLineEdit>

#include <array>

namespace tau::ui {

/// Page 2: where the two repositories are made, and what they are called.
class RepositoriesStep : public WizardPage {
    Q_OBJECT
public:
    RepositoriesStep(WizardModel& model, QWidget* parent = nullptr);
    QString name() const override { return tr("Repositories"); }
    void enter() override;
    QString blocked() const override;
    QWidget* first_input() const override;

private:
    void refresh();
    void refresh_lists();
    QString repository_issue(vault::Role role) const;

    WizardModel& model_;
    QComboBox* host_;
    QComboBox* owner_;
    std::array<QLineEdit*, 2> names_{};
    std::array<QCheckBox*, 2> existing_{};
    QLineEdit* branch_;
    Field* host_field_;
    Field* owner_field_;
    std::array<Field*, 2> name_fields_{};
    Field* branch_field_;
};

} // namespace tau::ui
