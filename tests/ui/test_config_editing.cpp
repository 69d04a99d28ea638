// One document of the configuration while it is edited: form, text, undo, problems.
#include "tests/ui/config_stage.h"
#include "ui/common/theme.h"

#include <QTextBlock>

using namespace tau;
using namespace tau::test::config;

class TestConfigEditing : public QObject {
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

    void a_field_keeps_what_was_not_typed() {
        const std::string odd = replaced(
            ping,
            "trigger:", "tags: [' a ', \"b\u00a0c\", '', d]\r\ndescription: x\u00a0y\r\ntrigger:");
        Stage stage([&](const fs::path& folder) {
            small(folder);
            write(folder / "config/functions/ping.yaml", odd);
            write(folder / "config/functions/lines.yaml",
                  replaced(ping, "trigger:", "tags: [\"two\\nlines\"]\r\ntrigger:"));
        });
        stage.tab->select("functions/ping.yaml");
        auto& tags = stage.input<QPlainTextEdit>("tags");
        tags.setFocus();
        tags.moveCursor(QTextCursor::End);
        QTest::keyClick(&tags, Qt::Key_Return);
        QTest::keyClicks(&tags, QStringLiteral(" new "));
        auto& description = stage.input<QPlainTextEdit>("description");
        description.setFocus();
        description.moveCursor(QTextCursor::End);
        QTest::keyClicks(&description, QStringLiteral("z"));
        const std::string typed = replaced(odd, "'', d]", "'', d, new]");
        QCOMPARE(stage.text("functions/ping.yaml"),
                 replaced(typed, "x\u00a0y", "\"x\\xA0yz\"")); // quoted, where it can be seen
        tags.setFocus();
        tags.moveCursor(QTextCursor::Start);
        tags.moveCursor(QTextCursor::Down);
        QTest::keyClicks(&tags, QStringLiteral("a")); // the item after it and the empty one stay
        const project::File* file = stage.tab->workspace().store().file("functions/ping.yaml");
        const auto list = yaml::find(*file->document(), {"tags"});
        QCOMPARE(list->size(), std::size_t{5});
        QCOMPARE(std::string(list->item(0).text()), std::string(" a "));
        QCOMPARE(std::string(list->item(1).text()), std::string("ab\u00a0c"));
        QCOMPARE(std::string(list->item(2).text()), std::string());
        stage.tab->select("functions/lines.yaml");
        QVERIFY(stage.input<QPlainTextEdit>("tags").isReadOnly());
        QVERIFY(!stage.tab->form().note(QStringLiteral("tags")).isEmpty());
    }

    void a_list_says_that_it_has_one_item_in_each_line() {
        Stage stage(small);
        stage.tab->select("functions/ping.yaml");
        const QString hint = QStringLiteral("One in each line.");
        for (const char* list : {"tags", "trigger/domains", "trigger/paths"}) {
            const auto& lines = stage.input<QPlainTextEdit>(list);
            QCOMPARE(stage.tab->form().note(QString::fromLatin1(list)), hint);
            QVERIFY(lines.accessibleDescription().endsWith(QLatin1Char(' ') + hint));
            QVERIFY(!lines.placeholderText().contains(QLatin1Char(',')));
        }
        QVERIFY(stage.tab->form().note(QStringLiteral("description")).isEmpty());
        auto& paths = stage.input<QPlainTextEdit>("trigger/paths");
        paths.setFocus();
        QTest::keySequence(&paths, QKeySequence::SelectAll);
        QTest::keyClick(&paths, Qt::Key_Delete);
        const QString note = stage.tab->form().note(QStringLiteral("trigger/paths"));
        QVERIFY(note.size() > hint.size() && note.endsWith(QLatin1Char('\n') + hint));
    }

    void a_line_is_a_line_however_it_is_typed() {
        Stage stage(small);
        stage.tab->select("functions/ping.yaml");
        auto& paths = stage.input<QPlainTextEdit>("trigger/paths");
        paths.setFocus();
        paths.moveCursor(QTextCursor::End);
        QTest::keyClick(&paths, Qt::Key_Return, Qt::ShiftModifier);
        QTest::keyClicks(&paths, QStringLiteral("/two"));
        stage.tab->tree().setFocus();
        settle();
        QVERIFY(stage.text("functions/ping.yaml").find("/two") != std::string::npos);
        auto& yaml = stage.tab->yaml();
        yaml.setFocus();
        yaml.moveCursor(QTextCursor::Start);
        QTest::keyClicks(&yaml, QStringLiteral("# first"));
        QTest::keyClick(&yaml, Qt::Key_Return, Qt::ShiftModifier);
        QTRY_VERIFY(stage.text("functions/ping.yaml").starts_with("# first\r\n# my function"));
        QVERIFY(stage.text("functions/ping.yaml").find("\u2028") == std::string::npos);
        const QString before = yaml.toPlainText();
        yaml.setReadOnly(true);
        QTest::keyClick(&yaml, Qt::Key_Return, Qt::ShiftModifier);
        QCOMPARE(yaml.toPlainText(), before);
    }

