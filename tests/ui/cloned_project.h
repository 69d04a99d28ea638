// A project with real clones, and how its views are waited for.
#pragma once

#include "tests/support/git_cli.h"
#include "tests/ui/sample_services.h"

#include <QAbstractItemModel>
#include <QTest>

namespace tau::test {

inline constexpr int patience_ms = 30000;

/// A project with two real clones and the services over them.
struct ClonedProject {
    Clone configuration, code;
    SampleServices services;
    flow::LocalProject project{"Qm", "shop", 0, configuration.path, code.path, {}};
};

inline QString words(const QAbstractItemModel& model, const QModelIndex& parent = {}) {
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

} // namespace tau::test
