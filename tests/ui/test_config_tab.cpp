// The configuration of a project in the window: real widgets over real files.
#include "app/console/config_services.h"
#include "tests/support/temporary_directory.h"
#include "tests/support/vectors.h"
#include "tests/ui/sample_services.h"
#include "tests/ui/walk.h"
#include "ui/common/theme.h"
#include "ui/project/config_tab.h"

#include "core/base/file.h"

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QDir>
#include <QMainWindow>
#include <QMenuBar>
#include <QTest>

#include <ctime>
#include <fstream>

using namespace tau;
using namespace tau::ui;

namespace fs = std::filesystem;

namespace {

const char* const project_id = "Qmc3WjpDvCaVY3jWmxranUY7roFhRj66SNqstiRbKxDbU4";

void settle() {
    for (int turn = 0; turn < 10; ++turn) {
        QCoreApplication::sendPostedEvents();
        QCoreApplication::processEvents();
    }
}

void write(const fs::path& path, const std::string& text) {
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
}

std::string read(const fs::path& path) {
    auto text = read_file(path, 1U << 20U);
    return text ? *text : std::string("(none)");
}

/// The tab over two folders, shown and read.
struct Stage {
    explicit Stage(const std::function<void(const fs::path&)>& fill) {
        project.project_id = project_id;
        project.name = "shop";
        project.configuration = folder.path() / "config";
        project.code = folder.path() / "code";
        fs::create_directories(project.configuration);
        fs::create_directories(project.code);
        fill(folder.path());
        tab = new ConfigTab(services, config);
        window.setCentralWidget(tab);
        window.resize(1200, 800);
        window.show();
        window.activateWindow();
        tab->show_project(project);
        wait();
        tab->tree().setFocus();
    }
    void wait() {
        QTRY_VERIFY_WITH_TIMEOUT(!tab->busy(), 60'000);
        settle();
    }
    std::string text(const std::string& path) {
        const project::File* file = tab->workspace().store().file(path);
        return file == nullptr ? "(none)" : file->text();
    }
    std::string on_disk(const std::string& path) { return read(project.configuration / path); }
    template <typename T>
    T& input(const char* path) {
        auto* found = qobject_cast<T*>(tab->form().input(QString::fromLatin1(path)));
        if (found == nullptr) {
            qFatal("no such input: %s", path);
        }
        return *found;
    }
    void type_into(QLineEdit& line, const char* text) {
        line.setFocus();
        line.selectAll();
        QTest::keyClicks(&line, QString::fromLatin1(text));
    }
    /// Presses the button of this text, wherever it is.
    bool press(const QString& text) {
        for (QPushButton* button : tab->findChildren<QPushButton*>()) {
            if (button->isVisible() && button->text().startsWith(text)) {
                QTest::mouseClick(button, Qt::LeftButton);
                settle();
                return true;
            }
        }
        return false;
    }

    test::TemporaryDirectory folder;
    test::SampleServices services;
    app::ConfigWork config{[](const fs::path&) { return true; }};
    flow::LocalProject project;
    QMainWindow window;
    ConfigTab* tab = nullptr;
};

void fresh(const fs::path& folder) {
    write(folder / "config/config.yaml", std::string("id: ") + project_id + "\nname: shop\n");
}

const std::string ping =
    "# my function\r\nid: QmQazSMmMztAFkECFpvNjGMJpaYH4CvTTt85GDj1yYgt4a\r\n"
    "source: .   # inline\r\ntrigger:\r\n    type: https\r\n    method: GET\r\n"
    "    paths: [/ping]\r\ndomains:\r\n    - web\r\nexecution:\r\n"
    "    timeout: 10s\r\n    memory: 10MB # enough\r\n    call: ping\r\n";

void small(const fs::path& folder) {
    fresh(folder);
    write(folder / "config/functions/ping.yaml", ping);
    write(folder / "config/domains/web.yaml",
          "id: QmQspaxDwHSbioaW3zbLgdMpp1hCkz9z6JRzxykL1SqPHg\nfqdn: a.example.org\n");
    write(folder / "config/applications/store/config.yaml",
          "id: QmZvSFvZr7QfJzEWAC7DcBMNk4Tk3EJHupk8KNAPosHRq5\n");
    write(folder / "code/functions/ping/.taubyte/config.yaml", "version: 1.00\n");
    write(folder / "code/functions/ping/ping.go", "package lib\n");
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    text.replace(text.find(from), from.size(), to);
    return text;
}

double thread_seconds() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

} // namespace

class TestConfigTab : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void form_edit_changes_only_those_bytes() {
        Stage stage(small);
        stage.tab->select("functions/ping.yaml");
        stage.type_into(stage.input<QLineEdit>("execution/memory"), "64MB");
        const std::string wanted = replaced(ping, "10MB", "64MB");
        QCOMPARE(stage.text("functions/ping.yaml"), wanted);
        QVERIFY(stage.tab->yaml().toPlainText().contains(QStringLiteral("memory: 64MB # enough")));
        QCOMPARE(stage.on_disk("functions/ping.yaml"), ping);
        QVERIFY(stage.tab->has_unsaved());
        QTest::keyClick(stage.tab, Qt::Key_S, Qt::ControlModifier);
        stage.wait();
        QCOMPARE(stage.on_disk("functions/ping.yaml"), wanted);
        QVERIFY(!stage.tab->has_unsaved());
        QVERIFY(!stage.tab->save_button().isEnabled());
    }

