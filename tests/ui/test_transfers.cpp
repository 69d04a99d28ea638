// Export and import in the window, with real files, also hostile ones.
#include "core/base/file.h"
#include "core/project/one_file.h"
#include "core/project/transfer.h"
#include "tests/support/archive.h"
#include "tests/support/temporary_directory.h"
#include "tests/ui/sample_services.h"
#include "ui/common/theme.h"
#include "ui/project/branch_bar.h"
#include "ui/project/config_tab.h"
#include "ui/project/merge_view.h"
#include "ui/project/project_tabs.h"
#include "ui/shell/main_window.h"
#include "ui/shell/project_area.h"
#include "ui/shell/start_page.h"
#include "ui/shell/transfers.h"

#include <QApplication>
#include <QDropEvent>
#include <QFileDialog>
#include <QMimeData>
#include <QTest>
#include <QUrl>

using namespace tau;
using namespace tau::ui;

namespace fs = std::filesystem;

namespace {

const std::string project_id = "Qmc3WjpDvCaVY3jWmxranUY7roFhRj66SNqstiRbKxDbU4";

void settle() {
    for (int turn = 0; turn < 10; ++turn) {
        QCoreApplication::sendPostedEvents();
        QCoreApplication::processEvents();
    }
}

void put(const fs::path& path, const std::string& text) {
    fs::create_directories(path.parent_path());
    QVERIFY(write_file_atomic(path, std::string_view(text), 0644));
}

std::string get(const fs::path& path) {
    return read_file(path, 64U << 20U).value_or("(none)");
}

git::Files sample_files() {
    return {{"config.yaml", "# the shop\nid: " + project_id + "\nname: shop\n"},
            {"README.md", "hello\n"},
            {"functions/ping.yaml", "id: y\nsource: .\n"}};
}

/// The window with one project, which has a clone.
struct Stage {
    Stage() {
        Theme::get().set_mode(ThemeMode::light);
        shop.project_id = project_id;
        shop.name = "shop";
        shop.created_at = 1'700'000'000;
        shop.configuration = folder.path() / "clone";
        shop.export_file = folder.path() / "project.yaml";
        QVERIFY(project::write_folder(sample_files(), shop.configuration));
        put(shop.export_file, "signed: as it is\n");
        services.project_list = {shop};
        services.data = folder.path() / "data";
        window = std::make_unique<MainWindow>(services);
        window->show();
        window->activateWindow();
        wait();
    }
    void wait() {
        QTRY_VERIFY_WITH_TIMEOUT(
            !window->transfers().busy() && !window->area().configuration().busy(), 60'000);
        settle();
    }
    void open() {
        window->open_project(shop);
        window->area().tabs().show_tab(&window->area().configuration());
        wait();
    }
    /// As a file manager does it.
    bool drop(QWidget& on, const fs::path& path) {
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(QString::fromStdString(path.string()))});
        const QPoint at = on.rect().center();
        QDragEnterEvent enter(at, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(&on, &enter);
        if (!enter.isAccepted()) {
            return false;
        }
        QDropEvent event(at, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(&on, &event);
        wait();
        return event.isAccepted();
    }
    bool press(const char* text) {
        for (QPushButton* button : window->findChildren<QPushButton*>()) {
            if (button->isVisible() && button->text().startsWith(QString::fromUtf8(text))) {
                QTest::mouseClick(button, Qt::LeftButton);
                settle();
                wait();
                return true;
            }
        }
        return false;
    }
    void write(ExportForm form, const fs::path& to) {
        window->transfers().write(shop, form, to, false);
        wait();
    }
    std::string edited(const std::string& path) {
        const project::File* file = window->area().configuration().workspace().store().file(path);
        return file == nullptr ? "(none)" : file->text();
    }
    QString told() { return window->message_bar().text(); }
    QString asked() { return window->area().configuration().messages().text(); }

    test::TemporaryDirectory folder;
    test::SampleServices services;
    flow::LocalProject shop;
    std::unique_ptr<MainWindow> window;
};

} // namespace

class TestTransfers : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void every_form_goes_out_and_comes_back() {
        Stage stage;
        stage.open();
        const fs::path to = stage.folder.path() / "out";
        fs::create_directories(to);
        stage.write(ExportForm::signed_file, to / "shop.yaml");
        QCOMPARE(get(to / "shop.yaml"), std::string("signed: as it is\n"));
        stage.write(ExportForm::one_file, to / "shop-configuration.yaml");
        QVERIFY(project::is_one_file(get(to / "shop-configuration.yaml")));
        QVERIFY2(stage.told().contains(QStringLiteral("2 files")), qPrintable(stage.told()));
        QVERIFY2(stage.told().contains(QStringLiteral("not in it: 1 file.")),
                 qPrintable(stage.told()));
        fs::create_symlink("config.yaml", stage.shop.configuration / "link.txt");
        stage.write(ExportForm::folder, to / "folder");
        stage.write(ExportForm::zip, to / "shop.zip");
        QVERIFY2(stage.told().contains(QStringLiteral("3 files")), qPrintable(stage.told()));
        QVERIFY2(stage.told().contains(
                     QStringLiteral("Links and what git ignores are not in it: 1 file.")),
                 qPrintable(stage.told()));
        QVERIFY(*project::read_project(to / "folder") == sample_files());
        QVERIFY(*project::read_project(to / "shop.zip") == sample_files());
        for (const char* name : {"shop-configuration.yaml", "folder", "shop.zip"}) {
            stage.window->transfers().import(to / name);
            stage.wait();
            QVERIFY2(stage.asked().contains(QStringLiteral("is here already")),
                     qPrintable(stage.asked()));
            QVERIFY(!stage.window->area().configuration().has_unsaved());
        }
    }

