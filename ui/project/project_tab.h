#pragma once

#include "core/flow/create_project.h"

#include <QWidget>

namespace tau::ui {

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
