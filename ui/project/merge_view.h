#pragma once

#include "ui/common/error_view.h"
#include "ui/common/job.h"
#include "ui/project/author_line.h"
#include "ui/project/diff_view.h"
#include "ui/project/merge_model.h"
#include "ui/project/project_tab.h"
#include "ui/project/text_editor.h"
#include "ui/services.h"

#include <QLineEdit>
#include <QStackedWidget>
#include <QTableView>

namespace tau::ui {

class UnsavedEdits;

/// Both sides changed: for each file mine, theirs, or a text of one's own, and one commit at the
/// end. Until then nothing is changed.
class MergeView : public ProjectTab {
    Q_OBJECT
public:
    explicit MergeView(Services& services, QWidget* parent = nullptr);
    void set_unsaved(UnsavedEdits* unsaved) { unsaved_ = unsaved; }
    void show_project(const flow::LocalProject& project) override;
    QWidget* first_input() const override { return list_; }
    /// What a pull found, for the project that is shown.
    void show_merge(const flow::LocalProject& project, const std::vector<flow::Pulled>& pulled);
    /// There is nothing to merge any more, or it is put off; what is being merged ends first.
    void drop();

    MergeModel& files() { return *model_; }
    QTableView& list() { return *list_; }
    TextEditor& editor() { return *editor_; }
    QPushButton& merge_button() { return *merge_; }
    ErrorView& error() { return *error_; }
    bool busy() const { return diff_job_.running() || merge_job_.running(); }
    void take(git::MergeChoice::Take choice);
    void merge();

Q_SIGNALS:
    /// Merged, or put off.
    void closed();
    /// A merge of a project that is not shown any more.
    void failed_elsewhere(const tau::Error& error);

private:
    QWidget* make_list();
    QWidget* make_choice();
    QWidget* make_footer();
    void show_file(int row);
    void show_choice();
    void refresh();
    void put_off();
    void keep_rest(const std::vector<vault::Role>& merged);

    Services& services_;
    UnsavedEdits* unsaved_ = nullptr;
    flow::LocalProject project_;
    std::vector<flow::Pulled> pulled_;
    ErrorView* error_;
    QLabel* heading_;
    MergeModel* model_;
    QTableView* list_;
    QLabel* why_;
    QPushButton* mine_;
    QPushButton* theirs_;
    QPushButton* edit_;
    QStackedWidget* sides_;
    DiffView* mine_diff_;
    DiffView* their_diff_;
    TextEditor* editor_;
    QLineEdit* message_;
    AuthorLine* author_;
    QLabel* reason_;
    QPushButton* merge_;
    int row_ = -1;
    bool filling_ = false; ///< the editor, by this program
    Job diff_job_;
    Job merge_job_;
};

} // namespace tau::ui
