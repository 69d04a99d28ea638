// A network's directory turns hostile, before the window has seen it and after: over real sockets,
// through the real services. What it sends is not shown; what was there stays, and can be used.
#include "app/console/console_services.h"
#include "tests/support/published_directory.h"
#include "tests/support/raw_server.h"
#include "tests/support/temporary_directory.h"
#include "ui/common/job.h"
#include "ui/common/theme.h"
#include "ui/vaults/vault_browser.h"

#include <QApplication>
#include <QLineEdit>
#include <QTest>

#include <mutex>
#include <set>

using namespace tau;
using namespace tau::test;
using namespace tau::ui;

namespace {

constexpr int patience_ms = 60000;

using Records = std::vector<vault::PagedRecord>;

std::set<std::uint64_t> keys_of(const Records& nodes) {
    std::set<std::uint64_t> keys;
    for (const vault::PagedRecord& node : nodes) {
        keys.insert(node.summary.key);
    }
    return keys;
}

Records made_nodes(std::size_t count, const std::string& name) {
    const std::int64_t now = SystemClock().now();
    Records nodes;
    for (std::size_t i = 0; i < count; ++i) {
        const auto step = static_cast<std::int16_t>(i * 600);
        nodes.push_back(listed_node(VaultKeys(), now, {step, step}, name + std::to_string(i)));
    }
    return nodes;
}

/// A directory behind a web server of its own, which may answer something else.
class Mirror {
public:
    using Attack = std::function<bool(int peer, const std::string& path)>; ///< true: it answered

    void give(const std::map<std::string, Bytes>& files, Attack attack = {}) {
        const std::lock_guard lock(mutex_);
        files_ = files;
        attack_ = std::move(attack);
    }
    std::string url() const { return server_.url(); }

private:
    void answer(int peer, const std::string& path) {
        Bytes file;
        Attack attack;
        {
            const std::lock_guard lock(mutex_);
            attack = attack_;
            const auto found = files_.find(path);
            file = found == files_.end() ? Bytes() : found->second;
        }
        if (attack && attack(peer, path)) {
            return;
        }
        RawServer::give(peer, as_text(file), file.empty() ? "404 Not Found" : "200 OK");
    }

    std::mutex mutex_;
    std::map<std::string, Bytes> files_;
    Attack attack_;
    RawServer server_{[this](int peer, const std::string& path) { answer(peer, path); }};
};

/// A person who chooses a vault, and the directory that the network's file names.
class Desk {
public:
    Desk() {
        // Old enough to be asked for again at once.
        const std::int64_t then = SystemClock().now() - 7200;
        directory.publish(static_cast<std::uint64_t>(then), nodes);
        mirror.give(directory.files);
        vault::Network network{"Hostile", {}, {}, {}};
        network.directory = vault::NamedDirectory{mirror.url(), vault::encode(directory.root)};
        shelf.set_network(std::make_shared<const vault::Network>(std::move(network)));
        browser.resize(1100, 700);
        browser.show();
        browser.activateWindow();
    }
    ~Desk() {
        browser.hide();
        Job::wait_for_all();
    }

    bool enter() {
        browser.enter();
        return loaded();
    }
    bool load_again() {
        shelf.load(vault::Extent::all);
        return loaded();
    }
    bool loaded() {
        return QTest::qWaitFor([this] { return shelf.state() != NodeShelf::State::loading; },
                               patience_ms);
    }
    std::set<std::uint64_t> shown() const {
        std::set<std::uint64_t> keys;
        for (int i = 0; i < browser.rows().rowCount(); ++i) {
            keys.insert(browser.ranking()->table().key[browser.rows().node_at(i)]);
        }
        return keys;
    }
    QString words() const {
        QString text;
        for (const QLabel* label : browser.findChildren<QLabel*>()) {
            text += label->isVisible() ? label->text() + QLatin1Char('\n') : QString();
        }
        return text;
    }
    QPushButton* button(const QString& text) const {
        for (QPushButton* one : browser.findChildren<QPushButton*>()) {
            if (one->text().remove(QLatin1Char('&')) == text && one->isVisible()) {
                return one;
            }
        }
        return nullptr;
    }
    /// Somebody searches and picks, as if nothing were.
    void use_the_page() {
        const int before = browser.rows().rowCount();
        const QString name =
            browser.rows().index(before - 1, RankModel::name_column).data().toString();
        QLineEdit* search = browser.filters().search();
        QTest::keyClicks(search, name);
        QTRY_COMPARE(browser.rows().rowCount(), 1);
        search->clear();
        QTRY_COMPARE(browser.rows().rowCount(), before);
        browser.pick(browser.rows().node_at(before - 1));
        QTRY_VERIFY(!browser.panel().isHidden());
    }

