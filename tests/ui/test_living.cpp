// A project's life in the window over real parts: tau-localnet with its SSH host and vault nodes,
// the real services, a real data folder.
#include "app/console/console_services.h"
#include "core/base/file.h"
#include "core/forge/local_state.h"
#include "core/git/repository.h"
#include "tests/support/git_cli.h"
#include "tests/support/localnet.h"
#include "tests/support/temporary_directory.h"
#include "ui/common/job.h"
#include "ui/common/theme.h"
#include "ui/common/unfinished_row.h"
#include "ui/project/deployments_view.h"
#include "ui/project/project_tabs.h"
#include "ui/project/registration_view.h"
#include "ui/shell/change_page.h"
#include "ui/shell/main_window.h"
#include "ui/shell/project_area.h"
#include "ui/shell/project_page.h"
#include "ui/shell/resume_page.h"
#include "ui/shell/start_page.h"

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QTest>

using namespace tau;
using namespace tau::ui;
namespace fs = std::filesystem;
using Kind = ChangeWish::Kind;

namespace {

constexpr int patience_ms = 60000;

/// A window over a data folder in which there is a project at the first of two vaults.
struct Desk {
    explicit Desk(const fs::path& network_file)
        : services(folder.path(), Secret::copy_of(std::string_view("correct horse"))),
          network(services.load_network(network_file, {}).value()), window(services) {
        window.networks().open(network_file);
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
    /// As the wizard's last page does; its own test drives that one.
    flow::LocalProject make(const std::string& name) {
        project::Draft draft;
        draft.name = name;
        draft.git_host = network.git_hosts.front().name;
        draft.owner = services.account(network.git_hosts.front(), {}).value().login;
        draft.configuration.name = "tb_" + name;
        draft.code.name = "tb_code_" + name;
        draft.vaults = {project::choice_of(network.nodes.front().record)};
        const auto plan = services.plan(draft, network, {});
        if (!plan || !services.secrets_state() || !(*plan)->run({}, [](auto, const auto&) {})) {
            qFatal("the project was not made");
        }
        return services.projects().value().front();
    }
    void open(ProjectTab& tab, const flow::LocalProject& project) {
        window.open_project(project);
        window.area().tabs().show_tab(&tab);
    }
    /// What a person's next key goes to.
    void press(Qt::Key key, Qt::KeyboardModifiers with = Qt::NoModifier) {
        QWidget* focus = QApplication::focusWidget();
        QTest::keyClick(focus != nullptr ? focus : &window, key, with);
    }
    void alt(Qt::Key key) { press(key, Qt::AltModifier); }

    /// From the registration page to a change whose plan is shown.
    bool review(const flow::LocalProject& project, Kind kind) {
        RegistrationView& view = window.area().registration();
        open(view, project);
        if (!QTest::qWaitFor([&] { return view.change_button(kind).isEnabled() && !view.busy(); },
                             patience_ms)) {
            return false;
        }
        view.change_button(kind).click();
        return kind == Kind::move || plan_shown();
    }
    bool plan_shown() {
        ChangePage& page = window.change_page();
        return QTest::qWaitFor([&] { return page.stands_on_review() && !page.review().busy(); },
                               patience_ms);
    }
    static bool comes_to(FlowView& view, FlowView::State state) {
        return QTest::qWaitFor([&] { return view.state() == state; }, patience_ms);
    }
    FlowView& flow() { return window.change_page().flow_view(); }
    vault::PublishedProofs proofs(const flow::LocalProject& project) {
        return services.ask_vaults(project, {}).value().front().proofs.value();
    }

    test::TemporaryDirectory folder;
    app::ConsoleServices services;
    vault::Network network;
    MainWindow window;
};

} // namespace

class TestLiving : public QObject {
    Q_OBJECT

    test::TemporaryDirectory folder_;
    std::unique_ptr<test::Localnet> localnet_;
    std::unique_ptr<Desk> desk_;

