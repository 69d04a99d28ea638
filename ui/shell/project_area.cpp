#include "ui/shell/project_area.h"

#include "ui/common/text.h"
#include "ui/project/branch_bar.h"
#include "ui/project/changes_view.h"
#include "ui/project/config_tab.h"
#include "ui/project/deployments_view.h"
#include "ui/project/history_view.h"
#include "ui/project/merge_view.h"
#include "ui/project/project_tabs.h"
#include "ui/project/registration_view.h"
#include "ui/project/unsaved_edits.h"
#include "ui/shell/folder_page.h"
#include "ui/shell/project_page.h"

#include <QGuiApplication>
#include <QVBoxLayout>

namespace tau::ui {

ProjectArea::ProjectArea(Services& services, NodeShelf& nodes, MessageBar& messages,
                         QWidget* parent)
    : QWidget(parent), branches_(new BranchBar(services)), tabs_(new ProjectTabs(branches_)),
      overview_(new ProjectPage(services)), folder_(new FolderPage(services)),
      configuration_(new ConfigTab(services, services.config())),
      changes_(new ChangesView(services)), history_(new HistoryView(services)),
      merge_(new MergeView(services)), deployments_(new DeploymentsView(services, nodes)),
      registration_(new RegistrationView(services)),
      unsaved_(new UnsavedEdits(*configuration_, *merge_, *tabs_, messages, this)) {
    auto* box = new QVBoxLayout(this);
    box->setContentsMargins(0, 0, 0, 0);
    box->addWidget(tabs_);
    add_tabs();
    connect_tabs();
    branches_->set_unsaved(unsaved_);
    folder_->set_unsaved(unsaved_);
    connect(branches_, &BranchBar::failed_elsewhere, &messages, &MessageBar::show_error);
    connect(merge_, &MergeView::failed_elsewhere, &messages, &MessageBar::show_error);
    connect(branches_, &BranchBar::done_elsewhere, &messages,
            [&messages](const QString& sentence) { messages.show_message(Tone::plain, sentence); });
    changes_->set_unsaved(unsaved_);
    merge_->set_unsaved(unsaved_);
}

void ProjectArea::add_tabs() {
    tabs_->add_tab(overview_, tr("&Overview"));
    tabs_->add_tab(folder_, tr("&Overview"));
    tabs_->add_tab(configuration_, tr("Confi&guration"));
    tabs_->add_tab(changes_, tr("&Changes"));
    tabs_->add_tab(history_, tr("H&istory"));
    tabs_->add_tab(merge_, tr("Merge"));
    tabs_->set_tab_visible(merge_, false);
    tabs_->add_tab(deployments_, tr("Deployments"));
    tabs_->add_tab(registration_, tr("Registration"));
}

void ProjectArea::connect_tabs() {
    connect(tabs_, &ProjectTabs::back_wanted, this, &ProjectArea::back_wanted);
    connect(tabs_, &ProjectTabs::project_changed, branches_, &BranchBar::refresh);
    connect(branches_, &BranchBar::project_changed, tabs_, &ProjectTabs::refresh);
    connect(branches_, &BranchBar::project_cloned, this, [this](const flow::LocalProject& project) {
        registered_[project.project_id] = project;
        if (is_same(project, tabs_->project())) {
            tabs_->reload(project);
        }
        Q_EMIT cloned();
    });
    connect(branches_, &BranchBar::project_cloned, this, &ProjectArea::changed);
    connect(branches_, &BranchBar::merge_wanted, this,
            [this](const std::vector<flow::Pulled>& pulled) {
                const auto show = [this, pulled] {
                    tabs_->set_tab_visible(merge_, true);
                    tabs_->show_tab(merge_);
                    merge_->show_merge(tabs_->project(), pulled);
                };
                if (!unsaved_->hold_merge(tr("Take the new one"), show)) {
                    show();
                }
            });
    connect(merge_, &MergeView::closed, this, [this] {
        tabs_->show_tab(changes_);
        tabs_->set_tab_visible(merge_, false);
    });
    connect(overview_, &ProjectPage::changed, this, &ProjectArea::changed);
    connect(overview_, &ProjectPage::export_wanted, this, &ProjectArea::export_wanted);
    connect(folder_, &FolderPage::closed, this, [this](const flow::LocalProject& project) {
        configuration_->forget(project);
        drop_merge(project);
        if (is_same(project, tabs_->project())) {
            Q_EMIT back_wanted();
        }
    });
    connect(folder_, &FolderPage::code_chosen, this, &ProjectArea::add_code);
    connect(unsaved_, &UnsavedEdits::shown, this, &ProjectArea::wanted);
    // Whether there are edits to be told of is known by its tab alone.
    connect(configuration_, &ConfigTab::unsaved_changed, this, &ProjectArea::changed);
    connect(registration_, &RegistrationView::change_wanted, this, &ProjectArea::change_wanted);
    connect(registration_, &RegistrationView::resume_wanted, this, &ProjectArea::resume_wanted);
    connect(qApp, &QGuiApplication::applicationStateChanged, this, &ProjectArea::look_again);
}

/// Whoever comes back may have been in an editor or at a prompt, with the same files.
void ProjectArea::look_again(Qt::ApplicationState state) {
    if (state != Qt::ApplicationActive || !isVisible()) {
        return;
    }
    branches_->refresh();
    ProjectTab* const tab = tabs_->current_tab();
    if (tab == configuration_ ||
        tab == changes_) { // the others ask vaults, or have a place to keep
        tab->enter();
    }
}

bool ProjectArea::hold_back(const flow::LocalProject& project, const std::function<void()>& go_on) {
    return !is_same(project, tabs_->project()) &&
           unsaved_->hold_merge(tr("Open %1 without it").arg(to_qt(project.name)), [this, go_on] {
               merge_->drop();
               go_on();
           });
}

void ProjectArea::open(const flow::LocalProject& project) {
    if (!is_same(project, tabs_->project())) {
        drop_merge(tabs_->project());
        unsaved_->withdraw();
    }
    const std::initializer_list<ProjectTab*> of_registered{overview_, deployments_, registration_};
    for (ProjectTab* tab : of_registered) {
        tabs_->set_tab_visible(tab, project.is_registered());
    }
    tabs_->set_tab_visible(folder_, !project.is_registered());
    if (project.is_registered()) {
        registered_[project.project_id] = project;
    }
    branches_->show_project(project);
    tabs_->show_project(project);
}

void ProjectArea::add_code(const flow::LocalProject& project) {
    branches_->show_project(project);
    tabs_->reload(project);
}

void ProjectArea::return_to_registration() {
    overview_->show_project(project());
    tabs_->show_tab(registration_);
    registration_->look();
}

void ProjectArea::drop_merge(const flow::LocalProject& project) {
    if (is_same(project, tabs_->project())) {
        merge_->drop();
        tabs_->set_tab_visible(merge_, false);
    }
}

void ProjectArea::forget(const std::string& project_id) {
    if (const auto gone = registered_.extract(project_id)) {
        configuration_->forget(gone.mapped());
        drop_merge(gone.mapped());
    }
    deployments_->forget(project_id);
}

const flow::LocalProject& ProjectArea::project() const {
    return tabs_->project();
}

} // namespace tau::ui
