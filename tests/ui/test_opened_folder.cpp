// A configuration repository of somebody else's tools, opened in the window and worked on.
#include "tests/support/git_cli.h"
#include "tests/ui/window_stage.h"
#include "ui/project/changes_view.h"
#include "ui/project/config_tab.h"
#include "ui/project/project_tabs.h"
#include "ui/shell/folder_page.h"
#include "ui/shell/project_area.h"
#include "ui/shell/start_page.h"
#include "ui/shell/transfers.h"

#include <QApplication>

using namespace tau;
using namespace tau::ui;

namespace fs = std::filesystem;

namespace {

const std::string config =
    "# the shop\nid: Qmc3WjpDvCaVY3jWmxranUY7roFhRj66SNqstiRbKxDbU4\nname: shop\n";

void make_repository(const fs::path& folder, const git::Files& files) {
    fs::create_directories(folder);
    test::git(folder, {"init", "-q", "-b", "main"});
    for (const auto& [path, text] : files) {
        test::write(folder / path, text);
    }
    test::git(folder, {"add", "-A"});
    test::git(folder, {"commit", "-q", "-m", "Begin"});
}

} // namespace

class TestOpenedFolder : public QObject {
    Q_OBJECT

    test::TemporaryDirectory folder_;
    std::unique_ptr<test::WindowStage> stage_;

