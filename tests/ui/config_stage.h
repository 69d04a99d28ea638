#pragma once

// The configuration tab over two folders: real widgets over real files.

#include "app/console/config_services.h"
#include "core/base/file.h"
#include "tests/support/temporary_directory.h"
#include "tests/ui/sample_services.h"
#include "ui/project/config_tab.h"

#include <QApplication>
#include <QMainWindow>
#include <QTest>

#include <fstream>

namespace tau::test::config {

using namespace tau::ui;
namespace fs = std::filesystem;

inline const char* const project_id = "Qmc3WjpDvCaVY3jWmxranUY7roFhRj66SNqstiRbKxDbU4";

inline void settle() {
    for (int turn = 0; turn < 10; ++turn) {
        QCoreApplication::sendPostedEvents();
        QCoreApplication::processEvents();
    }
}

inline void write(const fs::path& path, const std::string& text) {
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
}

inline std::string read(const fs::path& path) {
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
        settle(); // a message's buttons come with the next turn
        for (QPushButton* button : tab->findChildren<QPushButton*>()) {
            if (button->isVisible() && button->text().startsWith(text)) {
                QTest::mouseClick(button, Qt::LeftButton);
                settle();
                return true;
            }
        }
        return false;
    }

    TemporaryDirectory folder;
    SampleServices services;
    app::ConfigWork config{[](const fs::path&) { return true; }};
    flow::LocalProject project;
    QMainWindow window;
    ConfigTab* tab = nullptr;
};

inline void fresh(const fs::path& folder) {
    write(folder / "config/config.yaml", std::string("id: ") + project_id + "\nname: shop\n");
}

inline const std::string ping =
    "# my function\r\nid: QmQazSMmMztAFkECFpvNjGMJpaYH4CvTTt85GDj1yYgt4a\r\n"
    "source: .   # inline\r\ntrigger:\r\n    type: https\r\n    method: GET\r\n"
    "    paths: [/ping]\r\ndomains:\r\n    - web\r\nexecution:\r\n"
    "    timeout: 10s\r\n    memory: 10MB # enough\r\n    call: ping\r\n";

inline void small(const fs::path& folder) {
    fresh(folder);
    write(folder / "config/functions/ping.yaml", ping);
    write(folder / "config/domains/web.yaml",
          "id: QmQspaxDwHSbioaW3zbLgdMpp1hCkz9z6JRzxykL1SqPHg\nfqdn: a.example.org\n");
    write(folder / "config/applications/store/config.yaml",
          "id: QmZvSFvZr7QfJzEWAC7DcBMNk4Tk3EJHupk8KNAPosHRq5\n");
    write(folder / "code/functions/ping/.taubyte/config.yaml", "version: 1.00\n");
    write(folder / "code/functions/ping/ping.go", "package lib\n");
}

inline std::string replaced(std::string text, const std::string& from, const std::string& to) {
    text.replace(text.find(from), from.size(), to);
    return text;
}

} // namespace tau::test::config
