// Pulling what others pushed, over real repositories and a real git host: a choice for each file
// that both sides changed.
#include "core/forge/local.h"
#include "core/git/commit.h"
#include "core/git/repository.h"
#include "tests/support/localnet.h"
#include "tests/ui/cloned_project.h"
#include "ui/common/job.h"
#include "ui/common/theme.h"
#include "ui/project/branch_bar.h"
#include "ui/project/changes_view.h"
#include "ui/project/merge_view.h"
#include "ui/project/project_tabs.h"
#include "ui/shell/main_window.h"
#include "ui/shell/project_area.h"

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QSignalSpy>

using namespace tau;
using namespace tau::ui;
using test::Clone;
using test::contents;
using test::idle;
using test::patience_ms;
using test::SampleServices;
using test::show;
using test::words;
using test::write;
using Project = test::ClonedProject;
namespace fs = std::filesystem;

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

/// What a pull finds where both sides changed these files.
flow::Pulled both_changed(std::initializer_list<const char*> paths) {
    flow::Pulled pulled;
    pulled.merge.emplace();
    for (const char* path : paths) {
        git::MergeFile file;
        file.path = path;
        file.verdict = git::MergeFile::Verdict::choose;
        file.base = "id: Qm\n";
        file.ours = "id: Qm\nname: mine\n";
        file.theirs = "id: Qm\nname: theirs\n";
        pulled.merge->files.push_back(file);
    }
    return pulled;
}

/// Presses what is to be seen with these words.
bool press(QWidget& window, const QString& text) {
    return QTest::qWaitFor([&] {
        for (QPushButton* button : window.findChildren<QPushButton*>()) {
            if (button->isVisible() && button->text().remove(QLatin1Char('&')) == text) {
                button->click();
                return true;
            }
        }
        return false;
    });
}

} // namespace