    MainWindow& window() { return *stage_->window; }
    fs::path shop() const { return folder_.path() / "tb_shop"; }
    void settle() {
        QTRY_VERIFY_WITH_TIMEOUT(
            !window().transfers().busy() && !window().area().configuration().busy(), 60'000);
        Job::wait_for_all();
        test::settle();
    }
    void press(const QString& text) {
        for (QPushButton* button : window().findChildren<QPushButton*>()) {
            const QString name =
                button->text().isEmpty() ? button->accessibleName() : button->text();
            if (button->isVisible() && QString(name).remove(QLatin1Char('&')).startsWith(text)) {
                QTest::mouseClick(button, Qt::LeftButton);
                return settle();
            }
        }
        QFAIL(qPrintable(text));
    }
    QStringList tabs() {
        QStringList names;
        const auto* tabs = window().area().tabs().findChild<QTabWidget*>();
        for (int i = 0; i < tabs->count(); ++i) {
            if (tabs->isTabVisible(i)) {
                names << tabs->tabText(i).remove(QLatin1Char('&'));
            }
        }
        return names;
    }

private Q_SLOTS:
    void init() {
        make_repository(shop(), {{"config.yaml", config}, {"functions/ping.yaml", "id: y\n"}});
        stage_ = std::make_unique<test::WindowStage>(
            [this](test::SampleServices& services) { services.data = folder_.path() / "data"; });
    }
    void cleanup() {
        stage_.reset();
        std::error_code ignored;
        for (const auto& entry : fs::directory_iterator(folder_.path())) {
            fs::remove_all(entry.path(), ignored);
        }
    }

    void it_is_edited_and_committed_where_it_is() {
        window().transfers().open_folder(shop());
        settle();
        QCOMPARE(tabs(), (QStringList{QStringLiteral("Overview"), QStringLiteral("Configuration"),
                                      QStringLiteral("Changes"), QStringLiteral("History")}));
        test::check(window(), QStringLiteral("opened-folder"));

        window().area().tabs().show_tab(&window().area().configuration());
        settle();
        const auto& edited = window().area().configuration().workspace();
        QVERIFY(edited.store().file("functions/ping.yaml") != nullptr);
        test::write(shop() / "functions/ping.yaml", "id: z\n");
        window().area().tabs().show_tab(&window().area().changes());
        settle();
        const auto states = stage_->services.git().look(window().area().tabs().project());
        QVERIFY(states.has_value());
        QCOMPARE(states->size(), std::size_t{1});
        QCOMPARE(states->front().status.files.size(), std::size_t{1});
        QVERIFY(stage_->services.git().commit(
            window().area().tabs().project(),
            {{vault::Role::configuration, {"functions/ping.yaml"}}}, {"Grace", "g@x.org"}, "Mend"));
        QCOMPARE(test::git(shop(), {"log", "-1", "--format=%an %s"}), std::string("Grace Mend\n"));
    }

    void it_goes_out_as_a_zip_but_has_no_receipts_to_sign() {
        window().transfers().open_folder(shop());
        settle();
        const fs::path to = folder_.path() / "out.zip";
        window().transfers().write(window().area().tabs().project(), ExportForm::zip, to, false);
        settle();
        QVERIFY(fs::exists(to));
        int ways = 0;
        for (const QAction* action : window().findChildren<QAction*>()) {
            if (action->text().contains(QStringLiteral("Signed project file"))) {
                QVERIFY(!action->isEnabled());
                ++ways;
            } else if (action->text().contains(QStringLiteral("as a &zip"))) {
                QVERIFY(action->isEnabled());
                ++ways;
            }
        }
        QCOMPARE(ways, 2);
    }

    void its_code_is_chosen_and_kept() {
        make_repository(folder_.path() / "functions", {{"README.md", "code\n"}});
        window().transfers().open_folder(shop());
        settle();
        window().area().folder_page().use_code(shop());
        settle();
        QVERIFY(window().area().tabs().project().code.empty());
        window().area().folder_page().use_code(folder_.path() / "functions");
        settle();
        const fs::path code = fs::canonical(folder_.path() / "functions");
        QCOMPARE(window().area().tabs().project().code, code);
        QCOMPARE(stage_->services.git().look(window().area().tabs().project())->size(),
                 std::size_t{2});
        window().show_start();
        settle();
        press(QStringLiteral("Open shop"));
        QCOMPARE(window().area().tabs().project().code, code);
    }

    void a_folder_that_comes_in_may_be_opened() {
        test::write(shop() / ".gitignore", ".env\n");
        test::write(shop() / ".env", "x");
        window().transfers().import(shop());
        settle();
        QVERIFY(window().message_bar().text().contains(
            QStringLiteral("Links and what git ignores are not in it: 1 file.")));
        press(QStringLiteral("Open it where it is"));
        QCOMPARE(window().area().tabs().project().configuration, fs::canonical(shop()));
        press(QStringLiteral("Take off the list"));
        QVERIFY(window().start_page().isVisible());
        QVERIFY(stage_->services.projects()->empty());
        QVERIFY(fs::exists(shop() / "config.yaml"));
    }

    void its_edits_come_before_taking_it_off_the_list() {
        window().transfers().open_folder(shop());
        settle();
        ConfigTab& tab = window().area().configuration();
        window().area().tabs().show_tab(&tab);
        settle();
        tab.select("config.yaml");
        tab.yaml().insertPlainText(QStringLiteral("# mine\n"));
        window().area().tabs().show_tab(&window().area().folder_page());
        press(QStringLiteral("Take off the list"));
        QVERIFY(window().message_bar().text().contains(
            QStringLiteral("1 file is not saved. Save it, or undo the edits, before taking it")));
        QCOMPARE(stage_->services.projects()->size(), std::size_t{1});
        tab.undo();
        press(QStringLiteral("Take off the list"));
        QVERIFY(window().start_page().isVisible());
        QVERIFY(!tab.has_workspace());
        QVERIFY(window().close());
    }

    void what_is_no_repository_is_told() {
        const fs::path plain = folder_.path() / "plain";
        test::write(plain / "config.yaml", config);
        window().transfers().open_folder(plain);
        settle();
        QVERIFY(window().message_bar().text().contains(QStringLiteral("is no git repository")));
        window().transfers().open_folder(folder_.path());
        settle();
        QVERIFY(window().message_bar().text().contains(QStringLiteral("no config.yaml")));
        QVERIFY(window().start_page().isVisible());
    }
};

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    Theme theme(application);
    TestOpenedFolder test;
    const int failed = QTest::qExec(&test, argc, argv);
    Job::wait_for_all();
    return failed;
}

#include "test_opened_folder.moc"
