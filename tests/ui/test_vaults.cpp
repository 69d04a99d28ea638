// Looking for a vault: the ranked table, filters, map, and what is said of one.
#include "tests/ui/vault_stage.h"
#include "ui/common/theme.h"

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QScrollBar>
#include <QSignalSpy>

#include <ctime>

using namespace tau;
using namespace tau::ui;
using namespace tau::test;

class TestVaults : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { QVERIFY(protect_process()); }

    void model_keeps_the_rules() {
        RankModel model;
        const QAbstractItemModelTester tester(
            &model, QAbstractItemModelTester::FailureReportingMode::Fatal);
        auto ranking = std::make_shared<vault::Ranking>(
            vault::table_of(test::sample_network().nodes, std::time(nullptr)));
        model.set_ranking(ranking);
        QCOMPARE(model.rowCount(), 7);
        const std::uint32_t best = model.node_at(0);
        QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
        QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
        ranking->set_place(vault::Place{-33.87, 151.21});
        ranking->set_emphasis({0, 1, 0});
        model.refresh();
        QCOMPARE(changed.size(), 1);
        QCOMPARE(reset.size(), 0);
        QVERIFY(model.position_of(best) > 0);
        vault::Filter filter;
        filter.text = "li";
        ranking->set_filter(filter);
        model.refresh();
        QCOMPARE(reset.size(), 1);
        QVERIFY(model.rowCount() < 7);
    }

    void the_best_is_looked_at_first() {
        Stage stage;
        QCOMPARE(stage.names().size(), 7);
        QCOMPARE(stage.current(), stage.names().front());
        QCOMPARE(stage.names().back(), bay); // too few audits
        QVERIFY(stage.browser->counts()->text().startsWith(QStringLiteral("7 vaults")));
    }

    void what_is_picked_stays_picked() {
        Stage stage;
        stage.click(ash);
        QCOMPARE(stage.browser->current_row(), std::optional(stage.row(ash)));
        stage.wish([](Wishes& wishes) { wishes.emphasis = {0, 1, 0}; });
        QCOMPARE(stage.current(), ash);
        stage.wish([](Wishes& wishes) {
            wishes.city = QStringLiteral("New York");
            wishes.place = vault::Place{40.71, -74.01};
        });
        QCOMPARE(stage.names().front(), ash);
        QCOMPARE(stage.current(), ash);
    }

    void one_that_the_filters_hide_says_so() {
        Stage stage;
        stage.click(ash);
        QVERIFY(stage.words().contains(QStringLiteral("Rank ")));
        stage.wish([](Wishes& wishes) { wishes.filter.regions = {1}; });
        QCOMPARE(stage.browser->rows().rowCount(), 2);
        QVERIFY2(stage.words().contains(QStringLiteral("your filters hide it. Its score is 0")),
                 qPrintable(stage.words()));
        stage.wish([](Wishes& wishes) { wishes.filter = {}; });
        QVERIFY(!stage.words().contains(QStringLiteral("your filters hide it")));
    }

    void filters_and_their_chips() {
        Stage stage;
        stage.wish([](Wishes& wishes) { wishes.filter.regions = {1}; }); // eu-west
        QCOMPARE(stage.names().size(), 2);
        QPushButton* chip = stage.button(QStringLiteral("eu-west"));
        QVERIFY(chip != nullptr);
        chip->setFocus();
        QTest::keyClick(chip, Qt::Key_Space);
        settle();
        QCOMPARE(stage.names().size(), 7);
        stage.wish([](Wishes& wishes) { wishes.filter.regions = {1, 2, 3}; });
        chip = stage.button(QStringLiteral("3 regions"));
        QVERIFY(chip != nullptr);
        chip->click();
        settle();
        QCOMPARE(stage.names().size(), 7);
        stage.browser->filters().set_area(vault::Area{30, -130, 50, -60});
        settle();
        QCOMPARE(stage.names().size(), 2);
        stage.wish([](Wishes& wishes) { wishes.filter.min_slots = 100000; });
        QCOMPARE(stage.names().size(), 0);
        QPushButton* clear = stage.button(QStringLiteral("Clear filters"));
        QVERIFY(clear != nullptr);
        clear->click();
        settle();
        QCOMPARE(stage.names().size(), 7);
    }

    void other_rows_are_shown_from_the_first() {
        Stage stage;
        VaultTable& table = stage.browser->table();
        table.setFixedHeight(3 * space::row);
        settle();
        table.scrollToBottom();
        QVERIFY(table.verticalScrollBar()->value() > 0);
        stage.wish([](Wishes& wishes) { wishes.filter.min_reputation = 0.01; });
        QVERIFY(stage.names().size() < 7);
        QVERIFY(table.verticalScrollBar()->maximum() > 0);
        QCOMPARE(table.verticalScrollBar()->value(), 0);
    }

    void searching() {
        Stage stage;
        stage.browser->table().setFocus();
        QTest::keyClick(&stage.browser->table(), Qt::Key_F, Qt::ControlModifier);
        QCOMPARE(QApplication::focusWidget(), stage.browser->filters().search());
        QTest::keyClicks(stage.browser->filters().search(), QStringLiteral("FRANK"));
        settle();
        QCOMPARE(stage.names(), QStringList({oak}));
        stage.browser->filters().search()->clear();
        settle();
        stage.browser->table().setFocus();
        QTest::keyClicks(&stage.browser->table(), QStringLiteral("elm"));
        settle();
        QCOMPARE(stage.names(), QStringList({elm}));
    }

    void sorting_by_a_column() {
        Stage stage;
        Q_EMIT stage.browser->table().sorting_wanted(vault::Column::name, false);
        settle();
        QStringList sorted = stage.names();
        sorted.sort();
        QCOMPARE(stage.names(), sorted);
        QCOMPARE(stage.current(), stage.names().at(stage.browser->rows().position_of(
                                      *stage.browser->current_row())));
        Q_EMIT stage.browser->table().sorting_wanted(vault::Column::slots, true);
        settle();
        QCOMPARE(stage.names().front(), ash);
    }

    void map_and_table_follow_each_other() {
        Stage stage;
        MapView& map = stage.browser->map();
        const QPointF at = map.frame().to_pixel({39.04, -77.49});
        QTest::mouseClick(&map, Qt::LeftButton, {}, at.toPoint());
        settle();
        QCOMPARE(stage.current(), ash);
        QCOMPARE(stage.browser->current_row(), std::optional(stage.row(ash)));
    }

    void my_place_from_the_map() {
        Stage stage;
        MapView& map = stage.browser->map();
        map.set_choosing_place(true);
        QTest::mouseClick(&map, Qt::LeftButton, {}, map.frame().to_pixel({1.35, 103.82}).toPoint());
        settle();
        QVERIFY(stage.browser->wishes().city.isEmpty());
        QVERIFY(std::abs(stage.browser->wishes().place->longitude - 103.82) < 2);
        stage.wish([](Wishes& wishes) { wishes.emphasis = {0, 1, 0}; });
        QCOMPARE(stage.names().front(), QStringLiteral("fir-singapore"));
    }

    void details_come_from_the_record() {
        Stage stage;
        stage.click(oak);
        QTRY_VERIFY(stage.services.fetched > 0);
        settle();
        const QString key = QString::fromStdString(
            to_hex(test::sample_network().nodes[stage.row(oak)].record.seal_key));
        bool found = false;
        for (const KeyLabel* label : stage.browser->panel().findChildren<KeyLabel*>()) {
            found = found || label->value() == key;
        }
        QVERIFY(found);
        QVERIFY(stage.words().contains(QStringLiteral("Operator: 127.0.0.1, by its address.")));
    }

    void side_by_side() {
        Stage stage;
        for (const QString& name : {oak, elm, ash}) {
            stage.click(name);
            Q_EMIT stage.browser->panel().compare_wanted(true);
        }
        QCOMPARE(stage.browser->compared().size(), std::size_t{3});
        stage.browser->show_comparison(true);
        settle();
        CompareModel model;
        const QAbstractItemModelTester tester(
            &model, QAbstractItemModelTester::FailureReportingMode::Fatal);
        auto ranking = std::make_shared<vault::Ranking>(
            vault::table_of(test::sample_network().nodes, std::time(nullptr)));
        model.show_rows(ranking, stage.browser->compared(),
                        {{stage.row(oak), QStringLiteral("x.org")}});
        QCOMPARE(model.columnCount(), 3);
        QCOMPARE(model.headerData(0, Qt::Horizontal).toString(), oak);
        QVERIFY(model.rowCount() > 6);
        QStringList operators;
        for (int line = 0; line < model.rowCount(); ++line) {
            if (model.headerData(line, Qt::Vertical) == QStringLiteral("Operator")) {
                operators << model.index(line, 0).data().toString()
                          << model.index(line, 1).data().toString();
            }
        }
        QCOMPARE(operators.size(), 2);
        QCOMPARE(operators.front(), QStringLiteral("x.org"));
        QVERIFY(operators.back().startsWith(QStringLiteral("unknown")));
    }

    void round_trips_are_measured_when_asked() {
        Stage stage;
        stage.browser->measure_round_trips();
        const std::uint32_t best = stage.browser->rows().node_at(0);
        QTRY_VERIFY(stage.browser->ranking()->explain(best).round_trip_ms.has_value());
        QCOMPARE(stage.browser->ranking()->explain(best).round_trip_ms, std::optional(20.0));
    }

    void old_lists_say_so() {
        Stage stage(VaultBrowser::Mode::look, [](SampleServices& services) {
            vault::NodeList& list = services.sample_list;
            list.table = vault::table_of(test::sample_network().nodes, std::time(nullptr));
            list.total = 1000;
            list.published = std::time(nullptr) - 7200;
            list.notice = "The directory cannot be reached.";
            list.offline = true;
        });
        const QString text = stage.words();
        QVERIFY(text.contains(QStringLiteral("cannot be reached")));
        QVERIFY(text.contains(QStringLiteral("signed 2 hours ago")));
        QVERIFY(stage.button(QStringLiteral("Try again")) != nullptr);
    }

    void many_are_ranked_away_from_the_window() {
        Stage stage(VaultBrowser::Mode::look, [](SampleServices& services) {
            std::vector<vault::ListedNode> nodes;
            const auto sample = test::sample_network().nodes;
            for (std::size_t i = 0; i < 30000; ++i) {
                nodes.push_back(sample[i % sample.size()]);
                nodes.back().record.name += std::to_string(i);
                nodes.back().record.sign_key[1] = static_cast<std::uint8_t>(i);
                nodes.back().record.sign_key[2] = static_cast<std::uint8_t>(i >> 8U);
            }
            services.sample_list.table = vault::table_of(nodes, std::time(nullptr));
            services.sample_list.total = nodes.size();
        });
        QCOMPARE(stage.browser->rows().rowCount(), 30000);
        Q_EMIT stage.browser->table().sorting_wanted(vault::Column::name, false);
        settle();
        QVERIFY(stage.browser->rows().index(0, RankModel::name_column).data().toString() <
                stage.browser->rows().index(29999, RankModel::name_column).data().toString());
        stage.wish([](Wishes& wishes) { wishes.filter.text = "oak-frankfurt1"; });
        QVERIFY(stage.browser->rows().rowCount() > 0);
        QVERIFY(stage.browser->rows().rowCount() < 30000);
    }
};

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    Theme theme(application);
    TestVaults tests;
    return QTest::qExec(&tests, argc, argv);
}

#include "test_vaults.moc"
