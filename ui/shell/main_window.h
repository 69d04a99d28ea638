#pragma once

#include "ui/common/message_bar.h"
#include "ui/common/networks.h"
#include "ui/services.h"

#include <QMainWindow>
#include <QStackedWidget>

class QLabel;
class QMenu;

namespace tau::ui {

class ChangePage;
class FlowView;
class ProjectArea;
class ResumePage;
class StartPage;
class Transfers;
class VaultsPage;
class Wizard;

/// The one window: menu, one page at a time, inline messages. It opens no dialogs but the
/// system's file choosers and a list of commits, and those without a nested event loop.
class MainWindow : public QMainWindow {
    Q_OBJECT
public:
    explicit MainWindow(Services& services, QWidget* parent = nullptr);
    ~MainWindow() override;

    Networks& networks() { return networks_; }
    StartPage& start_page() { return *start_; }
    /// Made at the first call.
    ProjectArea& area();
    ChangePage& change_page() { return *change_; }
    ResumePage& resume_page() { return *resume_; }
    MessageBar& message_bar() { return *messages_; }
    Transfers& transfers() { return *transfers_; }
    /// Null while no new project is being drafted.
    Wizard* wizard() { return wizard_; }
    /// Null until it was shown once.
    VaultsPage* vaults_page() { return vaults_; }

    void show_start();
    void new_project();
    void show_vaults();
    void open_project(const flow::LocalProject& project);
    /// What was given for a project goes into its configuration.
    void take_files(const flow::LocalProject& project, const QString& from,
                    const git::Files& files);
    void resume(const QString& id, bool undo);
    /// Of the open project, after a review.
    void change_project(ChangeWish::Kind kind);

protected:
    void closeEvent(QCloseEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    bool shows_project() const;
    void leave_change();
    void leave_resumed();
    void return_to_registration();
    void make_menus();
    void make_theme_menu(QMenu& view);
    void show_page(QWidget* page, const QString& title);
    void drop_wizard();
    void leave_wizard();
    void choose_network();
    void connect_transfers();
    bool takes_files() const;
    void refresh_actions();
    void show_network();
    void show_count();
    void follow(FlowView& view);
    FlowView* busy_flow() const;
    void stop_and_close();

    Services& services_;
    Networks networks_;
    MessageBar* messages_;
    Transfers* transfers_;
    QStackedWidget* pages_;
    StartPage* start_;
    ResumePage* resume_;
    ChangePage* change_;
    Wizard* wizard_ = nullptr;
    VaultsPage* vaults_ = nullptr;
    ProjectArea* area_ = nullptr;
    QLabel* network_label_;
    bool resumed_in_project_ = false; ///< a change was taken up again from the project's page
    bool closing_ = false;            ///< as soon as the running work has stopped
    bool close_unsaved_ = false;      ///< the person said so
};

} // namespace tau::ui