    void nothing_is_overwritten_unasked() {
        Stage stage;
        stage.open();
        const fs::path file = stage.folder.path() / "mine.zip";
        put(file, "precious");
        stage.write(ExportForm::zip, file);
        QCOMPARE(get(file), std::string("precious"));
        QVERIFY2(stage.told().contains(QStringLiteral("mine.zip is there already")),
                 qPrintable(stage.told()));
        QVERIFY(stage.press("Replace it"));
        QVERIFY(project::is_zip(get(file)));

        const std::string config = get(stage.shop.configuration / "config.yaml");
        stage.write(ExportForm::one_file, stage.shop.configuration / "config.yaml");
        QVERIFY(stage.press("Replace it"));
        QVERIFY2(stage.told().contains(QStringLiteral("is in a clone of the project")),
                 qPrintable(stage.told()));
        QCOMPARE(get(stage.shop.configuration / "config.yaml"), config);
        stage.write(ExportForm::folder, stage.shop.configuration / "copy");
        QVERIFY2(stage.told().contains(QStringLiteral("so nothing was written")),
                 qPrintable(stage.told()));
        QVERIFY(!fs::exists(stage.shop.configuration / "copy"));

        const fs::path link = stage.folder.path() / "link.zip";
        fs::create_symlink(file, link);
        stage.write(ExportForm::zip, link);
        QVERIFY(stage.press("Replace it"));
        QVERIFY2(stage.told().contains(QStringLiteral("is no regular file")),
                 qPrintable(stage.told()));
        QVERIFY(fs::is_symlink(link));

        const fs::path folder = stage.folder.path() / "full";
        put(folder / "config.yaml", "precious");
        stage.write(ExportForm::folder, folder);
        QVERIFY(stage.told().contains(QStringLiteral("is not empty")));
        QVERIFY(stage.press("Make shop-configuration in it"));
        QCOMPARE(get(folder / "config.yaml"), std::string("precious"));
        QVERIFY(*project::read_project(folder / "shop-configuration") == sample_files());
        QVERIFY(stage.told().contains(QStringLiteral("Exported")));
    }