    void what_the_cloud_refuses_stands_first() {
        Stage stage([](const fs::path& folder) {
            small(folder);
            write(folder / "config/domains/web.yaml", "odd: 1\n"); // the name goes, a note comes
            fs::rename(folder / "config/domains/web.yaml", folder / "config/domains/other.yaml");
        });
        const QAbstractItemModel& rows = *stage.tab->problems().table().model();
        const QStringList order{QStringLiteral("Error"), QStringLiteral("Warning"),
                                QStringLiteral("Note")};
        std::vector<qsizetype> ranks;
        for (int row = 0; row < rows.rowCount(); ++row) {
            const QModelIndex kind = rows.index(row, ProblemModel::severity_column);
            ranks.push_back(order.indexOf(kind.data().toString().section(u' ', 0, 0)));
        }
        QVERIFY(ranks.size() > 2);
        QVERIFY(std::is_sorted(ranks.begin(), ranks.end()));
        QCOMPARE(ranks.front(), 0);
        QCOMPARE(ranks.back(), 2);
    }

    void what_the_cloud_asks_for_is_marked_and_older_clouds_are_named() {
        Stage stage([](const fs::path& folder) {
            small(folder);
            write(folder / "config/functions/ping.yaml",
                  replaced(ping, "source: .   # inline\r\n", ""));
        });
        stage.tab->select("functions/ping.yaml");
        const auto names = [&] {
            QStringList all;
            for (const QLabel* label : stage.tab->form().findChildren<QLabel*>()) {
                all << label->text();
            }
            return all;
        };
        for (const char* name : {"Method *", "Domains *", "Paths *", "Trigger *"}) {
            QVERIFY2(names().contains(QString::fromLatin1(name)), name);
        }
        QVERIFY(names().contains(QStringLiteral("Tags")));
        ProblemStrip& problems = stage.tab->problems();
        const auto word = [&](int column) {
            return problems.table().model()->index(0, column).data().toString();
        };
        QCOMPARE(word(ProblemModel::severity_column), QStringLiteral("Error in newer clouds"));
        QCOMPARE(word(ProblemModel::place_column), QStringLiteral("functions/ping.yaml:2:1"));
        QVERIFY(problems.advice_text().contains(QStringLiteral("Clouds up to v1.1.10 take it")));
        QVERIFY(
            stage.tab->form().note(QStringLiteral("source")).contains(QStringLiteral("v1.1.10")));
        auto& type = stage.input<QComboBox>("trigger/type");
        type.setCurrentIndex(type.findData(QStringLiteral("pubsub")));
        Q_EMIT type.activated(type.currentIndex());
        settle();
        QVERIFY(names().contains(QStringLiteral("Channel *")));
    }

