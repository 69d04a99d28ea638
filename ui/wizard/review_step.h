#pragma once

#include "ui/common/error_view.h"
#include "ui/common/page.h"
#include "ui/wizard/plan_card.h"
#include "ui/wizard/unlock_panel.h"
#include "ui/wizard/wizard_model.h"
#include "ui/wizard/wizard_page.h"

namespace tau::ui {

/// Page 4: the plan, with every step, fingerprint and file, while nothing is done yet.
class ReviewStep : public WizardPage {
    Q_OBJECT
public:
    ReviewStep(WizardModel& model, QWidget* parent = nullptr);
    QString name() const override { return tr("Review"); }
    void enter() override;
    QString blocked() const override;
    QWidget* first_input() const override;
    /// The plan for the draft as it is now; null before it is made.
    std::shared_ptr<flow::Flow> take_plan();

private:
    void make_plan();
    void show_summary();
    void show_files();

    WizardModel& model_;
    std::shared_ptr<flow::Flow> plan_;
    UnlockPanel* unlock_;
    ErrorView* error_;
    QPushButton* retry_;
    Card* summary_;
    PlanCard* steps_;
    Card* files_;
    QLabel* working_;
    Job job_;
};

} // namespace tau::ui
