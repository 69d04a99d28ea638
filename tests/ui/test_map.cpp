// The map of vaults: where things are drawn, what a click means, and the keyboard's way to each.
#include "tests/ui/walk.h"
#include "ui/vaults/land.h"
#include "ui/vaults/map_view.h"

#include <QApplication>
#include <QSignalSpy>
#include <QTest>
#include <QWheelEvent>

#include <random>

using namespace tau;
using namespace tau::ui;
using vault::Place;

namespace {

constexpr QSize map_size{720, 360}; // two pixels a degree

std::shared_ptr<vault::NodeTable> table_at(const std::vector<Place>& places) {
    auto table = std::make_shared<vault::NodeTable>();
    for (const Place& place : places) {
        table->key.push_back(table->key.size());
        table->latitude.push_back(static_cast<std::int16_t>(std::lround(place.latitude * 100)));
        table->longitude.push_back(static_cast<std::int16_t>(std::lround(place.longitude * 100)));
    }
    return table;
}

std::vector<Place> scattered(std::size_t count) {
    std::mt19937 random(7);
    std::uniform_real_distribution<double> latitude(-60, 75);
    std::uniform_real_distribution<double> longitude(-179, 179);
    std::vector<Place> places(count);
    for (Place& place : places) {
        place = {latitude(random), longitude(random)};
    }
    return places;
}

/// A shown map over nodes whose score is given by their row.
struct Stage {
    explicit Stage(const std::vector<Place>& places, MapView::Score score = {}) {
        map.set_words(
            score ? std::move(score) : [](std::uint32_t) { return 0.5F; },
            [](std::uint32_t row) { return QString::number(row); });
        map.set_nodes(table_at(places));
        map.resize(map_size);
        map.show();
        map.activateWindow();
        map.setFocus(Qt::TabFocusReason);
        QCoreApplication::processEvents();
    }
    QPoint at(const Place& place) const { return map.frame().to_pixel(place).toPoint(); }
    MapView map;
};

const Place lisbon{38.72, -9.14};
const Place tokyo{35.68, 139.69};
const Place sydney{-33.87, 151.21};

} // namespace

