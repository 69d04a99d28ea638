#pragma once

#include "ui/common/error_view.h"
#include "ui/common/job.h"
#include "ui/common/page.h"
#include "ui/services.h"
#include "ui/wizard/plan_card.h"
#include "ui/wizard/unlock_panel.h"

#include <QCheckBox>
#include <QLineEdit>

namespace tau::ui {

/// A later change of a project while nothing is done yet: what it means, the choices that it
/// leaves, and each of its steps.
class ChangeReview : public QWidget {
    Q_OBJECT
public:
    explicit ChangeReview(Services& services, QWidget* parent = nullptr);
    /// Begins with all of `vaults` meant.
    void ask(const flow::LocalProject& project, ChangeWish::Kind kind,
             const std::vector<VaultState>& vaults, std::vector<project::VaultChoice> to = {});
    /// As the choices stand.
    ChangeWish wish() const;
    /// Null while there is none for the choices.
    std::shared_ptr<flow::Flow> take_plan() { return std::exchange(plan_, nullptr); }
    bool ready() const { return go_->isEnabled(); }
    bool busy() const { return job_.running(); }
    QWidget* first_input() const;

    QPushButton& go_button() { return *go_; }
    QPushButton& cancel_button() { return *cancel_; }
    QLineEdit& name() { return *name_; }
    QCheckBox& repositories() { return *repositories_; }
    QCheckBox& files() { return *files_; }
    QCheckBox& discard() { return *discard_; }
    QCheckBox& without_answer() { return *without_answer_; }
    ErrorView& error() { return *error_; }

Q_SIGNALS:
    void go_wanted();
    void back_wanted();
    void cancelled();

private:
    QWidget* make_footer();
    void make_choices();
    void show_choices(const std::vector<VaultState>& vaults);
    void make_plan();
    void take(PreparedFlow prepared);
    void refresh();

    Services& services_;
    flow::LocalProject project_;
    ChangeWish wish_;
    std::shared_ptr<flow::Flow> plan_;
    struct VaultBox {
        std::string node_id;
        QCheckBox* box;
    };
    std::vector<VaultBox> vault_boxes_;

    ScrollPage* page_;
    QLabel* title_;
    QLabel* text_;
    Card* choices_;
    QWidget* vaults_;
    QCheckBox* without_answer_;
    QCheckBox* repositories_;
    QCheckBox* files_;
    QCheckBox* discard_; ///< only with files_
    UnlockPanel* unlock_;
    ErrorView* error_;
    QPushButton* retry_;
    QLabel* working_;
    PlanCard* steps_;
    Card* sure_;
    QLineEdit* name_;
    QPushButton* back_;
    QPushButton* cancel_;
    QPushButton* go_;
    Job job_;
};

} // namespace tau::ui
