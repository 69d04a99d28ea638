// Every page of the window, over services in memory: what is shown, whether it fits, and whether
// keyboard and screen reader reach it.
#include "core/git/merge.h"
#include "tests/support/git_cli.h"
#include "tests/ui/window_stage.h"
#include "ui/common/job.h"
#include "ui/common/theme.h"
#include "ui/project/branch_bar.h"
#include "ui/project/changes_view.h"
#include "ui/project/config_tab.h"
#include "ui/project/history_view.h"
#include "ui/project/merge_view.h"
#include "ui/project/project_tabs.h"
#include "ui/shell/main_window.h"
#include "ui/shell/project_area.h"
#include "ui/shell/project_page.h"
#include "ui/shell/resume_page.h"
#include "ui/shell/start_page.h"
#include "ui/vaults/vaults_page.h"
#include "ui/wizard/wizard.h"

#include <QApplication>
#include <QDir>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QPushButton>
#include <QTest>

#include <ctime>

using namespace tau;
using namespace tau::ui;
using test::check;
using test::SampleServices;
using test::settle;
using Stage = test::WindowStage;

class TestPages : public QObject {
    Q_OBJECT

    /// What the start page and the status bar say of the network.
    static QString said_of_network(const MainWindow& window) {
        QString said;
        for (const QLabel* label : window.findChildren<QLabel*>()) {
            if (label->text().startsWith(QStringLiteral("Local network"))) {
                said += label->text() + QLatin1Char('|');
            }
        }
        return said;
    }

    static bool type_name(MainWindow& window, const QString& name) {
        auto* edit = qobject_cast<QLineEdit*>(QApplication::focusWidget());
        if (edit == nullptr) {
            return false;
        }
        QTest::keyClicks(edit, name);
        const WizardModel& model = window.wizard()->model();
        return QTest::qWaitFor([&model] { return !model.checking(); });
    }

    static bool wait_until_idle(const FlowView& view) {
        const bool idle = QTest::qWaitFor([&view] { return !view.busy(); });
        Job::wait_for_all();
        settle();
        return idle;
    }

private Q_SLOTS:
    void initTestCase() { QVERIFY(protect_process()); }

    void start_empty() {
        Stage stage([](SampleServices& s) { s.settings.erase(QStringLiteral("networks")); });
        check(*stage.window, QStringLiteral("start-empty"));
    }

    void start_with_projects() {
        Stage stage([](SampleServices& s) {
            const std::int64_t now = std::time(nullptr);
            s.project_list = {
                {"QmX4dW8yG2bQ1sample", "shop", now - 600, "/c", "/d", "/e"},
                {"QmA9kL2mN5pR7sample", "garden_club", now - 90000, "/c", "/d", "/e"}};
            s.unfinished_list = {{"1", "Create project blog", now - 4000, 5, 12,
                                  "The git host cannot be reached: connection refused."}};
        });
        check(*stage.window, QStringLiteral("start"));
    }

    void vaults_are_counted_once_they_are_known() {
        Stage stage([](SampleServices& s) {
            s.settings[QStringLiteral("networks")] =
                QStringList{QStringLiteral("/networks/directory.yaml")};
            s.sample_list.table = vault::table_of(test::sample_network().nodes, std::time(nullptr));
            s.sample_list.total = 1'000'000;
        });
        Job::wait_for_all();
        settle();
        QCOMPARE(said_of_network(*stage.window), QStringLiteral("Local network|Local network|"));
        stage.window->show_vaults();
        Job::wait_for_all();
        settle();
        const QString said = said_of_network(*stage.window);
        const QString count = QLocale().toString(1'000'000);
        for (const QString& one : {QStringLiteral("Local network: %1 vaults"),
                                   QStringLiteral("Local network, %1 vaults")}) {
            QVERIFY2(said.contains(one.arg(count)), qPrintable(said));
        }
    }