    void choices_and_lists_are_edited_too() {
        Stage stage(small);
        stage.tab->select("functions/ping.yaml");
        auto& method = stage.input<QComboBox>("trigger/method");
        method.setFocus();
        QTest::keyClick(&method, Qt::Key_Down); // GET -> HEAD
        QCOMPARE(stage.text("functions/ping.yaml"), replaced(ping, "GET", "HEAD"));
        auto& paths = stage.input<QPlainTextEdit>("trigger/paths");
        paths.setFocus();
        paths.moveCursor(QTextCursor::End);
        QTest::keyClick(&paths, Qt::Key_Return);
        QTest::keyClicks(&paths, QStringLiteral("/pong"));
        QVERIFY(stage.text("functions/ping.yaml").find("/pong") != std::string::npos);
        auto& type = stage.input<QComboBox>("trigger/type");
        type.setCurrentIndex(type.findData(QStringLiteral("pubsub")));
        Q_EMIT type.activated(type.currentIndex());
        settle();
        QVERIFY(stage.tab->form().input(QStringLiteral("trigger/channel")) != nullptr);
        QVERIFY(!stage.tab->form().note(QStringLiteral("trigger/channel")).isEmpty());
    }

    void text_edit_updates_the_form_and_a_broken_text_makes_it_wait() {
        Stage stage(small);
        stage.tab->select("functions/ping.yaml");
        TextEditor& yaml = stage.tab->yaml();
        QTextCursor cursor = yaml.document()->find(QStringLiteral("10s"));
        cursor.insertText(QStringLiteral("25s"));
        QTRY_COMPARE(stage.input<QLineEdit>("execution/timeout").text(), QStringLiteral("25s"));
        QCOMPARE(stage.text("functions/ping.yaml"), replaced(ping, "10s", "25s")); // \r\n too
        cursor = yaml.document()->find(QStringLiteral("25s"));
        cursor.insertText(QStringLiteral("[30s"));
        QTRY_VERIFY(stage.tab->form().is_read_only());
        QCOMPARE(stage.input<QLineEdit>("execution/timeout").text(), QStringLiteral("25s"));
        QVERIFY(stage.input<QLineEdit>("execution/timeout").isReadOnly());
        QTRY_VERIFY(stage.tab->problems().current() != nullptr);
        QCOMPARE(stage.tab->problems().current()->path, std::string("functions/ping.yaml"));
        const QModelIndex index = stage.tab->resources().index_of("functions/ping.yaml");
        QTRY_VERIFY(
            index.data(Qt::AccessibleTextRole).toString().contains(QStringLiteral("broken")));
        cursor = yaml.document()->find(QStringLiteral("[30s"));
        cursor.insertText(QStringLiteral("30s"));
        QTRY_VERIFY(!stage.tab->form().is_read_only());
        QCOMPARE(stage.input<QLineEdit>("execution/timeout").text(), QStringLiteral("30s"));
    }

