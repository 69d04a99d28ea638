#pragma once

#include "ui/project/project_tab.h"

#include <QLabel>
#include <QTabWidget>

#include <set>

namespace tau::ui {

/// An open project: its name, what all of its pages share, and the pages as tabs. Tabs are put
/// together by the window.
class ProjectTabs : public QWidget {
    Q_OBJECT
public:
    /// `header`: stands between the name and the tabs, for all of them; taken over.
    explicit ProjectTabs(QWidget* header, QWidget* parent = nullptr);
    /// A project opens with the first one that is visible. Takes ownership.
    void add_tab(ProjectTab* tab, const QString& title);
    void show_project(const flow::LocalProject& project);
    /// A tab that is there only while there is a reason for it.
    void set_tab_visible(ProjectTab* tab, bool visible);
    /// The same project, with more of it on this computer: every tab is told anew.
    void reload(const flow::LocalProject& project);
    const flow::LocalProject& project() const { return project_; }
    bool has_project() const { return !project_.name.empty(); }
    /// Brings a tab to the front.
    void show_tab(ProjectTab* tab);
    ProjectTab* current_tab() const;
    /// After the project's files changed: the tab in front looks again, the others when they come
    /// to the front.
    void refresh();

Q_SIGNALS:
    void back_wanted();
    /// By one of the tabs.
    void project_changed();

private:
    void enter_current();
    void go_on(int step);

    flow::LocalProject project_;
    std::set<ProjectTab*> knowing_; ///< those that were told of the project
    QLabel* title_;
    QTabWidget* tabs_;
};

} // namespace tau::ui
