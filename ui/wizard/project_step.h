#pragma once

#include "ui/common/field.h"
#include "ui/wizard/wizard_model.h"
#include "ui/wizard/wizard_page.h"

#include <QCheckBox>
#include <QComboBox>
#include <QLineEdit>

namespace tau::ui {

/// Page 1: name, description, e-mail, visibility, network.
class ProjectStep : public WizardPage {
    Q_OBJECT
public:
    ProjectStep(WizardModel& model, QWidget* parent = nullptr);
    QString name() const override { return tr("Project"); }
    void enter() override;
    QString blocked() const override;
    QWidget* first_input() const override;

private:
    void refresh();
    void refresh_name();
    void refresh_network();

    WizardModel& model_;
    QLineEdit* name_edit_;
    QLineEdit* description_;
    QLineEdit* email_;
    QComboBox* network_;
    QCheckBox* private_;
    Field* name_field_;
    Field* description_field_;
    Field* email_field_;
    Field* network_field_;
};

} // namespace tau::ui
