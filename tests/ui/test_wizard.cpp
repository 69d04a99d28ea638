// The whole way by keyboard, over real parts: tau-localnet with its SSH host and vault nodes, the
// real services, a real data folder.
#include "app/console/console_services.h"
#include "core/forge/local.h"
#include "tests/support/localnet.h"
#include "tests/support/temporary_directory.h"
#include "ui/common/job.h"
#include "ui/common/theme.h"
#include "ui/common/unfinished_row.h"
#include "ui/shell/main_window.h"
#include "ui/shell/project_area.h"
#include "ui/shell/project_page.h"
#include "ui/shell/resume_page.h"
#include "ui/shell/start_page.h"
#include "ui/wizard/wizard.h"

#include <QApplication>
#include <QClipboard>
#include <QLineEdit>
#include <QTest>

#include <csignal>
#include <fstream>

using namespace tau;
using namespace tau::ui;
namespace fs = std::filesystem;

namespace {

constexpr int patience_ms = 60000;
constexpr const char* passphrase = "correct horse battery";

/// A window over a data folder of its own, on the network that all tests share.
struct Desk {
    explicit Desk(const fs::path& network,
                  std::optional<Secret> secret = Secret::copy_of(std::string_view(passphrase)))
        : services(folder.path(), std::move(secret)), window(services) {
        window.networks().open(network);
        window.show();
        window.activateWindow();
        if (!QTest::qWaitForWindowActive(&window)) {
            qFatal("the window was not shown");
        }
    }
    ~Desk() {
        window.hide();
        Job::wait_for_all();
    }
    /// What a person's next key goes to.
    QWidget* focus() const { return QApplication::focusWidget(); }
    void press(Qt::Key key, Qt::KeyboardModifiers with = Qt::NoModifier) {
        QTest::keyClick(focus() != nullptr ? focus() : &window, key, with);
    }
    void alt(Qt::Key key) { press(key, Qt::AltModifier); }
    bool page_ready() {
        return QTest::qWaitFor([this] { return window.wizard()->can_go_on(); }, patience_ms);
    }
    /// A mnemonic presses its button a moment later, so what follows is waited for.
    bool stands_on(int page) {
        return QTest::qWaitFor([this, page] { return window.wizard()->current_page() == page; });
    }
    bool comes_to(FlowView::State state) {
        return QTest::qWaitFor([this, state] { return flow().state() == state; }, patience_ms);
    }
    FlowView& flow() { return window.wizard()->flow_view(); }

    /// From the start page to the review page, typing only a name.
    bool draft(const QString& name) {
        press(Qt::Key_N, Qt::ControlModifier);
        if (qobject_cast<QLineEdit*>(focus()) == nullptr) {
            return false;
        }
        QTest::keyClicks(focus(), name);
        if (!page_ready()) {
            return false;
        }
        press(Qt::Key_Return);
        if (!stands_on(1) || !page_ready()) {
            return false;
        }
        alt(Qt::Key_X);
        if (!stands_on(2) || !page_ready()) {
            return false;
        }
        alt(Qt::Key_X);
        return stands_on(3) && page_ready();
    }

    test::TemporaryDirectory folder;
    app::ConsoleServices services;
    MainWindow window;
};

/// Processes named tau-vaultd below the network's own.
std::vector<pid_t> vault_processes(pid_t localnet) {
    std::vector<pid_t> found;
    std::vector<pid_t> tree{localnet};
    for (std::size_t i = 0; i < tree.size(); ++i) {
        const std::string process = "/proc/" + std::to_string(tree[i]);
        std::string name;
        std::getline(std::ifstream(process + "/comm") >> std::ws, name);
        if (name == "tau-vaultd") {
            found.push_back(tree[i]);
        }
        std::error_code code;
        for (const auto& task : fs::directory_iterator(process + "/task", code)) {
            std::ifstream children(task.path() / "children");
            for (pid_t child = 0; children >> child;) {
                tree.push_back(child);
            }
        }
    }
    return found;
}

bool repository_exists(Desk& desk, const fs::path& network_file, const std::string& name) {
    const auto network = desk.services.load_network(network_file, {});
    const auto& host = network.value().git_hosts.front();
    const auto account = desk.services.account(host, {});
    return desk.services.find_repository(host, account.value().login, name, {}).value().has_value();
}

} // namespace