    void undo_goes_over_form_and_text() {
        Stage stage(small);
        stage.tab->select("functions/ping.yaml");
        stage.type_into(stage.input<QLineEdit>("execution/memory"), "64MB");
        QTextCursor cursor = stage.tab->yaml().document()->find(QStringLiteral("10s"));
        cursor.insertText(QStringLiteral("25s"));
        stage.tab->flush();
        const std::string both = replaced(replaced(ping, "10MB", "64MB"), "10s", "25s");
        QCOMPARE(stage.text("functions/ping.yaml"), both);
        auto& memory = stage.input<QLineEdit>("execution/memory");
        memory.setFocus();
        QTest::keyClick(&memory, Qt::Key_Z, Qt::ControlModifier); // not the input's own undo
        QCOMPARE(stage.text("functions/ping.yaml"), replaced(ping, "10MB", "64MB"));
        QTest::keyClick(&stage.tab->yaml(), Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(stage.text("functions/ping.yaml"), ping);
        QCOMPARE(memory.text(), QStringLiteral("10MB"));
        QVERIFY(!stage.tab->has_unsaved());
        stage.tab->redo();
        stage.tab->redo();
        QCOMPARE(stage.text("functions/ping.yaml"), both);
    }

    void a_fix_is_applied_and_enter_leads_to_the_place() {
        Stage stage([](const fs::path& folder) {
            small(folder);
            write(folder / "config/functions/ping.yaml",
                  replaced(ping, "source: .   # inline\r\n", ""));
        });
        const project::Problem* problem = stage.tab->problems().current();
        QVERIFY(problem != nullptr);
        QCOMPARE(problem->field, std::string("source"));
        stage.tab->problems().table().setFocus();
        QTest::keyClick(&stage.tab->problems().table(), Qt::Key_Return);
        QCOMPARE(stage.tab->current_path(), std::string("functions/ping.yaml"));
        QVERIFY(!stage.tab->form().note(QStringLiteral("source")).isEmpty());
        QVERIFY(stage.tab->problems().fix_button().isVisible());
        QTest::mouseClick(&stage.tab->problems().fix_button(), Qt::LeftButton);
        QVERIFY(stage.text("functions/ping.yaml").find("source: .") != std::string::npos);
        QVERIFY(stage.tab->form().note(QStringLiteral("source")).isEmpty());
        stage.tab->undo();
        QVERIFY(stage.text("functions/ping.yaml").find("source: .") == std::string::npos);
    }

    void rename_takes_references_and_code_along() {
        Stage stage(small);
        QAbstractItemModelTester tester(&stage.tab->resources());
        stage.tab->select("domains/web.yaml");
        QTest::keyClick(&stage.tab->tree(), Qt::Key_F2);
        stage.wait();
        QVERIFY(stage.tab->prompt().isVisible());
        stage.type_into(*stage.tab->prompt().edit(), "2x");
        QTest::keyClick(stage.tab->prompt().edit(), Qt::Key_Return);
        QVERIFY(stage.tab->prompt().isVisible()); // refused, and to be mended
        stage.type_into(*stage.tab->prompt().edit(), "front");
        QTest::keyClick(stage.tab->prompt().edit(), Qt::Key_Return);
        QCOMPARE(stage.text("domains/web.yaml"), std::string("(none)"));
        QCOMPARE(stage.text("functions/ping.yaml"), replaced(ping, "- web", "- front"));
        QCOMPARE(stage.tab->current_path(), std::string("domains/front.yaml"));

        stage.tab->select("functions/ping.yaml");
        stage.tab->ask_rename();
        stage.wait();
        stage.type_into(*stage.tab->prompt().edit(), "pong");
        QTest::keyClick(stage.tab->prompt().edit(), Qt::Key_Return);
        stage.tab->save();
        stage.wait();
        QCOMPARE(stage.on_disk("functions/ping.yaml"), std::string("(none)"));
        QVERIFY(fs::exists(stage.project.code / "functions/pong/ping.go"));
        QVERIFY(!fs::exists(stage.project.code / "functions/ping"));
        stage.tab->undo();
        stage.tab->undo();
        QCOMPARE(stage.text("functions/ping.yaml"), ping);
    }

    void move_and_clone() {
        Stage stage(small);
        stage.tab->select("functions/ping.yaml");
        stage.tab->ask_clone();
        stage.wait();
        QTest::keyClick(stage.tab->prompt().edit(), Qt::Key_Return);
        const std::string copy = stage.text("functions/ping_copy.yaml");
        QVERIFY(copy.find("source: .   # inline") != std::string::npos);
        QVERIFY(copy.find("QmQazSMmMztAFkECFpvNjGMJpaYH4CvTTt85GDj1yYgt4a") == std::string::npos);
        QVERIFY(stage.tab->workspace().code().contains("functions/ping_copy/ping.go"));
        QVERIFY(stage.tab->workspace().code().contains("functions/ping/ping.go"));
        stage.tab->select("functions/ping.yaml");
        stage.tab->move_to("store");
        stage.wait();
        QCOMPARE(stage.text("applications/store/functions/ping.yaml"), ping);
        QVERIFY(stage.tab->workspace().code().contains("store/functions/ping/ping.go"));
    }

    void delete_says_who_uses_it_first() {
        Stage stage(small);
        stage.tab->select("domains/web.yaml");
        stage.tab->tree().setFocus();
        QTest::keyClick(&stage.tab->tree(), Qt::Key_Delete);
        stage.wait();
        QVERIFY(stage.tab->messages().text().contains(QStringLiteral("functions/ping.yaml")));
        QVERIFY(stage.press(QStringLiteral("Keep")));
        QVERIFY(stage.text("domains/web.yaml") != "(none)");
        stage.tab->ask_delete();
        stage.wait();
        QVERIFY(stage.press(QStringLiteral("Delete")));
        QCOMPARE(stage.text("domains/web.yaml"), std::string("(none)"));
        stage.tab->undo();
        QVERIFY(stage.text("domains/web.yaml") != "(none)");
    }

    void a_new_function_with_code_in_a_fresh_project() {
        Stage stage(fresh);
        QTest::keyClick(stage.tab, Qt::Key_N, Qt::ControlModifier | Qt::ShiftModifier);
        NewResource& panel = stage.tab->new_resource();
        QVERIFY(panel.isVisible());
        QVERIFY(!panel.create().isEnabled());
        stage.type_into(panel.name(), "2bad");
        QVERIFY(!panel.note().isEmpty());
        stage.type_into(panel.name(), "hello");
        panel.templates().setCurrentIndex(
            panel.templates().findText(QStringLiteral("Code in Rust")));
        QTest::keyClick(&panel.name(), Qt::Key_Return);
        settle();
        QCOMPARE(stage.tab->current_path(), std::string("functions/hello.yaml"));
        stage.tab->show_code(true);
        stage.wait();
        QCOMPARE(stage.tab->code().current_file(), std::string("functions/hello/lib.rs"));
        stage.tab->code().editor().moveCursor(QTextCursor::Start);
        QTest::keyClicks(&stage.tab->code().editor(), QStringLiteral("// mine"));
        stage.tab->save();
        stage.wait();
        QVERIFY(stage.on_disk("functions/hello.yaml").starts_with("id: Qm"));
        const fs::path code = stage.project.code / "functions/hello";
        QVERIFY(fs::exists(code / ".taubyte/build.sh"));
        QVERIFY(read(code / "lib.rs").starts_with("// mine"));
        // A second window of the same project finds what was written.
        stage.tab->enter();
        stage.wait();
        QVERIFY(!stage.tab->has_unsaved());
    }

    void a_domain_shows_its_record_and_takes_a_generated_name() {
        Stage stage(small);
        stage.services.settings[QStringLiteral("domain-suffix")] = QStringLiteral("g.tau.link");
        stage.tab->select("domains/web.yaml");
        const auto labels = stage.tab->form().findChildren<KeyLabel*>();
        QCOMPARE(labels.size(), 1);
        QCOMPARE(labels.first()->value(), QStringLiteral("Qmc3WjpD.a.example.org"));
        settle();
        QVERIFY(stage.press(QStringLiteral("Use ")));
        QVERIFY(stage.text("domains/web.yaml").find("fqdn: rbkxdbu41.g.tau.link") !=
                std::string::npos);
    }

    void another_program_writes_the_folder() {
        Stage stage(small);
        stage.tab->select("functions/ping.yaml");
        stage.type_into(stage.input<QLineEdit>("execution/memory"), "64MB");
        write(stage.project.configuration / "functions/new.yaml", "id: x\n");
        write(stage.project.configuration / "functions/ping.yaml", "id: theirs\n");
        stage.tab->enter();
        stage.wait();
        QVERIFY(stage.tab->resources().index_of("functions/new.yaml").isValid());
        QCOMPARE(stage.text("functions/ping.yaml"), replaced(ping, "10MB", "64MB"));
        QVERIFY(stage.tab->messages().text().contains(QStringLiteral("functions/ping.yaml")));
        write(stage.project.configuration / "functions/ping.yaml", "id: once more\n");
        stage.tab->save();
        stage.wait();
        QCOMPARE(stage.on_disk("functions/ping.yaml"), std::string("id: once more\n"));
        QVERIFY(stage.tab->has_unsaved());
    }

    void search_and_keyboard() {
        Stage stage(small);
        QTest::keyClick(stage.tab, Qt::Key_F, Qt::ControlModifier);
        QVERIFY(stage.tab->search().hasFocus());
        QTest::keyClicks(&stage.tab->search(), QStringLiteral("PING"));
        QTest::keyClick(&stage.tab->search(), Qt::Key_Return);
        QCOMPARE(stage.tab->current_path(), std::string("functions/ping.yaml"));
        QVERIFY(stage.tab->tree().hasFocus());
        stage.tab->yaml().setFocus();
        QTest::keyClick(&stage.tab->yaml(), Qt::Key_Escape);
        QTest::keyClick(&stage.tab->yaml(), Qt::Key_Tab);
        QVERIFY(!stage.tab->yaml().hasFocus()); // no trap
    }

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
        const auto look = [&](const char* name) {
            settle();
            const QString folder = qEnvironmentVariable("TAU_PICTURES");
            if (!folder.isEmpty()) {
                QDir().mkpath(folder);
                stage.window.grab().save(
                    folder +
                    QStringLiteral("/config-%1-%2.png").arg(QString::fromLatin1(name)).arg(mode));
            }
            QCOMPARE(test::unnamed(*stage.tab), QStringList());
            QCOMPARE(test::without_label(*stage.tab), QStringList());
            QCOMPARE(test::clipped(*stage.tab), QStringList());
            QCOMPARE(test::ambiguous_keys(stage.window), QStringList());
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
        stage.tab->show_code(true);
        stage.wait();
        look("code");
        stage.tab->ask_new();
        look("new");
        stage.tab->ask_delete();
        stage.wait();
        look("delete");
        stage.window.resize(1000, 640);
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
            stage.tab->select(each.path);
            QCOMPARE(stage.tab->current_path(), each.path);
            QVERIFY(!stage.tab->form().is_read_only());
            QVERIFY(stage.tab->form().input(QStringLiteral("id")) != nullptr);
            for (QLineEdit* line : stage.tab->form().findChildren<QLineEdit*>()) {
                Q_EMIT line->editingFinished(); // looked at, left as it was
            }
        }
        QVERIFY(!stage.tab->has_unsaved());
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
    TestConfigTab test;
    const int failed = QTest::qExec(&test, argc, argv);
    Job::wait_for_all();
    return failed;
}

#include "test_config_tab.moc"
