#include "ui/shell/folder_page.h"

#include "ui/common/facts.h"
#include "ui/common/folder_dialog.h"
#include "ui/common/text.h"
#include "ui/project/unsaved_edits.h"

#include <QHBoxLayout>

namespace tau::ui {

FolderPage::FolderPage(Services& services, QWidget* parent)
    : ProjectTab(parent), services_(services),
      code_(make_button({}, ButtonKind::plain, QStringLiteral("folder"))),
      close_(make_button(tr("&Take off the list"))), error_(new ErrorView), facts_(new Card) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    auto* page = new ScrollPage(this);
    layout->addWidget(page);
    auto* top = new QHBoxLayout;
    top->setSpacing(space::s);
    auto* origin = make_label(tr("Opened where it lies on this computer. Whoever registered it has "
                                 "its receipts; with their project file you can import it."));
    set_tone(origin, Tone::muted);
    top->addWidget(origin, 1);
    close_->setToolTip(tr("The folders stay as they are"));
    top->addWidget(close_);
    top->addWidget(code_);
    page->box()->addLayout(top);
    page->box()->addWidget(error_);
    page->box()->addWidget(facts_);
    page->box()->addStretch(1);
    connect(code_, &QPushButton::clicked, this, &FolderPage::choose_code);
    connect(close_, &QPushButton::clicked, this, &FolderPage::close_folder);
}

void FolderPage::show_project(const flow::LocalProject& project) {
    project_ = project;
    error_->clear();
    job_.drop();
    code_->setText(project.code.empty() ? tr("Choose the code's fol&der…")
                                        : tr("Choose another code fol&der…"));
    clear_layout(facts_->box());
    auto* facts = new Facts;
    facts_->box()->addLayout(facts);
    facts->add_text(tr("Name"), to_qt(project.name));
    if (!project.project_id.empty()) {
        facts->add_key(tr("Project id"), project.project_id);
    }
    facts->add_address(tr("Configuration"), tr("folder of the configuration"),
                       project.configuration.string());
    if (project.code.empty()) {
        facts->add_text(tr("Code"), tr("Not opened. Functions can be edited once it is."));
    } else {
        facts->add_address(tr("Code"), tr("folder of the code"), project.code.string());
    }
    facts->add_text(tr("Opened"), time_text(project.created_at));
    if (isVisible()) {
        code_->setFocus(Qt::OtherFocusReason);
    }
}

void FolderPage::choose_code() {
    choose_folder(*window(), tr("Choose the folder of the code repository"),
                  [this](const std::filesystem::path& folder) { use_code(folder); });
}

void FolderPage::use_code(const std::filesystem::path& folder) {
    error_->clear();
    job_.start([&services = services_, project = project_,
                folder](std::stop_token) { return services.use_code_folder(project, folder); },
               [this](const Result<flow::LocalProject>& project) {
                   if (project) {
                       Q_EMIT code_chosen(*project);
                   } else {
                       error_->show_error(project.error());
                   }
               });
}

void FolderPage::close_folder() {
    if (unsaved_ == nullptr ||
        (!unsaved_->hold_back(tr("taking it off the list")) &&
         !unsaved_->hold_merge(tr("Take it off without it"), [this] { take_off_list(); }))) {
        take_off_list();
    }
}

void FolderPage::take_off_list() {
    error_->clear();
    job_.start([&services = services_,
                project = project_](std::stop_token) { return services.close_folder(project); },
               [this](const Result<void>& done) {
                   if (done) {
                       Q_EMIT closed(project_);
                   } else {
                       error_->show_error(done.error());
                   }
               });
}

} // namespace tau::ui