    Records nodes = made_nodes(8, "good");
    PublishedDirectory directory;
    Mirror mirror;
    TemporaryDirectory folder;
    app::ConsoleServices services{folder.path() / "data", std::nullopt};
    NodeShelf shelf{services};
    VaultBrowser browser{services, shelf, VaultBrowser::Mode::choose};
};

enum Attack { others_head, huge_head, forged_shards, huge_shards };

/// Makes the mirror hostile, after the person has seen `seen`.
void turn(Desk& desk, Attack attack) {
    PublishedDirectory& directory = desk.directory;
    const auto epoch = static_cast<std::uint64_t>(SystemClock().now() - 3700);
    const auto on = [](const char* part, auto answer) {
        return [part, answer](int peer, const std::string& path) {
            const bool asked = path.find(part) != std::string::npos;
            if (asked) {
                answer(peer);
            }
            return asked;
        };
    };
    switch (attack) {
    case others_head: {
        PublishedDirectory others(9);
        others.publish(epoch, made_nodes(8, "forged"));
        desk.mirror.give(others.files);
        return;
    }
    case huge_head:
        desk.mirror.give(directory.files, on("/v1/head", [](int peer) {
                             RawServer::flood(peer, "TVD1", "forged!!");
                         }));
        return;
    case forged_shards:
        directory.publish(epoch, made_nodes(8, "forged"));
        desk.mirror.give(directory.files, on("/shard/", [](int peer) {
                             RawServer::give(peer, "0123456789abcdef");
                         }));
        return;
    case huge_shards:
        directory.publish(epoch, made_nodes(8, "forged"));
        desk.mirror.give(directory.files, on("/shard/", [](int peer) {
                             RawServer::flood(peer, "", "0123456789abcdef");
                         }));
        return;
    }
}

} // namespace

class TestHostileList : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { QVERIFY(protect_process()); }

    void the_former_list_stays_data() {
        QTest::addColumn<int>("attack");
        QTest::addColumn<QString>("says");
        QTest::newRow("others' keys") << int{others_head} << "not believed";
        QTest::newRow("1 GB of head") << int{huge_head} << "more than 65536 bytes";
        QTest::newRow("forged nodes") << int{forged_shards} << "not the one that";
        QTest::newRow("1 GB of nodes") << int{huge_shards} << "more than 16 bytes";
    }
    void the_former_list_stays() {
        QFETCH(const int, attack);
        QFETCH(const QString, says);
        Desk desk;
        QVERIFY(desk.enter());
        QCOMPARE(desk.shown(), keys_of(desk.nodes));
        const auto honest = desk.directory.files;
        turn(desk, static_cast<Attack>(attack));
        QVERIFY(desk.load_again());
        QCOMPARE(desk.shown(), keys_of(desk.nodes));
        QTRY_VERIFY2(desk.words().contains(says), qPrintable(desk.words()));
        QVERIFY(desk.words().contains(QStringLiteral("This list was signed 2 hours ago")));
        desk.use_the_page();

        desk.mirror.give(honest);
        QPushButton* again = desk.button(QStringLiteral("Try again"));
        QVERIFY(again != nullptr);
        again->click();
        QVERIFY(desk.loaded());
        QCOMPARE(desk.shown(), keys_of(desk.nodes));
        QTRY_VERIFY2(!desk.words().contains(says), qPrintable(desk.words()));
    }

    void a_replayed_head_brings_nobody_back() {
        Desk desk;
        const auto first = desk.directory.files.at("/v1/head");
        QVERIFY(desk.enter());
        const Records before = std::exchange(desk.nodes, made_nodes(8, "new"));
        desk.directory.publish(static_cast<std::uint64_t>(SystemClock().now() - 3700), desk.nodes);
        desk.mirror.give(desk.directory.files);
        QVERIFY(desk.load_again());
        QCOMPARE(desk.shown(), keys_of(desk.nodes));
        auto replayed = desk.directory.files;
        replayed["/v1/head"] = first;
        desk.mirror.give(replayed);
        QVERIFY(desk.load_again());
        QCOMPARE(desk.shown(), keys_of(desk.nodes));
        QTRY_VERIFY2(desk.words().contains(QStringLiteral("though a newer one was seen before")),
                     qPrintable(desk.words()));
        desk.use_the_page();
    }

    void a_first_start_shows_nothing_and_says_why() {
        Desk desk;
        const auto honest = desk.directory.files;
        turn(desk, others_head);
        QVERIFY(desk.enter());
        QCOMPARE(desk.shelf.state(), NodeShelf::State::failed);
        QCOMPARE(desk.browser.rows().rowCount(), 0);
        QTRY_VERIFY2(desk.words().contains(QStringLiteral("not believed")),
                     qPrintable(desk.words()));
        desk.mirror.give(honest);
        QPushButton* again = desk.button(QStringLiteral("Load again"));
        QVERIFY(again != nullptr);
        again->click();
        QVERIFY(desk.loaded());
        QCOMPARE(desk.shown(), keys_of(desk.nodes));
    }

    void nothing_is_sealed_to_a_forged_record() {
        Desk desk;
        auto files = desk.directory.files;
        for (auto& [path, bytes] : files) {
            if (path.find("/rec/") != std::string::npos) {
                bytes[100] ^= 1U;
            }
        }
        desk.mirror.give(files);
        QVERIFY(desk.enter());
        QCOMPARE(desk.shown(), keys_of(desk.nodes));
        const QString says = QStringLiteral("not the one that the directory's head names");
        QTRY_VERIFY2_WITH_TIMEOUT(desk.words().contains(says), qPrintable(desk.words()),
                                  patience_ms);
        QTRY_VERIFY2_WITH_TIMEOUT(desk.browser.chosen()->problem().contains(says),
                                  qPrintable(desk.browser.chosen()->problem()), patience_ms);
        for (const ChosenVaults::Choice& choice : desk.browser.chosen()->choices()) {
            QVERIFY(!choice.node.has_value());
        }
        Q_EMIT desk.browser.chosen()->suggestion_wanted();
        QTRY_VERIFY(desk.browser.messages().text().contains(says));
        for (const ChosenVaults::Choice& choice : desk.browser.chosen()->choices()) {
            QVERIFY(!choice.node.has_value());
        }
        desk.use_the_page();
    }
};

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    Theme theme(application);
    TestHostileList tests;
    return QTest::qExec(&tests, argc, argv);
}

#include "test_hostile_list.moc"
