// Edits that are in memory only, and what would commit or change their files meanwhile.
#include "tests/support/git_cli.h"
#include "tests/ui/sample_services.h"
#include "ui/common/job.h"
#include "ui/common/theme.h"
#include "ui/project/branch_bar.h"
#include "ui/project/changes_view.h"
#include "ui/project/config_tab.h"
#include "ui/project/project_tabs.h"
#include "ui/shell/change_page.h"
#include "ui/shell/main_window.h"
#include "ui/shell/project_area.h"
#include "ui/shell/resume_page.h"
#include "ui/shell/start_page.h"

#include <QApplication>
#include <QLabel>
#include <QTest>

using namespace tau;
using namespace tau::ui;
using test::contents;
using test::write;

namespace {

/// A window over two real clones, on the project's configuration.
struct Stage {
    test::Clone configuration, code;
    test::SampleServices services;
    flow::LocalProject project{"Qm", "shop", 0, configuration.path, code.path, "/e"};
    MainWindow window{services};
    BranchBar& bar = window.area().branch_bar();
    ChangesView& changes = window.area().changes();
    ConfigTab& tab = window.area().configuration();

    Stage() {
        window.resize(1000, 700);
        window.show();
        window.open_project(project);
        window.area().tabs().show_tab(&tab);
        rest();
        tab.select("config.yaml");
    }
    ~Stage() {
        window.hide();
        Job::wait_for_all();
    }
    void rest() {
        const auto idle = [this] {
            return tab.has_workspace() && !tab.busy() && !bar.busy() && !changes.busy();
        };
        QVERIFY(QTest::qWaitFor(idle, 30'000));
    }
    void type() { QTest::keyClicks(&tab.yaml(), QStringLiteral("#mine")); }
    /// The project's removal, and an edit that came too late to be asked about.
    FlowView& remove_with_edit() {
        window.change_project(ChangeWish::Kind::remove);
        tab.yaml().insertPlainText(QStringLiteral("#mine"));
        tab.flush();
        ChangePage& page = window.change_page();
        QTest::keyClicks(&page.review().name(), QStringLiteral("shop"));
        if (QTest::qWaitFor([&] { return page.review().ready(); })) {
            QTest::keyClick(&page.review().name(), Qt::Key_Return);
        }
        return page.flow_view();
    }
    std::string on_disk() const { return contents(configuration.path / "config.yaml"); }
    /// Presses this button once it is there.
    bool press(const QString& text) {
        return QTest::qWaitFor([&] {
            for (QPushButton* button : window.findChildren<QPushButton*>()) {
                if (button->isVisible() && button->text() == text) {
                    button->click();
                    return true;
                }
            }
            return false;
        });
    }
    /// The person is told what comes first, and nothing runs.
    bool held_back(const char* before) {
        MessageBar& messages = window.message_bar();
        const bool told = messages.text().contains(QStringLiteral("1 file is not saved")) &&
                          messages.text().contains(QString::fromLatin1(before));
        messages.close_message();
        return told && !bar.busy();
    }
};

const std::string saved_text = "id: Qm\nname: shop\n";

} // namespace

class TestUnsavedEdits : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void they_come_before_what_changes_files() {
        Stage stage;
        write(stage.configuration.path / "functions/ping.yaml", "id: changed\n");
        stage.window.area().tabs().show_tab(&stage.changes);
        stage.rest();
        stage.type(); // only a pause away from being an edit
        stage.bar.pull();
        QVERIFY(stage.held_back("before pulling"));
        stage.bar.switch_to(QStringLiteral("dev"));
        QVERIFY(stage.held_back("before switching to dev"));
        stage.changes.ask_discard(true);
        QVERIFY(stage.held_back("before discarding"));
        QVERIFY(stage.changes.messages().text().isEmpty());
        QCOMPARE(stage.on_disk(), saved_text);

        stage.bar.pull();
        QVERIFY(stage.press(QStringLiteral("Show them")));
        QCOMPARE(stage.window.area().tabs().current_tab(), static_cast<ProjectTab*>(&stage.tab));
        stage.bar.pull();
        stage.tab.undo();
        QVERIFY(stage.window.message_bar().text().isEmpty()); // it is no longer so
        stage.bar.pull();
        QVERIFY(stage.bar.busy());
        stage.rest();
    }

    void they_come_before_removing_the_project() {
        Stage stage;
        stage.type();
        stage.window.change_project(ChangeWish::Kind::remove);
        QVERIFY(stage.held_back("before removing the project"));
        QVERIFY(stage.window.area().isVisible());
        stage.window.change_project(ChangeWish::Kind::rotate); // which leaves the clones alone
        QVERIFY(stage.window.change_page().isVisible());
        stage.rest();
    }

