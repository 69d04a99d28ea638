// The vault browser over a million nodes, to the painted frame: a slider's step, filters, loading;
// beside a careful QSortFilterProxyModel over the same nodes.
#include "core/vault/directory/sample_table.h"
#include "tests/bench/careful_proxy.h"
#include "tests/bench/report.h"
#include "tests/ui/sample_services.h"
#include "ui/common/job.h"
#include "ui/vaults/vault_browser.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QHeaderView>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <unistd.h>

using namespace tau;
using namespace tau::ui;

namespace {

constexpr std::size_t rows = 1'000'000;
constexpr int steps = 15;
constexpr QSize window_size{1200, 800};
constexpr vault::Place lisbon{38.72, -9.14};
/// The proxy's filtering grows with the square of the rows: among a million it takes minutes.
constexpr std::size_t fewer_rows = rows / 2;

/// Megabytes of this process that are in memory.
double resident() {
    std::ifstream statm("/proc/self/statm");
    std::size_t pages = 0;
    statm >> pages >> pages;
    return static_cast<double>(pages) * static_cast<double>(sysconf(_SC_PAGESIZE)) / 1e6;
}

/// Knows when a view has been painted as its model is now.
class Watch : public QObject {
public:
    explicit Watch(QAbstractItemView& view) {
        view.viewport()->installEventFilter(this);
        const auto is_old = [this] { painted_ = false; };
        connect(view.model(), &QAbstractItemModel::dataChanged, this, is_old);
        connect(view.model(), &QAbstractItemModel::modelReset, this, is_old);
        connect(view.model(), &QAbstractItemModel::layoutChanged, this, is_old);
    }
    bool eventFilter(QObject*, QEvent* event) override {
        painted_ = painted_ || event->type() == QEvent::Paint;
        return false;
    }
    /// Milliseconds from before `act` until the view is painted and nothing is left to do.
    double frame(const std::function<void()>& act) {
        settle();
        painted_ = false;
        const double begin = bench::wall_ms();
        act();
        while (!painted_) {
            QCoreApplication::processEvents();
        }
        return bench::wall_ms() - begin;
    }
    static void settle() {
        for (int turn = 0; turn < 5; ++turn) {
            QCoreApplication::sendPostedEvents();
            QCoreApplication::processEvents();
        }
    }

private:
    bool painted_ = false;
};

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

double median_frame(Watch& watch, int count, const std::function<void(int)>& act) {
    std::vector<double> times;
    for (int i = 0; i < count; ++i) {
        times.push_back(watch.frame([&act, i] { act(i); }));
    }
    return median(times);
}

vault::Filter three_filters() {
    vault::Filter filter;
    filter.regions = {1, 2, 3, 4, 5};
    filter.min_reputation = 0.9;
    filter.min_slots = 50;
    return filter;
}

struct Ours {
    double load = 0, stall = 0, memory = 0, slider = 0, filter_on = 0, filter_off = 0, scroll = 0;
    int matches = 0;
};

/// The real browser, over services that hand it the table.
Ours measure_ours(const std::shared_ptr<const vault::NodeTable>& table) {
    Ours ours;
    test::SampleServices services;
    services.settings[QStringLiteral("city")] = QStringLiteral("Lisbon");
    services.sample_list.table = table;
    services.sample_list.total = table->size();
    NodeShelf shelf(services);
    shelf.set_network(std::make_shared<const vault::Network>(test::sample_network()));
    VaultBrowser browser(services, shelf, VaultBrowser::Mode::look);
    browser.resize(window_size);
    browser.show();
    Watch watch(browser.table());
    Watch::settle();

    const double begin = bench::wall_ms();
    double last = begin;
    browser.enter();
    while (browser.rows().rowCount() == 0 || bench::wall_ms() - begin < 1000) {
        QCoreApplication::processEvents();
        const double now = bench::wall_ms();
        ours.stall = std::max(ours.stall, now - last);
        last = now;
        if (browser.rows().rowCount() > 0 && ours.load == 0) {
            ours.load = now - begin;
        }
        usleep(200); // not to take a core from the thread that loads
        last = bench::wall_ms();
    }
    Wishes wishes = browser.wishes();
    const auto wish = [&] { browser.set_wishes(wishes); };
    ours.slider = median_frame(watch, steps, [&](int i) {
        wishes.emphasis = {0.5, 0.05 * (i % 20), 0.5};
        wish();
    });
    ours.scroll = median_frame(watch, steps, [&](int i) {
        browser.table().scrollTo(browser.rows().index((i * 61803) % static_cast<int>(rows), 1));
    });
    std::vector<double> on;
    std::vector<double> off;
    for (int i = 0; i < 5; ++i) {
        on.push_back(watch.frame([&] {
            wishes.filter = three_filters();
            wish();
        }));
        ours.matches = browser.rows().rowCount();
        off.push_back(watch.frame([&] {
            wishes.filter = {};
            wish();
        }));
    }
    ours.filter_on = median(on);
    ours.filter_off = median(off);
    ours.memory = resident();
    return ours;
}

struct Theirs {
    double slider = 0, filter_on = 0, rebuild = 0;
};

/// A table view over the careful proxy.
struct ProxyView {
    explicit ProxyView(const std::shared_ptr<const vault::NodeTable>& table)
        : model(table, lisbon), proxy(model) {
        view.verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
        view.setModel(&proxy);
        view.resize(window_size);
        proxy.sort(2, Qt::DescendingOrder);
        view.show();
    }
    bench::CachedModel model;
    bench::CarefulProxy proxy;
    QTableView view;
    Watch watch{view};
};

Theirs measure_proxy(const std::shared_ptr<const vault::NodeTable>& table, int matches) {
    Theirs theirs;
    {
        ProxyView all(table);
        theirs.slider = median_frame(all.watch, 3, [&](int i) {
            all.model.set_emphasis({0.5, 0.05 * i, 0.5});
            all.proxy.invalidate();
        });
        all.watch.frame([&] {
            all.proxy.filter = three_filters();
            all.proxy.invalidate();
        });
        if (all.proxy.rowCount() != matches) {
            std::fprintf(stderr, "bench_view: the proxy finds %d rows, the browser %d.\n",
                         all.proxy.rowCount(), matches);
            std::exit(2);
        }
        // Its own way back inserts row by row and takes minutes; starting over is its best case.
        theirs.rebuild = all.watch.frame([&] {
            all.proxy.filter = {};
            all.proxy.invalidate();
        });
    }
    ProxyView fewer(vault::sample_table(fewer_rows));
    theirs.filter_on = fewer.watch.frame([&] {
        fewer.proxy.filter = three_filters();
        fewer.proxy.filter_changed();
    });
    return theirs;
}

} // namespace

int main(int argc, char** argv) {
    qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication application(argc, argv);
    Theme theme(application);
    const auto table = vault::sample_table(rows);
    const Ours ours = measure_ours(table);
    const Theirs theirs = measure_proxy(table, ours.matches);
    const int status = bench::report(
        {{"a slider's step to the painted frame", ours.slider, "ms", "careful proxy", theirs.slider,
          0.04, 16.7},
         {"filters on, to the painted frame",
          ours.filter_on,
          "ms",
          "careful proxy over half as many, invalidateFilter()",
          theirs.filter_on,
          0.001,
          {}},
         {"filters off, to the painted frame",
          ours.filter_off,
          "ms",
          "careful proxy, starting over",
          theirs.rebuild,
          1.0 / 35,
          {}},
         {"a jump in the list, painted", ours.scroll, "ms", "", 0, {}, 16.7},
         {"longest pause of the window while loading", ours.stall, "ms", "", 0, {}, 50},
         {"from opening the page to the ranked list", ours.load, "ms", "", 0, {}, {}},
         {"memory of the whole program", ours.memory, "MB", "", 0, {}, 200}},
        argc, argv);
    Job::wait_for_all();
    return status;
}
