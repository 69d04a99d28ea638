// What the window shows of a project's clones, over real repositories and a real git host.
#include "core/forge/local.h"
#include "core/git/repository.h"
#include "tests/support/git_cli.h"
#include "tests/support/localnet.h"
#include "tests/ui/sample_services.h"
#include "ui/common/job.h"
#include "ui/common/theme.h"
#include "ui/project/branch_bar.h"
#include "ui/project/changes_view.h"
#include "ui/project/history_view.h"
#include "ui/project/merge_view.h"
#include "ui/project/project_tabs.h"
#include "ui/shell/main_window.h"
#include "ui/shell/project_area.h"

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QClipboard>
#include <QSignalSpy>
#include <QTest>

using namespace tau;
using namespace tau::ui;
using test::Clone;
using test::contents;
using test::numbered;
using test::SampleServices;
using test::write;
namespace fs = std::filesystem;

namespace {

constexpr int patience_ms = 30000;

/// A project with two real clones and the services over them.
struct Project {
    Clone configuration, code;
    SampleServices services;
    flow::LocalProject project{"Qm", "shop", 0, configuration.path, code.path, {}};
};

QString words(const QAbstractItemModel& model, const QModelIndex& parent = {}) {
    QStringList all;
    for (int row = 0; row < model.rowCount(parent); ++row) {
        QStringList line;
        for (int column = 0; column < model.columnCount(parent); ++column) {
            line << model.index(row, column, parent).data().toString();
        }
        all << line.join(QLatin1Char('|'));
    }
    return all.join(QLatin1Char('\n'));
}

template <typename View>
bool idle(const View& view) {
    return QTest::qWaitFor([&view] { return !view.busy(); }, patience_ms);
}

template <typename View>
void show(View& view) {
    view.resize(1000, 700);
    view.show();
    view.activateWindow();
}

} // namespace

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
        ChangesView view(p.services);
        connect(&view, &ProjectTab::project_changed, &view, &ProjectTab::enter);
        show(view);
        view.show_project(p.project);
        QTRY_COMPARE(view.files().file_count(), 1);
        view.message().setPlainText(QStringLiteral("x"));
        view.commit();
        QTRY_VERIFY(view.error().isVisible());
        QVERIFY(idle(view)); // it looks again, and the reason stays
        QVERIFY(view.error().isVisible());
        QVERIFY(view.error().sentence().contains(QStringLiteral("conflict markers")));
        QVERIFY(!view.message().toPlainText().isEmpty()); // nothing typed is lost
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

    void a_merge_that_ends_half_way_leaves_one_thing_to_do() {
        Project p;
        std::vector<flow::Pulled> pulled;
        for (Clone* clone : {&p.configuration, &p.code}) {
            const std::string base = clone->head();
            write(clone->path / "theirs.yaml", "id: theirs\n");
            const std::string theirs = clone->commit("Theirs");
            test::git(clone->path, {"update-ref", "refs/remotes/origin/main", theirs});
            test::git(clone->path, {"reset", "-q", "--hard", base});
            write(clone->path / "mine.yaml", "id: mine\n");
            clone->commit("Mine");
            const auto plan = git::plan_merge(clone->path, {});
            QVERIFY(plan.has_value());
            pulled.push_back({clone == &p.code ? vault::Role::code : vault::Role::configuration,
                              git::compare_with_remote(clone->path).value(), *plan});
        }
        p.services.settings[QStringLiteral("author/name")] = QStringLiteral("Ada");
        p.services.settings[QStringLiteral("author/email")] = QStringLiteral("ada@example.org");
        MergeView merge(p.services);
        show(merge);
        merge.show_merge(p.project, pulled);
        QCOMPARE(merge.files().rowCount(), 4);
        QVERIFY(idle(merge));
        write(p.code.path / "theirs.yaml", "id: in the way\n");
        QSignalSpy closed(&merge, &MergeView::closed);
        QSignalSpy changed(&merge, &ProjectTab::project_changed);
        QTRY_VERIFY(merge.merge_button().isEnabled());
        merge.merge();
        QTRY_VERIFY(merge.error().isVisible());
        QVERIFY(merge.error().sentence().contains(QStringLiteral("Code: ")));
        QCOMPARE(closed.count(), 0);
        QCOMPARE(changed.count(), 1); // the configuration is merged
        QCOMPARE(git::compare_with_remote(p.configuration.path)->behind, std::size_t{0});
        QCOMPARE(merge.files().rowCount(), 2);
        QCOMPARE(merge.files().role_at(0), vault::Role::code);
        fs::remove(p.code.path / "theirs.yaml");
        QVERIFY(idle(merge));
        merge.merge();
        QTRY_COMPARE(closed.count(), 1);
        QCOMPARE(git::compare_with_remote(p.code.path)->behind, std::size_t{0});
        QCOMPARE(contents(p.code.path / "theirs.yaml"), std::string("id: theirs\n"));
    }

    void a_merged_text_keeps_what_was_not_typed();
    void a_long_path_gives_up_its_middle();
    void push_pull_and_merge_with_a_real_host();
};

