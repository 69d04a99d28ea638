// A window over services in memory, and a look at the page that it shows.
#pragma once

#include "tests/ui/sample_services.h"
#include "tests/ui/walk.h"
#include "ui/common/job.h"
#include "ui/common/theme.h"
#include "ui/shell/main_window.h"

#include <QCoreApplication>
#include <QDialog>
#include <QDir>
#include <QPushButton>
#include <QTest>

#include <algorithm>
#include <functional>
#include <memory>

namespace tau::test {

using namespace tau::ui;

/// With TAU_PICTURES=<folder> each page that a test reaches is also kept as a picture.
inline void keep_picture(QWidget& window, const QString& name) {
    const QString folder = qEnvironmentVariable("TAU_PICTURES");
    if (!folder.isEmpty()) {
        QDir().mkpath(folder);
        window.grab().save(folder + QLatin1Char('/') + name + QStringLiteral(".png"));
    }
}

struct Look {
    QString name;
    ThemeMode mode;
    QSize size;
};

inline const std::vector<Look>& looks() {
    static const std::vector<Look> all{
        {QStringLiteral("light"), ThemeMode::light, QSize(1000, 700)},
        {QStringLiteral("dark"), ThemeMode::dark, QSize(1024, 640)},
        {QStringLiteral("small"), ThemeMode::light, QSize(800, 560)}};
    return all;
}

/// Layouts and stylesheets need some turns of the event loop after the last change.
inline void settle() {
    for (int turn = 0; turn < 10; ++turn) {
        QCoreApplication::sendPostedEvents();
        QCoreApplication::processEvents();
    }
}

/// A window over sample services, shown, after its first reading.
struct WindowStage {
    explicit WindowStage(const std::function<void(SampleServices&)>& prepare = {}) {
        services.settings[QStringLiteral("networks")] =
            QStringList{QStringLiteral("/networks/local.yaml")};
        services.settings[QStringLiteral("city")] = QStringLiteral("Lisbon");
        if (prepare) {
            prepare(services);
        }
        window = std::make_unique<MainWindow>(services);
        window->show();
        window->activateWindow();
        Job::wait_for_all();
        settle();
    }
    ~WindowStage() {
        window.reset();
        Job::wait_for_all();
    }
    SampleServices services;
    std::unique_ptr<MainWindow> window;
};

/// A page in light, dark and a small window: whether it fits, and whether keyboard and screen
/// reader reach it.
inline void check(MainWindow& window, const QString& name) {
    for (const Look& look : looks()) {
        Theme::get().set_mode(look.mode);
        window.resize(look.size);
        settle();
        keep_picture(window, name + QLatin1Char('-') + look.name);
        QCOMPARE(test::clipped(window).join(QStringLiteral("; ")), QString());
    }
    const QStringList faults = test::faults(window);
    QVERIFY2(faults.isEmpty(), qPrintable(faults.join(QLatin1Char('\n'))));
    Theme::get().set_mode(ThemeMode::light);
}

/// The same of a dialog; Enter must have something to press, and Escape closes it.
inline void check_dialog(QDialog& dialog, const QString& name) {
    for (const Look& look : looks()) {
        Theme::get().set_mode(look.mode);
        settle();
        keep_picture(dialog, name + QLatin1Char('-') + look.name);
    }
    Theme::get().set_mode(ThemeMode::light);
    QVERIFY(dialog.width() <= 800 && dialog.height() <= 560);
    const QStringList faults = test::faults(dialog);
    QVERIFY2(faults.isEmpty(), qPrintable(faults.join(QLatin1Char('\n'))));
    const auto buttons = dialog.findChildren<QPushButton*>();
    QCOMPARE(std::count_if(buttons.begin(), buttons.end(),
                           [](const QPushButton* button) { return button->isDefault(); }),
             1);
}

} // namespace tau::test