class TestWizard : public QObject {
    Q_OBJECT

    test::TemporaryDirectory folder_;
    std::unique_ptr<test::Localnet> localnet_;

    fs::path network() const { return localnet_->network_file(); }

private Q_SLOTS:
    void initTestCase() {
        QVERIFY(protect_process());
        localnet_ = std::make_unique<test::Localnet>(folder_.path() / "net", 2);
    }
    void cleanupTestCase() { localnet_.reset(); }

    void creates_a_registered_project() {
        Desk desk(network());
        QVERIFY(desk.draft(QStringLiteral("shop")));
        desk.alt(Qt::Key_R); // Create
        QVERIFY(desk.stands_on(4));
        QVERIFY2(desk.comes_to(FlowView::State::done), qPrintable(desk.flow().problem()));
        QTRY_VERIFY_WITH_TIMEOUT(desk.flow().has_result(), patience_ms);
        desk.alt(Qt::Key_M); // Copy clone commands
        QTRY_VERIFY(QApplication::clipboard()->text().contains(QStringLiteral("tb_code_shop")));
        desk.alt(Qt::Key_O); // Open project
        ProjectPage& page = desk.window.area().overview();
        QTRY_VERIFY_WITH_TIMEOUT(page.has_project(), patience_ms);
        QCOMPARE(page.name(), QStringLiteral("shop"));
        desk.alt(Qt::Key_R); // Verify
        QTRY_VERIFY_WITH_TIMEOUT(page.is_verified(), patience_ms);
        const auto projects = desk.services.projects();
        QVERIFY(projects.has_value());
        QCOMPARE(projects->size(), std::size_t{1});
        QCOMPARE(desk.services.unfinished().value().size(), std::size_t{0});
    }

    void takes_back_what_was_stopped() {
        Desk desk(network());
        QVERIFY(desk.draft(QStringLiteral("garden")));
        desk.alt(Qt::Key_R);
        QVERIFY(desk.comes_to(FlowView::State::running));
        desk.alt(Qt::Key_C); // Cancel
        QVERIFY(desk.comes_to(FlowView::State::stopped));
        QVERIFY(desk.flow().problem().size() > 0);
        desk.alt(Qt::Key_U); // Undo all
        QVERIFY(desk.comes_to(FlowView::State::confirming));
        desk.alt(Qt::Key_K); // Keep everything
        QVERIFY(desk.comes_to(FlowView::State::stopped));
        desk.alt(Qt::Key_U);
        QVERIFY(desk.comes_to(FlowView::State::confirming));
        desk.alt(Qt::Key_M); // Remove
        QVERIFY2(desk.comes_to(FlowView::State::undone), qPrintable(desk.flow().problem()));
        QVERIFY(!repository_exists(desk, network(), "tb_garden"));
        QVERIFY(!repository_exists(desk, network(), "tb_code_garden"));
        desk.alt(Qt::Key_L); // Close
        QTRY_VERIFY(desk.window.wizard() == nullptr);
    }

