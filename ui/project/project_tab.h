#pragma once

#include "core/flow/create_project.h"

#include <QWidget>

namespace tau::ui {

/// Whether they are one project, though more of it may be on this computer by now.
inline bool is_same(const flow::LocalProject& a, const flow::LocalProject& b) {
    return a.project_id == b.project_id && a.configuration == b.configuration;
}

/// One of the pages of an open project.
class ProjectTab : public QWidget {
    Q_OBJECT
public:
    using QWidget::QWidget;
    /// Another project, or the same one afresh. Called when the tab is first looked at.
    virtual void show_project(const flow::LocalProject& project) = 0;
    /// It comes to the front again: what it shows may have changed meanwhile.
    virtual void enter() {}
    /// What gets the focus when the tab is opened.
    virtual QWidget* first_input() const = 0;

Q_SIGNALS:
    /// The files of the project, its branches or its commits are others now.
    void project_changed();
};

} // namespace tau::ui
