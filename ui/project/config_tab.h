#pragma once

#include "core/project/intake.h"
#include "core/project/refactor.h"
#include "core/project/workspace.h"
#include "ui/common/elided_label.h"
#include "ui/common/empty_state.h"
#include "ui/common/error_view.h"
#include "ui/common/job.h"
#include "ui/common/message_bar.h"
#include "ui/common/prompt_row.h"
#include "ui/config_services.h"
#include "ui/project/code_view.h"
#include "ui/project/completion.h"
#include "ui/project/new_resource.h"
#include "ui/project/problem_strip.h"
#include "ui/project/project_tab.h"
#include "ui/project/resource_form.h"
#include "ui/project/resource_model.h"
#include "ui/services.h"

#include <QLineEdit>
#include <QSortFilterProxyModel>
#include <QSplitter>
#include <QTabWidget>
#include <QTimer>
#include <QTreeView>

#include <functional>
#include <map>
#include <set>

class QMenu;

namespace tau::ui {

/// The setting for the end of domains that the cloud gives away.
inline const QString suffix_key = QStringLiteral("domain-suffix");

/// Where the code is that goes where the resource goes.
std::string folder_of_code(const project::Resource& resource);
/// Which of the unsaved files are a resource's: its document, and its code.
std::vector<std::string> edits_of(const project::Resource& resource,
                                  const project::Workspace::Unsaved& unsaved);

/// The configuration of a project: a tree of its documents, each as a form and as its text, and
/// what the check finds. Edits stay in memory, also of projects that are not shown, until they are
/// saved.
class ConfigTab : public ProjectTab {
    Q_OBJECT
public:
    ConfigTab(Services& services, ConfigServices& config, QWidget* parent = nullptr);
    void show_project(const flow::LocalProject& project) override;
    void enter() override;
    QWidget* first_input() const override;

    bool has_workspace() const { return open_ != nullptr; }
    project::Workspace& workspace() { return *open_; }
    /// Opens the document of this path.
    void select(const std::string& path);
    const std::string& current_path() const { return path_; }
    /// What is typed as text, and only a pause away from being an edit, becomes one.
    void flush();
    void save();
    /// Of this project, also while another one is shown.
    void save_edits(const flow::LocalProject& project);
    bool has_unsaved() const;
    /// It is no longer on the list: what was edited of it and not saved is given up.
    void forget(const flow::LocalProject& project);
    /// Files of this project that are edited and not saved.
    std::size_t unsaved_files(const flow::LocalProject& project);
    /// Asks whether these files, of what is called `from`, are to be taken in, as one step for
    /// undo.
    void take_in(const QString& from, const git::Files& files);
    bool busy() const { return read_job_.running() || save_job_.running() || code_job_.running(); }

    ResourceModel& resources() { return *model_; }
    QTreeView& tree() { return *tree_; }
    QLineEdit& search() { return *search_; }
    ResourceForm& form() { return *form_; }
    TextEditor& yaml() { return *yaml_; }
    ProblemStrip& problems() { return *problems_; }
    CodeView& code() { return *code_; }
    Completion& completion() { return *completion_; }
    NewResource& new_resource() { return *new_; }
    PromptRow& prompt() { return *prompt_; }
    MessageBar& messages() { return *messages_; }
    QPushButton& save_button() { return *save_; }
    void show_code(bool shown);

    void undo();
    void redo();
    void ask_new();
    void ask_rename();
    void ask_clone();
    void ask_delete();
    /// Edits that are not saved, of the chosen document with its code, or of all; undo brings them
    /// back.
    void discard_edits(bool all);
    void move_to(const std::string& application);

Q_SIGNALS:
    /// has_unsaved() is another now.
    void unsaved_changed();
    /// Why is about to be said here.
    void save_failed();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void make_bar(class QVBoxLayout& box);
    void make_menu(QMenu& menu);
    QWidget* make_side();
    QWidget* make_document();
    void make_keys();
    void connect_parts();
    void connect_editors();

    void take_read(Result<ConfigServices::Configuration> read,
                   std::shared_ptr<project::Workspace> made);
    void show_workspace();
    void show_document();
    void show_parts(const project::File& file);
    void fill_code();

    bool apply(const project::Change& change, const std::string& merge = {});
    void after(const project::Change& change);
    void take_field(const project::FieldRow& row, const project::FieldValue& value, bool finished);
    void take_text();
    void take_code(const std::string& path, const std::string& text);
    void fix(const project::Problem& problem);
    void open_problem(const project::Problem& problem);
    void step(bool back);
    void refresh_bar();
    void refresh_lists();
    void rebuild_tree();
    void search_for(const QString& text);
    std::vector<project::Problem> problems_here() const;
    project::Completions complete(std::string_view text, std::size_t at) const;
    std::vector<std::string> names_of(std::string_view group) const;

    /// The document that the tree stands on; nullptr on a group.
    const project::Resource* chosen() const;
    void with_code(const std::string& folder, std::function<void()> then);
    void with_files(const project::Resource& resource, const std::function<void()>& then);
    void create(const project::NewResource& wanted);
    using MakePlan = std::function<Result<project::Plan>()>;
    void perform(const MakePlan& make, const std::string& go_to);
    void carry_out(const project::Plan& plan, const project::Change& change,
                   const std::string& go_to);
    void tell_plan_error(const Error& error);
    void tell_edited_elsewhere(const std::vector<std::string>& paths);
    void confirm_delete(const project::Resource& resource);
    void show_move_menu(QMenu& menu);
    void ask_intake();
    void take(const project::Intake& intake, bool with_removals);

    Services& services_;
    ConfigServices& config_;
    flow::LocalProject project_;
    std::shared_ptr<project::Workspace> open_;
    std::map<std::filesystem::path, std::shared_ptr<project::Workspace>> kept_; ///< by clone
    std::string path_; ///< of the document that is shown; empty: none
    bool showing_ = false;
    /// A field while it is typed in: the text before, and after the last key.
    struct Typing {
        std::string merge, before, after;
    } typing_;
    int burst_ = 0;                    ///< typing that is one step for undo
    std::set<std::string> code_known_; ///< folders
    bool had_unsaved_ = false;
    /// To be taken in as soon as the project is read.
    struct Given {
        QString from;
        git::Files files;
    };
    std::optional<Given> given_;

    QStackedWidget* pages_;
    QWidget* work_;
    EmptyState* no_clone_;
    ErrorView* error_;
    MessageBar* messages_;
    PromptRow* prompt_;
    ResourceModel* model_;
    QSortFilterProxyModel* filter_;
    QTreeView* tree_;
    QLineEdit* search_;
    QStackedWidget* right_;
    QLabel* title_;
    ElidedLabel* caption_;
    QTabWidget* views_;
    ResourceForm* form_;
    TextEditor* yaml_;
    CodeView* code_;
    Completion* completion_;
    NewResource* new_;
    QLabel* nothing_;
    ProblemStrip* problems_;
    QLabel* status_;
    QPushButton* save_;
    QToolButton* undo_;
    QToolButton* redo_;
    QTimer text_timer_;
    QTimer lists_timer_;
    QTimer burst_timer_;
    Job read_job_;
    Job save_job_;
    Job code_job_;
};

} // namespace tau::ui