    void a_chosen_name_is_what_is_written() {
        Stage stage;
        stage.open();
        stage.window->transfers().choose_export(stage.shop, ExportForm::zip);
        settle();
        auto* dialog = stage.window->findChild<QFileDialog*>();
        QVERIFY(dialog != nullptr);
        QVERIFY(dialog->testOption(QFileDialog::DontConfirmOverwrite));
        const fs::path to = stage.folder.path() / "chosen.zip";
        Q_EMIT dialog->fileSelected(QString::fromStdString(to.string()));
        dialog->close();
        stage.wait();
        QVERIFY(project::is_zip(get(to)));
    }

    void unsaved_edits_are_told_of() {
        Stage stage;
        stage.open();
        ConfigTab& tab = stage.window->area().configuration();
        tab.select("functions/ping.yaml");
        tab.yaml().appendPlainText(QStringLiteral("description: new"));
        tab.flush();
        stage.write(ExportForm::zip, stage.folder.path() / "a.zip");
        QVERIFY2(stage.told().contains(QStringLiteral("not saved")), qPrintable(stage.told()));
        const auto files = project::read_project(stage.folder.path() / "a.zip");
        QVERIFY(*files == sample_files());
    }

    void a_configuration_dropped_on_a_project_is_one_step() {
        Stage stage;
        stage.open();
        ConfigTab& tab = stage.window->area().configuration();
        git::Files files = sample_files();
        files["functions/new.yaml"] = "id: n\n";
        files["functions/ping.yaml"] = "id: other\n";
        files["databases/d.yaml"] = "id: d\n";
        put(stage.folder.path() / "new.zip", *project::to_zip(files));
        put(stage.shop.configuration / "functions/gone.yaml", "id: g\n");
        tab.enter();
        stage.wait();
        // An editor is no place for a file's name: it is the window's there, too.
        QVERIFY(stage.drop(*tab.yaml().viewport(), stage.folder.path() / "new.zip"));
        QVERIFY(tab.yaml().text().indexOf(QStringLiteral("new.zip")) < 0);
        QVERIFY2(stage.asked().contains(QStringLiteral("2 files are new, 1 file replaces")),
                 qPrintable(stage.asked()));
        QVERIFY(stage.asked().contains(QStringLiteral("1 file of this project is not in it")));
        QVERIFY(stage.asked().contains(QStringLiteral("README.md")));
        QCOMPARE(stage.edited("functions/new.yaml"), std::string("(none)"));
        QVERIFY(stage.press("Leave it"));
        QVERIFY(!tab.has_unsaved());

        QVERIFY(stage.drop(*stage.window, stage.folder.path() / "new.zip"));
        QVERIFY(stage.press("Take in, keep the others"));
        QCOMPARE(stage.edited("functions/ping.yaml"), std::string("id: other\n"));
        QCOMPARE(stage.edited("functions/gone.yaml"), std::string("id: g\n"));
        QCOMPARE(get(stage.shop.configuration / "functions/ping.yaml"),
                 std::string("id: y\nsource: .\n"));
        tab.undo();
        QVERIFY(!tab.has_unsaved());

        QVERIFY(stage.drop(*stage.window, stage.folder.path() / "new.zip"));
        QVERIFY(stage.press("Take in, remove the others"));
        QCOMPARE(stage.edited("functions/gone.yaml"), std::string("(none)"));
        tab.save();
        stage.wait();
        QVERIFY(!fs::exists(stage.shop.configuration / "functions/gone.yaml"));
        QCOMPARE(get(stage.shop.configuration / "databases/d.yaml"), std::string("id: d\n"));
        QCOMPARE(get(stage.shop.configuration / "README.md"), std::string("hello\n"));
    }

    void dropped_on_the_start_page_it_finds_its_project() {
        Stage stage;
        git::Files files = sample_files();
        files["functions/new.yaml"] = "id: n\n";
        QVERIFY(project::write_folder(files, stage.folder.path() / "given"));
        QVERIFY(stage.drop(stage.window->start_page(), stage.folder.path() / "given"));
        QVERIFY2(stage.told().contains(QStringLiteral("configuration of shop: 4 files")),
                 qPrintable(stage.told()));
        QVERIFY(stage.press("Take it into shop"));
        QVERIFY2(stage.asked().contains(QStringLiteral("1 file is new")),
                 qPrintable(stage.asked()));
        QVERIFY(stage.press("Take in"));
        QCOMPARE(stage.edited("functions/new.yaml"), std::string("id: n\n"));
    }

