// The tree of the configuration: new, rename, clone, move, delete, and what goes along.
#include "tests/support/git_cli.h"
#include "tests/ui/config_stage.h"
#include "ui/common/theme.h"

#include <QAbstractItemModelTester>
#include <QMenu>
#include <QToolButton>

using namespace tau;
using namespace tau::test::config;

class TestConfigResources : public QObject {
    Q_OBJECT

private Q_SLOTS:
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
        stage.wait(); // what is in functions/pong is read first
        stage.tab->save();
        stage.wait();
        QCOMPARE(stage.on_disk("functions/ping.yaml"), std::string("(none)"));
        QVERIFY(fs::exists(stage.project.code / "functions/pong/ping.go"));
        QVERIFY(!fs::exists(stage.project.code / "functions/ping"));
        stage.tab->undo();
        stage.tab->undo();
        QCOMPARE(stage.text("functions/ping.yaml"), ping);
    }

    void keys_act_also_after_the_menu_was_seen() {
        Stage stage(small);
        QMenu* menu = nullptr;
        for (const QToolButton* button : stage.tab->findChildren<QToolButton*>()) {
            menu = button->menu() != nullptr ? button->menu() : menu;
        }
        QVERIFY(menu != nullptr);
        Q_EMIT menu->aboutToShow();
        for (const auto& [key, modifiers] :
             {std::pair(Qt::Key_F2, Qt::NoModifier), {Qt::Key_D, Qt::ControlModifier}}) {
            stage.tab->select("domains/web.yaml");
            stage.tab->tree().setFocus();
            QTest::keyClick(&stage.tab->tree(), key, modifiers);
            stage.wait();
            QVERIFY(stage.tab->prompt().isVisible());
            stage.tab->prompt().close_prompt();
        }
        stage.tab->select("config.yaml");
        stage.tab->ask_rename();
        stage.wait();
        QCOMPARE(stage.tab->prompt().edit()->text(), QStringLiteral("shop"));
    }

    void what_git_ignores_is_no_code() {
        Stage stage([](const fs::path& folder) {
            small(folder);
            test::git(folder / "code", {"init", "-q"});
            write(folder / "code/.gitignore", "target/\n");
            fs::create_directories(folder / "code/functions/ping/target");
            std::ofstream(folder / "code/functions/ping/target/lib.so").close();
            fs::resize_file(folder / "code/functions/ping/target/lib.so", 40U << 20U);
        });
        stage.tab->select("functions/ping.yaml");
        stage.tab->ask_rename();
        stage.wait();
        QVERIFY(stage.tab->prompt().isVisible());
        stage.type_into(*stage.tab->prompt().edit(), "pong");
        QTest::keyClick(stage.tab->prompt().edit(), Qt::Key_Return);
        stage.wait();
        stage.tab->save();
        stage.wait();
        QVERIFY(fs::exists(stage.project.code / "functions/pong/ping.go"));
    }

    void code_that_came_while_the_name_was_typed_moves_too() {
        Stage stage(small);
        stage.tab->select("functions/ping.yaml");
        stage.tab->ask_rename();
        stage.wait();
        write(stage.project.code / "functions/ping/new.go", "package lib\n");
        stage.tab->enter(); // the window comes back from an editor
        stage.wait();
        stage.type_into(*stage.tab->prompt().edit(), "pong");
        QTest::keyClick(stage.tab->prompt().edit(), Qt::Key_Return);
        stage.wait();
        stage.tab->save();
        stage.wait();
        QVERIFY(fs::exists(stage.project.code / "functions/pong/new.go"));
        QVERIFY(!fs::exists(stage.project.code / "functions/ping"));
    }

    void an_application_without_its_file_can_be_mended() {
        Stage stage([](const fs::path& folder) {
            small(folder);
            write(folder / "config/applications/bare/functions/ping.yaml", ping);
        });
        QAbstractItemModelTester tester(&stage.tab->resources());
        const std::string path = "applications/bare/config.yaml";
        const auto words = [&] {
            return stage.tab->resources().index_of(path).data(Qt::ToolTipRole).toString();
        };
        QVERIFY(words().contains(QStringLiteral("without config.yaml, broken")));
        stage.tab->ask_new();
        NewResource& form = stage.tab->new_resource();
        Q_EMIT form.wanted({project::KindId::application, {}, "bare", {}, std::nullopt});
        QVERIFY2(stage.text(path).starts_with("id: Qm"), stage.text(path).c_str());
        QVERIFY(!words().contains(QStringLiteral("without config.yaml")));
        stage.tab->undo();
        QCOMPARE(stage.text(path), std::string("(none)"));

        for (int row = 0; row < stage.tab->problems().table().model()->rowCount(); ++row) {
            stage.tab->problems().table().selectRow(row);
            if (stage.tab->problems().current()->path == path) {
                break;
            }
        }
        QCOMPARE(stage.tab->problems().current()->path, path);
        QTest::mouseClick(&stage.tab->problems().fix_button(), Qt::LeftButton);
        QVERIFY(stage.text(path).starts_with("id: Qm"));
        QCOMPARE(stage.tab->current_path(), path);
        stage.tab->undo();
        settle();
        stage.tab->tree().setCurrentIndex(stage.tab->tree().model()->index(
            stage.tab->tree().model()->rowCount() - 2, 0)); // bare, before store
        stage.tab->ask_delete();
        stage.wait();
        QVERIFY(stage.press(QStringLiteral("Delete")));
        QVERIFY(!stage.tab->resources().index_of(path).isValid());
    }

    void what_is_broken_and_changed_shows_both() {
        Stage stage([](const fs::path& folder) {
            small(folder);
            write(folder / "config/functions/bad.yaml", "id: [\n");
        });
        stage.tab->select("functions/ping.yaml");
        const auto picture = [&](const char* path) {
            const auto icon = stage.tab->resources().index_of(path).data(Qt::DecorationRole);
            return icon.value<QIcon>().pixmap(32, 32).toImage();
        };
        const QImage plain = picture("functions/ping.yaml");
        stage.type_into(stage.input<QLineEdit>("execution/memory"), "64MB");
        const QModelIndex ping_index = stage.tab->resources().index_of("functions/ping.yaml");
        const auto words = [&] { return ping_index.data(Qt::ToolTipRole).toString(); };
        QTRY_VERIFY(words().endsWith(QStringLiteral("changed, not saved")));
        const QImage changed = picture("functions/ping.yaml");
        stage.type_into(stage.input<QLineEdit>("execution/memory"), "much");
        QTRY_VERIFY(words().endsWith(QStringLiteral("broken, changed, not saved")));
        const QImage both = picture("functions/ping.yaml");
        const QImage broken = picture("functions/bad.yaml");
        for (const QImage& other : {plain, changed, broken}) {
            QVERIFY(both != other);
        }
        QVERIFY(changed != plain && broken != plain);
    }

    void move_and_clone() {
        Stage stage(small);
        stage.tab->select("functions/ping.yaml");
        stage.tab->ask_clone();
        stage.wait();
        QTest::keyClick(stage.tab->prompt().edit(), Qt::Key_Return);
        stage.wait();
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

    void a_look_at_the_files_leaves_the_new_resource_open() {
        Stage stage(small);
        stage.tab->ask_new();
        NewResource& panel = stage.tab->new_resource();
        QTest::keyClicks(&panel.name(), QStringLiteral("hello"));
        stage.tab->enter(); // the window came back
        stage.wait();
        QVERIFY(panel.isVisible());
        QCOMPARE(panel.name().text(), QStringLiteral("hello"));
        stage.tab->select("functions/ping.yaml"); // and a person who asks for a document gets it
        QVERIFY(!panel.isVisible());
        QVERIFY(stage.tab->yaml().isVisible());
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
        stage.wait();
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

    void code_that_is_there_already_is_not_lost() {
        Stage stage([](const fs::path& folder) {
            small(folder);
            write(folder / "code/functions/hello/mine.go", "package mine\n");
            write(folder / "code/functions/pong/ping.go", "package pong\n");
        });
        Q_EMIT stage.tab->new_resource().wanted(
            {project::KindId::function, {}, "hello", {}, project::Language::go});
        stage.wait();
        QVERIFY2(stage.tab->messages().text().contains(QStringLiteral("already stays")),
                 qPrintable(stage.tab->messages().text()));
        stage.tab->save();
        stage.wait();
        QVERIFY(stage.on_disk("functions/hello.yaml").starts_with("id: Qm"));
        const fs::path hello = stage.project.code / "functions/hello";
        QCOMPARE(read(hello / "mine.go"), std::string("package mine\n"));
        QVERIFY(!fs::exists(hello / ".taubyte"));

        stage.tab->select("functions/ping.yaml");
        stage.tab->ask_rename();
        stage.wait();
        stage.type_into(*stage.tab->prompt().edit(), "pong");
        QTest::keyClick(stage.tab->prompt().edit(), Qt::Key_Return);
        stage.wait();
        QVERIFY(stage.tab->prompt().isVisible()); // with why, and another name may be given
        QCOMPARE(stage.text("functions/pong.yaml"), std::string("(none)"));
        QVERIFY(!stage.tab->has_unsaved());
    }

    void code_follows_its_folder_when_it_is_saved() {
        Stage stage(small);
        const fs::path file = stage.project.code / "functions/ping/ping.go";
        stage.tab->select("functions/ping.yaml");
        stage.tab->show_code(true);
        stage.wait();
        TextEditor& editor = stage.tab->code().editor();
        editor.moveCursor(QTextCursor::Start);
        QTest::keyClicks(&editor, QStringLiteral("// mine"));
        stage.tab->save();
        stage.wait();
        QVERIFY(read(file).starts_with("// mine"));
        write(file, "package theirs\n");
        stage.tab->enter();
        stage.wait();
        QCOMPARE(editor.toPlainText(), QStringLiteral("package theirs\n"));
        QVERIFY(!stage.tab->has_unsaved());
        // Edited here and there: said, and here it stays.
        QTest::keyClicks(&editor, QStringLiteral("// mine"));
        write(file, "package other\n");
        stage.tab->enter();
        stage.wait();
        QVERIFY(stage.tab->messages().text().contains(QStringLiteral("functions/ping/ping.go")));
        QVERIFY(editor.toPlainText().contains(QStringLiteral("// mine")));
        // What stands in the way of the code keeps the configuration as it is, too.
        write(file, "package third\n");
        stage.tab->show_code(false);
        stage.type_into(stage.input<QLineEdit>("execution/memory"), "64MB");
        stage.tab->save();
        stage.wait();
        QCOMPARE(stage.on_disk("functions/ping.yaml"), ping);
        QCOMPARE(read(file), std::string("package third\n"));
        QVERIFY(stage.tab->has_unsaved());
    }

    void another_colour_is_no_edit_of_code() {
        Stage stage(small);
        stage.tab->select("functions/ping.yaml");
        stage.tab->show_code(true);
        stage.wait();
        Theme::get().set_mode(ThemeMode::dark);
        settle();
        Theme::get().set_mode(ThemeMode::light);
        settle();
        QVERIFY(stage.tab->workspace().can_undo() == nullptr);
    }

    void an_application_moves_with_everything_in_its_folders() {
        const std::string binary("\x7f"
                                 "ELF\0\xff",
                                 6);
        Stage stage([&](const fs::path& folder) {
            small(folder);
            write(folder / "config/applications/store/README.md", "about\n");
            write(folder / "config/applications/store/img/logo.png", binary);
            write(folder / "code/store/functions/f/f.go", "package lib\n");
            write(folder / "code/store/functions/f/data.bin", binary);
        });
        stage.tab->select("applications/store/config.yaml");
        stage.tab->ask_rename();
        stage.wait();
        stage.type_into(*stage.tab->prompt().edit(), "till");
        QTest::keyClick(stage.tab->prompt().edit(), Qt::Key_Return);
        stage.wait();
        QVERIFY2(stage.tab->messages().text().isEmpty(), qPrintable(stage.tab->messages().text()));
        stage.tab->save();
        stage.wait();
        QVERIFY(!fs::exists(stage.project.configuration / "applications/store"));
        QVERIFY(!fs::exists(stage.project.code / "store"));
        QCOMPARE(stage.on_disk("applications/till/README.md"), std::string("about\n"));
        QCOMPARE(stage.on_disk("applications/till/img/logo.png"), binary);
        QCOMPARE(read(stage.project.code / "till/functions/f/data.bin"), binary);
        stage.tab->undo();
        stage.tab->save();
        stage.wait();
        QVERIFY(!fs::exists(stage.project.configuration / "applications/till"));
        QCOMPARE(stage.on_disk("applications/store/img/logo.png"), binary);
        QCOMPARE(read(stage.project.code / "store/functions/f/data.bin"), binary);
    }

    void deleting_a_function_asks_about_its_code() {
        Stage stage(small);
        for (const bool with_code : {false, true}) {
            stage.tab->select("functions/ping.yaml");
            stage.tab->ask_delete();
            stage.wait();
            QVERIFY2(
                stage.tab->messages().text().contains(QStringLiteral("functions/ping/ping.go")),
                qPrintable(stage.tab->messages().text()));
            QVERIFY(stage.press(with_code ? QStringLiteral("Delete with its code")
                                          : QStringLiteral("Delete, leave the code")));
            stage.tab->save();
            stage.wait();
            QCOMPARE(stage.on_disk("functions/ping.yaml"), std::string("(none)"));
            QCOMPARE(fs::exists(stage.project.code / "functions/ping"), !with_code);
            stage.tab->undo();
            stage.tab->save();
            stage.wait();
            QCOMPARE(stage.on_disk("functions/ping.yaml"), ping);
            QVERIFY(fs::exists(stage.project.code / "functions/ping/ping.go"));
        }
    }

    void edits_are_discarded_and_undo_brings_them_back() {
        Stage stage(small);
        stage.tab->select("functions/ping.yaml");
        stage.type_into(stage.input<QLineEdit>("execution/memory"), "64MB");
        stage.tab->select("domains/web.yaml");
        stage.type_into(stage.input<QLineEdit>("fqdn"), "b.example.org");
        stage.tab->select("functions/ping.yaml");
        stage.tab->discard_edits(false);
        QCOMPARE(stage.text("functions/ping.yaml"), ping);
        QCOMPARE(stage.input<QLineEdit>("execution/memory").text(), QStringLiteral("10MB"));
        QVERIFY(stage.text("domains/web.yaml").find("b.example.org") != std::string::npos);
        stage.tab->discard_edits(true);
        QVERIFY(!stage.tab->has_unsaved());
        QVERIFY(stage.press(QStringLiteral("Undo")));
        QVERIFY(stage.text("domains/web.yaml").find("b.example.org") != std::string::npos);
    }
};

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    Theme theme(application);
    TestConfigResources test;
    const int failed = QTest::qExec(&test, argc, argv);
    Job::wait_for_all();
    return failed;
}

#include "test_config_resources.moc"