    /// Nobody could save them any more.
    void those_of_a_removed_project_are_given_up() {
        Stage stage;
        FlowView& flow = stage.remove_with_edit();
        QTRY_COMPARE(flow.state(), FlowView::State::done);
        QVERIFY(stage.press(QStringLiteral("C&lose")));
        QVERIFY(stage.window.start_page().isVisible());
        QVERIFY(!stage.tab.has_unsaved());
        // The clone may be opened again, as it lies there.
        stage.window.open_project(stage.project);
        stage.window.area().tabs().show_tab(&stage.tab);
        stage.rest();
        QCOMPARE(test::contents(stage.configuration.path / "config.yaml"), saved_text);
        QCOMPARE(stage.tab.workspace().store().file("config.yaml")->text(), saved_text);
        QVERIFY(stage.window.close());
    }

    void so_are_those_of_one_whose_removal_was_taken_up_again() {
        Stage stage;
        stage.type();
        stage.services.removes = stage.project.project_id;
        stage.window.resume(QStringLiteral("shop-1"), false);
        FlowView& flow = stage.window.resume_page().flow_view();
        QTRY_COMPARE(flow.removed_project(), stage.project.project_id);
        QVERIFY(stage.window.close()); // nothing to ask about
        stage.window.show();
        QVERIFY(stage.press(QStringLiteral("C&lose")));
        QVERIFY(stage.window.start_page().isVisible());
    }

    void whoever_keeps_editing_is_not_closed_later() {
        Stage stage;
        stage.services.step_time = std::chrono::hours(1);
        FlowView& flow = stage.remove_with_edit();
        QVERIFY(flow.busy());
        QVERIFY(!stage.window.close());
        QVERIFY(stage.press(QStringLiteral("Stop and close")));
        QVERIFY(stage.press(QStringLiteral("Keep editing")));
        QVERIFY(!flow.busy());
        stage.tab.undo();
        flow.run();
        flow.cancel();
        QTRY_VERIFY(!flow.busy());
        QVERIFY(stage.window.isVisible()); // nobody wanted to close it
    }

    void to_close_without_them_is_meant_once() {
        Stage stage;
        stage.services.step_time = std::chrono::hours(1);
        stage.type();
        stage.tab.flush();
        QVERIFY(!stage.window.close());
        stage.window.resume(QStringLiteral("shop-1"), false); // work that nobody held back
        FlowView& flow = stage.window.resume_page().flow_view();
        QTRY_VERIFY(flow.busy());
        QVERIFY(stage.press(QStringLiteral("Close without them")));
        QVERIFY(stage.press(QStringLiteral("Keep going")));
        flow.cancel();
        QTRY_VERIFY(!flow.busy());
        QVERIFY(!stage.window.close());
        QVERIFY(stage.window.isVisible());
    }

    void what_was_asked_about_a_project_goes_with_it() {
        Stage stage;
        stage.type();
        stage.bar.pull();
        QVERIFY(stage.window.message_bar().text().contains(QStringLiteral("not saved")));
        flow::LocalProject other = stage.project;
        other.project_id = "QmOther";
        other.name = "other";
        other.configuration.clear();
        other.code.clear();
        stage.window.open_project(other);
        QVERIFY(!stage.window.message_bar().isVisible()); // its Save would be of the other one
    }

    void one_piece_of_work_at_a_time() {
        Stage stage;
        stage.bar.push();
        QVERIFY(stage.bar.busy());
        const QString doing = stage.bar.standing();
        stage.bar.pull(); // offered before the push began
        QCOMPARE(stage.bar.standing(), doing);
        QTRY_VERIFY(stage.bar.error().isVisible()); // of the push: there is no host
        stage.rest();
    }

    void what_was_done_outside_is_seen_by_who_comes_back() {
        Stage stage;
        write(stage.configuration.path / "config.yaml", "id: Qm\nname: theirs\n");
        test::git(stage.configuration.path, {"switch", "-q", "-c", "outside"});
        Q_EMIT qApp->applicationStateChanged(Qt::ApplicationActive);
        stage.rest();
        QVERIFY(stage.tab.yaml().toPlainText().contains(QStringLiteral("theirs")));
        QTRY_VERIFY(stage.bar.branch().contains(QStringLiteral("outside")));
        stage.type(); // what is typed stays, also when somebody else writes
        stage.tab.flush();
        write(stage.configuration.path / "config.yaml", "id: Qm\nname: others\n");
        Q_EMIT qApp->applicationStateChanged(Qt::ApplicationActive);
        stage.rest();
        QVERIFY(stage.tab.yaml().toPlainText().contains(QStringLiteral("#mine")));
        QVERIFY(stage.tab.messages().text().contains(QStringLiteral("config.yaml")));
    }

