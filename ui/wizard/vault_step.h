#pragma once

#include "ui/common/icons.h"
#include "ui/vaults/emphasis_panel.h"
#include "ui/vaults/rank_model.h"
#include "ui/vaults/reason_panel.h"
#include "ui/wizard/wizard_model.h"
#include "ui/wizard/wizard_page.h"

#include <QTableView>
#include <QTimer>

namespace tau::ui {

/// Page 3: the vault node that the keys are sealed to, and why it stands where it does.
class VaultStep : public WizardPage {
    Q_OBJECT
public:
    VaultStep(WizardModel& model, QWidget* parent = nullptr);
    QString name() const override { return tr("Vault"); }
    void enter() override;
    QString blocked() const override;
    QWidget* first_input() const override { return table_; }

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void follow_network();
    void rank_now();
    void pick(int row);
    int chosen_row() const; ///< -1: none
    void show_row(int row);
    void show_counts();

    WizardModel& model_;
    RankModel* rows_;
    QTableView* table_;
    EmphasisPanel* emphasis_;
    ReasonPanel* reason_;
    QLabel* counts_;
    IconLabel* refused_mark_;
    QLabel* refused_;
    QTimer coalesce_;
    std::shared_ptr<const vault::Network> shown_;
    bool chosen_by_hand_ = false;
    bool placing_ = false;
};

} // namespace tau::ui
