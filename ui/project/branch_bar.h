#pragma once

#include "ui/common/error_view.h"
#include "ui/common/job.h"
#include "ui/common/prompt_row.h"
#include "ui/project/project_tab.h"
#include "ui/services.h"

#include <QProgressBar>
#include <QToolButton>

class QMenu;

namespace tau::ui {

class UnsavedEdits;

/// Over all pages of a project: the branch, how it stands to the git host, and pull and push.
/// Both clones go together; only pull, push and clone need the network.
class BranchBar : public QWidget {
    Q_OBJECT
public:
    explicit BranchBar(Services& services, QWidget* parent = nullptr);
    void set_unsaved(UnsavedEdits* unsaved) { unsaved_ = unsaved; }
    /// Work on another one goes on: this bar says whose it is, and the end of it is told apart.
    void show_project(const flow::LocalProject& project);
    /// Files, branches or commits are others now.
    void refresh();
    void switch_to(const QString& branch);
    void create(const QString& branch);
    void pull();
    void push();
    void clone();
    void cancel() { work_job_.cancel(); }

    bool busy() const { return work_job_.running() || look_job_.running(); }
    QString branch() const { return branch_->text(); }
    QString standing() const { return standing_->text(); }
    QStringList branches() const;
    ErrorView& error() { return *error_; }
    PromptRow& prompt() { return *prompt_; }
    QPushButton& push_button() { return *push_; }
    QPushButton& pull_button() { return *pull_; }
    QPushButton& clone_button() { return *clone_; }

Q_SIGNALS:
    /// The work tree or the commits are others now.
    void project_changed();
    /// Now it has clones.
    void project_cloned(const flow::LocalProject& project);
    /// Both sides changed: a person has to decide.
    void merge_wanted(const std::vector<flow::Pulled>& pulled);
    /// The end of work on a project that is no longer shown, with its name.
    void done_elsewhere(const QString& sentence);
    void failed_elsewhere(const tau::Error& error);

private:
    void start_pull();
    using Work = std::function<Result<void>(std::stop_token, const git::ProgressCallback&)>;
    /// What is told once the work succeeded, if anything.
    using Done = std::function<QString()>;
    void start(const QString& sentence, const Work& work, const Done& done);
    void tell(const QString& sentence);
    void tell_error(const Error& error);
    /// Whether the work is, or was, about the project that is shown.
    bool works_here() const { return is_same(working_, project_); }
    void show_states(const Result<std::vector<flow::CloneState>>& states);
    void fill_menu();
    void ask_name();
    void refresh_buttons();

    Services& services_;
    UnsavedEdits* unsaved_ = nullptr;
    flow::LocalProject project_;
    flow::LocalProject working_; ///< that the work is about
    QString doing_;              ///< "Pushing…"
    std::vector<flow::CloneState> states_;
    QToolButton* branch_;
    QMenu* menu_;
    QLabel* standing_;
    QPushButton* clone_;
    QPushButton* pull_;
    QPushButton* push_;
    QPushButton* cancel_;
    QProgressBar* progress_;
    PromptRow* prompt_;
    ErrorView* error_;
    Job look_job_;
    Job work_job_;
};

} // namespace tau::ui