    void saving_lets_it_go_on() {
        Stage stage;
        stage.window.area().tabs().show_tab(&stage.changes);
        stage.type();
        stage.bar.pull();
        QVERIFY(stage.press(QStringLiteral("Save")));
        QTRY_COMPARE(stage.on_disk(), saved_text + "#mine");
        QTRY_COMPARE(stage.changes.files().file_count(), 1); // where it can be committed
        stage.bar.pull();
        QVERIFY(stage.bar.busy());
        stage.rest();
    }

    void the_page_of_changes_names_them() {
        Stage stage;
        stage.type();
        stage.window.area().tabs().show_tab(&stage.changes);
        QVERIFY(stage.changes.unsaved_sentence().startsWith(QStringLiteral("1 file is edited")));
        stage.rest();
        QVERIFY(stage.changes.is_empty()); // it is no change of a file yet
        QVERIFY(stage.press(QStringLiteral("Show the edits")));
        QCOMPARE(stage.window.area().tabs().current_tab(), static_cast<ProjectTab*>(&stage.tab));
        stage.window.area().tabs().show_tab(&stage.changes);
        QVERIFY(stage.press(QStringLiteral("Save")));
        QTRY_COMPARE(stage.changes.files().file_count(), 1);
        QVERIFY(stage.changes.unsaved_sentence().isEmpty());
    }

    void a_save_that_fails_says_so_where_the_edits_are() {
        Stage stage;
        stage.window.area().tabs().show_tab(&stage.changes);
        stage.type();
        write(stage.configuration.path / "config.yaml", "id: theirs\n");
        stage.bar.pull();
        QVERIFY(stage.press(QStringLiteral("Save")));
        QTRY_COMPARE(stage.window.area().tabs().current_tab(),
                     static_cast<ProjectTab*>(&stage.tab));
        stage.rest();
        QVERIFY(stage.tab.messages().text().contains(QStringLiteral("config.yaml")));
        QCOMPARE(stage.on_disk(), std::string("id: theirs\n"));
    }

    void a_failed_push_leaves_room_to_edit() {
        Stage stage;
        write(stage.configuration.path / "functions/ping.yaml", "id: Qm\nsource: nowhere\n");
        stage.tab.enter();
        stage.rest();
        stage.tab.select("functions/ping.yaml");
        stage.window.resize(stage.window.minimumSize());
        stage.bar.push();
        ErrorView& error = stage.bar.error();
        QTRY_VERIFY(error.isVisible());
        stage.rest();
        QCoreApplication::processEvents();
        ProblemStrip& problems = stage.tab.problems();
        QVERIFY(problems.table().model()->rowCount() > 2);
        for (const QLabel* label : problems.findChildren<QLabel*>()) {
            QVERIFY(!label->geometry().intersects(problems.table().geometry()));
        }
        QVERIFY(stage.tab.yaml().viewport()->height() >=
                2 * stage.tab.yaml().fontMetrics().lineSpacing());
        const QWidget& form = *stage.tab.form().viewport();
        for (const char* field : {"id", "description", "trigger/type"}) {
            const QWidget* input = stage.tab.form().input(QString::fromLatin1(field));
            QVERIFY(input != nullptr);
            const int left = input->mapTo(&form, QPoint()).x();
            QVERIFY(input->width() > form.width() * 3 / 4);
            QVERIFY(left >= 0 && left + input->width() <= form.width());
        }
        QVERIFY(error.hasFocus());
        QTest::keyClick(&error, Qt::Key_Escape);
        QVERIFY(!error.isVisible());
        stage.bar.push();
        QTRY_VERIFY(error.isVisible());
        stage.rest();
        for (QToolButton* button : error.findChildren<QToolButton*>()) {
            if (button->accessibleName() == QStringLiteral("Close the error")) {
                QTest::keyClick(button, Qt::Key_Space);
            }
        }
        QVERIFY(!error.isVisible());
        const int row = problems.table().rowHeight(0);
        stage.window.resize(1200, 800);
        QTRY_VERIFY(problems.table().height() > 3 * row);
    }
};

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    Theme theme(application);
    TestUnsavedEdits tests;
    return QTest::qExec(&tests, argc, argv);
}

#include "test_unsaved_edits.moc"