    void retries_the_step_that_failed() {
        Desk desk(network());
        QVERIFY(desk.draft(QStringLiteral("wiki")));
        // Somebody takes a name between the review and the creation.
        auto forge = forge::open_local_forge(localnet_->git_host());
        QVERIFY(forge.has_value());
        forge::NewRepository wanted;
        wanted.owner = (*forge)->who_am_i({}).value().login;
        wanted.name = "tb_code_wiki";
        const auto taken = (*forge)->create_repository(wanted, {});
        QVERIFY(taken.has_value());
        desk.alt(Qt::Key_R);
        QVERIFY(desk.comes_to(FlowView::State::stopped));
        QVERIFY2(desk.flow().problem().contains(QStringLiteral("tb_code_wiki")),
                 qPrintable(desk.flow().problem()));
        desk.alt(Qt::Key_P); // Copy report
        QTRY_VERIFY(QApplication::clipboard()->text().contains(QStringLiteral("tb_code_wiki")));
        QVERIFY((*forge)->delete_repository(taken->id, {}).has_value());
        desk.alt(Qt::Key_R); // Retry
        QVERIFY2(desk.comes_to(FlowView::State::done), qPrintable(desk.flow().problem()));
    }

    void goes_on_after_a_vault_that_hung() {
        Desk desk(network());
        QVERIFY(desk.draft(QStringLiteral("blog")));
        const std::vector<pid_t> vaults = vault_processes(localnet_->process().pid());
        QVERIFY(!vaults.empty());
        for (const pid_t vault : vaults) {
            ::kill(vault, SIGSTOP);
        }
        const auto wake = qScopeGuard([&] {
            for (const pid_t vault : vaults) {
                ::kill(vault, SIGCONT);
            }
        });
        desk.alt(Qt::Key_R);
        // It comes as far as the vault, which does not answer.
        QVERIFY(QTest::qWaitFor([&] { return desk.flow().running_step().starts_with(stopped_at_); },
                                patience_ms));
        desk.alt(Qt::Key_C);
        QVERIFY(desk.comes_to(FlowView::State::stopped));
        QVERIFY(repository_exists(desk, network(), "tb_blog"));
        for (const pid_t vault : vaults) {
            ::kill(vault, SIGCONT);
        }
        desk.alt(Qt::Key_C); // Continue
        QVERIFY2(desk.comes_to(FlowView::State::done), qPrintable(desk.flow().problem()));
    }

    void an_unfinished_project_is_offered_again() {
        Desk desk(network());
        QVERIFY(desk.draft(QStringLiteral("notes")));
        desk.alt(Qt::Key_R);
        QVERIFY(desk.comes_to(FlowView::State::running));
        desk.alt(Qt::Key_C);
        QVERIFY(desk.comes_to(FlowView::State::stopped));
        desk.alt(Qt::Key_L); // Close: the journal stays
        UnfinishedRow* row = nullptr;
        QTRY_VERIFY_WITH_TIMEOUT(
            (row = desk.window.start_page().findChild<UnfinishedRow*>()) != nullptr, patience_ms);
        Q_EMIT row->resume_wanted();
        FlowView& view = desk.window.resume_page().flow_view();
        QTRY_VERIFY_WITH_TIMEOUT(view.state() == FlowView::State::done, patience_ms);
    }

    void asks_for_a_passphrase_in_the_page() {
        Desk desk(network(), std::nullopt);
        desk.press(Qt::Key_N, Qt::ControlModifier);
        QTest::keyClicks(desk.focus(), QStringLiteral("locked"));
        for (int page = 0; page < 3; ++page) {
            QVERIFY(desk.page_ready());
            desk.alt(Qt::Key_X);
            QVERIFY(desk.stands_on(page + 1));
        }
        QTRY_VERIFY_WITH_TIMEOUT(qobject_cast<QLineEdit*>(desk.focus()) != nullptr, patience_ms);
        QVERIFY(!desk.window.wizard()->can_go_on());
        QTest::keyClicks(desk.focus(), QLatin1String(passphrase));
        desk.press(Qt::Key_Tab);
        QTest::keyClicks(desk.focus(), QLatin1String(passphrase));
        desk.press(Qt::Key_Return);
        QVERIFY(desk.page_ready());
    }

private:
    const std::string stopped_at_ = "register"; // what the step's id begins with
};

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    Theme theme(application);
    TestWizard tests;
    return QTest::qExec(&tests, argc, argv);
}

#include "test_wizard.moc"
