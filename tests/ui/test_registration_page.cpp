// The page about a project's vaults, over services in memory: their checks and keys, and the
// changes that begin there.
#include "tests/ui/living_stage.h"
#include "ui/shell/resume_page.h"

#include <QApplication>
#include <QCheckBox>
#include <QClipboard>
#include <QToolButton>

using namespace tau;
using namespace tau::ui;
using test::check;
using test::rest;
using test::SampleServices;
using Kind = ChangeWish::Kind;
using Stage = test::LivingStage;

class TestRegistrationPage : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(protect_process()); }

    void registrations_with_their_checks_and_keys() {
        Stage stage;
        RegistrationView& view = stage.registration();
        QCOMPARE(view.cards().size(), std::size_t{2});
        check(*stage.window, QStringLiteral("registration"));
        // These proofs are made up, and the page says so, proof by proof.
        RegistrationCard& card = *view.cards().front();
        card.verify_button().click();
        rest();
        QVERIFY(!card.is_verified());
        for (QToolButton* copy : card.findChildren<QToolButton*>()) {
            if (copy->accessibleName().contains(QStringLiteral("Deploy key, code at"))) {
                copy->click();
            }
        }
        QVERIFY(QApplication::clipboard()->text().startsWith(QStringLiteral("SHA256:")));
    }

    void changes_are_reviewed_first() {
        Stage stage;
        ChangePage& page = stage.change(Kind::rotate);
        QVERIFY(page.stands_on_review());
        QCOMPARE(stage.services.wish.vaults.size(), std::size_t{2});
        check(*stage.window, QStringLiteral("rotate-review"));
        auto boxes = page.review().findChildren<QCheckBox*>();
        const auto one = std::find_if(boxes.begin(), boxes.end(), [](const QCheckBox* box) {
            return box->text().contains(QStringLiteral("fig-lisbon"));
        });
        (*one)->click();
        rest();
        QCOMPARE(stage.services.wish.vaults.size(), std::size_t{1});
        page.review().cancel_button().click();
        rest();
        QVERIFY(stage.window->area().registration().isVisible());

        stage.change(Kind::remove);
        QVERIFY(!page.review().ready());
        check(*stage.window, QStringLiteral("remove-review"));
        page.review().repositories().click();
        rest();
        QVERIFY(stage.services.wish.removal.repositories);
        QTest::keyClicks(&page.review().name(), QStringLiteral("sho"));
        QVERIFY(!page.review().ready());
        QTest::keyClicks(&page.review().name(), QStringLiteral("p"));
        QVERIFY(page.review().ready());
    }

    void a_move_begins_with_a_vault() {
        Stage stage;
        ChangePage& page = stage.change(Kind::move);
        QVERIFY(!page.stands_on_review());
        // Those that have the project are not among them.
        for (int row = 0; row < page.browser()->rows().rowCount(); ++row) {
            const QString name =
                page.browser()->rows().index(row, RankModel::name_column).data().toString();
            QVERIFY(name != QStringLiteral("fig-lisbon") &&
                    name != QStringLiteral("oak-frankfurt"));
        }
        QCOMPARE(page.browser()->rows().rowCount(), 5);
        QTRY_VERIFY(page.next_button().isEnabled());
        check(*stage.window, QStringLiteral("move-vault"));
        page.next_button().click();
        rest();
        QVERIFY(page.stands_on_review());
        QCOMPARE(stage.services.wish.to.size(), std::size_t{1});
    }

    void the_last_change_is_offered_to_be_taken_back() {
        Stage stage([](SampleServices& s) {
            s.last = flow::LastChange{"shop-1", "Rotate the keys of project shop", "rotate",
                                      std::time(nullptr) - 300, true};
        });
        RegistrationView& view = stage.registration();
        QVERIFY(view.undo_button().isVisible());
        check(*stage.window, QStringLiteral("registration-last"));
        view.undo_button().click();
        rest();
        FlowView& flow = stage.window->resume_page().flow_view();
        QCOMPARE(flow.state(), FlowView::State::confirming);
        check(*stage.window, QStringLiteral("take-back"));

        stage.services.last =
            flow::LastChange{"shop-2", "Move project shop", "move", std::time(nullptr) - 60, false};
        Q_EMIT stage.window->resume_page().closed();
        rest();
        QVERIFY(view.isVisible()); // back where it was asked for
        QCOMPARE(QApplication::focusWidget(), view.first_input());
        QVERIFY(!view.undo_button().isVisible());
        check(*stage.window, QStringLiteral("registration-moved"));
        stage.services.last->kind = "create";
        view.look();
        rest();
        QVERIFY(!view.undo_button().isVisible());
    }

    void an_unfinished_change_comes_first() {
        Stage stage([](SampleServices& s) {
            s.unfinished_list = {{"shop-1", "Rotate the keys of shop", std::time(nullptr) - 300, 5,
                                  14, "The git host cannot be reached: connection refused.", "QmX"},
                                 {"other-1", "Create project other", 1, 1, 2, "", "QmOther"}};
        });
        RegistrationView& view = stage.registration();
        QVERIFY(!view.change_button(Kind::rotate).isEnabled());
        check(*stage.window, QStringLiteral("registration-unfinished"));
        const auto buttons = view.findChildren<QPushButton*>();
        const auto resume = std::find_if(buttons.begin(), buttons.end(), [](const auto* button) {
            return button->accessibleName() == QStringLiteral("Resume: Rotate the keys of shop");
        });
        QVERIFY(resume != buttons.end());
        (*resume)->click();
        rest();
        QVERIFY(stage.window->findChild<FlowView*>() != nullptr);
        QVERIFY(!stage.window->area().registration().isVisible());
    }
};

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    Theme theme(application);
    TestRegistrationPage tests;
    return QTest::qExec(&tests, argc, argv);
}

#include "test_registration_page.moc"
