#include "ui/project/project_tabs.h"

#include "ui/common/page.h"
#include "ui/common/text.h"

#include <QHBoxLayout>
#include <QShortcut>
#include <QTabBar>

namespace tau::ui {

ProjectTabs::ProjectTabs(QWidget* header, QWidget* parent)
    : QWidget(parent), title_(make_label({}, QStringLiteral("title"))), tabs_(new QTabWidget) {
    auto* box = new QVBoxLayout(this);
    box->setContentsMargins(0, space::l, 0, 0);
    box->setSpacing(space::s);
    auto* top = new QHBoxLayout;
    top->setContentsMargins(space::xl, 0, space::xl, 0);
    top->setSpacing(space::s);
    auto* back = make_button(tr("Pro&jects"), ButtonKind::quiet, QStringLiteral("back"));
    connect(back, &QPushButton::clicked, this, &ProjectTabs::back_wanted);
    top->addWidget(back);
    title_->setWordWrap(false);
    top->addWidget(title_, 1);
    box->addLayout(top);
    auto* middle = new QVBoxLayout;
    middle->setContentsMargins(space::xl, 0, space::xl, 0);
    middle->addWidget(header);
    box->addLayout(middle);
    tabs_->setDocumentMode(true);
    tabs_->setAccessibleName(tr("Pages of the project"));
    tabs_->tabBar()->setAccessibleName(tabs_->accessibleName());
    let_tab_pass(*tabs_);
    tabs_->tabBar()->setExpanding(false);
    tabs_->tabBar()->setDrawBase(false);
    box->addWidget(tabs_, 1);
    connect(tabs_, &QTabWidget::currentChanged, this, &ProjectTabs::enter_current);
    // Not left to the tabs: a box of choices keeps each key that has a text, and Tab has one.
    for (const auto& [keys, step] : {std::pair(QKeySequence(Qt::CTRL | Qt::Key_Tab), 1),
                                     {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Tab), -1},
                                     {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Backtab), -1}}) {
        auto* shortcut = new QShortcut(keys, this);
        shortcut->setContext(Qt::WidgetWithChildrenShortcut);
        connect(shortcut, &QShortcut::activated, this, [this, step = step] { go_on(step); });
    }
}

/// To the next tab that is seen, from the last to the first.
void ProjectTabs::go_on(int step) {
    const int count = tabs_->count();
    int index = tabs_->currentIndex();
    do {
        index = (index + step + count) % count;
    } while (!tabs_->isTabVisible(index) && index != tabs_->currentIndex());
    if (auto* tab = qobject_cast<ProjectTab*>(tabs_->widget(index))) {
        show_tab(tab);
    }
}

void ProjectTabs::add_tab(ProjectTab* tab, const QString& title) {
    tabs_->addTab(tab, title);
    connect(tab, &ProjectTab::project_changed, this, &ProjectTabs::refresh);
    connect(tab, &ProjectTab::project_changed, this, &ProjectTabs::project_changed);
}

ProjectTab* ProjectTabs::current_tab() const {
    return qobject_cast<ProjectTab*>(tabs_->currentWidget());
}

void ProjectTabs::set_tab_visible(ProjectTab* tab, bool visible) {
    tabs_->setTabVisible(tabs_->indexOf(tab), visible);
}

void ProjectTabs::reload(const flow::LocalProject& project) {
    project_ = project;
    knowing_.clear();
    enter_current();
}

void ProjectTabs::show_tab(ProjectTab* tab) {
    tabs_->setCurrentWidget(tab);
    QWidget* input = tab->first_input();
    (input->focusPolicy() == Qt::NoFocus ? tabs_->tabBar() : input)->setFocus(Qt::OtherFocusReason);
}

void ProjectTabs::show_project(const flow::LocalProject& project) {
    project_ = project;
    knowing_.clear();
    title_->setText(to_qt(project.name));
    int first = 0;
    while (!tabs_->isTabVisible(first)) {
        ++first;
    }
    if (tabs_->currentIndex() != first) {
        tabs_->setCurrentIndex(first);
    } else {
        enter_current();
    }
}

void ProjectTabs::refresh() {
    if (ProjectTab* tab = current_tab()) {
        tab->enter();
    }
}

void ProjectTabs::enter_current() {
    ProjectTab* tab = current_tab();
    if (tab == nullptr || !has_project()) {
        return;
    }
    if (knowing_.insert(tab).second) {
        tab->show_project(project_);
    } else {
        tab->enter();
    }
}

} // namespace tau::ui
