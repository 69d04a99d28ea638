#pragma once

#include "tests/ui/sample_services.h"
#include "ui/common/job.h"
#include "ui/vaults/vault_browser.h"

#include <QCoreApplication>
#include <QTest>

#include <functional>
#include <memory>

namespace tau::test {

using namespace tau::ui;

inline void settle() {
    for (int turn = 0; turn < 10; ++turn) {
        Job::wait_for_all();
        QCoreApplication::sendPostedEvents();
        QCoreApplication::processEvents();
    }
}

/// A browser over the sample network, shown and ready.
struct Stage {
    explicit Stage(VaultBrowser::Mode mode = VaultBrowser::Mode::look,
                   const std::function<void(SampleServices&)>& prepare = {},
                   vault::Network of = test::sample_network())
        : network(std::make_shared<const vault::Network>(std::move(of))) {
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
        shelf->set_network(network);
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
    /// All that stands on the page, a line a label.
    QString words() const {
        QString text;
        for (const QLabel* label : browser->findChildren<QLabel*>()) {
            text += label->isVisible() ? label->text() + QLatin1Char('\n') : QString();
        }
        return text;
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

    std::shared_ptr<const vault::Network> network;
    SampleServices services;
    std::unique_ptr<NodeShelf> shelf;
    std::unique_ptr<VaultBrowser> browser;
};

inline const QString fig = QStringLiteral("fig-lisbon");
inline const QString oak = QStringLiteral("oak-frankfurt");
inline const QString elm = QStringLiteral("elm-dublin");
inline const QString ash = QStringLiteral("ash-virginia");
inline const QString bay = QStringLiteral("bay-mumbai");

} // namespace tau::test