    void the_form_has_the_written_order_and_one_column() {
        Stage stage(small);
        stage.tab->select("config.yaml");
        settle();
        int last = -1;
        for (const char* path : {"id", "name", "description", "tags", "notification/email"}) {
            QWidget* input = stage.tab->form().input(QString::fromLatin1(path));
            QVERIFY(input != nullptr);
            const int top = input->mapTo(stage.tab, QPoint(0, 0)).y();
            QVERIFY2(top > last, qPrintable(QStringLiteral("%1 at %2, the one before at %3")
                                                .arg(QString::fromLatin1(path))
                                                .arg(top)
                                                .arg(last)));
            last = top;
        }
        stage.tab->select("functions/ping.yaml");
        settle();
        std::set<int> lefts;
        for (const char* path : {"id", "trigger/type", "trigger/method", "execution/memory"}) {
            QWidget* input = stage.tab->form().input(QString::fromLatin1(path));
            lefts.insert(input->mapTo(stage.tab, QPoint(0, 0)).x());
        }
        QCOMPARE(lefts.size(), std::size_t{1});
        QVERIFY(stage.tab->tree().width() >= 200);
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

    void a_domain_shows_its_record_and_takes_a_generated_name() {
        Stage stage(small);
        stage.services.settings[QStringLiteral("domain-suffix")] = QStringLiteral("g.tau.link");
        stage.tab->select("domains/web.yaml");
        const auto labels = stage.tab->form().findChildren<KeyLabel*>();
        QCOMPARE(labels.size(), 1);
        QCOMPARE(labels.first()->value(), QStringLiteral("Qmc3WjpD.a.example.org"));
        settle();
        const auto told = [&] {
            for (const QLabel* label : stage.tab->form().findChildren<QLabel*>()) {
                if (label->isVisible() && label->text().contains(QStringLiteral(
                                              "Its value is a token that the cloud signs"))) {
                    return true;
                }
            }
            return false;
        };
        QVERIFY(told()); // what its value is, and from where
        QVERIFY(stage.press(QStringLiteral("Use ")));
        QVERIFY(!told());
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

    void what_is_typed_after_a_save_stays() {
        Stage stage(small);
        stage.tab->select("functions/ping.yaml");
        TextEditor& yaml = stage.tab->yaml();
        yaml.setFocus();
        yaml.setTextCursor(yaml.document()->find(QStringLiteral("my function")));
        QTest::keyClicks(&yaml, QStringLiteral("one"));
        int saves = 0;
        connect(stage.tab, &ProjectTab::project_changed, stage.tab, [&] {
            stage.tab->enter(); // as the window does; the folder is being read now
            QTest::keyClicks(&yaml, QStringLiteral(" more"));
            if (++saves == 1) {
                QTest::keyClick(&yaml, Qt::Key_S, Qt::ControlModifier); // and once more
            }
        });
        QTest::keyClick(&yaml, Qt::Key_S, Qt::ControlModifier);
        QTest::keyClicks(&yaml, QStringLiteral(" and"));
        QTRY_COMPARE(saves, 2);
        stage.wait();
        QCOMPARE(stage.on_disk("functions/ping.yaml"),
                 replaced(ping, "my function", "one and more"));
        QCOMPARE(yaml.textCursor().block().text(), QStringLiteral("# one and more more"));
        QVERIFY(yaml.textCursor().atBlockEnd());
        stage.tab->flush();
        QCOMPARE(stage.text("functions/ping.yaml"),
                 replaced(ping, "my function", "one and more more"));
    }

    void keys_and_values_are_completed_by_the_table() {
        Stage stage(small);
        stage.tab->select("functions/ping.yaml");
        TextEditor& yaml = stage.tab->yaml();
        Completion& completion = stage.tab->completion();
        yaml.setFocus();
        QTextCursor cursor = yaml.document()->find(QStringLiteral("GET"));
        cursor.insertText(QStringLiteral("P"));
        yaml.setTextCursor(cursor);
        QTest::keyClick(&yaml, Qt::Key_Space, Qt::ControlModifier);
        QVERIFY(completion.is_open());
        QCOMPARE(completion.offered(), (QStringList{QStringLiteral("POST"), QStringLiteral("PUT"),
                                                    QStringLiteral("PATCH")}));
        QTest::keyClick(&yaml, Qt::Key_U);
        QCOMPARE(completion.offered(), QStringList{QStringLiteral("PUT")});
        QTest::keyClick(QApplication::activePopupWidget(), Qt::Key_Return);
        QVERIFY(!completion.is_open());
        stage.tab->flush();
        QCOMPARE(stage.text("functions/ping.yaml"), replaced(ping, "GET", "PUT"));

        cursor = yaml.document()->find(QStringLiteral("- web"));
        cursor.insertText(QStringLiteral("- "));
        yaml.setTextCursor(cursor);
        QTest::keyClick(&yaml, Qt::Key_Space, Qt::ControlModifier);
        QVERIFY(!completion.is_open()); // only one is there
        stage.tab->flush();
        QCOMPARE(stage.text("functions/ping.yaml"), replaced(ping, "GET", "PUT"));

        yaml.moveCursor(QTextCursor::End);
        QTest::keyClick(&yaml, Qt::Key_Space, Qt::ControlModifier);
        QVERIFY(completion.offered().contains(QStringLiteral("description:")));
        QVERIFY(!completion.offered().contains(QStringLiteral("execution:")));
        QTest::keyClick(QApplication::activePopupWidget(), Qt::Key_Escape);
        QVERIFY(!completion.is_open());
        QVERIFY(yaml.hasFocus());
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
};

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    Theme theme(application);
    TestConfigEditing test;
    const int failed = QTest::qExec(&test, argc, argv);
    Job::wait_for_all();
    return failed;
}

#include "test_config_editing.moc"
