#pragma once

#include "ui/common/error_view.h"
#include "ui/common/job.h"
#include "ui/common/page.h"
#include "ui/project/project_tab.h"
#include "ui/project/registration_card.h"
#include "ui/project/vault_talk.h"
#include "ui/wizard/unlock_panel.h"

#include <map>

namespace tau::ui {

/// A project's registrations, a card a vault, and what can be changed about them.
class RegistrationView : public ProjectTab {
    Q_OBJECT
public:
    explicit RegistrationView(Services& services, QWidget* parent = nullptr);
    void show_project(const flow::LocalProject& project) override;
    void enter() override { look(); }
    QWidget* first_input() const override;
    /// Asks the vaults again.
    void look();

    bool busy() const { return job_.running() || changes_job_.running(); }
    const std::vector<VaultState>& vaults() const { return vaults_; }
    std::vector<RegistrationCard*> cards() const { return cards_; }
    QPushButton& change_button(ChangeWish::Kind kind);
    /// Of the project's last change; hidden when it cannot be taken back.
    QPushButton& undo_button() { return *undo_; }

Q_SIGNALS:
    void change_wanted(tau::ui::ChangeWish::Kind kind);
    /// Of a change that was begun earlier; with `undo` also of one that is done.
    void resume_wanted(const QString& id, bool undo);

private:
    QWidget* make_buttons();
    QWidget* make_last();
    void take(AskedVaults asked);
    void load_changes();
    void show_unfinished(const std::vector<flow::Unfinished>& all);
    void show_last(const std::optional<flow::LastChange>& change);
    void forget(const std::string& id);
    void refresh();

    Services& services_;
    flow::LocalProject project_;
    std::vector<VaultState> vaults_;
    std::vector<RegistrationCard*> cards_;
    bool has_unfinished_ = false;
    bool fresh_ = false; ///< the project was not shown yet

    ScrollPage* page_;
    QLabel* state_;
    QPushButton* look_;
    UnlockPanel* unlock_;
    ErrorView* error_;
    Card* unfinished_;
    std::map<ChangeWish::Kind, QPushButton*> buttons_;
    QWidget* last_;
    QLabel* last_text_;
    QPushButton* undo_;
    QString last_id_;
    QWidget* list_;
    Job job_;
    Job changes_job_;
};

} // namespace tau::ui