namespace {

/// Two repositories at a real git host, and a project whose clones push there.
struct Hosted {
    test::TemporaryDirectory folder;
    test::Localnet localnet{folder.path() / "net"};
    std::unique_ptr<forge::Forge> forge = forge::open_local_forge(localnet.git_host()).value();
    std::array<forge::Repository, 2> repositories;

    Hosted() {
        const std::string login = forge->who_am_i({}).value().login;
        for (std::size_t i = 0; i < 2; ++i) {
            repositories[i] =
                forge->create_repository({login, "tb_" + std::to_string(i), "", "main", true}, {})
                    .value();
        }
    }
    git::Remote remote(vault::Role role) {
        return forge->push_remote(repositories[role == vault::Role::configuration ? 0 : 1], {})
            .value();
    }
};

} // namespace

void TestGitViews::push_pull_and_merge_with_a_real_host() {
    Hosted hosted;
    Project p;
    p.services.reach = [&](const flow::LocalProject&, vault::Role role, std::stop_token) {
        return Result<git::Remote>(hosted.remote(role));
    };
    p.services.settings[QStringLiteral("author/name")] = QStringLiteral("Ada");
    p.services.settings[QStringLiteral("author/email")] = QStringLiteral("ada@example.org");
    MainWindow window(p.services);
    window.show();
    window.open_project(p.project);
    BranchBar& bar = window.area().branch_bar();
    QTRY_VERIFY_WITH_TIMEOUT(bar.push_button().isEnabled(), patience_ms);
    bar.push();
    QTRY_VERIFY_WITH_TIMEOUT(idle(bar) && !bar.push_button().isEnabled(), patience_ms);
    QVERIFY2(!bar.error().isVisible(), qPrintable(bar.error().sentence()));
    QVERIFY(bar.standing().contains(QStringLiteral("last pull")));

    // Somebody else works on the same file.
    const fs::path other = hosted.folder.path() / "other";
    QVERIFY(git::clone(other, hosted.remote(vault::Role::configuration), {}).has_value());
    write(other / "config.yaml", "id: Qm\nname: theirs\n");
    write(other / "theirs.yaml", "a: 1\n");
    const git::Author eve{"Eve", "eve@example.org"};
    QVERIFY(git::commit_files(other, {"config.yaml", "theirs.yaml"}, eve, "Theirs").has_value());
    QVERIFY(
        git::push_branch(other, hosted.remote(vault::Role::configuration), "main", {}).has_value());
    write(p.configuration.path / "config.yaml", "id: Qm\nname: mine\n");
    p.configuration.commit("Mine");

    bar.pull();
    MergeView& merge = window.area().merge();
    QAbstractItemModelTester tester(&merge.files(),
                                    QAbstractItemModelTester::FailureReportingMode::QtTest);
    QTRY_COMPARE_WITH_TIMEOUT(window.area().tabs().current_tab(), static_cast<ProjectTab*>(&merge),
                              patience_ms);
    QCOMPARE(words(merge.files()), QStringLiteral("config.yaml|choose\ntheirs.yaml|theirs"));
    QVERIFY(!merge.merge_button().isEnabled());
    QVERIFY(idle(merge));
    merge.take(git::MergeChoice::Take::text);
    merge.editor().setPlainText(QStringLiteral("id: [\n"));
    QVERIFY(merge.merge_button().isEnabled());
    merge.merge();
    QTRY_VERIFY(merge.error().isVisible()); // no YAML
    QVERIFY(idle(merge));
    merge.editor().setPlainText(QStringLiteral("id: Qm\nname: both\n"));
    merge.merge();
    QTRY_COMPARE_WITH_TIMEOUT(window.area().tabs().current_tab(),
                              static_cast<ProjectTab*>(&window.area().changes()), patience_ms);
    QCOMPARE(contents(p.configuration.path / "config.yaml"), std::string("id: Qm\nname: both\n"));
    QCOMPARE(contents(p.configuration.path / "theirs.yaml"), std::string("a: 1\n"));
    QCOMPARE(test::git(p.configuration.path, {"log", "-1", "--format=%an"}), std::string("Ada\n"));
    QTRY_VERIFY_WITH_TIMEOUT(bar.push_button().isEnabled(), patience_ms);
    bar.push();
    QTRY_VERIFY_WITH_TIMEOUT(idle(bar) && !bar.push_button().isEnabled(), patience_ms);
    QCOMPARE(p.configuration.problem(), std::string());
    window.hide();
    Job::wait_for_all();
}

