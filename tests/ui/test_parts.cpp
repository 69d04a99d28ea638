// The small parts: colours, jobs, and what the wizard says to what one types.
#include "tests/ui/sample_services.h"
#include "ui/common/job.h"
#include "ui/common/key_label.h"
#include "ui/common/theme.h"
#include "ui/wizard/unlock_panel.h"
#include "ui/wizard/wizard.h"

#include <QApplication>
#include <QClipboard>
#include <QLineEdit>
#include <QPalette>
#include <QSignalSpy>
#include <QTest>

#include <condition_variable>
#include <mutex>

using namespace tau;
using namespace tau::ui;

namespace {

constexpr double readable = 4.5; // WCAG 2 AA

/// Blocks a job's thread until the test, or a stop, lets it go on.
class Gate {
public:
    bool wait(std::stop_token stop) {
        std::unique_lock lock(mutex_);
        return changed_.wait(lock, stop, [this] { return open_; });
    }
    void open() {
        const std::lock_guard lock(mutex_);
        open_ = true;
        changed_.notify_all();
    }

private:
    std::mutex mutex_;
    std::condition_variable_any changed_;
    bool open_ = false;
};

} // namespace

class TestParts : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { QVERIFY(protect_process()); }

    void contrast_data() {
        QTest::addColumn<QColor>("text");
        QTest::addColumn<QColor>("ground");
        for (const Tokens& t : {light_tokens(), dark_tokens()}) {
            const std::string theme = t.dark ? "dark " : "light ";
            const std::pair<const char*, QColor> grounds[] = {
                {"canvas", t.canvas}, {"surface", t.surface}, {"raised", t.raised}};
            const std::pair<const char*, QColor> texts[] = {
                {"text", t.text}, {"muted", t.muted}, {"accent", t.accent},
                {"good", t.good}, {"warn", t.warn},   {"bad", t.bad}};
            for (const auto& [ground_name, ground] : grounds) {
                for (const auto& [text_name, text] : texts) {
                    QTest::newRow((theme + text_name + " on " + ground_name).c_str())
                        << text << ground;
                }
            }
            QTest::newRow((theme + "on accent").c_str()) << t.on_accent << t.accent;
            QTest::newRow((theme + "text on a selected row").c_str())
                << t.text << mix(t.surface, t.accent, 0.16);
            QTest::newRow((theme + "bad on its tint").c_str())
                << t.bad << mix(t.surface, t.bad, 0.06);
        }
    }
    void contrast() {
        QFETCH(QColor, text);
        QFETCH(QColor, ground);
        QVERIFY2(ui::contrast(text, ground) >= readable,
                 qPrintable(QString::number(ui::contrast(text, ground))));
    }

    void theme_follows_the_system() {
        Theme::get().set_mode(ThemeMode::system);
        QPalette night;
        night.setColor(QPalette::Window, Qt::black);
        night.setColor(QPalette::WindowText, Qt::white);
        QApplication::setPalette(night);
        QVERIFY(Theme::get().tokens().dark);
        QPalette day;
        day.setColor(QPalette::Window, Qt::white);
        day.setColor(QPalette::WindowText, Qt::black);
        QApplication::setPalette(day);
        QVERIFY(!Theme::get().tokens().dark);
        Theme::get().set_mode(ThemeMode::dark);
        QVERIFY(Theme::get().tokens().dark);
        Theme::get().set_mode(ThemeMode::light);
    }

    void job_delivers_once_and_in_order() {
        Job job;
        QStringList seen;
        job.start([](std::stop_token, const Job::Post& post) { return post([] {}), 7; },
                  [&](int) { seen << QStringLiteral("never: replaced"); });
        job.start(
            [&seen](std::stop_token, const Job::Post& post) {
                post([&seen] { seen << QStringLiteral("first"); });
                post([&seen] { seen << QStringLiteral("second"); });
                return 8;
            },
            [&](int value) { seen << QString::number(value); });
        QVERIFY(job.running());
        QTRY_VERIFY(!job.running());
        Job::wait_for_all();
        QCoreApplication::sendPostedEvents();
        QCOMPARE(seen, QStringList({QStringLiteral("first"), QStringLiteral("second"),
                                    QStringLiteral("8")}));
    }

    void job_cancels() {
        Gate gate;
        Job job;
        std::optional<bool> went_on;
        job.start([&gate](std::stop_token stop) { return gate.wait(std::move(stop)); },
                  [&](bool value) { went_on = value; });
        job.cancel();
        QTRY_VERIFY(went_on.has_value());
        QCOMPARE(*went_on, false);
        QVERIFY(!job.running());
    }

    void job_leaves_a_dead_receiver_alone() {
        Gate gate;
        bool delivered = false;
        bool stopped = false;
        {
            Job job;
            job.start(
                [&](std::stop_token stop, const Job::Post& post) {
                    stopped = !gate.wait(std::move(stop));
                    post([&] { delivered = true; });
                    return 1;
                },
                [&](int) { delivered = true; });
        }
        Job::wait_for_all();
        QCoreApplication::sendPostedEvents();
        QVERIFY(stopped);
        QVERIFY(!delivered);
    }

    void job_drops() {
        Gate gate;
        Job job;
        bool delivered = false;
        job.start([](std::stop_token) { return 1; }, [&](int) { delivered = true; });
        QSignalSpy spy(&job, &Job::running_changed);
        Job::wait_for_all(); // the result lies in the queue now
        job.drop();
        QCOMPARE(spy.count(), 1);
        QCoreApplication::sendPostedEvents();
        QVERIFY(!delivered);
    }

    void a_long_address_gives_up_its_middle() {
        KeyLabel label(QStringLiteral("folder"), nullptr, 0, 0);
        const QString path = QStringLiteral("/home/ada/") + QString(90, QLatin1Char('x')) +
                             QStringLiteral("/tb_shop");
        label.set_value(path);
        label.resize(400, label.sizeHint().height());
        label.show();
        const QString shown = dynamic_cast<const ElidedLabel&>(*label.findChild<QLabel*>()).shown();
        QVERIFY2(shown.size() < path.size() && shown.startsWith(QStringLiteral("/home")) &&
                     shown.endsWith(QStringLiteral("shop")),
                 qPrintable(shown));
        QCOMPARE(label.findChild<QLabel*>()->toolTip(), path);
        label.findChild<QToolButton*>()->click();
        QCOMPARE(QGuiApplication::clipboard()->text(), path);
    }

    void first_page_says_why_next_is_off_data() {
        QTest::addColumn<QString>("typed");
        QTest::addColumn<QString>("reason");
        QTest::newRow("nothing") << QString() << QStringLiteral("needs a name");
        QTest::newRow("dash") << QStringLiteral("shop-x") << QStringLiteral("dash");
        QTest::newRow("digit first") << QStringLiteral("1shop") << QStringLiteral("name");
        QTest::newRow("space") << QStringLiteral("my shop") << QStringLiteral("name");
        QTest::newRow("good") << QStringLiteral("shop") << QString();
        QTest::newRow("underscore") << QStringLiteral("my_shop2") << QString();
    }
    void first_page_says_why_next_is_off() {
        QFETCH(QString, typed);
        QFETCH(QString, reason);
        Drafting drafting;
        drafting.type(typed);
        const QString said = drafting.blocked();
        QCOMPARE(said.isEmpty(), reason.isEmpty());
        QVERIFY2(said.contains(reason), qPrintable(said));
    }

    void names_are_asked_once_after_a_pause() {
        Drafting drafting;
        drafting.type(QStringLiteral("shop"));
        QCOMPARE(drafting.services.questions.load(), 2); // one pause, two repositories
    }

    void taken_names_block_the_second_page() {
        Drafting drafting;
        forge::Repository taken;
        taken.name = "tb_shop";
        taken.empty = false;
        drafting.services.repositories["tb_shop"] = taken;
        drafting.type(QStringLiteral("shop"));
        drafting.wizard->next();
        QVERIFY(drafting.blocked().contains(QStringLiteral("tb_shop is there already")));
        drafting.services.repositories["tb_shop"].empty = true;
        drafting.wizard->model().edit(
            [](project::Draft& draft) { draft.configuration.name = "tb_other"; });
        drafting.wizard->model().edit([](project::Draft& draft) {
            draft.configuration.name = "tb_shop";
            draft.configuration.use_existing = true;
        });
        QTRY_VERIFY(!drafting.wizard->model().checking());
        QCOMPARE(drafting.blocked(), QString());
    }

    void a_wrong_passphrase_asks_again() {
        test::SampleServices services;
        services.secrets = SecretsState::needs_passphrase;
        UnlockPanel panel(services);
        panel.ask(SecretsState::needs_passphrase);
        QSignalSpy unlocked(&panel, &UnlockPanel::unlocked);
        auto* edit = panel.findChild<QLineEdit*>();
        QCOMPARE(edit->echoMode(), QLineEdit::Password);
        QTest::keyClicks(edit, QStringLiteral("wrong"));
        QTest::keyClick(edit, Qt::Key_Return);
        QCOMPARE(edit->text(), QString());
        QTRY_VERIFY(panel.findChild<ErrorView*>()->sentence().contains(
            QStringLiteral("not the passphrase")));
        QCOMPARE(unlocked.count(), 0);
        QTest::keyClicks(edit, QString::fromStdString(services.passphrase));
        QTest::keyClick(edit, Qt::Key_Return);
        QTRY_COMPARE(unlocked.count(), 1);
    }

private:
    /// A wizard over sample services, with its first questions answered.
    struct Drafting {
        Drafting() {
            services.settings[QStringLiteral("networks")] =
                QStringList{QStringLiteral("/networks/local.yaml")};
            networks = std::make_unique<Networks>(services);
            wizard = std::make_unique<Wizard>(services, *networks);
            wizard->show();
            if (!QTest::qWaitFor([this] { return wizard->model().account().has_value(); })) {
                qFatal("the sample git host did not answer");
            }
        }
        ~Drafting() {
            wizard.reset();
            networks.reset();
            Job::wait_for_all();
        }
        void type(const QString& text) {
            wizard->focus_page();
            auto* edit = wizard->focusWidget(); // the name
            QTest::keyClicks(edit, text);
            if (!QTest::qWaitFor([this] { return !wizard->model().checking(); })) {
                qFatal("the names were not answered");
            }
        }
        QString blocked() const { return wizard->can_go_on() ? QString() : wizard->reason(); }
        test::SampleServices services;
        std::unique_ptr<Networks> networks;
        std::unique_ptr<Wizard> wizard;
    };
};

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    Theme theme(application);
    TestParts tests;
    return QTest::qExec(&tests, argc, argv);
}

#include "test_parts.moc"