class TestMerging : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void cleanup() { Job::wait_for_all(); }

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

    void push_pull_and_merge_with_a_real_host() {
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
        QVERIFY(
            git::commit_files(other, {"config.yaml", "theirs.yaml"}, eve, "Theirs").has_value());
        QVERIFY(git::push_branch(other, hosted.remote(vault::Role::configuration), "main", {})
                    .has_value());
        write(p.configuration.path / "config.yaml", "id: Qm\nname: mine\n");
        p.configuration.commit("Mine");

        bar.pull();
        MergeView& merge = window.area().merge();
        QAbstractItemModelTester tester(&merge.files(),
                                        QAbstractItemModelTester::FailureReportingMode::QtTest);
        QTRY_COMPARE_WITH_TIMEOUT(window.area().tabs().current_tab(),
                                  static_cast<ProjectTab*>(&merge), patience_ms);
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
        QCOMPARE(contents(p.configuration.path / "config.yaml"),
                 std::string("id: Qm\nname: both\n"));
        QCOMPARE(contents(p.configuration.path / "theirs.yaml"), std::string("a: 1\n"));
        QCOMPARE(test::git(p.configuration.path, {"log", "-1", "--format=%an"}),
                 std::string("Ada\n"));
        QTRY_VERIFY_WITH_TIMEOUT(bar.push_button().isEnabled(), patience_ms);
        bar.push();
        QTRY_VERIFY_WITH_TIMEOUT(idle(bar) && !bar.push_button().isEnabled(), patience_ms);
        QCOMPARE(p.configuration.problem(), std::string());
        window.hide();
        Job::wait_for_all();
    }

    void a_merged_text_keeps_what_was_not_typed() {
        SampleServices services;
        MergeView view(services);
        const std::string mark = "\ufeff"; // a byte order mark
        const std::string ours = "id: Qm\r\nname: a\u00a0b # mine\r\n";
        git::MergeFile file;
        file.path = "config.yaml";
        file.verdict = git::MergeFile::Verdict::choose;
        file.base = "id: Qm\r\n";
        file.ours = mark + ours;
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
        QCOMPARE(view.files().choice_at(0)->text, mark + ours);
        view.editor().moveCursor(QTextCursor::Start);
        QTest::keyClicks(&view.editor(), QStringLiteral("#x"));
        QCOMPARE(view.files().choice_at(0)->text, mark + "#x" + ours);
        QTest::keySequence(&view.editor(), QKeySequence::Undo);
        QCOMPARE(view.files().choice_at(0)->text, mark + ours);
        view.list().setCurrentIndex(view.files().index(1, 0));
        view.take(git::MergeChoice::Take::text);
        QTest::keySequence(&view.editor(), QKeySequence::Undo); // not the other file's
        QCOMPARE(view.files().choice_at(1)->text, std::string("id: other\n"));
        QTRY_VERIFY(!view.busy());
    }

    void a_typed_text_outlives_other_choices() {
        SampleServices services;
        MergeView view(services);
        show(view);
        view.show_merge({}, {both_changed({"config.yaml", "other.yaml"})});
        QVERIFY(press(view, QStringLiteral("Edit")));
        QVERIFY(!view.files().has_typed()); // it is still this side's
        view.editor().moveCursor(QTextCursor::Start);
        QTest::keyClicks(&view.editor(), QStringLiteral("#x"));
        QVERIFY(view.files().has_typed());
        const std::string typed = "#xid: Qm\nname: mine\n";
        QVERIFY(press(view, QStringLiteral("Edit"))); // again
        QCOMPARE(view.files().choice_at(0)->text, typed);
        QTest::keySequence(&view.editor(), QKeySequence::Undo);
        QVERIFY(!view.files().has_typed());
        QTest::keySequence(&view.editor(), QKeySequence::Redo);
        for (const char* other : {"Keep mine", "Take theirs"}) {
            QVERIFY(press(view, QString::fromLatin1(other)));
            QVERIFY(view.files().choice_at(0)->text.empty());
            QVERIFY(view.files().has_typed());
            QVERIFY(press(view, QStringLiteral("Edit")));
            QCOMPARE(view.files().choice_at(0)->text, typed);
            QCOMPARE(view.editor().toPlainText().toStdString(), typed);
        }
        view.list().setCurrentIndex(view.files().index(1, 0));
        QVERIFY(press(view, QStringLiteral("Edit")));
        QCOMPARE(view.files().choice_at(1)->text, std::string("id: Qm\nname: mine\n"));
        QTRY_VERIFY(!view.busy());
    }

    void a_typed_text_is_not_lost_unasked() {
        Project p;
        Project garden;
        garden.project.project_id = "Qn";
        garden.project.name = "garden";
        MainWindow window(p.services);
        show(window);
        window.open_project(p.project);
        ProjectArea& area = window.area();
        BranchBar& bar = area.branch_bar();
        QVERIFY(idle(bar));
        Q_EMIT bar.merge_wanted({both_changed({"config.yaml"})});
        MergeModel& files = area.merge().files();
        area.merge().take(git::MergeChoice::Take::text);
        QTest::keyClicks(&area.merge().editor(), QStringLiteral("#x"));
        const auto asked = [&] {
            const QString text = window.message_bar().text();
            window.message_bar().close_message();
            return files.has_typed() &&
                   text.contains(QStringLiteral("typed for the merge of shop"));
        };
        window.show_start();
        window.open_project(p.project); // the same one is still as it was
        area.tabs().show_tab(&area.merge());
        QVERIFY(area.merge().editor().isVisible());
        QVERIFY(files.has_typed());
        QVERIFY(idle(bar));
        bar.pull();
        QVERIFY(asked() && !bar.busy());
        QVERIFY(press(window, QStringLiteral("Not now")));
        QVERIFY(asked() && area.merge().isVisible());
        window.show_start();
        window.open_project(garden.project);
        QCOMPARE(area.project().name, std::string("shop"));
        QVERIFY(press(window, QStringLiteral("Show it")));
        QVERIFY(area.merge().editor().isVisible());
        QVERIFY(!window.close());
        QVERIFY(window.message_bar().text().contains(QStringLiteral("for a merge")));
        window.open_project(garden.project);
        QVERIFY(press(window, QStringLiteral("Open garden without it")));
        QCOMPARE(area.project().name, std::string("garden"));
        QVERIFY(!files.has_typed());
        QVERIFY(!area.merge().isVisible());
        window.hide();
        Job::wait_for_all();
    }
};

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    Theme theme(application);
    TestMerging tests;
    return QTest::qExec(&tests, argc, argv);
}

#include "test_merging.moc"
