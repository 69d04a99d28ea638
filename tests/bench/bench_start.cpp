// From the start of the program to its first frame: the console's window, with what main.cpp does
// before it, beside a window of one label in a program with the same libraries. Both are drawn
// offscreen, so that no display server's time is in either.
#include "app/console/console_services.h"
#include "core/base/process.h"
#include "core/seal/seal.h"
#include "tests/bench/report.h"
#include "tests/support/temporary_directory.h"
#include "ui/common/job.h"
#include "ui/common/theme.h"
#include "ui/shell/main_window.h"

#include <QApplication>
#include <QLabel>
#include <QTimer>

#include <cstdio>
#include <string_view>

using namespace tau;

namespace {

constexpr int rounds = 15;

/// Ends the program when everything in the window was painted once.
class FirstFrame : public QObject {
public:
    explicit FirstFrame(QWidget& window) { window.installEventFilter(this); }
    bool eventFilter(QObject* object, QEvent* event) override {
        if (event->type() == QEvent::Paint) {
            QTimer::singleShot(0, qApp, &QCoreApplication::quit);
        }
        return QObject::eventFilter(object, event);
    }
};

int show(QWidget& window) {
    const FirstFrame frame(window);
    window.show();
    return QApplication::exec();
}

int show_label(int argc, char** argv) {
    const QApplication application(argc, argv);
    QLabel label(QStringLiteral("tau-console"));
    return show(label);
}

int show_console(int argc, char** argv, const char* data) {
    if (!protect_process()) {
        return 1;
    }
    QApplication application(argc, argv);
    new ui::Theme(application); // belongs to the application
    if (!seal::self_test()) {
        return 1;
    }
    app::ConsoleServices services(data, Secret::copy_of(std::string_view("correct horse")));
    int status = 1;
    {
        ui::MainWindow window(services);
        status = show(window);
    }
    ui::Job::wait_for_all();
    return status;
}

/// This program once more, as a process of its own.
void start(const std::vector<std::string>& arguments, const std::filesystem::path& home) {
    Command command;
    command.program = std::filesystem::read_symlink("/proc/self/exe");
    command.arguments = arguments;
    command.environment = {"HOME=" + home.string(), "PATH=/usr/bin:/bin",
                           "QT_QPA_PLATFORM=offscreen"};
    const auto ended = run_process(command, {}, Wait::at_most(std::chrono::seconds(60)));
    if (!ended || ended->code != 0) {
        std::fputs("bench_start: a window does not show.\n", stderr);
        std::exit(1);
    }
}

} // namespace

int main(int argc, char** argv) {
    if (argc == 2 && std::string_view(argv[1]) == "label") {
        return show_label(argc, argv);
    }
    if (argc == 3 && std::string_view(argv[1]) == "console") {
        return show_console(argc, argv, argv[2]);
    }
    const test::TemporaryDirectory folder;
    const auto times = bench::medians(
        rounds, {[&] {
                     start({"console", (folder.path() / "data").string()}, folder.path());
                 },
                 [&] { start({"label"}, folder.path()); }});
    return bench::report({{"the window's first frame, from the program's start",
                           times[0],
                           "ms",
                           "a window of one label",
                           times[1],
                           {},
                           {}}},
                         argc, argv);
}
