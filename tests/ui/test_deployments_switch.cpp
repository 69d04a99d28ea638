// Deployments while one project is left for another, over services in memory: what is asked, edited
// and sent stays with its project.
#include "tests/ui/living_stage.h"

#include <QApplication>
#include <QLabel>

using namespace tau;
using namespace tau::ui;
using test::rest;
using test::SampleServices;
using Edit = DeploymentsModel::Edit;

namespace {

const vault::Deployment everywhere_code{"*", vault::Role::code, "main", ""};
const vault::Deployment west{"region:us-west", vault::Role::code, "main", ""};

/// Two projects of two vaults each: shop with three rows, other with one.
struct Stage : test::LivingStage {
    explicit Stage(const std::function<void(SampleServices&)>& more = {})
        : LivingStage([&](SampleServices& s) {
              s.other_states["QmOther"] = test::sample_vault_states();
              for (VaultState& state : s.other_states["QmOther"]) {
                  state.status->deployments = {west};
              }
              if (more) {
                  more(s);
              }
          }) {
        deployments();
    }
    /// Without waiting for anything.
    void open(const flow::LocalProject& project) {
        window->open_project(project);
        window->area().tabs().show_tab(&view);
    }
    void open_shop() { open({"QmX", "shop", std::time(nullptr), {}, {}, "/e"}); }
    void open_other() { open({"QmOther", "other", std::time(nullptr), {}, {}, "/e"}); }
    bool shows_other() const {
        return vault::to_json(view.rows().wanted()) == vault::to_json({west});
    }
    QString said() const {
        QString all;
        for (const QLabel* label : view.outcomes().findChildren<QLabel*>()) {
            all += label->text() + QLatin1Char('\n');
        }
        return all;
    }

    DeploymentsView& view = window->area().deployments();
};

void slow(SampleServices& services) {
    services.step_time = std::chrono::milliseconds(1500); // long enough to look around
}

} // namespace

class TestDeploymentsSwitch : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(protect_process()); }

    void an_answer_is_of_the_project_that_was_asked_about() {
        Stage stage;
        stage.view.look();
        stage.open_other();
        rest();
        QVERIFY(stage.shows_other());
        QVERIFY(!stage.view.has_edits());
    }

    void what_is_sent_arrives_while_another_project_is_shown() {
        Stage stage(slow);
        stage.view.rows().remove(1);
        stage.view.send_button().click();
        stage.open_other();
        QTRY_VERIFY(stage.shows_other());
        stage.view.rows().put(everywhere_code);
        QVERIFY(stage.view.busy());
        QVERIFY(!stage.view.send_button().isEnabled()); // one after the other
        QVERIFY(stage.view.send_button().toolTip().contains(QStringLiteral("shop")));
        QVERIFY(!stage.view.stop_button().isVisible());
        QVERIFY(!stage.view.outcomes().isVisible());
        QTRY_VERIFY(!stage.view.busy());
        QCOMPARE(stage.services.sent.size(), std::size_t{2});
        QCOMPARE(stage.view.rows().rowCount(), 2);
        QCOMPARE(stage.view.rows().edit_of(0), Edit::added);
        QVERIFY(!stage.view.outcomes().isVisible());
        QVERIFY(stage.view.send_button().isEnabled());
        stage.view.rows().revert(0);
        QVERIFY(!stage.view.has_unsent());

        stage.open_shop();
        QVERIFY(stage.view.outcomes().isVisible());
        QVERIFY2(stage.said().contains(QStringLiteral("The vaults have it")),
                 qPrintable(stage.said()));
        rest();
        QCOMPARE(stage.view.rows().rowCount(), 2);
        QVERIFY(!stage.view.has_edits());
        stage.open_other();
        stage.open_shop();
        QVERIFY(!stage.view.outcomes().isVisible()); // it was seen
        rest();
    }

    void whoever_comes_back_finds_it_being_sent() {
        Stage stage(slow);
        stage.view.rows().remove(1);
        stage.view.send_button().click();
        stage.open_other();
        stage.open_shop();
        QVERIFY(stage.view.outcomes().isVisible());
        QVERIFY(stage.view.stop_button().isVisible());
        QCOMPARE(stage.view.state(), QStringLiteral("Sending…"));
        QTRY_VERIFY(!stage.view.busy());
        QCOMPARE(stage.view.rows().rowCount(), 2);
        QVERIFY(!stage.view.has_unsent());
    }

    void what_did_not_arrive_is_told_at_its_project() {
        Stage stage([](SampleServices& s) {
            slow(s);
            s.refusal = Error{ErrorCode::permission_denied, "There is no branch next.", {}, {}};
        });
        stage.view.rows().put({"*", vault::Role::code, "next", ""});
        stage.view.send_button().click();
        stage.open_other();
        QTRY_VERIFY(!stage.view.busy());
        QVERIFY(stage.shows_other());
        QVERIFY(stage.view.has_unsent());
        stage.open_shop();
        QVERIFY2(stage.said().contains(QStringLiteral("no branch next")), qPrintable(stage.said()));
        rest();
        QVERIFY(stage.view.send_button().isEnabled()); // the vaults differ now
    }

    void edits_set_aside_are_of_the_edited_rows_only() {
        Stage stage;
        stage.view.rows().put({"*", vault::Role::code, "next", ""});
        stage.open_other();
        rest();
        for (VaultState& state : stage.services.vault_states) { // somebody else was there
            state.status->deployments.erase(state.status->deployments.begin());
            state.status->deployments.push_back(west);
        }
        stage.open_shop();
        rest();
        DeploymentsModel& rows = stage.view.rows();
        QCOMPARE(rows.rowCount(), 3);
        QCOMPARE(rows.edit_of(rows.row_of(west)), Edit::none);
        QCOMPARE(rows.edit_of(rows.row_of(everywhere_code)), Edit::changed);
        QCOMPARE(rows.wanted().size(), std::size_t{3});
    }

    void edits_set_aside_outlive_a_time_without_network() {
        Stage stage;
        DeploymentsModel& rows = stage.view.rows();
        rows.remove(1);
        stage.open_other();
        rest();
        const auto states = stage.services.vault_states;
        for (VaultState& state : stage.services.vault_states) {
            state.status.reset();
            state.error = Error{ErrorCode::unavailable, "It cannot be reached.", {}, {}};
        }
        stage.open_shop();
        rest();
        QCOMPARE(rows.rowCount(), 1); // the others are not known
        QCOMPARE(rows.edit_of(0), Edit::removed);
        QVERIFY(!stage.view.send_button().isEnabled());
        test::check(*stage.window, QStringLiteral("deployments-offline-edits"));

        stage.services.vault_states = states;
        stage.view.look();
        rest();
        QCOMPARE(rows.rowCount(), 3);
        QCOMPARE(rows.edits().size(), std::size_t{1});
        QCOMPARE(rows.edit_of(1), Edit::removed);
    }
};

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    Theme theme(application);
    TestDeploymentsSwitch test;
    const int result = QTest::qExec(&test, argc, argv);
    Job::wait_for_all();
    return result;
}

#include "test_deployments_switch.moc"
