#pragma once

#include "ui/common/empty_state.h"
#include "ui/common/error_view.h"
#include "ui/common/job.h"
#include "ui/common/key_label.h"
#include "ui/project/branch_choice.h"
#include "ui/project/diff_view.h"
#include "ui/project/history_model.h"
#include "ui/project/project_tab.h"
#include "ui/services.h"

#include <QComboBox>
#include <QListWidget>
#include <QStackedWidget>

namespace tau::ui {

/// The commits of one of the two clones: who, when, why, and what each changed. Needs no network.
class HistoryView : public ProjectTab {
    Q_OBJECT
public:
    explicit HistoryView(Services& services, QWidget* parent = nullptr);
    void show_project(const flow::LocalProject& project) override;
    void enter() override;
    QWidget* first_input() const override;

    HistoryModel& commits() { return *model_; }
    QTableView& list() { return *list_; }
    QListWidget& files() { return *files_; }
    DiffView& diff() { return *diff_; }
    QComboBox& sides() { return *side_; }
    BranchChoice& branches() { return *branch_; }
    bool busy() const {
        return page_job_.running() || files_job_.running() || diff_job_.running() ||
               branch_->busy();
    }
    QString message() const { return message_->text(); }

private:
    QWidget* make_list();
    QWidget* make_details();
    vault::Role role() const;
    void read();
    void load(std::size_t skip);
    void show_commit(int row);
    void show_files(const Result<git::CommitFiles>& files);
    void show_file(int row);

    Services& services_;
    flow::LocalProject project_;
    QStackedWidget* pages_;
    ErrorView* error_;
    QComboBox* side_;
    BranchChoice* branch_;
    HistoryModel* model_;
    QTableView* list_;
    QLabel* message_;
    QLabel* author_;
    KeyLabel* id_;
    QListWidget* files_;
    DiffView* diff_;
    EmptyState* nothing_;
    git::CommitId shown_;
    std::vector<git::FileChange> changed_;
    Job page_job_;
    Job files_job_;
    Job diff_job_;
};

} // namespace tau::ui