    /// Deploy keys and webhooks of both repositories.
    std::pair<std::size_t, std::size_t> kept_by_host(const std::string& name) const {
        const auto state = forge::LocalFolder(localnet_->git_host()).load().value();
        std::pair<std::size_t, std::size_t> found;
        for (const forge::LocalRepository& repository : state.repositories) {
            if (repository.name == "tb_" + name || repository.name == "tb_code_" + name) {
                found.first += repository.keys.size();
                found.second += repository.hooks.size();
            }
        }
        return found;
    }
    /// A rotation that is stopped while it hands out keys: the git host is held until Cancel is
    /// pressed, however fast the machine is.
    bool cancelled_half_way(const flow::LocalProject& project) {
        if (!desk_->review(project, Kind::rotate)) {
            return false;
        }
        FlowView& flow = desk_->flow();
        {
            const auto held = FileLock::acquire(localnet_->git_host() / "lock", patience_ms);
            desk_->alt(Qt::Key_K); // Make new keys
            if (!held || !QTest::qWaitFor(
                             [&] { return flow.running_step().starts_with("deploy-key"); }, 9000)) {
                return false;
            }
            desk_->alt(Qt::Key_C); // Cancel
        }
        return desk_->comes_to(flow, FlowView::State::stopped);
    }

private Q_SLOTS:
    void initTestCase() {
        QVERIFY(protect_process());
        localnet_ = std::make_unique<test::Localnet>(folder_.path() / "net", 2);
        desk_ = std::make_unique<Desk>(localnet_->network_file());
        desk_->make("shop");
    }
    void cleanupTestCase() {
        desk_.reset();
        localnet_.reset();
    }

    void a_deployment_is_edited_and_sent() {
        const auto project = desk_->services.projects().value().front();
        DeploymentsView& view = desk_->window.area().deployments();
        QAbstractItemModelTester tester(&view.rows(),
                                        QAbstractItemModelTester::FailureReportingMode::QtTest);
        desk_->open(view, project);
        QTRY_VERIFY_WITH_TIMEOUT(!view.busy() && view.rows().rowCount() > 0, patience_ms);
        const int before = view.rows().rowCount();
        const std::string tip =
            git::Repository::open(project.code).value().branch_commit("main").value().value();
        desk_->alt(Qt::Key_D); // Add
        QTRY_VERIFY(view.editor().isVisible());
        desk_->press(Qt::Key_Down); // a region
        view.editor().regions().setCurrentText(QStringLiteral("eu-west"));
        view.editor().refs().setFocus();
        QTest::keyClicks(QApplication::focusWidget(), QString::fromStdString(tip));
        desk_->press(Qt::Key_Return);
        QTRY_COMPARE(view.rows().rowCount(), before + 1);
        QVERIFY(view.has_edits());
        desk_->alt(Qt::Key_S); // Send
        QTRY_VERIFY_WITH_TIMEOUT(!view.busy() && !view.has_edits(), patience_ms);
        const vault::Deployment row{"region:eu-west", vault::Role::code, "", tip};
        const int at = view.rows().row_of(row);
        QVERIFY(at >= 0);
        QCOMPARE(view.rows().index(at, DeploymentsModel::first_vault_column).data().toString(),
                 QString::fromStdString(tip).left(10));
        // The vault itself says so, to anyone.
        const auto states = desk_->services.ask_vaults(project, {});
        QVERIFY(states.has_value());
        bool shown = false;
        for (const vault::ProjectVersion& version : states->front().versions) {
            shown = shown ||
                    (version.part.region == "eu-west" && version.repositories[1].commit == tip &&
                     version.repositories[1].reason == "commit_fixed");
        }
        QVERIFY(shown);
    }

