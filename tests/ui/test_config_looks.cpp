// The configuration tab as a whole: every state fits and is named, real and large projects.
#include "tests/support/vectors.h"
#include "tests/ui/config_stage.h"
#include "tests/ui/walk.h"
#include "ui/common/theme.h"

#include <QAbstractItemModelTester>
#include <QDir>
#include <QMenuBar>

#include <ctime>

using namespace tau;
using namespace tau::test::config;

namespace {

double thread_seconds() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

} // namespace

class TestConfigLooks : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void every_state_is_named_and_fits_data() {
        QTest::addColumn<int>("mode");
        QTest::addRow("light") << static_cast<int>(ThemeMode::light);
        QTest::addRow("dark") << static_cast<int>(ThemeMode::dark);
    }

    void every_state_is_named_and_fits() {
        QFETCH(int, mode);
        Theme::get().set_mode(static_cast<ThemeMode>(mode));
        Stage stage([](const fs::path& folder) {
            small(folder);
            write(folder / "config/functions/odd.yaml", "id: [\n");
            write(folder / "config/storages/photos.yaml", "id: x\nobject:\n    size: 1\n");
        });
        if (static_cast<ThemeMode>(mode) == ThemeMode::dark) {
            stage.window.resize(1024, 640);
        }
        const auto look = [&](const char* name) {
            settle();
            const QString folder = qEnvironmentVariable("TAU_PICTURES");
            if (!folder.isEmpty()) {
                QDir().mkpath(folder);
                stage.window.grab().save(
                    folder +
                    QStringLiteral("/config-%1-%2.png").arg(QString::fromLatin1(name)).arg(mode));
            }
            const QStringList faults = test::faults(stage.window);
            QVERIFY2(faults.isEmpty(), qPrintable(faults.join(QLatin1Char('\n'))));
        };
        for (const char* path : {"config.yaml", "functions/ping.yaml", "functions/odd.yaml",
                                 "domains/web.yaml", "storages/photos.yaml"}) {
            stage.tab->select(path);
            look(QString::fromLatin1(path)
                     .replace(QLatin1Char('/'), QLatin1Char('-'))
                     .toLatin1()
                     .constData());
        }
        stage.tab->select("functions/ping.yaml");
        stage.type_into(stage.input<QLineEdit>("execution/memory"), "much");
        const QModelIndex ping_index = stage.tab->resources().index_of("functions/ping.yaml");
        QTRY_VERIFY(ping_index.data(Qt::ToolTipRole).toString().contains(QStringLiteral("broken")));
        look("changed-and-broken");
        stage.tab->undo();
        stage.tab->show_code(true);
        stage.wait();
        look("code");
        stage.tab->ask_new();
        look("new");
        stage.tab->ask_delete();
        stage.wait();
        look("delete");
        stage.tab->ask_rename();
        stage.wait();
        look("rename");
    }

    void the_real_project_opens_and_saves_nothing() {
        if (test::vectors().empty()) {
            QSKIP("skipped: no vectors");
        }
        const fs::path source = test::vectors() / "taubyte/tb_test_project";
        Stage stage([&](const fs::path& folder) {
            fs::copy(source, folder / "config", fs::copy_options::recursive);
        });
        QAbstractItemModelTester tester(&stage.tab->resources());
        const auto resources = stage.tab->workspace().store().resources();
        QVERIFY(resources.size() > 10);
        for (const project::Resource& each : resources) {
            stage.tab->select(each.path());
            QCOMPARE(stage.tab->current_path(), each.path());
            QVERIFY(!stage.tab->form().is_read_only());
            QVERIFY(stage.tab->form().input(QStringLiteral("id")) != nullptr);
            for (QLineEdit* line : stage.tab->form().findChildren<QLineEdit*>()) {
                Q_EMIT line->editingFinished(); // looked at, left as it was
            }
        }
        QVERIFY(!stage.tab->has_unsaved());
    }

    void a_byte_order_mark_is_neither_shown_nor_lost() {
        const std::string mark = "\xef\xbb\xbf";
        Stage stage([&](const fs::path& folder) {
            small(folder);
            write(folder / "config/functions/ping.yaml", mark + ping);
            write(folder / "config/functions/odd.yaml", mark + "id: a: b\n");
        });
        stage.tab->select("functions/ping.yaml");
        TextEditor& yaml = stage.tab->yaml();
        Theme::get().set_mode(ThemeMode::dark);
        Theme::get().set_mode(ThemeMode::light);
        settle();
        stage.tab->flush();
        QVERIFY(!stage.tab->has_unsaved()); // other colours are no edit
        yaml.moveCursor(QTextCursor::Start);
        QCOMPARE(yaml.document()->firstBlock().text(), QStringLiteral("# my function"));
        QTest::keyClicks(&yaml, QStringLiteral("x"));
        stage.tab->flush();
        QCOMPARE(stage.text("functions/ping.yaml"), mark + "x" + ping);
        QTest::keyClick(&yaml, Qt::Key_Backspace);
        stage.tab->flush();
        QVERIFY(!stage.tab->has_unsaved());
        QTest::keyClick(&yaml, Qt::Key_Delete);
        stage.tab->flush();
        stage.tab->save();
        stage.wait();
        QCOMPARE(stage.on_disk("functions/ping.yaml"), mark + ping.substr(1));
        const project::Problem* problem = stage.tab->problems().current();
        QVERIFY(problem != nullptr);
        QCOMPARE(problem->path, std::string("functions/odd.yaml"));
        stage.tab->problems().table().setFocus();
        QTest::keyClick(&stage.tab->problems().table(), Qt::Key_Return);
        QCOMPARE(yaml.textCursor().block().text().mid(yaml.textCursor().positionInBlock()),
                 QStringLiteral(": b"));
    }

    void a_text_that_cannot_be_shown_whole_is_not_edited() {
        const std::string latin = std::string("id: ") + project_id + "\nname: caf\xe9\n";
        Stage stage([&](const fs::path& folder) {
            small(folder);
            write(folder / "config/config.yaml", latin);
        });
        stage.tab->select("config.yaml");
        QVERIFY(stage.tab->yaml().isReadOnly());
        Theme::get().set_mode(ThemeMode::dark); // other colours are a change to Qt
        settle();
        Theme::get().set_mode(ThemeMode::light);
        settle();
        stage.tab->flush();
        QVERIFY(!stage.tab->has_unsaved());
        stage.tab->save();
        stage.wait();
        QCOMPARE(stage.on_disk("config.yaml"), latin);
    }

    void what_ends_a_line_for_qt_alone_stays() {
        const std::string odd = "# \xef\xb7\x90 and \xef\xb7\x91\n" + ping;
        Stage stage([&](const fs::path& folder) {
            small(folder);
            write(folder / "config/functions/ping.yaml", odd);
        });
        stage.tab->select("functions/ping.yaml");
        stage.tab->yaml().moveCursor(QTextCursor::End);
        QTest::keyClicks(&stage.tab->yaml(), QStringLiteral("#"));
        stage.tab->flush();
        QCOMPARE(stage.text("functions/ping.yaml"), odd + "#");
    }

    void ten_thousand_resources_do_not_freeze_it() {
        Stage stage([](const fs::path& folder) {
            small(folder);
            for (int i = 0; i < 10'000; ++i) {
                write(folder / "config/functions" / ("f" + std::to_string(i) + ".yaml"), ping);
            }
        });
        QCOMPARE(stage.tab->resources().rowCount(), 4);
        const auto seconds = [&](const std::function<void()>& work) {
            const double before = thread_seconds();
            work();
            settle();
            return thread_seconds() - before;
        };
        const double chosen = seconds([&] { stage.tab->select("functions/f5000.yaml"); });
        const double typed =
            seconds([&] { stage.type_into(stage.input<QLineEdit>("execution/memory"), "64MB"); });
        const double searched =
            seconds([&] { QTest::keyClicks(&stage.tab->search(), QStringLiteral("f999")); });
        const double undone = seconds([&] { stage.tab->undo(); });
        qInfo("choose %.3f s, four keys %.3f s, search %.3f s, undo %.3f s", chosen, typed,
              searched, undone);
        QVERIFY(chosen < 0.5);
        QVERIFY(typed < 1.0);
        QVERIFY(searched < 2.0);
        QVERIFY(undone < 0.5);
    }
};

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    Theme theme(application);
    TestConfigLooks test;
    const int failed = QTest::qExec(&test, argc, argv);
    Job::wait_for_all();
    return failed;
}

#include "test_config_looks.moc"