class TestMap : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void frame_and_back() {
        MapFrame frame;
        frame.resize(map_size);
        frame.zoom(7, {100, 50});
        for (const Place& place : {lisbon, tokyo, sydney}) {
            const Place back = frame.to_place(frame.to_pixel(place));
            const bool inside = frame.shown().contains(place);
            QVERIFY(!inside || std::abs(back.latitude - place.latitude) < 1e-9);
            QVERIFY(!inside || std::abs(back.longitude - place.longitude) < 1e-9);
        }
    }

    void zoom_keeps_what_is_under_the_pointer() {
        MapFrame frame;
        frame.resize(map_size);
        const QPointF pointer = frame.to_pixel(lisbon);
        frame.zoom(5, pointer);
        const QPointF after = frame.to_pixel(lisbon);
        QVERIFY((after - pointer).manhattanLength() < 1e-6);
    }

    void the_frame_never_leaves_the_earth() {
        MapFrame frame;
        frame.resize(map_size);
        frame.zoom(3, {0, 0});
        frame.pan({1e6, 1e6});
        QCOMPARE(frame.shown().west, -180.0);
        QCOMPARE(frame.shown().north, 90.0);
        frame.pan({-1e6, -1e6});
        QCOMPARE(frame.shown().east, 180.0);
        QCOMPARE(frame.shown().south, -90.0);
        frame.zoom(1e-6, {10, 10});
        QVERIFY(frame.whole());
        QCOMPARE(frame.shown().west, -180.0);
        QCOMPARE(frame.shown().east, 180.0);
    }

    void land_is_where_it_is_data() {
        QTest::addColumn<QPointF>("point");
        QTest::addColumn<bool>("is_land");
        QTest::newRow("Madrid") << QPointF(-3.7, 40.4) << true;
        QTest::newRow("Kansas") << QPointF(-98, 38.5) << true;
        QTest::newRow("Alice Springs") << QPointF(133.9, -23.7) << true;
        QTest::newRow("Antarctica") << QPointF(20, -85) << true;
        QTest::newRow("Antarctica, at the date line") << QPointF(-179.5, -88) << true;
        QTest::newRow("Chukotka, west of the date line") << QPointF(178, 67) << true;
        QTest::newRow("Chukotka, east of the date line") << QPointF(-175, 66.8) << true;
        QTest::newRow("Atlantic") << QPointF(-30, 20) << false;
        QTest::newRow("Pacific") << QPointF(-150, -20) << false;
        QTest::newRow("Caspian Sea") << QPointF(51, 42) << false;
        QTest::newRow("Tasman Sea") << QPointF(160, -38) << false;
    }
    void land_is_where_it_is() {
        QFETCH(QPointF, point);
        QFETCH(bool, is_land);
        QCOMPARE(land_outline().contains(point), is_land);
    }

    void density_counts_what_the_frame_and_the_filter_show() {
        const std::vector<Place> places = scattered(20000);
        const auto table = table_at(places);
        std::vector<std::uint32_t> rows;
        for (std::uint32_t row = 0; row < table->size(); row += 3) {
            rows.push_back(row);
        }
        std::vector<std::uint8_t> shown(table->size());
        for (const std::uint32_t row : rows) {
            shown[row] = 1;
        }
        MapFrame frame;
        frame.resize(map_size);
        frame.zoom(2.5, frame.to_pixel(lisbon));
        const Density density = count_nodes(*table, shown, frame, 2);
        std::vector<std::uint32_t> expected(density.cells.size());
        std::size_t total = 0;
        for (const std::uint32_t row : rows) {
            const QPointF pixel =
                frame.to_pixel({table->latitude[row] / 100.0, table->longitude[row] / 100.0});
            if (QRectF(QPointF(), map_size).contains(pixel)) {
                ++expected[static_cast<std::size_t>(pixel.y() / 2) *
                               static_cast<std::size_t>(density.columns) +
                           static_cast<std::size_t>(pixel.x() / 2)];
                ++total;
            }
        }
        QCOMPARE(density.total, total);
        QVERIFY(density.cells == expected);
        const QImage image = draw_density(density, light_tokens());
        for (int y = 0; y < density.rows; ++y) {
            for (int x = 0; x < density.columns; ++x) {
                const auto cell = density.cells[static_cast<std::size_t>(y) *
                                                    static_cast<std::size_t>(density.columns) +
                                                static_cast<std::size_t>(x)];
                QCOMPARE(qAlpha(image.pixel(x, y)) != 0, cell > 0);
            }
        }
    }

    void coordinates_that_no_place_has_are_left_out() {
        auto table = table_at({lisbon});
        table->key.push_back(1);
        table->latitude.push_back(32767);
        table->longitude.push_back(-32768);
        const std::vector<std::uint8_t> shown{1, 1};
        MapFrame frame;
        QCOMPARE(count_nodes(*table, shown, frame, 2).total, std::size_t{1});
    }

    void few_are_dots_and_many_are_not() {
        Stage few(scattered(300));
        QVERIFY(few.map.shows_dots());
        Stage many(scattered(30000));
        QVERIFY(!many.map.shows_dots());
        // So close that few are in sight.
        for (int i = 0; i < 12; ++i) {
            QTest::keyClick(&many.map, Qt::Key_Plus);
        }
        QVERIFY(many.map.shows_dots());
        QTest::keyClick(&many.map, Qt::Key_Home);
        QVERIFY(!many.map.shows_dots());
        std::vector<std::uint8_t> two(30000);
        two[5] = two[9] = 1;
        many.map.set_shown(two);
        QVERIFY(many.map.shows_dots());
    }

    void a_click_picks_the_nearest_dot() {
        Stage stage({lisbon, {41.2, -9.14}, tokyo});
        QSignalSpy picked(&stage.map, &MapView::row_picked);
        QTest::mouseClick(&stage.map, Qt::LeftButton, {}, stage.at({41.2, -9.14}));
        QTest::mouseClick(&stage.map, Qt::LeftButton, {}, stage.at(tokyo) + QPoint(3, 3));
        QTest::mouseClick(&stage.map, Qt::LeftButton, {}, stage.at({0, -30}));
        QCOMPARE(picked.size(), 2);
        QCOMPARE(picked[0][0].toUInt(), 1U);
        QCOMPARE(picked[1][0].toUInt(), 2U);
    }

    void where_many_stand_a_click_picks_the_best() {
        std::vector<Place> places = scattered(20000);
        places[400] = {lisbon.latitude + 0.8, lisbon.longitude};
        places[500] = lisbon;
        Stage stage(places, [](std::uint32_t row) {
            return row == 400 ? 0.9F : row == 500 ? 0.8F : row % 2 == 0 ? 0.4F : -1.0F;
        });
        QVERIFY(!stage.map.shows_dots());
        QCOMPARE(stage.map.node_at(stage.at(lisbon)), std::optional<std::uint32_t>(400));
    }

    void one_that_may_not_be_chosen_is_picked_last() {
        std::vector<Place> places(6000, tokyo);
        Stage stage(places, [](std::uint32_t row) { return row == 5999 ? 0.01F : -1.0F; });
        QCOMPARE(stage.map.node_at(stage.at(tokyo)), std::optional<std::uint32_t>(5999));
        std::vector<std::uint8_t> one(places.size());
        one[3] = 1;
        stage.map.set_shown(one);
        QVERIFY(stage.map.shows_dots());
        QCOMPARE(stage.map.node_at(stage.at(tokyo)), std::optional<std::uint32_t>(3));
    }

    void dragging_moves_and_the_wheel_zooms() {
        Stage stage({lisbon});
        QSignalSpy picked(&stage.map, &MapView::row_picked);
        const QPoint before = stage.at(lisbon);
        QWheelEvent wheel(before, stage.map.mapToGlobal(before), {}, {0, 360}, Qt::NoButton, {},
                          Qt::NoScrollPhase, false);
        QCoreApplication::sendEvent(&stage.map, &wheel);
        QVERIFY(stage.map.frame().pixels_per_degree() > 3.5);
        QVERIFY((stage.at(lisbon) - before).manhattanLength() <= 3);
        QTest::mousePress(&stage.map, Qt::LeftButton, {}, before);
        QTest::mouseMove(&stage.map, before + QPoint(30, 10));
        QTest::mouseMove(&stage.map, before + QPoint(60, 20));
        QTest::mouseRelease(&stage.map, Qt::LeftButton, {}, before + QPoint(60, 20));
        QVERIFY((stage.at(lisbon) - before - QPoint(60, 20)).manhattanLength() <= 2);
        QCOMPARE(picked.size(), 0);
    }

    void shift_and_drag_select_an_area() {
        Stage stage({lisbon});
        std::optional<vault::Area> area;
        connect(&stage.map, &MapView::area_selected, this,
                [&area](const vault::Area& bounds) { area = bounds; });
        const QPoint corner = stage.at({50, -20});
        const QPoint opposite = stage.at({30, 10});
        QTest::mousePress(&stage.map, Qt::LeftButton, Qt::ShiftModifier, corner);
        QTest::mouseMove(&stage.map, opposite);
        QTest::mouseRelease(&stage.map, Qt::LeftButton, Qt::ShiftModifier, opposite);
        QVERIFY(area.has_value());
        QVERIFY(std::abs(area->north - 50) < 1 && std::abs(area->south - 30) < 1);
        QVERIFY(std::abs(area->west + 20) < 1 && std::abs(area->east - 10) < 1);
        area.reset();
        QTest::keyClick(&stage.map, Qt::Key_Return, Qt::ShiftModifier);
        QVERIFY(area.has_value());
        QVERIFY(*area == stage.map.frame().shown());
    }

    void saying_where_one_is() {
        Stage stage({lisbon});
        std::optional<Place> place;
        connect(&stage.map, &MapView::place_chosen, this, [&place](const Place& p) { place = p; });
        QSignalSpy picked(&stage.map, &MapView::row_picked);
        stage.map.set_choosing_place(true);
        QTest::keyClick(&stage.map, Qt::Key_Escape);
        QVERIFY(!stage.map.choosing_place());
        stage.map.set_choosing_place(true);
        QTest::mouseClick(&stage.map, Qt::LeftButton, {}, stage.at(lisbon));
        QVERIFY(place.has_value());
        QVERIFY(std::abs(place->latitude - lisbon.latitude) < 0.5);
        QVERIFY(std::abs(place->longitude - lisbon.longitude) < 0.5);
        QVERIFY(!stage.map.choosing_place());
        QCOMPARE(picked.size(), 0);
    }

    void the_keyboard_does_all_of_it() {
        Stage stage({tokyo});
        QSignalSpy picked(&stage.map, &MapView::row_picked);
        stage.map.set_picked({0});
        for (int i = 0; i < 6; ++i) {
            QTest::keyClick(&stage.map, Qt::Key_Plus);
        }
        stage.map.set_picked({0}); // out of sight now: the map goes there
        QTest::keyClick(&stage.map, Qt::Key_Return);
        QCOMPARE(picked.size(), 1);
        const double east = stage.map.frame().shown().east;
        QTest::keyClick(&stage.map, Qt::Key_Left);
        QVERIFY(stage.map.frame().shown().east < east);
        QTest::keyClick(&stage.map, Qt::Key_Right);
        QCOMPARE(stage.map.frame().shown().east, east);
    }

    void screen_readers_hear_of_it() {
        Stage stage({lisbon, tokyo, sydney});
        QVERIFY(stage.map.shows_dots());
        QVERIFY(stage.map.accessibleDescription().startsWith(QStringLiteral("3 vaults in sight")));
        stage.map.set_shown(std::vector<std::uint8_t>{0, 1, 0});
        QVERIFY(stage.map.shows_dots());
        QVERIFY(stage.map.accessibleDescription().startsWith(QStringLiteral("1 vault")));
        QCOMPARE(test::unnamed(stage.map), QStringList());
    }

    void what_is_drawn_follows_the_theme() {
        Stage stage({lisbon});
        stage.map.set_place(tokyo);
        Theme::get().set_mode(ThemeMode::light);
        const QImage light = stage.map.grab().toImage();
        Theme::get().set_mode(ThemeMode::dark);
        const QImage dark = stage.map.grab().toImage();
        Theme::get().set_mode(ThemeMode::light);
        const QPoint sea = stage.at({-40, -120});
        QVERIFY(light.pixelColor(sea).lightness() > 200);
        QVERIFY(dark.pixelColor(sea).lightness() < 60);
        QVERIFY(light.pixelColor(stage.at({25, 10})) != light.pixelColor(sea)); // the Sahara
        QCOMPARE(light.pixelColor(stage.at(lisbon)), light_tokens().accent);
        QCOMPARE(light.pixelColor(stage.at(tokyo)), light_tokens().good);
    }
};

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    Theme theme(application);
    TestMap tests;
    return QTest::qExec(&tests, argc, argv);
}

#include "test_map.moc"