void TestGitViews::a_merged_text_keeps_what_was_not_typed() {
    SampleServices services;
    MergeView view(services);
    const std::string ours = "id: Qm\r\nname: a\u00a0b # mine\r\n";
    git::MergeFile file;
    file.path = "config.yaml";
    file.verdict = git::MergeFile::Verdict::choose;
    file.base = "id: Qm\r\n";
    file.ours = ours;
    file.theirs = "id: Qm\r\nname: c\r\n";
    git::MergePlan plan;
    plan.files.push_back(file);
    file.path = "other.yaml";
    file.ours = "id: other\n";
    plan.files.push_back(file);
    flow::Pulled pulled;
    pulled.merge = plan;
    view.resize(900, 600);
    view.show();
    view.show_merge({}, {pulled});
    Theme::get().set_mode(ThemeMode::dark);
    Theme::get().set_mode(ThemeMode::light);
    QCoreApplication::processEvents();
    QVERIFY(!view.files().choice_at(0)); // other colours decide nothing
    view.take(git::MergeChoice::Take::text);
    QCOMPARE(view.files().choice_at(0)->text, ours);
    view.editor().moveCursor(QTextCursor::Start);
    QTest::keyClicks(&view.editor(), QStringLiteral("#x"));
    QCOMPARE(view.files().choice_at(0)->text, "#x" + ours);
    QTest::keySequence(&view.editor(), QKeySequence::Undo);
    QCOMPARE(view.files().choice_at(0)->text, ours);
    view.list().setCurrentIndex(view.files().index(1, 0));
    view.take(git::MergeChoice::Take::text);
    QTest::keySequence(&view.editor(), QKeySequence::Undo); // not the other file's
    QCOMPARE(view.files().choice_at(1)->text, std::string("id: other\n"));
    QTRY_VERIFY(!view.busy());
}

void TestGitViews::a_long_path_gives_up_its_middle() {
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

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    Theme theme(application);
    TestGitViews tests;
    return QTest::qExec(&tests, argc, argv);
}

#include "test_git_views.moc"