    void what_a_vault_cannot_run_it_says() {
        const auto project = desk_->services.projects().value().front();
        DeploymentsView& view = desk_->window.area().deployments();
        desk_->open(view, project);
        QTRY_VERIFY_WITH_TIMEOUT(!view.busy() && view.rows().rowCount() > 0, patience_ms);
        view.rows().put({"*", vault::Role::code, "no_such_branch", ""});
        view.send();
        QTRY_VERIFY_WITH_TIMEOUT(!view.busy(), patience_ms);
        QVERIFY(view.has_edits());
        QString said;
        for (const QLabel* label : view.outcomes().findChildren<QLabel*>()) {
            said += label->text() + QLatin1Char('\n');
        }
        QVERIFY2(said.contains(QStringLiteral("no_such_branch")), qPrintable(said));
        view.rows().revert(view.rows().row_of({"*", vault::Role::code, "", ""}));
        QVERIFY(!view.has_edits());
    }

    /// A clone that another tool made knows where it came from.
    void an_opened_folder_is_pushed_to_where_it_came_from() {
        const auto project = desk_->services.projects().value().front();
        const auto url = desk_->services.load_export(project)->claims[0].repository_url;
        const fs::path mine = folder_.path() / "mine";
        test::git(folder_.path(), {"clone", "-q", project.configuration.string(), "mine"});
        const auto opened = desk_->services.open_folder(mine);
        QVERIFY(opened.has_value());
        QCOMPARE(desk_->services.projects()->size(), std::size_t{2});
        test::write(mine / "new.md", "mine\n");
        auto& git = desk_->services.git();
        QVERIFY(git.commit(*opened, {{vault::Role::configuration, {"new.md"}}},
                           {"Grace", "g@x.org"}, "Mine"));
        test::git(mine, {"remote", "remove", "origin"});
        const auto nowhere = git.push(*opened, {}, {});
        QVERIFY(!nowhere);
        QVERIFY(nowhere.error().message.find("no remote named origin") != std::string::npos);
        test::git(mine, {"remote", "add", "origin", "ssh://git@example.org/a/b.git"});
        const auto elsewhere = git.push(*opened, {}, {});
        QVERIFY(!elsewhere);
        QVERIFY(elsewhere.error().message.find("None of your networks") != std::string::npos);
        test::git(mine, {"remote", "set-url", "origin", url});
        const auto pushed = git.push(*opened, {}, {});
        QVERIFY2(pushed.has_value(), pushed ? "" : pushed.error().message.c_str());
        QVERIFY(git.pull(project, {}, {}).has_value());
        QCOMPARE(test::contents(project.configuration / "new.md"), std::string("mine\n"));
        QVERIFY(desk_->services.close_folder(*opened).has_value());
    }

    void proofs_are_verified_here() {
        const auto project = desk_->services.projects().value().front();
        RegistrationView& view = desk_->window.area().registration();
        desk_->open(view, project);
        QTRY_VERIFY_WITH_TIMEOUT(!view.busy() && view.cards().size() == 1, patience_ms);
        view.cards().front()->verify_button().click();
        QTRY_VERIFY_WITH_TIMEOUT(view.cards().front()->is_verified(), patience_ms);
    }

    void keys_are_rotated() {
        const auto project = desk_->services.projects().value().front();
        const auto before = desk_->proofs(project);
        QVERIFY(desk_->review(project, Kind::rotate));
        desk_->alt(Qt::Key_K); // Rotate the keys
        QVERIFY2(desk_->comes_to(desk_->flow(), FlowView::State::done),
                 qPrintable(desk_->flow().problem()));
        const auto after = desk_->proofs(project);
        QCOMPARE(after.sealed_version, std::int64_t{2});
        QVERIFY(after.receipt.proof_hashes != before.receipt.proof_hashes);
        QCOMPARE(kept_by_host("shop"), (std::pair<std::size_t, std::size_t>(2, 2)));
        QTRY_VERIFY_WITH_TIMEOUT(desk_->flow().has_result(), patience_ms);
        desk_->alt(Qt::Key_L); // Close
        RegistrationView& view = desk_->window.area().registration();
        QTRY_VERIFY_WITH_TIMEOUT(view.isVisible() && !view.busy() && view.cards().size() == 1,
                                 patience_ms);
        QCOMPARE(view.vaults().front().status->sealed_version, std::int64_t{2});
        QVERIFY(view.vaults().front().receipt.proof_hashes == after.receipt.proof_hashes);
    }

