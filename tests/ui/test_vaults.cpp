// Looking for a vault: the ranked table, filters, map, details, choosing, and what is kept.
#include "tests/ui/sample_services.h"
#include "ui/common/job.h"
#include "ui/common/theme.h"
#include "ui/vaults/vault_browser.h"

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QSignalSpy>
#include <QTest>

#include <ctime>

using namespace tau;
using namespace tau::ui;
using test::SampleServices;

namespace {

void settle() {
    for (int turn = 0; turn < 10; ++turn) {
        Job::wait_for_all();
        QCoreApplication::sendPostedEvents();
        QCoreApplication::processEvents();
    }
}

/// A browser over the sample network, shown and ready.
struct Stage {
    explicit Stage(VaultBrowser::Mode mode = VaultBrowser::Mode::look,
                   const std::function<void(SampleServices&)>& prepare = {}) {
        services.settings[QStringLiteral("city")] = QStringLiteral("Lisbon");
        if (prepare) {
            prepare(services);
        }
        open(mode);
    }
    ~Stage() {
        browser.reset();
        shelf.reset();
        Job::wait_for_all();
    }
    void open(VaultBrowser::Mode mode) {
        browser.reset();
        shelf = std::make_unique<NodeShelf>(services);
        shelf->set_network(std::make_shared<const vault::Network>(test::sample_network()));
        browser = std::make_unique<VaultBrowser>(services, *shelf, mode);
        browser->resize(1100, 700);
        browser->show();
        browser->activateWindow();
        browser->enter();
        settle();
    }
    QStringList names() const {
        QStringList list;
        for (int i = 0; i < browser->rows().rowCount(); ++i) {
            list << browser->rows().index(i, RankModel::name_column).data().toString();
        }
        return list;
    }
    std::uint32_t row(const QString& name) const {
        for (int i = 0; i < browser->rows().rowCount(); ++i) {
            if (browser->rows().index(i, RankModel::name_column).data() == name) {
                return browser->rows().node_at(i);
            }
        }
        return 99;
    }
    QString current() const {
        return browser->table()
            .currentIndex()
            .siblingAtColumn(RankModel::name_column)
            .data()
            .toString();
    }
    void click(const QString& name) {
        const int position = browser->rows().position_of(row(name));
        const QRect cell =
            browser->table().visualRect(browser->rows().index(position, RankModel::name_column));
        QTest::mouseClick(browser->table().viewport(), Qt::LeftButton, {}, cell.center());
        settle();
    }
    void wish(const std::function<void(Wishes&)>& edit) {
        Wishes wishes = browser->wishes();
        edit(wishes);
        browser->set_wishes(wishes);
        settle();
    }
    QPushButton* button(const QString& text) const {
        for (QPushButton* one : browser->findChildren<QPushButton*>()) {
            QString shown = one->text();
            if (shown.remove(QLatin1Char('&')) == text && one->isVisible()) {
                return one;
            }
        }
        return nullptr;
    }

    SampleServices services;
    std::unique_ptr<NodeShelf> shelf;
    std::unique_ptr<VaultBrowser> browser;
};

const QString fig = QStringLiteral("fig-lisbon");
const QString oak = QStringLiteral("oak-frankfurt");
const QString elm = QStringLiteral("elm-dublin");
const QString ash = QStringLiteral("ash-virginia");
const QString bay = QStringLiteral("bay-mumbai");

} // namespace

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
    }

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
        model.show_rows(ranking, stage.browser->compared());
        QCOMPARE(model.columnCount(), 3);
        QCOMPARE(model.headerData(0, Qt::Horizontal).toString(), oak);
        QVERIFY(model.rowCount() > 6);
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
        QString text;
        for (const QLabel* label : stage.browser->findChildren<QLabel*>()) {
            text += label->isVisible() ? label->text() : QString();
        }
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
