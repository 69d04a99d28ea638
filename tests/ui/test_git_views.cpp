// What the window shows of a project's clones, over real repositories.
#include "core/git/repository.h"
#include "tests/ui/cloned_project.h"
#include "ui/common/job.h"
#include "ui/common/theme.h"
#include "ui/project/branch_bar.h"
#include "ui/project/changes_view.h"
#include "ui/project/diff_view.h"
#include "ui/project/history_view.h"

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QClipboard>
#include <QSignalSpy>

#include <atomic>
#include <thread>

using namespace tau;
using namespace tau::ui;
using test::Clone;
using test::contents;
using test::idle;
using test::numbered;
using test::patience_ms;
using test::show;
using test::words;
using test::write;
using Project = test::ClonedProject;
namespace fs = std::filesystem;

class TestGitViews : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void cleanup() { Job::wait_for_all(); }

    void changes_are_listed_chosen_and_committed() {
        Project p;
        p.services.settings = {{QStringLiteral("author/name"), QStringLiteral("Ada")},
                               {QStringLiteral("author/email"), QStringLiteral("ada@example.org")}};
        ChangesView view(p.services);
        QAbstractItemModelTester tester(&view.files(),
                                        QAbstractItemModelTester::FailureReportingMode::QtTest);
        // As ProjectTabs does.
        connect(&view, &ProjectTab::project_changed, &view, &ProjectTab::enter);
        show(view);
        view.show_project(p.project);
        QTRY_VERIFY(view.is_empty() && !view.busy());

        write(p.configuration.path / "config.yaml", "id: Qm\nname: garden\n");
        write(p.configuration.path / "websites/new.yaml", "id: 1\n");
        write(p.code.path / "ping/main.go", "package main\n");
        fs::remove(p.code.path / "functions/ping.yaml");
        view.enter();
        QTRY_COMPARE(view.files().file_count(), 4);
        ChangesModel& files = view.files();
        QCOMPARE(words(files), QStringLiteral("Configuration|2\nCode|2"));
        QCOMPARE(words(files, files.index(0, 0)),
                 QStringLiteral("config.yaml|changed\nwebsites/new.yaml|new"));
        QCOMPARE(words(files, files.index(1, 0)),
                 QStringLiteral("functions/ping.yaml|removed\nping/main.go|new"));
        QVERIFY(idle(view));
        QCOMPARE(view.diff().caption(), QStringLiteral("config.yaml")); // the first, at once
        QCOMPARE(view.diff().model().diff().added, std::size_t{1});
        view.list().setCurrentIndex(files.index_of(vault::Role::code, "ping/main.go"));
        QTRY_COMPARE(view.diff().caption(), QStringLiteral("ping/main.go"));

        QVERIFY(!view.commit_button().isEnabled()); // no message
        view.message().setPlainText(QStringLiteral("Rename to garden"));
        QVERIFY(view.commit_button().isEnabled());
        const QModelIndex left = files.index_of(vault::Role::configuration, "websites/new.yaml");
        QVERIFY(files.setData(left, Qt::Unchecked, Qt::CheckStateRole));
        QCOMPARE(files.index(0, 0).data(Qt::CheckStateRole).toInt(), int(Qt::PartiallyChecked));
        QCOMPARE(files.chosen_count(), 3);
        view.enter(); // what was left out stays so
        QVERIFY(idle(view));
        QCOMPARE(files.chosen_count(), 3);
        QVERIFY(QTest::qWaitForWindowActive(&view)); // else there are no shortcuts
        view.message().setFocus();
        QTest::keyClick(&view.message(), Qt::Key_Return, Qt::ControlModifier);
        QTRY_COMPARE(files.file_count(), 1);
        QVERIFY(idle(view));
        QVERIFY(view.message().toPlainText().isEmpty());
        for (const Clone* clone : {&p.configuration, &p.code}) {
            QCOMPARE(test::git(clone->path, {"log", "-1", "--format=%s"}),
                     std::string("Rename to garden\n"));
            QCOMPARE(clone->problem(), std::string());
        }
        QCOMPARE(test::git(p.configuration.path, {"status", "--porcelain", "-uall"}),
                 std::string("?? websites/new.yaml\n"));
    }

    void by_keyboard() {
        Project p;
        write(p.configuration.path / "config.yaml", "id: 1\n");
        write(p.configuration.path / "other.yaml", "id: 2\n");
        ChangesView view(p.services);
        show(view);
        QVERIFY(QTest::qWaitForWindowActive(&view));
        view.show_project(p.project);
        QTRY_COMPARE(view.files().file_count(), 2);
        QVERIFY(idle(view));
        view.first_input()->setFocus();
        QTest::keyClick(&view.list(), Qt::Key_Down);
        QTRY_COMPARE(view.diff().caption(), QStringLiteral("other.yaml"));
        QTest::keyClick(&view.list(), Qt::Key_Space);
        QCOMPARE(view.files().chosen_count(), 1);
        QTest::keyClick(&view.list(), Qt::Key_Tab);
        QVERIFY(QApplication::focusWidget() != &view.list());
    }

    void what_git_refuses_is_said() {
        Project p;
        write(p.configuration.path / "config.yaml", "<<<<<<< a\nid: 1\n=======\n>>>>>>> b\n");
        test::git(p.configuration.path, {"config", "user.name", "Ada"});
        test::git(p.configuration.path, {"config", "user.email", "ada@example.org"});
        ChangesView view(p.services);
        connect(&view, &ProjectTab::project_changed, &view, &ProjectTab::enter);
        show(view);
        view.show_project(p.project);
        QTRY_COMPARE(view.files().file_count(), 1);
        QVERIFY(idle(view));
        view.message().setPlainText(QStringLiteral("x"));
        QTRY_VERIFY(view.commit_button().isEnabled());
        view.commit();
        QTRY_VERIFY(view.error().isVisible());
        QVERIFY(idle(view)); // it looks again, and the reason stays
        QVERIFY(view.error().isVisible());
        QVERIFY(view.error().sentence().contains(QStringLiteral("conflict markers")));
        QVERIFY(!view.message().toPlainText().isEmpty()); // nothing typed is lost
    }

    void nobody_commits_without_an_author() {
        Project p;
        write(p.configuration.path / "config.yaml", "id: 1\n");
        ChangesView view(p.services);
        show(view);
        view.show_project(p.project);
        QTRY_COMPARE(view.files().file_count(), 1);
        view.message().setPlainText(QStringLiteral("x"));
        Job::wait_for_all();
        QVERIFY(idle(view));
        QVERIFY(!view.commit_button().isEnabled());
        QCOMPARE(view.commit_sentence(), QStringLiteral("An author is missing."));
        test::git(p.configuration.path, {"config", "user.name", "Grace"});
        test::git(p.configuration.path, {"config", "user.email", "grace@example.org"});
        view.show_project(p.project);
        QTRY_COMPARE(QString::fromStdString(view.author().author().name), QStringLiteral("Grace"));
        QTRY_COMPARE(view.files().file_count(), 1);
        view.message().setPlainText(QStringLiteral("x"));
        view.commit();
        QTRY_VERIFY(view.message().toPlainText().isEmpty());
        QCOMPARE(test::git(p.configuration.path, {"log", "-1", "--format=%an <%ae>"}),
                 std::string("Grace <grace@example.org>\n"));
    }

    void a_change_of_mode_is_told() {
        Project p;
        fs::permissions(p.configuration.path / "config.yaml", fs::perms::owner_all);
        ChangesView view(p.services);
        show(view);
        view.show_project(p.project);
        QTRY_COMPARE(view.diff().sentence(),
                     QStringLiteral("Only its mode changed: 100644 to 100755."));
    }

    void a_submodule_that_moved_is_named() {
        Project p;
        ChangesView view(p.services);
        show(view);
        view.show_project(p.project);
        QTRY_VERIFY(view.is_empty() && !view.busy());
        QVERIFY(view.submodules_sentence().isEmpty());
        test::git(p.code.path, {"-c", "protocol.file.allow=always", "submodule", "--quiet", "add",
                                p.configuration.path.string(), "vendor/lib"});
        p.code.commit("Library");
        test::git(p.code.path / "vendor/lib", {"commit", "-q", "--allow-empty", "-m", "Another"});
        view.enter();
        QTRY_VERIFY(view.submodules_sentence().contains(QStringLiteral("vendor/lib (Code)")));
        QVERIFY(view.is_empty());
    }

    void differences_in_both_layouts() {
        DiffModel model;
        QAbstractItemModelTester tester(&model,
                                        QAbstractItemModelTester::FailureReportingMode::QtTest);
        const auto diff = git::diff_texts("a", "a\nb\nc\n", "a\nB\nB2\nc");
        QVERIFY(diff.has_value());
        model.set_diff(*diff);
        QCOMPARE(words(model), QStringLiteral("||Lines 1 to 3 → 1 to 4\n1|1|  a\n2||− b\n3||− c\n"
                                              "|2|+ B\n|3|+ B2\n|4|+ c  (no line end)"));
        model.set_layout(DiffModel::Layout::side_by_side);
        QCOMPARE(words(model),
                 QStringLiteral("|Lines 1 to 3 → 1 to 4||\n1|  a|1|  a\n2|− b|2|+ B\n3|− c|3|+ "
                                "B2\n|||4|+ c  (no line end)")
                     .replace(QStringLiteral("|||4|"), QStringLiteral("||4|")));
        QCOMPARE(model.patch_text({1, 2}), QStringLiteral(" a\n-b\n+B"));
        for (const auto& [before, after, head] :
             {std::tuple("", "a\nb\n", "New: lines 1 to 2"), {"a\n", "", "Gone: lines 1 to 1"}}) {
            model.set_diff(git::diff_texts("a", before, after).value());
            QCOMPARE(model.index(0, 1).data().toString(), QString::fromLatin1(head));
        }
        model.set_diff(*diff);
        QVERIFY(model.index(2, 1)
                    .data(Qt::AccessibleTextRole)
                    .toString()
                    .contains(QStringLiteral("was: b; is: B")));
    }

    void history_in_pages_with_files_and_differences() {
        Project p;
        constexpr int more = 205;
        for (int i = 0; i < more; ++i) {
            test::git(p.configuration.path,
                      {"commit", "-q", "--allow-empty", "-m", "Empty " + std::to_string(i)});
        }
        write(p.configuration.path / "config.yaml", "id: Qm\nname: garden\n");
        const std::string id = p.configuration.commit("Rename\n\nBecause it is one.");
        HistoryView view(p.services);
        QAbstractItemModelTester tester(&view.commits(),
                                        QAbstractItemModelTester::FailureReportingMode::QtTest);
        show(view);
        view.show_project(p.project);
        QTRY_COMPARE(view.diff().caption(), QStringLiteral("config.yaml"));
        QCOMPARE(view.commits().rowCount(), 200);
        QCOMPARE(view.commits().at(0).id, id);
        QVERIFY(view.message().contains(QStringLiteral("Because it is one.")));
        QCOMPARE(view.files().count(), 1);
        view.commits().fetchMore({});
        QTRY_COMPARE(view.commits().rowCount(), more + 2);
        QVERIFY(!view.commits().canFetchMore({}));
        view.list().selectRow(more + 1);
        QTRY_COMPARE(view.files().count(), 2); // the first commit
        view.sides().setCurrentIndex(1);
        Q_EMIT view.sides().activated(1);
        QTRY_COMPARE(view.commits().rowCount(), 1);
    }

    void the_history_of_another_branch() {
        Project p;
        const std::string begin = p.configuration.head();
        test::git(p.configuration.path, {"checkout", "-q", "-b", "feature"});
        write(p.configuration.path / "feature.yaml", "id: feature\n");
        const std::string feature = p.configuration.commit("Feature");
        write(p.configuration.path / "theirs.yaml", "id: theirs\n");
        const std::string theirs = p.configuration.commit("Theirs");
        test::git(p.configuration.path, {"update-ref", "refs/remotes/origin/main", theirs});
        test::git(p.configuration.path, {"reset", "-q", "--hard", feature});
        test::git(p.configuration.path, {"checkout", "-q", "main"});
        HistoryView view(p.services);
        show(view);
        view.show_project(p.project);
        BranchChoice& branches = view.branches();
        QTRY_COMPARE(branches.count(), 3);
        QCOMPARE(branches.currentText(), QStringLiteral("main (checked out)"));
        QVERIFY(idle(view));
        QCOMPARE(view.commits().at(0).id, begin);
        QCOMPARE(branches.itemData(2).toString(), QStringLiteral("origin/main"));
        branches.setFocus();
        QTest::keyClick(&branches, Qt::Key_Down);
        QTRY_COMPARE(view.commits().rowCount(), 2);
        QCOMPARE(view.commits().at(0).id, feature);
        QTest::keyClick(&branches, Qt::Key_Down);
        QTRY_COMPARE(view.commits().rowCount(), 3);
        QCOMPARE(view.commits().at(0).id, theirs);
        view.enter(); // what was chosen stays so
        QVERIFY(idle(view));
        QCOMPARE(view.commits().rowCount(), 3);
        test::git(p.configuration.path, {"update-ref", "-d", "refs/remotes/origin/main"});
        view.enter(); // unless it is gone
        QTRY_COMPARE(view.commits().rowCount(), 1);
        QVERIFY(idle(view));
        QVERIFY(branches.branch().empty());
        QCOMPARE(test::git(p.configuration.path, {"branch", "--show-current"}),
                 std::string("main\n"));
    }

    void branches_without_a_network() {
        Project p;
        BranchBar bar(p.services);
        show(bar);
        bar.show_project(p.project);
        QTRY_COMPARE(bar.branch(), QStringLiteral("main"));
        QVERIFY(bar.standing().contains(QStringLiteral("not pushed yet")));
        bar.create(QStringLiteral("dev"));
        QTRY_COMPARE(bar.branch(), QStringLiteral("dev"));
        write(p.code.path / "config.yaml", "id: dev\n");
        p.code.commit("Dev");
        write(p.code.path / "config.yaml", "id: mine\n");
        QVERIFY(idle(bar));
        bar.switch_to(QStringLiteral("main"));
        QTRY_VERIFY(bar.error().isVisible());
        QVERIFY(bar.error().sentence().contains(QStringLiteral("config.yaml")));
        QVERIFY(idle(bar));
        QCOMPARE(bar.branch(), QStringLiteral("dev"));
        QCOMPARE(contents(p.code.path / "config.yaml"), std::string("id: mine\n"));
        bar.pull(); // nobody there
        QTRY_VERIFY(bar.error().sentence().contains(QStringLiteral("cannot be reached")));
        QVERIFY(idle(bar));
        QVERIFY(bar.pull_button().isEnabled());
        QCOMPARE(bar.branches(), (QStringList{QStringLiteral("dev"), QStringLiteral("main")}));
    }

    void work_goes_on_while_another_project_is_open() {
        Project p;
        Project garden;
        garden.project.project_id = "Qn";
        garden.project.name = "garden";
        std::atomic<bool> answers = false;
        std::atomic<bool> stopped = false;
        p.services.reach = [&](const flow::LocalProject&, vault::Role, std::stop_token stop) {
            while (!answers && !stop.stop_requested()) {
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
            }
            stopped = stop.stop_requested();
            return Result<git::Remote>(fail(ErrorCode::unavailable, "It cannot be reached."));
        };
        BranchBar bar(p.services);
        QSignalSpy done(&bar, &BranchBar::done_elsewhere);
        std::string failure;
        connect(&bar, &BranchBar::failed_elsewhere, &bar,
                [&](const Error& error) { failure = error.message; });
        show(bar);
        bar.show_project(p.project);
        QTRY_VERIFY(bar.push_button().isEnabled());
        bar.push();
        bar.show_project(p.project); // the same one
        QCOMPARE(bar.standing(), QStringLiteral("Pushing…"));
        bar.show_project(garden.project);
        QCOMPARE(bar.standing(), QStringLiteral("shop: Pushing…"));
        QVERIFY(!bar.push_button().isEnabled()); // one thing at a time
        answers = true;
        QTRY_COMPARE(failure, std::string("shop: Configuration: It cannot be reached."));
        QVERIFY(!stopped);
        QVERIFY(!bar.error().isVisible());
        QVERIFY(idle(bar));
        QVERIFY(bar.standing().contains(QStringLiteral("not pushed yet"))); // garden

        bar.create(QStringLiteral("dev"));
        bar.show_project(p.project);
        QTRY_COMPARE(done.count(), 1);
        QCOMPARE(done[0][0].toString(), QStringLiteral("garden: Created dev."));
        QVERIFY(idle(bar));
        QCOMPARE(bar.branch(), QStringLiteral("main"));
        bar.push();
        QTRY_VERIFY(bar.error().isVisible());
        bar.show_project(p.project); // what is said of it stays said
        QVERIFY(bar.error().isVisible());
        bar.show_project(garden.project);
        QVERIFY(!bar.error().isVisible());
        QVERIFY(idle(bar));
    }

    void there_is_nothing_to_push_without_a_branch_or_a_commit() {
        Project p;
        test::git(p.configuration.path, {"checkout", "-q", "--detach"});
        test::git(p.code.path, {"checkout", "-q", "--orphan", "unborn"});
        BranchBar bar(p.services);
        show(bar);
        bar.show_project(p.project);
        QTRY_VERIFY(bar.standing().contains(QStringLiteral("on no branch")));
        QVERIFY(bar.standing().contains(QStringLiteral("no commit yet")));
        QVERIFY(!bar.push_button().isEnabled());
        test::git(p.configuration.path, {"checkout", "-q", "main"});
        bar.refresh();
        QTRY_VERIFY(bar.push_button().isEnabled());
    }

    void changes_are_discarded_after_a_question_and_come_back() {
        Project p;
        ChangesView view(p.services);
        connect(&view, &ProjectTab::project_changed, &view, &ProjectTab::enter);
        show(view);
        write(p.configuration.path / "config.yaml", "id: mine\n");
        write(p.configuration.path / "new.yaml", "id: new\n");
        write(p.code.path / "config.yaml", "id: code\n");
        view.show_project(p.project);
        QTRY_COMPARE(view.files().file_count(), 3);
        QVERIFY(idle(view));
        const auto press = [&view](const char* text) {
            for (QPushButton* button : view.messages().findChildren<QPushButton*>()) {
                if (button->isVisible() && button->text() == QString::fromUtf8(text)) {
                    button->click();
                    return true;
                }
            }
            return false;
        };
        view.list().setCurrentIndex(
            view.files().index_of(vault::Role::configuration, "config.yaml"));
        view.list().setFocus();
        QTest::keyClick(&view.list(), Qt::Key_Delete);
        QVERIFY(view.messages().text().contains(QStringLiteral("Discard the changes of config")));
        QVERIFY(press("Keep"));
        QCOMPARE(contents(p.configuration.path / "config.yaml"), std::string("id: mine\n"));
        view.ask_discard(false);
        QVERIFY(press("Discard"));
        QTRY_COMPARE(view.files().file_count(), 2);
        QCOMPARE(contents(p.configuration.path / "config.yaml"),
                 std::string("id: Qm\nname: shop\n"));
        QVERIFY(press("Bring it back"));
        QTRY_COMPARE(view.files().file_count(), 3);
        QCOMPARE(contents(p.configuration.path / "config.yaml"), std::string("id: mine\n"));

        QVERIFY(idle(view));
        view.ask_discard(true);
        QVERIFY(view.messages().text().contains(QStringLiteral("all 3 files, in both clones")));
        QVERIFY(press("Discard"));
        QTRY_VERIFY(view.is_empty());
        QVERIFY(!fs::exists(p.configuration.path / "new.yaml"));
        QVERIFY(press("Bring it back"));
        QTRY_COMPARE(view.files().file_count(), 3);
        QCOMPARE(contents(p.code.path / "config.yaml"), std::string("id: code\n"));
    }

    void a_long_path_gives_up_its_middle() {
        DiffView view;
        const std::string path = "applications/orders/functions/" + std::string(60, 'x') + ".yaml";
        view.show_diff(git::diff_texts(path, "a: 1\n", "a: 2\n"));
        view.resize(500, 300);
        view.show();
        QCoreApplication::processEvents();
        QCOMPARE(view.caption(), QString::fromStdString(path));
        QVERIFY(view.caption_label().shown().size() < view.caption().size());
        QVERIFY(view.caption_label().shown().endsWith(QStringLiteral(".yaml")));
        QCOMPARE(view.caption_label().toolTip(), view.caption());
    }
};

int main(int argc, char** argv) {
    qputenv("HOME", "/nonexistent"); // no author from there
    qunsetenv("XDG_CONFIG_HOME");
    QApplication application(argc, argv);
    Theme theme(application);
    TestGitViews tests;
    return QTest::qExec(&tests, argc, argv);
}

#include "test_git_views.moc"
