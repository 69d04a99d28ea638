// The MainWindow's menus.
#include "ui/common/theme.h"
#include "ui/shell/main_window.h"
#include "ui/shell/transfers.h"

#include <QActionGroup>
#include <QApplication>
#include <QMenuBar>

namespace tau::ui {

namespace {

const QString theme_key = QStringLiteral("theme");

} // namespace

void MainWindow::make_menus() {
    QMenu* file = menuBar()->addMenu(tr("&File"));
    file->addAction(tr("&New project"), QKeySequence::New, this, &MainWindow::new_project);
    file->addAction(tr("&Projects"), QKeySequence(Qt::ALT | Qt::Key_Home), this,
                    &MainWindow::show_start);
    file->addAction(tr("&Vaults"), QKeySequence(Qt::CTRL | Qt::Key_L), this,
                    &MainWindow::show_vaults);
    file->addSeparator();
    file->addAction(tr("&Open network…"), QKeySequence::Open, this, &MainWindow::choose_network);
    transfers_->add_import(*file);
    transfers_->add_export(*file);
    file->addSeparator();
    file->addAction(tr("&Quit"), QKeySequence::Quit, this, &QWidget::close);
    make_theme_menu(*menuBar()->addMenu(tr("&View")));
    QMenu* help = menuBar()->addMenu(tr("&Help"));
    help->addAction(tr("What the &vault can do"), this, [this] {
        messages_->show_message(
            Tone::plain, tr("A vault can read the two repositories and check their webhooks. It "
                            "cannot write to them, never sees your account's token, and anyone can "
                            "verify what was sealed to it, offline."));
    });
    help->addAction(tr("&About"), this, [this] {
        messages_->show_message(Tone::plain,
                                tr("tau-console %1, a desktop console for Taubyte. Licence: BSD "
                                   "3-Clause.")
                                    .arg(QApplication::applicationVersion()));
    });
}

void MainWindow::make_theme_menu(QMenu& view) {
    auto* group = new QActionGroup(this);
    const QString wanted = services_.setting(theme_key).toString();
    struct Choice {
        QString text, name;
        ThemeMode mode;
    };
    for (const Choice& choice :
         {Choice{tr("Theme of the &system"), QStringLiteral("system"), ThemeMode::system},
          Choice{tr("&Light theme"), QStringLiteral("light"), ThemeMode::light},
          Choice{tr("&Dark theme"), QStringLiteral("dark"), ThemeMode::dark}}) {
        QAction* action = view.addAction(choice.text);
        action->setCheckable(true);
        group->addAction(action);
        if (choice.name == wanted) {
            Theme::get().set_mode(choice.mode);
        }
        action->setChecked(Theme::get().mode() == choice.mode);
        connect(action, &QAction::triggered, this, [this, choice] {
            Theme::get().set_mode(choice.mode);
            services_.set_setting(theme_key, choice.name);
        });
    }
}

} // namespace tau::ui
