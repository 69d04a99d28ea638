#include "ui/shell/main_window.h"

#include "ui/common/page.h"
#include "ui/common/text.h"
#include "ui/project/config_tab.h"
#include "ui/project/deployments_view.h"
#include "ui/project/merge_view.h"
#include "ui/project/project_tabs.h"
#include "ui/project/registration_view.h"
#include "ui/project/unsaved_edits.h"
#include "ui/shell/change_page.h"
#include "ui/shell/project_area.h"
#include "ui/shell/resume_page.h"
#include "ui/shell/start_page.h"
#include "ui/shell/transfers.h"
#include "ui/vaults/vaults_page.h"
#include "ui/wizard/wizard.h"

#include <QCloseEvent>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QMimeData>
#include <QStatusBar>
#include <QVBoxLayout>

namespace tau::ui {

namespace {

const QString geometry_key = QStringLiteral("window/geometry");
constexpr QSize first_size{1000, 700};
constexpr QSize smallest_size{720, 520};

} // namespace

MainWindow::MainWindow(Services& services, QWidget* parent)
    : QMainWindow(parent), services_(services), networks_(services), messages_(new MessageBar),
      transfers_(new Transfers(services, *messages_, *this)), pages_(new QStackedWidget),
      start_(new StartPage(services, networks_)), resume_(new ResumePage(services)),
      change_(new ChangePage(services, networks_.nodes())), network_label_(new QLabel) {
    setWindowIcon(QIcon(QStringLiteral(":/icons/tau-console.svg")));
    setMinimumSize(smallest_size);
    resize(first_size);
    restoreGeometry(services_.setting(geometry_key).toByteArray());

    auto* middle = new QWidget;
    auto* box = new QVBoxLayout(middle);
    box->setContentsMargins(0, 0, 0, 0);
    box->setSpacing(0);
    auto* bar = new QWidget;
    auto* bar_box = new QVBoxLayout(bar);
    bar_box->setContentsMargins(space::m, space::m, space::m, 0);
    bar_box->addWidget(messages_);
    box->addWidget(bar);
    box->addWidget(pages_, 1);
    bar->hide();
    connect(messages_, &MessageBar::shown_changed, bar, &QWidget::setVisible);
    setCentralWidget(middle);
    for (QWidget* page : {static_cast<QWidget*>(start_), static_cast<QWidget*>(resume_),
                          static_cast<QWidget*>(change_)}) {
        pages_->addWidget(page);
    }
    statusBar()->setSizeGripEnabled(false);
    statusBar()->addWidget(network_label_, 1);
    network_label_->setContentsMargins(space::l, 0, space::l, 0);
    set_role(network_label_, QStringLiteral("caption"));
    make_menus();
    connect_transfers();

    connect(start_, &StartPage::new_wanted, this, &MainWindow::new_project);
    connect(start_, &StartPage::vaults_wanted, this, &MainWindow::show_vaults);
    connect(start_, &StartPage::network_wanted, this, &MainWindow::choose_network);
    connect(start_, &StartPage::project_wanted, this, &MainWindow::open_project);
    connect(start_, &StartPage::resume_wanted, this, &MainWindow::resume);
    connect(start_, &StartPage::failed, messages_, &MessageBar::show_error);
    connect(resume_, &ResumePage::closed, this, &MainWindow::leave_resumed);
    connect(change_, &ChangePage::closed, this, &MainWindow::leave_change);
    connect(&networks_, &Networks::changed, this, &MainWindow::show_network);
    connect(&networks_.nodes(), &NodeShelf::changed, this, &MainWindow::show_count);
    follow(resume_->flow_view());
    follow(change_->flow_view());
    show_network();
    show_start();
}

MainWindow::~MainWindow() = default;

ProjectArea& MainWindow::area() {
    if (area_ == nullptr) {
        area_ = new ProjectArea(services_, networks_.nodes(), *messages_);
        pages_->addWidget(area_);
        connect(area_, &ProjectArea::back_wanted, this, &MainWindow::show_start);
        connect(area_, &ProjectArea::changed, this, &MainWindow::refresh_actions);
        connect(area_, &ProjectArea::cloned, start_, &StartPage::refresh);
        connect(area_, &ProjectArea::wanted, this,
                [this] { show_page(area_, to_qt(area_->project().name)); });
        connect(area_, &ProjectArea::change_wanted, this, &MainWindow::change_project);
        connect(area_, &ProjectArea::resume_wanted, this, &MainWindow::resume);
        connect(area_, &ProjectArea::export_wanted, transfers_,
                [this] { transfers_->choose_export(area_->project(), ExportForm::signed_file); });
    }
    return *area_;
}

bool MainWindow::shows_project() const {
    return area_ != nullptr && pages_->currentWidget() == area_;
}

void MainWindow::show_page(QWidget* page, const QString& title) {
    pages_->setCurrentWidget(page);
    setWindowTitle(title.isEmpty() ? tr("tau-console") : tr("%1 – tau-console").arg(title));
    refresh_actions();
}

void MainWindow::show_start() {
    start_->refresh();
    show_page(start_, {});
    start_->first_input()->setFocus(Qt::OtherFocusReason);
}

void MainWindow::show_vaults() {
    if (vaults_ == nullptr) {
        vaults_ = new VaultsPage(services_, networks_.nodes());
        pages_->addWidget(vaults_);
        connect(vaults_, &VaultsPage::back_wanted, this, &MainWindow::show_start);
    }
    show_page(vaults_, tr("Vaults"));
    vaults_->browser().enter();
    vaults_->browser().first_input()->setFocus(Qt::OtherFocusReason);
}

void MainWindow::new_project() {
    if (resume_->flow_view().busy()) {
        show_page(resume_, tr("Unfinished change"));
        return;
    }
    if (wizard_ != nullptr && wizard_->finished()) {
        drop_wizard();
    }
    const bool kept = wizard_ != nullptr;
    if (!kept) {
        wizard_ = new Wizard(services_, networks_);
        pages_->addWidget(wizard_);
        connect(wizard_, &Wizard::cancelled, this, &MainWindow::leave_wizard);
        connect(&wizard_->flow_view(), &FlowView::closed, this, [this] {
            drop_wizard();
            show_start();
        });
        follow(wizard_->flow_view());
        networks_.reload();
    }
    const bool was_shown = pages_->currentWidget() == wizard_;
    show_page(wizard_, tr("New project"));
    wizard_->focus_page();
    if (kept && !was_shown && wizard_->has_draft()) {
        messages_->show_message(Tone::plain, tr("This is the draft that you set aside."),
                                {{tr("Start afresh"), [this] {
                                      drop_wizard();
                                      new_project();
                                  }}});
        wizard_->focus_page();
    }
}

/// A draft that somebody typed is kept until the window closes or it is thrown away on purpose.
void MainWindow::leave_wizard() {
    const bool keep = wizard_->has_draft();
    if (!keep) {
        drop_wizard();
    }
    show_start();
    if (keep) {
        messages_->show_message(Tone::plain, tr("Your draft is set aside. Nothing was made."),
                                {{tr("Go on with it"), [this] { new_project(); }},
                                 {tr("Throw it away"), [this] { drop_wizard(); }}});
    }
}

void MainWindow::drop_wizard() {
    if (wizard_ != nullptr) {
        pages_->removeWidget(wizard_);
        wizard_->deleteLater();
        wizard_ = nullptr;
    }
}

void MainWindow::open_project(const flow::LocalProject& project) {
    if (area().hold_back(project, [this, project] { open_project(project); })) {
        return;
    }
    show_page(&area(), to_qt(project.name));
    area_->open(project);
    refresh_actions();
}

void MainWindow::resume(const QString& id, bool undo) {
    resumed_in_project_ = shows_project();
    show_page(resume_, undo ? tr("Take a change back") : tr("Unfinished change"));
    resume_->open(id, undo);
}

void MainWindow::change_project(ChangeWish::Kind kind) {
    const auto go_on = [this, kind] {
        area_->merge().drop();
        change_project(kind);
    };
    if (kind == ChangeWish::Kind::remove &&
        (area().unsaved().hold_back(tr("removing the project")) ||
         area().unsaved().hold_merge(tr("Go on without it"), go_on))) {
        return;
    }
    change_->begin(area().project(), kind, area_->registration().vaults());
    show_page(change_, to_qt(change_->project().name));
    change_->first_input()->setFocus(Qt::OtherFocusReason);
}

/// Back to the project, whose file may be another one by now.
void MainWindow::leave_change() {
    if (change_->project_gone()) {
        show_start();
    } else {
        return_to_registration();
    }
}

/// To where it was taken up.
void MainWindow::leave_resumed() {
    const std::string removed = resume_->flow_view().removed_project();
    if (resumed_in_project_ && removed != area_->project().project_id) {
        return_to_registration();
    } else {
        show_start();
    }
}

void MainWindow::return_to_registration() {
    show_page(&area(), to_qt(area_->project().name));
    area_->return_to_registration();
}

void MainWindow::follow(FlowView& view) {
    connect(&view, &FlowView::open_wanted, this, [this](const flow::LocalProject& project) {
        drop_wizard();
        show_start(); // while a person is asked
        open_project(project);
    });
    connect(&view, &FlowView::export_wanted, transfers_, [this](const flow::LocalProject& project) {
        transfers_->choose_export(project, ExportForm::signed_file);
    });
    connect(&view, &FlowView::state_changed, this, [this, &view] {
        if (const std::string removed = view.removed_project();
            area_ != nullptr && !removed.empty()) {
            area_->forget(removed);
        }
        if (closing_ && busy_flow() == nullptr) {
            close();
        }
    });
}

void MainWindow::choose_network() {
    auto* dialog = new QFileDialog(this, tr("Open a network"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    dialog->setNameFilters({tr("Networks (*.yaml *.yml)"), tr("All files (*)")});
    connect(dialog, &QFileDialog::fileSelected, this,
            [this](const QString& file) { networks_.open(to_utf8(file)); });
    dialog->open();
}

/// What comes in, by menu or dropped, and where it goes.
void MainWindow::connect_transfers() {
    setAcceptDrops(true);
    connect(start_, &StartPage::import_wanted, transfers_,
            [this] { transfers_->choose_import(false); });
    connect(start_, &StartPage::folder_wanted, transfers_, &Transfers::choose_to_open);
    connect(transfers_, &Transfers::taken_in, this, &MainWindow::open_project);
    connect(transfers_, &Transfers::files_wanted, this, &MainWindow::take_files);
}

void MainWindow::take_files(const flow::LocalProject& project, const QString& from,
                            const git::Files& files) {
    if (area().hold_back(project, [=, this] { take_files(project, from, files); })) {
        return;
    }
    if (!shows_project() || !is_same(project, area_->project())) {
        open_project(project);
    }
    area_->tabs().show_tab(&area_->configuration());
    area_->configuration().take_in(from, files);
}

/// A page that can do something with a file.
bool MainWindow::takes_files() const {
    return pages_->currentWidget() == start_ || shows_project();
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
    if (takes_files() && Transfers::dropped(*event->mimeData())) {
        event->setDropAction(Qt::CopyAction);
        event->accept();
    }
}

void MainWindow::dropEvent(QDropEvent* event) {
    if (const auto path = Transfers::dropped(*event->mimeData()); path && takes_files()) {
        event->setDropAction(Qt::CopyAction);
        event->accept();
        transfers_->import(*path);
    }
}

void MainWindow::refresh_actions() {
    const bool open = shows_project() && area_->tabs().has_project();
    transfers_->set_project(open ? std::optional(area_->project()) : std::nullopt,
                            open && area_->configuration().has_unsaved());
}

void MainWindow::show_count() {
    const Networks::Entry* entry = networks_.current();
    const auto count = networks_.vault_count();
    network_label_->setText(entry == nullptr  ? tr("No network")
                            : entry->error    ? tr("%1 cannot be used").arg(entry->name())
                            : !entry->network ? tr("Reading %1…").arg(entry->name())
                            : !count          ? entry->name()
                                     : tr("%1: %2").arg(entry->name(), vaults_text(*count)));
}

void MainWindow::show_network() {
    show_count();
    const Networks::Entry* entry = networks_.current();
    if (entry != nullptr && entry->error) {
        messages_->show_error(*entry->error);
    }
}

FlowView* MainWindow::busy_flow() const {
    if (wizard_ != nullptr && wizard_->flow_view().busy()) {
        return &wizard_->flow_view();
    }
    for (FlowView* view : {&resume_->flow_view(), &change_->flow_view()}) {
        if (view->busy()) {
            return view;
        }
    }
    return nullptr;
}

void MainWindow::stop_and_close() {
    closing_ = true;
    if (FlowView* view = busy_flow()) {
        view->cancel();
    } else {
        close();
    }
}

void MainWindow::closeEvent(QCloseEvent* event) {
    closing_ = false; // whoever is asked below decides anew
    if (busy_flow() != nullptr) {
        event->ignore();
        messages_->show_message(
            Tone::warn,
            tr("Work is going on. It is recorded: after closing it can be continued or undone."),
            {{tr("Keep going"), [] {}}, {tr("Stop and close"), [this] { stop_and_close(); }}});
        return;
    }
    const bool unsaved = area_ != nullptr && area_->configuration().has_unsaved();
    const bool unsent = area_ != nullptr && area_->deployments().has_unsent();
    const bool typed = area_ != nullptr && area_->merge().files().has_typed();
    if ((unsaved || unsent || typed) && !close_unsaved_) {
        event->ignore();
        QStringList left;
        for (const auto& [is_left, sentence] :
             {std::pair(unsaved, tr("Some edits of the configuration are not saved.")),
              {unsent, tr("Some edits of the deployments are not sent.")},
              {typed, tr("The text that you typed for a merge is not merged.")}}) {
            left << (is_left ? QStringList(sentence) : QStringList());
        }
        messages_->show_message(Tone::warn, left.join(QLatin1Char(' ')),
                                {{tr("Keep editing"), [] {}}, {tr("Close without them"), [this] {
                                                                   close_unsaved_ = true;
                                                                   close();
                                                                   close_unsaved_ = false;
                                                               }}});
        return;
    }
    services_.set_setting(geometry_key, saveGeometry());
    event->accept();
}

} // namespace tau::ui