    void it_does_not_go_into_another_project_that_is_kept_open() {
        Stage stage;
        flow::LocalProject garden = stage.shop;
        garden.project_id = "Qn";
        garden.name = "garden";
        garden.configuration = stage.folder.path() / "garden";
        QVERIFY(project::write_folder({{"config.yaml", "id: Qn\n"}}, garden.configuration));
        stage.window->open_project(garden);
        flow::Pulled pulled;
        pulled.merge.emplace();
        pulled.merge->files.emplace_back();
        pulled.merge->files.back().verdict = git::MergeFile::Verdict::choose;
        Q_EMIT stage.window->area().branch_bar().merge_wanted({pulled});
        stage.window->area().merge().files().set_text(0, "typed");
        stage.window->show_start();
        QVERIFY(project::write_folder(sample_files(), stage.folder.path() / "given"));
        QVERIFY(stage.drop(stage.window->start_page(), stage.folder.path() / "given"));
        QVERIFY(stage.press("Take it into shop"));
        QVERIFY2(stage.told().contains(QStringLiteral("merge of garden")),
                 qPrintable(stage.told()));
        QCOMPARE(stage.asked(), QString());
    }

    void one_of_a_project_elsewhere_becomes_a_folder() {
        Stage stage;
        stage.services.project_list.clear();
        put(stage.folder.path() / "shop.zip", *project::to_zip(sample_files()));
        QVERIFY(stage.drop(*stage.window, stage.folder.path() / "shop.zip"));
        QVERIFY(!stage.press("Take it into"));
        QVERIFY(stage.press("Write its files to a folder"));
        auto* dialog = stage.window->findChild<QFileDialog*>();
        QVERIFY(dialog != nullptr);
        const fs::path to = stage.folder.path() / "there";
        Q_EMIT dialog->fileSelected(QString::fromStdString(to.string()));
        dialog->close();
        stage.wait();
        QVERIFY(*project::read_project(to) == sample_files());
        stage.window->transfers().unpack(sample_files(), "shop.zip", to);
        stage.wait();
        QVERIFY2(stage.told().contains(QStringLiteral("is not empty")), qPrintable(stage.told()));
        stage.window->transfers().unpack(sample_files(), to, to / "sub");
        stage.wait();
        QVERIFY2(stage.told().contains(QStringLiteral("itself or in it")),
                 qPrintable(stage.told()));
        QVERIFY(!fs::exists(to / "sub"));
    }

    void another_projects_id_stays_outside() {
        Stage stage;
        stage.open();
        git::Files files = sample_files();
        files["config.yaml"] = "id: QmZvSFvZr7QfJzEWAC7DcBMNk4Tk3EJHupk8KNAPosHRq5\nname: other\n"
                               "description: theirs\n";
        put(stage.folder.path() / "other.zip", *project::to_zip(files));
        QVERIFY(stage.drop(*stage.window, stage.folder.path() / "other.zip"));
        QVERIFY2(stage.asked().contains(QStringLiteral("another project")),
                 qPrintable(stage.asked()));
        QVERIFY(stage.press("Take in"));
        QCOMPARE(stage.edited("config.yaml"),
                 "id: " + project_id + "\nname: shop\ndescription: theirs\n");
    }

