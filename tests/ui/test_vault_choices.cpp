// What somebody does with vaults: choosing, pinning, blocking, adding, saved views, exports.
#include "tests/ui/vault_stage.h"
#include "ui/common/theme.h"

#include <QApplication>
#include <QSignalSpy>

using namespace tau;
using namespace tau::ui;
using namespace tau::test;

class TestVaultChoices : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { QVERIFY(protect_process()); }

    void choosing() {
        Stage stage(VaultBrowser::Mode::choose);
        ChosenVaults& chosen = *stage.browser->chosen();
        QCOMPARE(chosen.choices().size(), std::size_t{1});
        QCOMPARE(chosen.choices().front().name, stage.names().front());
        QCOMPARE(chosen.problem(), QString());
        // Looking at another does not choose it; Enter does, and instead of the best.
        stage.click(ash);
        QVERIFY(chosen.choices().front().name != ash);
        QSignalSpy go_on(stage.browser.get(), &VaultBrowser::go_on);
        QTest::keyClick(&stage.browser->table(), Qt::Key_Return);
        settle();
        QCOMPARE(chosen.choices().size(), std::size_t{1});
        QCOMPARE(chosen.choices().front().name, ash);
        QVERIFY(chosen.choices().front().node.has_value());
        QCOMPARE(go_on.size(), 0);
        QTest::keyClick(&stage.browser->table(), Qt::Key_Return);
        QCOMPARE(go_on.size(), 1);
        for (const QString& name : {oak, elm}) {
            stage.click(name);
            QTest::keyClick(&stage.browser->table(), Qt::Key_Space);
        }
        settle();
        QCOMPARE(chosen.choices().size(), std::size_t{3});
        stage.click(fig);
        QTest::keyClick(&stage.browser->table(), Qt::Key_Space);
        settle();
        QCOMPARE(chosen.choices().size(), std::size_t{3});
        QVERIFY(stage.browser->messages().text().contains(QStringLiteral("Three")));
        QPushButton* chip = stage.button(ash);
        QVERIFY(chip != nullptr);
        chip->click();
        settle();
        QCOMPARE(chosen.choices().size(), std::size_t{2});
        // A choice by hand does not follow the ranking.
        stage.wish([](Wishes& wishes) { wishes.emphasis = {0, 0, 1}; });
        QCOMPARE(chosen.choices().front().name, oak);
    }

    void one_that_may_not_be_chosen_is_not() {
        Stage stage(VaultBrowser::Mode::choose);
        stage.click(bay);
        QVERIFY(!stage.browser->panel().use_button()->isEnabled());
        QTest::keyClick(&stage.browser->table(), Qt::Key_Return);
        settle();
        QVERIFY(!stage.browser->chosen()->has(
            vault::table_of(test::sample_network().nodes, 0)->key[stage.row(bay)]));
        QVERIFY(!stage.browser->messages().text().isEmpty());
    }

    void three_far_apart() {
        Stage stage(VaultBrowser::Mode::choose);
        Q_EMIT stage.browser->chosen()->suggestion_wanted();
        settle();
        QCOMPARE(stage.browser->chosen()->choices().size(), std::size_t{3});
        QCOMPARE(stage.browser->chosen()->problem(), QString());
    }

    void three_of_different_operators() {
        auto network = test::sample_network();
        for (vault::ListedNode& node : network.nodes) {
            const bool alone =
                node.record.name == "ash-virginia" || node.record.name == "fir-singapore";
            node.record.endpoint =
                "https://" + node.record.name + (alone ? ".net" : ".big-operator.example.org");
        }
        Stage stage(VaultBrowser::Mode::choose, {}, network);
        Q_EMIT stage.browser->chosen()->suggestion_wanted();
        settle();
        QStringList names;
        for (const ChosenVaults::Choice& choice : stage.browser->chosen()->choices()) {
            names << choice.name;
            QVERIFY(choice.node.has_value());
        }
        QCOMPARE(names.size(), 3);
        QVERIFY(names.contains(ash));
        QVERIFY(names.contains(QStringLiteral("fir-singapore")));
    }

    void pins_and_blocks_are_kept() {
        Stage stage;
        stage.click(oak);
        Q_EMIT stage.browser->panel().pin_wanted(true);
        stage.click(elm);
        stage.browser->block_current();
        settle();
        QVERIFY(!stage.names().contains(elm));
        stage.open(VaultBrowser::Mode::look);
        QVERIFY(!stage.names().contains(elm));
        const int position = stage.browser->rows().position_of(stage.row(oak));
        QVERIFY(stage.browser->rows()
                    .index(position, RankModel::name_column)
                    .data(Qt::DecorationRole)
                    .isValid());
    }

    void views_are_saved() {
        Stage stage;
        stage.wish([](Wishes& wishes) {
            wishes.emphasis = {0.25, 0.75, 1};
            wishes.filter.min_reputation = 0.9;
            wishes.filter.regions = {1, 6};
            wishes.filter.area = vault::Area{-10, -20, 60, 40};
            wishes.hidden_columns = {RankModel::age_column};
        });
        const Wishes before = stage.browser->wishes();
        stage.browser->save_view(QStringLiteral("close"));
        stage.wish([](Wishes& wishes) { wishes = Wishes(); });
        QVERIFY(!(stage.browser->wishes() == before));
        stage.open(VaultBrowser::Mode::look);
        QCOMPARE(stage.browser->views(), QStringList({QStringLiteral("close")}));
        stage.browser->open_view(QStringLiteral("close"));
        settle();
        QVERIFY(stage.browser->wishes() == before);
    }

    void nonsense_in_settings_is_ignored() {
        QVariantMap map;
        map[QStringLiteral("emphasis")] = QStringLiteral("much");
        map[QStringLiteral("sorting")] = 400;
        map[QStringLiteral("regions")] = QStringList{QStringLiteral("atlantis")};
        map[QStringLiteral("place")] = QVariantList{4000.0, QStringLiteral("x")};
        QVERIFY(wishes_from(map) == Wishes());
    }

    void exporting_data() {
        QTest::addColumn<int>("format");
        QTest::addColumn<QByteArray>("beginning");
        QTest::newRow("csv") << static_cast<int>(vault::ListFormat::csv)
                             << QByteArray("rank,key,name,");
        QTest::newRow("json") << static_cast<int>(vault::ListFormat::json)
                              << QByteArray("[\n  {\"rank\": 1, ");
        QTest::newRow("yaml") << static_cast<int>(vault::ListFormat::yaml)
                              << QByteArray("- rank: 1\n  key: \"");
    }

    void exporting() {
        QFETCH(int, format);
        QFETCH(QByteArray, beginning);
        Stage stage;
        stage.browser->export_list(static_cast<vault::ListFormat>(format), "/out/vaults");
        // Settling would stop it.
        QTRY_VERIFY(stage.browser->messages().text().startsWith(QStringLiteral("7 vaults")));
        settle();
        const std::string& text = stage.services.files["/out/vaults"];
        QVERIFY2(QByteArray::fromStdString(text).startsWith(beginning), text.c_str());
        for (const QString& name : stage.names()) {
            QVERIFY(text.find(name.toStdString()) != std::string::npos);
        }
    }

    void adding_by_hand() {
        vault::ListedNode made = test::sample_network().nodes.front();
        made.record.name = "nut-hidden";
        made.record.endpoint = "http://127.0.0.1:99";
        made.record.sign_key[0] = 99;
        made.audits_passed = made.audits_failed = 0;
        Stage stage(VaultBrowser::Mode::look,
                    [&made](SampleServices& services) { services.hand_made = made; });
        QAction* add = nullptr;
        for (QAction* action : stage.browser->findChildren<QAction*>()) {
            if (action->text() == QStringLiteral("&Add a vault…")) {
                add = action;
            }
        }
        QVERIFY(add != nullptr);
        add->trigger();
        QVERIFY(stage.browser->prompt().isVisible());
        QTest::keyClicks(stage.browser->prompt().edit(), QStringLiteral("http://nowhere"));
        QTest::keyClick(stage.browser->prompt().edit(), Qt::Key_Return);
        settle();
        QVERIFY(stage.browser->prompt().isVisible());
        stage.browser->prompt().edit()->setText(QStringLiteral("http://127.0.0.1:99"));
        QTest::keyClick(stage.browser->prompt().edit(), Qt::Key_Return);
        settle();
        QVERIFY(!stage.browser->prompt().isVisible());
        QCOMPARE(stage.names().size(), 8);
        const auto panel_says = [&stage](const QString& words) {
            const auto labels = stage.browser->panel().findChildren<QLabel*>();
            return std::any_of(labels.begin(), labels.end(), [&words](const QLabel* label) {
                return label->text().contains(words);
            });
        };
        stage.click(QStringLiteral("nut-hidden"));
        QVERIFY(!stage.browser->ranking()->eligible(*stage.browser->current_row()));
        QTRY_VERIFY(panel_says(QStringLiteral("nobody lists it")));
        stage.click(oak);
        QTRY_VERIFY(panel_says(QStringLiteral("signature and listing are verified")));
    }
};

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    Theme theme(application);
    TestVaultChoices tests;
    return QTest::qExec(&tests, argc, argv);
}

#include "test_vault_choices.moc"
