#pragma once

#include "ui/common/empty_state.h"
#include "ui/common/error_view.h"
#include "ui/common/job.h"
#include "ui/common/message_bar.h"
#include "ui/project/author_line.h"
#include "ui/project/changes_model.h"
#include "ui/project/diff_view.h"
#include "ui/project/project_tab.h"
#include "ui/services.h"

#include <QPlainTextEdit>
#include <QStackedWidget>
#include <QTreeView>

namespace tau::ui {

class UnsavedEdits;

/// What is not committed yet, in both clones: files with their states, the difference of each, and
/// a message to commit those that are chosen. Needs no network.
class ChangesView : public ProjectTab {
    Q_OBJECT
public:
    explicit ChangesView(Services& services, QWidget* parent = nullptr);
    void set_unsaved(UnsavedEdits* unsaved) { unsaved_ = unsaved; }
    void show_project(const flow::LocalProject& project) override;
    void enter() override;
    QWidget* first_input() const override;

    ChangesModel& files() { return *model_; }
    QTreeView& list() { return *list_; }
    DiffView& diff() { return *diff_; }
    QPlainTextEdit& message() { return *message_; }
    QPushButton& commit_button() { return *commit_; }
    /// How many files a commit would have, or why there can be none.
    QString commit_sentence() const { return reason_->text(); }
    AuthorLine& author() { return *author_; }
    ErrorView& error() { return *error_; }
    MessageBar& messages() { return *messages_; }
    bool busy() const {
        return look_job_.running() || diff_job_.running() || commit_job_.running() ||
               discard_job_.running();
    }
    bool is_empty() const;
    /// What is said of edits that are not saved; empty when there are none.
    QString unsaved_sentence() const;
    /// Which submodules differ and cannot be committed here; empty when none do.
    QString submodules_sentence() const;
    void commit();
    /// Asks first.
    void ask_discard(bool all);

private:
    QWidget* make_files();
    QWidget* make_commit_box();
    QWidget* make_unsaved_row();
    void refresh_unsaved();
    void show_submodules(const std::vector<flow::CloneState>& states);
    void show_states(const Result<std::vector<flow::CloneState>>& states);
    void show_file(const QModelIndex& index);
    void refresh_commit();
    void discard(const std::vector<flow::ChosenFiles>& chosen);
    void offer_return(const std::vector<flow::DiscardedFiles>& discarded);

    Services& services_;
    UnsavedEdits* unsaved_ = nullptr;
    flow::LocalProject project_;
    QStackedWidget* pages_;
    ErrorView* error_;
    MessageBar* messages_;
    QWidget* unsaved_row_;
    QLabel* unsaved_text_;
    QLabel* submodules_;
    ChangesModel* model_;
    QTreeView* list_;
    DiffView* diff_;
    QPlainTextEdit* message_;
    AuthorLine* author_;
    QLabel* reason_;
    QPushButton* commit_;
    QPushButton* discard_;
    QPushButton* discard_all_;
    EmptyState* nothing_;
    EmptyState* no_clone_;
    std::optional<ChangesModel::File> shown_;
    bool look_failed_ = false;
    Job look_job_;
    Job diff_job_;
    Job commit_job_;
    Job discard_job_;
};

} // namespace tau::ui
