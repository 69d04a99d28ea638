#pragma once

#include "ui/common/message_bar.h"
#include "ui/common/networks.h"
#include "ui/services.h"

#include <QWidget>

#include <map>

namespace tau::ui {

class BranchBar;
class ChangesView;
class ConfigTab;
class DeploymentsView;
class FolderPage;
class HistoryView;
class MergeView;
class ProjectPage;
class ProjectTabs;
class RegistrationView;
class UnsavedEdits;

/// An open project: its pages as tabs, and what one of them means for the others. Made when the
/// first project is opened, because a window without any starts in half the time.
class ProjectArea : public QWidget {
    Q_OBJECT
public:
    ProjectArea(Services& services, NodeShelf& nodes, MessageBar& messages,
                QWidget* parent = nullptr);

    void open(const flow::LocalProject& project);
    /// Whether opening this one would lose a text, and the person was asked; `go_on` opens it.
    bool hold_back(const flow::LocalProject& project, const std::function<void()>& go_on);
    /// Back from a change of its registration, after which its file may be another one.
    void return_to_registration();
    /// It was removed: what was edited of it is given up.
    void forget(const std::string& project_id);
    const flow::LocalProject& project() const;

    ProjectTabs& tabs() { return *tabs_; }
    BranchBar& branch_bar() { return *branches_; }
    ProjectPage& overview() { return *overview_; }
    FolderPage& folder_page() { return *folder_; }
    ConfigTab& configuration() { return *configuration_; }
    ChangesView& changes() { return *changes_; }
    HistoryView& history() { return *history_; }
    MergeView& merge() { return *merge_; }
    DeploymentsView& deployments() { return *deployments_; }
    RegistrationView& registration() { return *registration_; }
    UnsavedEdits& unsaved() { return *unsaved_; }

Q_SIGNALS:
    void back_wanted();
    void export_wanted();
    void change_wanted(tau::ui::ChangeWish::Kind kind);
    void resume_wanted(const QString& id, bool undo);
    /// More or less of it can be exported now.
    void changed();
    /// A project has its clones.
    void cloned();
    /// It has something to show, also when another page of the window is in front.
    void wanted();

private:
    /// If it is of the open project.
    void drop_merge(const flow::LocalProject& project);
    void add_tabs();
    void connect_tabs();
    void add_code(const flow::LocalProject& project);
    void look_again(Qt::ApplicationState state);

    std::map<std::string, flow::LocalProject> registered_; ///< those that were opened, by id
    BranchBar* branches_;
    ProjectTabs* tabs_;
    ProjectPage* overview_; ///< of a registered project
    FolderPage* folder_;    ///< of one that was only opened
    ConfigTab* configuration_;
    ChangesView* changes_;
    HistoryView* history_;
    MergeView* merge_;
    DeploymentsView* deployments_;
    RegistrationView* registration_;
    UnsavedEdits* unsaved_;
};

} // namespace tau::ui