    void wizard_pages() {
        Stage stage([](SampleServices& s) {
            s.settings[QStringLiteral("networks")] =
                QStringList{QStringLiteral("/networks/refused.yaml")};
        });
        MainWindow& window = *stage.window;
        window.new_project();
        Job::wait_for_all();
        settle();
        check(window, QStringLiteral("wizard-1-empty"));
        QVERIFY(type_name(window, QStringLiteral("shop-x")));
        check(window, QStringLiteral("wizard-1-wrong"));
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Backspace);
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Backspace);
        QVERIFY(type_name(window, {}));
        check(window, QStringLiteral("wizard-1-project"));
        for (const char* name : {"wizard-2-repositories", "wizard-3-vault", "wizard-4-review"}) {
            window.wizard()->next();
            Job::wait_for_all();
            settle();
            check(window, QString::fromLatin1(name));
        }
        stage.services.fail_step = 7;
        window.wizard()->next();
        FlowView& view = window.wizard()->flow_view();
        QVERIFY(wait_until_idle(view));
        check(window, QStringLiteral("wizard-5-failed"));
        view.ask_undo();
        settle();
        check(window, QStringLiteral("wizard-5-undo"));
        view.run();
        QVERIFY(wait_until_idle(view));
        check(window, QStringLiteral("wizard-5-done"));
    }

    void vaults() {
        Stage stage;
        stage.window->show_vaults();
        Job::wait_for_all();
        settle();
        check(*stage.window, QStringLiteral("vaults"));
        VaultBrowser& browser = stage.window->vaults_page()->browser();
        Wishes wishes = browser.wishes();
        wishes.filter.regions = {1, 2, 6};
        wishes.filter.min_reputation = 0.99;
        wishes.filter.eligible_only = true;
        browser.set_wishes(wishes);
        settle();
        check(*stage.window, QStringLiteral("vaults-filtered"));
        for (int i = 0; i < 3 && i < browser.rows().rowCount(); ++i) {
            browser.pick(browser.rows().node_at(i));
            Q_EMIT browser.panel().compare_wanted(true);
        }
        browser.show_comparison(true);
        settle();
        check(*stage.window, QStringLiteral("vaults-compared"));
        browser.show_comparison(false);
        wishes.filter.min_slots = 1e6;
        browser.set_wishes(wishes);
        settle();
        check(*stage.window, QStringLiteral("vaults-none"));
    }

    void running() {
        Stage stage([](SampleServices& s) { s.step_time = std::chrono::hours(1); });
        MainWindow& window = *stage.window;
        window.resume(QStringLiteral("1"), false);
        FlowView& view = window.resume_page().flow_view();
        QTRY_VERIFY(view.busy());
        check(window, QStringLiteral("running"));
        view.cancel();
        QVERIFY(wait_until_idle(view));
        check(window, QStringLiteral("cancelled"));
    }

    void a_draft_that_is_left_is_kept() {
        Stage stage;
        MainWindow& window = *stage.window;
        window.new_project();
        Job::wait_for_all();
        settle();
        QVERIFY(type_name(window, QStringLiteral("shop")));
        Q_EMIT window.wizard()->cancelled();
        settle();
        QVERIFY(window.message_bar().text().contains(QStringLiteral("set aside")));
        check(window, QStringLiteral("set-aside"));
        window.new_project();
        settle();
        QCOMPARE(window.wizard()->model().draft().name, std::string("shop"));
        Q_EMIT window.wizard()->cancelled();
        settle();
        QPushButton* throw_away = nullptr;
        for (QPushButton* button : window.message_bar().findChildren<QPushButton*>()) {
            if (button->text() == QStringLiteral("Throw it away")) {
                throw_away = button;
            }
        }
        QVERIFY(throw_away != nullptr);
        throw_away->click();
        QVERIFY(window.wizard() == nullptr);
    }

    void closing_stops_work_at_a_safe_point() {
        Stage stage([](SampleServices& s) { s.step_time = std::chrono::hours(1); });
        MainWindow& window = *stage.window;
        window.resume(QStringLiteral("1"), false);
        QTRY_VERIFY(window.resume_page().flow_view().busy());
        QVERIFY(!window.close());
        settle();
        check(window, QStringLiteral("closing"));
        QPushButton* stop = nullptr;
        for (QPushButton* button : window.message_bar().findChildren<QPushButton*>()) {
            if (button->text() == QStringLiteral("Stop and close")) {
                stop = button;
            }
        }
        QVERIFY(stop != nullptr);
        stop->click();
        QTRY_VERIFY(!window.isVisible());
        QVERIFY(!window.resume_page().flow_view().busy());
    }

    void locked_keys() {
        Stage stage([](SampleServices& s) { s.secrets = SecretsState::needs_new_passphrase; });
        stage.window->resume(QStringLiteral("1"), false);
        Job::wait_for_all();
        settle();
        check(*stage.window, QStringLiteral("unlock"));
    }

    void imported_project() {
        Stage stage;
        stage.window->open_project({"QmX", "shop", std::time(nullptr), {}, {}, "/e"});
        Job::wait_for_all();
        settle();
        check(*stage.window, QStringLiteral("project-imported"));
        stage.window->area().tabs().show_tab(&stage.window->area().changes());
        settle();
        check(*stage.window, QStringLiteral("changes-no-clone"));
    }

    void what_git_has_of_a_project() {
        const test::Clone configuration;
        const test::Clone code;
        test::git(configuration.path, {"config", "user.name", "Ada Lovelace"});
        test::git(configuration.path,
                  {"config", "user.email", "a.very.long.address@the.office.example.org"});
        Stage stage;
        MainWindow& window = *stage.window;
        window.open_project(
            {"QmX", "shop", std::time(nullptr), configuration.path, code.path, "/e"});
        const auto show = [&](ProjectTab& tab, const QString& name) {
            window.area().tabs().show_tab(&tab);
            for (int turn = 0; turn < 4; ++turn) { // one answer asks the next question
                Job::wait_for_all();
                settle();
            }
            check(window, name);
        };
        show(window.area().changes(), QStringLiteral("changes-none"));
        test::write(configuration.path / "config.yaml", "id: Qm\nname: garden\nnotification:\n"
                                                        "    email: me@example.org\n");
        test::write(configuration.path / "functions/ping.yaml",
                    test::numbered(30, {{4, "timeout: 20s"}, {25, "memory: 10MB"}}));
        test::write(configuration.path / "websites/shop.yaml", "id: QmShop\nname: shop\n");
        test::write(code.path / "functions/ping/main.go", "package main\n");
        stage.window->area().tabs().refresh();
        test::write(code.path / "functions/ping/.taubyte/config.yaml", "version: 1.00\n");
        ConfigTab& configuration_tab = window.area().configuration();
        window.area().tabs().show_tab(&configuration_tab);
        QTRY_VERIFY(!configuration_tab.busy());
        configuration_tab.select("functions/ping.yaml");
        configuration_tab.show_code(true);
        QTRY_VERIFY(!configuration_tab.busy());
        settle();
        // Alt+L is the file's, and not Pull's above it.
        QCOMPARE(test::ambiguous_keys(window).filter(QStringLiteral("Fi&le")), QStringList());
        show(window.area().history(), QStringLiteral("history"));
        show(window.area().changes(), QStringLiteral("changes"));
        ChangesView& changes = window.area().changes();
        changes.list().setCurrentIndex(
            changes.files().index_of(vault::Role::configuration, "functions/ping.yaml"));
        changes.diff().set_layout(DiffModel::Layout::side_by_side);
        changes.message().setPlainText(QStringLiteral("Rename the shop to garden"));
        show(changes, QStringLiteral("changes-side-by-side"));
        window.area().branch_bar().pull();
        show(changes, QStringLiteral("changes-offline"));
    }

    void both_sides_changed() {
        const test::Clone configuration;
        const auto& path = configuration.path;
        test::git(path, {"checkout", "-q", "-b", "theirs"});
        test::write(path / "config.yaml", "id: Qm\nname: garden\n");
        test::write(path / "functions/ping.yaml", test::numbered(30, {{28, "theirs"}}));
        test::write(path / "websites/shop.yaml", "id: QmShop\n");
        const std::string theirs = configuration.commit("Theirs");
        test::git(path, {"checkout", "-q", "main"});
        test::git(path, {"update-ref", "refs/remotes/origin/main", theirs});
        test::write(path / "config.yaml", "id: Qm\nname: plants\n");
        configuration.commit("Mine");
        auto plan = git::plan_merge(path, [](const auto&, const auto&) { return true; });
        QVERIFY(plan.has_value());
        Stage stage;
        MainWindow& window = *stage.window;
        window.open_project({"QmX", "shop", std::time(nullptr), path, {}, "/e"});
        flow::Pulled pulled{vault::Role::configuration, {}, std::move(*plan)};
        Q_EMIT window.area().branch_bar().merge_wanted({pulled});
        for (int turn = 0; turn < 4; ++turn) {
            Job::wait_for_all();
            settle();
        }
        check(window, QStringLiteral("merge"));
        window.area().merge().take(git::MergeChoice::Take::text);
        settle();
        check(window, QStringLiteral("merge-edited"));
    }

    void project_page() {
        const test::Clone configuration;
        const test::Clone code;
        Stage stage([&](SampleServices& s) {
            s.project_list = {
                {"QmX", "shop", std::time(nullptr), configuration.path, code.path, "/e"}};
        });
        stage.window->open_project(stage.services.project_list.front());
        Job::wait_for_all();
        settle();
        check(*stage.window, QStringLiteral("project"));
        stage.window->area().overview().verify();
        Job::wait_for_all();
        settle();
        check(*stage.window, QStringLiteral("project-verified"));
    }
};

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    Theme theme(application);
    TestPages tests;
    return QTest::qExec(&tests, argc, argv);
}

#include "test_pages.moc"
