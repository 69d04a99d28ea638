#pragma once

#include "ui/common/empty_state.h"
#include "ui/common/error_view.h"
#include "ui/common/finding_list.h"
#include "ui/common/job.h"
#include "ui/common/node_shelf.h"
#include "ui/common/page.h"
#include "ui/project/deployment_editor.h"
#include "ui/project/deployments_model.h"
#include "ui/project/project_tab.h"
#include "ui/project/seen_model.h"
#include "ui/project/vault_talk.h"
#include "ui/wizard/unlock_panel.h"

#include <QProgressBar>
#include <QTableView>

#include <map>

namespace tau::ui {

/// Which branch or commit each part of the network runs: a table to edit and send to the vaults,
/// what each vault makes of it, and what it has seen of the repositories.
class DeploymentsView : public ProjectTab {
    Q_OBJECT
public:
    DeploymentsView(Services& services, NodeShelf& shelf, QWidget* parent = nullptr);
    void show_project(const flow::LocalProject& project) override;
    void enter() override;
    QWidget* first_input() const override;
    /// Asks the vaults again; edits stay.
    void look();
    /// Sends the table to every vault, and asks each whether it has it now.
    void send();
    /// Of the sending.
    void cancel() { send_job_.cancel(); }

    bool busy() const {
        return look_job_.running() || send_job_.running() || branches_job_.running();
    }
    bool has_edits() const { return model_->has_edits(); }
    /// Of any project.
    bool has_unsent() const { return has_edits() || !set_aside_.empty(); }
    /// There is no such project any more.
    void forget(const std::string& project_id);
    QString state() const { return state_->text(); }
    DeploymentsModel& rows() { return *model_; }
    SeenModel& seen() { return *seen_; }
    QTableView& table() { return *table_; }
    DeploymentEditor& editor() { return *editor_; }
    ErrorView& error() { return *error_; }
    FindingList& outcomes() { return *outcomes_; }
    QPushButton& send_button() { return *send_; }
    QPushButton& stop_button() { return *stop_; }
    QPushButton& add_button() { return *add_; }
    QPushButton& edit_button() { return *edit_; }
    QPushButton& remove_button() { return *remove_; }

private:
    struct Sent {
        Result<std::vector<SentDeployments>> answers;
        std::optional<AskedVaults> now; ///< none when it was stopped
    };
    QWidget* make_rows();
    QWidget* make_seen();
    void connect_parts();
    /// Whether the last sending was this project's.
    bool shows_sent() const { return sent_project_.project_id == project_.project_id; }
    bool sends_here() const { return send_job_.running() && shows_sent(); }
    void take(AskedVaults asked);
    void show_answers(std::vector<VaultState> vaults);
    void take_sent(const std::vector<vault::Deployment>& rows, Sent sent);
    void show_outcomes(const QString& heading, Tone tone);
    void set_outcome(std::size_t vault, const SentDeployments& answer);
    void verify_outcomes(const std::vector<vault::Deployment>& rows,
                         const std::vector<VaultState>& now);
    void load_branches();
    void show_unlisted();
    void show_known();
    void edit_row(bool is_new);
    void end_editing();
    void remove_or_put_back();
    void pick_commit(vault::Role role);
    void pick_node(const QString& typed);
    QString node_name(const std::string& node_id) const;
    void refresh();

    Services& services_;
    NodeShelf& shelf_;
    flow::LocalProject project_;
    /// Edits of other projects.
    std::map<std::string, std::vector<DeploymentsModel::Row>> set_aside_;
    std::array<DeploymentEditor::Known, 2> clones_;
    flow::LocalProject sent_project_; ///< whose deployments were sent last; another may be shown
    std::vector<FindingLine> lines_;  ///< how that went, a line a vault
    bool outcomes_seen_ = false;      ///< the person was shown that
    bool fresh_ = false;              ///< the project was not shown yet

    QLabel* state_;
    QPushButton* look_;
    QPushButton* send_;
    QPushButton* stop_;
    QProgressBar* progress_;
    UnlockPanel* unlock_;
    ErrorView* error_;
    FindingList* outcomes_;
    QWidget* rows_part_ = nullptr;
    QWidget* seen_part_ = nullptr;
    EmptyState* nothing_ = nullptr;
    EmptyState* offline_ = nullptr;
    QPushButton* add_;
    QPushButton* edit_;
    QPushButton* remove_;
    DeploymentsModel* model_;
    QTableView* table_;
    DeploymentEditor* editor_;
    SeenModel* seen_;
    QTableView* seen_table_;
    QLabel* unlisted_;
    Job look_job_;
    Job send_job_;
    Job branches_job_;
};

} // namespace tau::ui