    void hostile_and_broken_files_change_nothing_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("sentence");
        const auto row = [](const char* name, const std::string& bytes, const char* sentence) {
            QTest::addRow("%s", name)
                << QByteArray::fromStdString(bytes) << QString::fromUtf8(sentence);
        };
        const auto zip = [](std::vector<test::ArchiveEntry> more) {
            more.push_back({"config.yaml", "id: x\nname: y\n"});
            return test::archive_of(more);
        };
        const std::string good = *project::to_zip(sample_files());
        row("bomb", zip({{"a", std::string(20U << 20U, '\0')}}), "more than a project may have");
        row("traversal", zip({{"../evil.yaml", "id: x\n"}}), "leads out of the folder");
        row("absolute", zip({{"/etc/evil.yaml", "id: x\n"}}), "leads out of the folder");
        row("through git", zip({{".git/../../evil.yaml", "id: x\n"}}), "leads out of the folder");
        row("link", zip({{"a.yaml", "/etc/passwd", 0120777}}), "is a link");
        row("cut", good.substr(0, good.size() - 20), "cannot be read");
        row("broken YAML", zip({{"functions/a.yaml", "id: [\n"}}), "functions/a.yaml is no YAML");
        row("no config", test::archive_of({{"functions/a.yaml", "id: x\n"}}), "no config.yaml");
        row("one file out",
            "format: taubyte-project/1\nproject:\n    id: x\n    name: y\nfiles:\n"
            "    config.yaml:\n        id: x\n    ../../evil.yaml:\n        id: x\n",
            "leads out of the project");
        row("one file broken", "format: taubyte-project/1\nfiles: [\n", "");
        row("other YAML", "hello: world\n", "project file");
        row("noise",
            std::string("\x7f"
                        "ELF\0\1\2\xff\xfe",
                        9),
            "not text");
        row("nothing", "", "project file");
        row("huge", std::string(3U << 20U, 'a'), "");
    }

    void hostile_and_broken_files_change_nothing() {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, sentence);
        Stage stage;
        stage.open();
        const fs::path file = stage.folder.path() / "given/thing";
        put(file, bytes.toStdString());
        QVERIFY(stage.drop(*stage.window, file));
        const QString told = stage.told() + stage.asked();
        QVERIFY2(!told.isEmpty() && told.contains(sentence), qPrintable(told));
        QVERIFY2(!stage.press("Take in"), qPrintable(told));
        QVERIFY(!stage.window->area().configuration().has_unsaved());
        QVERIFY(!fs::exists(stage.folder.path() / "evil.yaml"));
        QVERIFY(*project::read_project(stage.shop.configuration) == sample_files());
    }

    void what_takes_long_can_be_stopped() {
        Stage stage;
        git::Files many = sample_files();
        for (int i = 0; i < 200'000; ++i) {
            many["functions/f" + std::to_string(i) + ".yaml"] = "id: " + std::to_string(i) + "\n";
        }
        const fs::path to = stage.folder.path() / "many";
        // So many files take longer than the bar is patient, in memory too.
        stage.window->transfers().unpack(many, "many.zip", to);
        QTRY_VERIFY_WITH_TIMEOUT(stage.told().contains(QStringLiteral("Writing to many")), 20'000);
        QTRY_VERIFY_WITH_TIMEOUT(stage.told().contains(QStringLiteral("files so far")), 20'000);
        QVERIFY(stage.press("Stop"));
        QCOMPARE(stage.told(), QStringLiteral("Stopped. Nothing was changed."));
    }

    void other_pages_and_other_things_are_not_dropped_on() {
        Stage stage;
        QMimeData text;
        text.setText(QStringLiteral("config.yaml"));
        QVERIFY(!Transfers::dropped(text));
        QMimeData two;
        two.setUrls(
            {QUrl::fromLocalFile(QStringLiteral("/a")), QUrl::fromLocalFile(QStringLiteral("/b"))});
        QVERIFY(!Transfers::dropped(two));
        QMimeData web;
        web.setUrls({QUrl(QStringLiteral("sftp://example.org/a.zip"))});
        QVERIFY(!Transfers::dropped(web));
        stage.window->show_vaults();
        settle();
        QVERIFY(!stage.drop(*stage.window, stage.shop.export_file));
    }
};

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    Theme theme(application);
    TestTransfers test;
    const int failed = QTest::qExec(&test, argc, argv);
    Job::wait_for_all();
    return failed;
}

#include "test_transfers.moc"
