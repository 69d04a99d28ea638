// What runs where, over services in memory: what is shown, edited and sent, and whether the pages
// fit and can be reached.
#include "tests/ui/living_stage.h"
#include "ui/project/commit_picker.h"
#include "ui/project/history_view.h"
#include "ui/project/merge_view.h"
#include "ui/shell/start_page.h"
#include "ui/vaults/node_picker.h"

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QComboBox>
#include <QHeaderView>
#include <QPointer>

using namespace tau;
using namespace tau::ui;
using test::check;
using test::rest;
using test::SampleServices;
using Edit = DeploymentsModel::Edit;
using Stage = test::LivingStage;

namespace {

const vault::Deployment everywhere_code{"*", vault::Role::code, "main", ""};

QStringList words(const QAbstractItemModel& model, int row) {
    QStringList line;
    for (int column = 0; column < model.columnCount(); ++column) {
        line << model.index(row, column).data().toString();
    }
    return line;
}

} // namespace

class TestLivingPages : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(protect_process()); }

    void what_runs_where() {
        Stage stage;
        DeploymentsView& view = stage.deployments();
        const QString code = QStringLiteral("3f2a9c01be");
        QCOMPARE(view.rows().rowCount(), 3);
        QCOMPARE(words(view.rows(), 1),
                 (QStringList{QStringLiteral("Everywhere"), QStringLiteral("Code"),
                              QStringLiteral("branch main"), QString(), code, code}));
        QCOMPARE(words(view.rows(), 2).first(), QStringLiteral("Region eu-west"));
        QCOMPARE(view.rows().headerData(DeploymentsModel::first_vault_column, Qt::Horizontal,
                                        Qt::DisplayRole),
                 QStringLiteral("fig-lisbon"));
        // Two vaults, two branches each; the one with the owner's claim is not shown.
        QCOMPARE(view.seen().rowCount(), 4);
        QCOMPARE(view.seen().index(1, SeenModel::history_column).data().toString(),
                 QStringLiteral("replaced 1 minute ago"));
        QCOMPARE(view.seen().index(3, SeenModel::webhook_column).data().toString(),
                 QStringLiteral("not yet"));
        QVERIFY(!view.send_button().isEnabled());
        check(*stage.window, QStringLiteral("deployments"));
    }

    void what_a_vault_does_not_list_is_told() {
        for (const std::int64_t left_out : {std::int64_t{0}, std::int64_t{9800}}) {
            Stage stage([left_out](SampleServices& s) {
                s.vault_states[0].status->refs_left_out = left_out;
            });
            const auto labels = stage.deployments().findChildren<QLabel*>();
            const auto told = std::count_if(labels.begin(), labels.end(), [](const QLabel* label) {
                return label->isVisible() &&
                       label->text() == QStringLiteral("fig-lisbon knows 9800 more branches and "
                                                       "tags than it lists.");
            });
            QCOMPARE(told, left_out > 0 ? 1 : 0);
        }
    }

    void rows_are_added_changed_removed_and_put_back() {
        Stage stage;
        DeploymentsView& view = stage.deployments();
        DeploymentsModel& rows = view.rows();
        QAbstractItemModelTester tester(&rows,
                                        QAbstractItemModelTester::FailureReportingMode::QtTest);
        const int code = rows.row_of(everywhere_code);
        rows.put({"*", vault::Role::code, "next", ""});
        QCOMPARE(rows.edit_of(code), Edit::changed);
        QVERIFY(words(rows, code)[DeploymentsModel::edit_column].contains(
            QStringLiteral("branch main")));
        rows.put(everywhere_code); // as it was
        QVERIFY(!rows.has_edits());
        rows.remove(code);
        QCOMPARE(rows.edit_of(code), Edit::removed);
        QCOMPARE(rows.wanted().size(), std::size_t{2});
        rows.revert(code);
        QCOMPARE(rows.edit_of(code), Edit::none);
        rows.put({"region:us-east", vault::Role::code, "main", ""});
        QCOMPARE(rows.rowCount(), 4);
        QCOMPARE(rows.edit_of(3), Edit::added);
        QCOMPARE(words(rows, 3).last(), QStringLiteral("–"));
        view.look(); // what was edited outlives a look at the vaults
        rest();
        QCOMPARE(rows.edit_of(3), Edit::added);
        rows.remove(3); // the vaults do not know it
        QCOMPARE(rows.rowCount(), 3);
        QVERIFY(!view.has_edits());
    }

    void edits_of_a_project_wait_while_another_is_open() {
        Stage stage;
        DeploymentsView& view = stage.deployments();
        view.rows().remove(1);
        stage.window->open_project({"QmOther", "other", std::time(nullptr), {}, {}, "/e"});
        stage.deployments();
        QVERIFY(!view.has_edits() && view.has_unsent());
        stage.window->open_project({"QmX", "shop", std::time(nullptr), {}, {}, "/e"});
        stage.deployments();
        QCOMPARE(view.rows().edit_of(1), Edit::removed);
        QVERIFY(!stage.window->close()); // they would be lost
        QVERIFY(stage.window->message_bar().text().contains(QStringLiteral("not sent")));
    }

    void the_next_tab_is_one_that_is_seen() {
        Stage stage;
        ProjectTabs& tabs = stage.window->area().tabs();
        QVERIFY(QTest::qWaitForWindowActive(stage.window.get()));
        const ProjectTab* const first = tabs.current_tab();
        int seen = 0;
        do {
            QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab, Qt::ControlModifier);
            rest();
            QVERIFY(tabs.current_tab() != static_cast<ProjectTab*>(&stage.window->area().merge()));
            ++seen;
        } while (tabs.current_tab() != first && seen < 10);
        QCOMPARE(seen, 6);
        // Also out of a box of choices, which would take Tab for a letter, and backwards.
        tabs.show_tab(&stage.window->area().history());
        const auto boxes = stage.window->area().history().findChildren<QComboBox*>();
        QVERIFY(!boxes.empty());
        boxes.front()->setFocus();
        QTest::keyClick(boxes.front(), Qt::Key_Tab, Qt::ControlModifier);
        rest();
        QCOMPARE(tabs.current_tab(), static_cast<ProjectTab*>(&stage.window->area().deployments()));
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Backtab,
                        Qt::ControlModifier | Qt::ShiftModifier);
        rest();
        QCOMPARE(tabs.current_tab(), static_cast<ProjectTab*>(&stage.window->area().history()));
    }

    void a_row_by_keyboard() {
        Stage stage;
        DeploymentsView& view = stage.deployments();
        QVERIFY(QTest::qWaitForWindowActive(stage.window.get()));
        const auto press = [](Qt::Key key, Qt::KeyboardModifiers with = Qt::NoModifier) {
            QTest::keyClick(QApplication::focusWidget(), key, with);
        };
        QCOMPARE(QApplication::focusWidget(), &view.table());
        press(Qt::Key_D, Qt::AltModifier); // Add
        QTRY_COMPARE(QApplication::focusWidget(), &view.editor().places());
        press(Qt::Key_Down); // a region
        QVERIFY(view.editor().regions().isVisible());
        view.editor().regions().setCurrentText(QStringLiteral("us-east"));
        QVERIFY(!view.editor().put_button().isEnabled());
        view.editor().refs().setFocus();
        QTest::keyClicks(QApplication::focusWidget(), QStringLiteral("no such..name"));
        QVERIFY(!view.editor().put_button().isEnabled());
        view.editor().refs().setEditText(QStringLiteral("main"));
        QVERIFY(view.editor().put_button().isEnabled());
        check(*stage.window, QStringLiteral("deployments-edit"));
        press(Qt::Key_Return);
        QTRY_COMPARE(view.rows().rowCount(), 4);
        QCOMPARE(QApplication::focusWidget(), &view.table());
        QVERIFY(view.table().horizontalHeader()->length() >= view.table().viewport()->width());
        press(Qt::Key_Return); // edits the new row
        QTRY_VERIFY(view.editor().isVisible());
        press(Qt::Key_Escape);
        QVERIFY(!view.editor().isVisible());
        press(Qt::Key_Delete);
        QTRY_COMPARE(view.rows().rowCount(), 3);
    }

    void a_commit_is_picked_from_history() {
        Stage stage;
        test::write(stage.code.path / "more.txt", "more\n");
        const std::string newest = stage.code.commit("More");
        test::git(stage.code.path, {"checkout", "-q", "-b", "other"});
        test::write(stage.code.path / "other.txt", "other\n");
        const std::string other = stage.code.commit("Other");
        test::git(stage.code.path, {"checkout", "-q", "main"});
        DeploymentsView& view = stage.deployments();
        view.table().setCurrentIndex(view.rows().index(1, 0));
        view.edit_button().click();
        QVERIFY(view.editor().pick_button().isEnabled());
        view.editor().pick_button().click();
        auto* picker = stage.window->findChild<CommitPicker*>();
        QVERIFY(picker != nullptr);
        QTRY_COMPARE(picker->commits().rowCount(), 2);
        rest();
        test::check_dialog(*picker, QStringLiteral("commit-picker"));
        QTest::keyClick(&picker->list(), Qt::Key_Escape);
        QVERIFY(!picker->isVisible());
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
        view.editor().pick_button().click();
        picker = stage.window->findChild<CommitPicker*>();
        rest();
        QCOMPARE(picker->commits().rowCount(), 2);
        QTRY_VERIFY(picker->branches().count() > 1);
        picker->branches().setFocus();
        QTest::keyClick(&picker->branches(), Qt::Key_Down);
        QTRY_COMPARE(picker->commits().rowCount(), 3);
        QCOMPARE(picker->commits().at(0).id, other);
        QTest::keyClick(&picker->branches(), Qt::Key_Up);
        QTRY_COMPARE(picker->commits().rowCount(), 2);
        rest();
        QTest::keyClick(&picker->list(), Qt::Key_Return);
        rest();
        QCOMPARE(view.editor().answer().value().commit, newest);
        view.editor().put_button().click();
        QCOMPARE(view.rows().at(1).commit, newest);
        QCOMPARE(view.rows().edit_of(1), Edit::changed);
    }

    void a_node_is_picked_from_the_network() {
        Stage stage;
        DeploymentsView& view = stage.deployments();
        DeploymentEditor& editor = view.editor();
        const vault::NodeRecord elm = test::sample_network().nodes[2].record;
        view.add_button().click();
        editor.places().setCurrentIndex(2);
        editor.refs().setEditText(QStringLiteral("main"));
        // What is no id is refused, and looked for.
        editor.node().setText(QStringLiteral("ELM"));
        QVERIFY(!editor.put_button().isEnabled());
        QVERIFY(editor.note().startsWith(QStringLiteral("This is not a node's id")));
        check(*stage.window, QStringLiteral("deployments-node"));
        editor.node_button().click();
        const QPointer<NodePicker> picker = stage.window->findChild<NodePicker*>();
        QVERIFY(picker);
        rest();
        QCOMPARE(picker->rows().rowCount(), 1);
        picker->search().clear();
        QCOMPARE(picker->rows().rowCount(), 7);
        picker->search().setText(QStringLiteral("dublin"));
        test::check_dialog(*picker, QStringLiteral("node-picker"));
        picker->search().setText(QStringLiteral("nowhere"));
        QVERIFY(!picker->use_button().isEnabled());
        picker->search().setText(QStringLiteral("elm"));
        QTest::keyClick(&picker->search(), Qt::Key_Return);
        rest();
        QVERIFY(!picker || !picker->isVisible());
        QCOMPARE(editor.answer().value().where, "node:" + elm.node_id());
        QVERIFY(editor.note().contains(QStringLiteral("elm-dublin")));
        editor.put_button().click();
        QCOMPARE(words(view.rows(), 3).first(), QStringLiteral("Node elm-dublin"));
        // An id can be typed, too, of a node that is in no list.
        view.add_button().click();
        editor.places().setCurrentIndex(2);
        editor.node().setText(QString(43, QLatin1Char('z')));
        editor.refs().setEditText(QStringLiteral("main"));
        QVERIFY(editor.answer().has_value());
        QVERIFY(editor.note().startsWith(QStringLiteral("No node that is loaded")));
    }

    void nodes_that_cannot_be_had_are_said() {
        Stage stage([](SampleServices& s) {
            s.settings[QStringLiteral("networks")] =
                QStringList{QStringLiteral("/networks/directory.yaml")};
            s.sample_list.table = vault::table_of(test::sample_network().nodes, std::time(nullptr));
            s.sample_list.total = 1000;
        });
        DeploymentsView& view = stage.deployments();
        view.add_button().click();
        view.editor().places().setCurrentIndex(2);
        view.editor().node_button().click();
        const QPointer<NodePicker> picker = stage.window->findChild<NodePicker*>();
        rest();
        QVERIFY(picker->state().startsWith(QStringLiteral("7 of 1,000 nodes")));
        picker->use_button().click(); // whose record the directory does not have
        rest();
        QVERIFY(picker->isVisible());
        QVERIFY(picker->error().sentence().contains(QStringLiteral("no record")));
        test::check_dialog(*picker, QStringLiteral("node-picker-failed"));
        QTest::keyClick(&picker->search(), Qt::Key_Escape);
        QVERIFY(!picker || !picker->isVisible());
        QVERIFY(view.editor().isVisible());
    }

    void what_is_sent_is_asked_for_again() {
        Stage stage;
        DeploymentsView& view = stage.deployments();
        view.rows().put({"region:us-east", vault::Role::code, "main", ""});
        QVERIFY(view.state().contains(QStringLiteral("not sent yet")));
        view.send_button().click();
        QTRY_VERIFY(!view.busy()); // rest() would stop it
        rest();
        QCOMPARE(stage.services.sent.size(), std::size_t{4});
        QVERIFY(!view.has_edits());
        QCOMPARE(words(view.rows(), 3).last(), QStringLiteral("3f2a9c01be"));
    }

    void sending_is_stopped() {
        Stage stage([](SampleServices& s) { s.step_time = std::chrono::hours(1); });
        DeploymentsView& view = stage.deployments();
        view.rows().remove(1);
        view.send_button().click();
        QTRY_VERIFY(view.state().contains(QStringLiteral("Sending")));
        QVERIFY(!view.send_button().isEnabled());
        QTRY_VERIFY(view.stop_button().isVisible());
        QCOMPARE(QApplication::focusWidget(), &view.stop_button());
        view.stop_button().click();
        QTRY_VERIFY(!view.busy());
        rest();
        QVERIFY(view.has_edits()); // and they can be sent again
        QVERIFY(view.send_button().isEnabled());
        QVERIFY(!view.stop_button().isVisible());
    }

    void one_vault_that_refuses_is_named() {
        Stage stage([](SampleServices& s) {
            s.refusal = Error{ErrorCode::permission_denied,
                              "The code repository has no branch next.",
                              "Push it first.",
                              {}};
        });
        DeploymentsView& view = stage.deployments();
        view.rows().put({"*", vault::Role::code, "next", ""});
        view.send_button().click();
        QTRY_VERIFY(!view.busy()); // rest() would stop it
        rest();
        QString said;
        for (const QLabel* label : view.outcomes().findChildren<QLabel*>()) {
            said += label->text() + QLatin1Char('\n');
        }
        QVERIFY2(said.contains(QStringLiteral("Not every vault has it")), qPrintable(said));
        QVERIFY2(said.contains(QStringLiteral("no branch next. Push it first.")), qPrintable(said));
        QVERIFY(view.send_button().isEnabled()); // the vaults differ now
        check(*stage.window, QStringLiteral("deployments-refused"));
    }

    void nothing_runs_yet() {
        Stage stage([](SampleServices& s) {
            for (VaultState& state : s.vault_states) {
                state.status->deployments.clear();
                state.status->refs.clear();
            }
        });
        stage.deployments();
        check(*stage.window, QStringLiteral("deployments-empty"));
    }

    void no_vault_answers() {
        Stage stage([](SampleServices& s) {
            for (VaultState& state : s.vault_states) {
                state.status.reset();
                state.proofs.reset();
                state.error = Error{ErrorCode::unavailable,
                                    "The vault " + state.node.name +
                                        " cannot be reached: connection refused.",
                                    "Check the network, then ask again.",
                                    {}};
                state.proofs_error = state.error;
            }
        });
        DeploymentsView& view = stage.deployments();
        QVERIFY(view.error().sentence().contains(QStringLiteral("fig-lisbon")));
        QVERIFY(!view.add_button().isEnabled());
        check(*stage.window, QStringLiteral("deployments-offline"));
        stage.registration();
        check(*stage.window, QStringLiteral("registration-offline"));
    }

    void locked_keys_are_asked_for() {
        Stage stage([](SampleServices& s) { s.secrets = SecretsState::needs_passphrase; });
        DeploymentsView& view = stage.deployments();
        QCOMPARE(view.rows().rowCount(), 0);
        check(*stage.window, QStringLiteral("deployments-locked"));
        QTest::keyClicks(view.first_input(), QStringLiteral("correct horse"));
        QTest::keyClick(view.first_input(), Qt::Key_Return);
        QTRY_COMPARE(view.rows().rowCount(), 3);
    }
};

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    Theme theme(application);
    TestLivingPages test;
    const int result = QTest::qExec(&test, argc, argv);
    Job::wait_for_all();
    return result;
}

#include "test_living_pages.moc"