    void a_finished_rotation_is_taken_back() {
        const auto project = desk_->services.projects().value().front();
        const auto first = desk_->services.last_change(project).value().value();
        QCOMPARE(QString::fromStdString(first.kind), QStringLiteral("rotate"));
        const auto file = flow::load_export(project).value();
        QVERIFY(desk_->review(project, Kind::rotate));
        desk_->alt(Qt::Key_K);
        QVERIFY(desk_->comes_to(desk_->flow(), FlowView::State::running));
        QVERIFY2(desk_->comes_to(desk_->flow(), FlowView::State::done),
                 qPrintable(desk_->flow().problem()));
        QTRY_VERIFY_WITH_TIMEOUT(desk_->flow().has_result(), patience_ms);
        // The one before it has to wait: what it would bring back is not what was before it.
        const auto older = desk_->services.open_unfinished(first.id, {}).value();
        QVERIFY(!older->can_undo());
        QVERIFY(!older->undo({}, [](auto, const auto&) {}));
        desk_->alt(Qt::Key_L); // Close
        RegistrationView& view = desk_->window.area().registration();
        QTRY_VERIFY_WITH_TIMEOUT(view.isVisible() && !view.busy(), patience_ms);
        QTRY_VERIFY(view.undo_button().isVisible());
        desk_->alt(Qt::Key_K); // Take it back
        FlowView& flow = desk_->window.resume_page().flow_view();
        QVERIFY(desk_->comes_to(flow, FlowView::State::confirming));
        desk_->alt(Qt::Key_K); // Keep everything
        QVERIFY(desk_->comes_to(flow, FlowView::State::done));
        desk_->alt(Qt::Key_L); // Close
        QTRY_VERIFY_WITH_TIMEOUT(view.isVisible() && !view.busy(), patience_ms);
        desk_->alt(Qt::Key_K);
        QVERIFY(desk_->comes_to(flow, FlowView::State::confirming));
        desk_->alt(Qt::Key_T); // Take it back
        QVERIFY2(desk_->comes_to(flow, FlowView::State::undone), qPrintable(flow.problem()));
        const auto now = flow::load_export(project).value();
        QVERIFY(now.vaults[0].receipt.proof_hashes == file.vaults[0].receipt.proof_hashes);
        QCOMPARE(kept_by_host("shop"), (std::pair<std::size_t, std::size_t>(2, 2)));
        desk_->alt(Qt::Key_L); // Close
        QTRY_VERIFY_WITH_TIMEOUT(view.isVisible() && !view.busy() && view.cards().size() == 1,
                                 patience_ms);
        // Now the one before it is the last.
        QCOMPARE(desk_->services.last_change(project).value().value().id, first.id);
        QVERIFY(older->can_undo());
    }

    void a_rotation_is_cancelled_and_taken_back() {
        const auto project = desk_->services.projects().value().front();
        const auto before = desk_->proofs(project);
        QVERIFY(cancelled_half_way(project));
        desk_->alt(Qt::Key_U); // Undo all
        QVERIFY(desk_->comes_to(desk_->flow(), FlowView::State::confirming));
        desk_->alt(Qt::Key_T); // Take it back
        QVERIFY2(desk_->comes_to(desk_->flow(), FlowView::State::undone),
                 qPrintable(desk_->flow().problem()));
        QVERIFY(desk_->proofs(project).receipt.proof_hashes == before.receipt.proof_hashes);
        QCOMPARE(kept_by_host("shop"), (std::pair<std::size_t, std::size_t>(2, 2)));
        QCOMPARE(desk_->services.unfinished().value().size(), std::size_t{0});
    }

    void an_interrupted_rotation_waits_on_the_start_page() {
        const auto project = desk_->services.projects().value().front();
        const auto before = desk_->proofs(project);
        QVERIFY(cancelled_half_way(project));
        desk_->alt(Qt::Key_L); // Close
        RegistrationView& view = desk_->window.area().registration();
        QTRY_VERIFY_WITH_TIMEOUT(view.isVisible() && !view.busy(), patience_ms);
        QCOMPARE(view.findChildren<UnfinishedRow*>().size(), 1);
        QVERIFY(!view.change_button(Kind::move).isEnabled());
        desk_->window.show_start();
        UnfinishedRow* row = nullptr;
        QTRY_VERIFY((row = desk_->window.start_page().findChild<UnfinishedRow*>()) != nullptr);
        Q_EMIT row->resume_wanted();
        FlowView& flow = desk_->window.resume_page().flow_view();
        QVERIFY2(desk_->comes_to(flow, FlowView::State::done), qPrintable(flow.problem()));
        const auto after = desk_->proofs(project);
        QVERIFY(after.sealed_version > before.sealed_version);
        QVERIFY(after.receipt.proof_hashes != before.receipt.proof_hashes);
        QCOMPARE(kept_by_host("shop"), (std::pair<std::size_t, std::size_t>(2, 2)));
        QCOMPARE(desk_->services.unfinished().value().size(), std::size_t{0});
    }

    void a_project_moves_to_the_other_vault() {
        const auto project = desk_->services.projects().value().front();
        QVERIFY(desk_->review(project, Kind::move));
        ChangePage& page = desk_->window.change_page();
        QTRY_VERIFY_WITH_TIMEOUT(page.next_button().isEnabled(), patience_ms);
        QCOMPARE(page.browser()->rows().rowCount(), 1); // the only one that has not got it
        desk_->alt(Qt::Key_X);
        QTRY_VERIFY(page.stands_on_review());
        QVERIFY(desk_->plan_shown());
        desk_->alt(Qt::Key_M); // Move the project
        QVERIFY2(desk_->comes_to(desk_->flow(), FlowView::State::done),
                 qPrintable(desk_->flow().problem()));
        const auto states = desk_->services.ask_vaults(project, {}).value();
        QCOMPARE(states.size(), std::size_t{1});
        QCOMPARE(states.front().node.node_id(), desk_->network.nodes[1].record.node_id());
        // The deployments came along.
        QCOMPARE(states.front().status->deployments.size(), std::size_t{3});
        QCOMPARE(kept_by_host("shop"), (std::pair<std::size_t, std::size_t>(2, 2)));
    }

    void a_project_is_removed() {
        const auto project = desk_->services.projects().value().front();
        QVERIFY(desk_->review(project, Kind::remove));
        ChangeReview& review = desk_->window.change_page().review();
        QVERIFY(review.discard().isHidden());
        QVERIFY(write_file_atomic(project.configuration / "mine.yaml", std::string_view("a: 1\n")));
        review.files().click();
        QTRY_VERIFY_WITH_TIMEOUT(review.error().isVisible(), patience_ms);
        QVERIFY(review.error().sentence().contains(QStringLiteral("mine.yaml")));
        review.discard().click();
        QVERIFY(desk_->plan_shown());
        QVERIFY(!review.ready());
        review.name().setFocus();
        QTest::keyClicks(&review.name(), QStringLiteral("shop"));
        QTRY_VERIFY_WITH_TIMEOUT(review.ready(), patience_ms);
        desk_->press(Qt::Key_Return);
        QVERIFY2(desk_->comes_to(desk_->flow(), FlowView::State::done),
                 qPrintable(desk_->flow().problem()));
        QCOMPARE(kept_by_host("shop"), (std::pair<std::size_t, std::size_t>(0, 0)));
        QCOMPARE(desk_->services.projects().value().size(), std::size_t{0});
        desk_->alt(Qt::Key_L); // Close
        QTRY_VERIFY(desk_->window.start_page().isVisible());
    }
};

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    Theme theme(application);
    TestLiving test;
    const int result = QTest::qExec(&test, argc, argv);
    Job::wait_for_all();
    return result;
}

#include "test_living.moc"
