// tau-console: the window. Here everything meets: options, data folder, services, pictures.
#include "app/adapters/git_configuration.h"
#include "app/adapters/workplace.h"
#include "app/console/console_services.h"
#include "app/console/made_up_nodes.h"
#include "app/console/pictures.h"
#include "core/base/file.h"
#include "core/seal/seal.h"
#include "ui/common/empty_state.h"
#include "ui/common/job.h"
#include "ui/common/text.h"
#include "ui/common/theme.h"
#include "ui/shell/main_window.h"
#include "ui/shell/transfers.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QTemporaryDir>

#include <cstdio>
#include <optional>
#include <span>
#include <string_view>

using namespace tau;

namespace {

constexpr int lock_wait_ms = 300;
constexpr std::size_t most_sample_nodes = 10'000'000;
enum Exit { done = 0, failed = 1 };

struct Options {
    QString network, data, pictures, passphrase_file, folder;
    std::size_t sample_nodes = 0; ///< 0: the network's own
};

Result<Options> read_options(const QApplication& application) {
    QCommandLineParser parser;
    parser.setApplicationDescription(
        QStringLiteral("Desktop console for Taubyte, a decentralised, git-native cloud."));
    const QCommandLineOption network(QStringLiteral("network"),
                                     QStringLiteral("Open this network file."),
                                     QStringLiteral("file"));
    const QCommandLineOption data(QStringLiteral("data"),
                                  QStringLiteral("Keep everything in this folder."),
                                  QStringLiteral("dir"));
    const QCommandLineOption passphrase(
        QStringLiteral("passphrase-file"),
        QStringLiteral("Keep secrets in an encrypted file under the passphrase in this file "
                       "(which only you may read), not in the keychain."),
        QStringLiteral("file"));
    const QCommandLineOption pictures(
        QStringLiteral("screenshot"),
        QStringLiteral("Create a sample project on the network, keep a picture of every page in "
                       "this folder, and end."),
        QStringLiteral("dir"));
    const QCommandLineOption samples(
        QStringLiteral("sample-nodes"),
        QStringLiteral("With --screenshot: only the vault browser, over so many made-up vaults."),
        QStringLiteral("count"));
    parser.addOptions({network, data, passphrase, pictures, samples});
    parser.addPositionalArgument(
        QStringLiteral("folder"),
        QStringLiteral("Open the configuration repository in this folder."),
        QStringLiteral("[folder]"));
    parser.addHelpOption();
    parser.addVersionOption();
    parser.process(application);
    Options options{parser.value(network), parser.value(data), parser.value(pictures),
                    parser.value(passphrase), parser.positionalArguments().value(0)};
    if (parser.positionalArguments().size() > 1 ||
        (!options.folder.isEmpty() && !options.pictures.isEmpty())) {
        return fail(ErrorCode::invalid_argument, "Only one folder can be opened, in a window.");
    }
    if (!parser.isSet(samples)) {
        return options;
    }
    options.sample_nodes = parser.value(samples).toULongLong();
    if (options.sample_nodes == 0 || options.sample_nodes > most_sample_nodes) {
        return fail(ErrorCode::invalid_argument, "--sample-nodes takes a number up to 10000000.");
    }
    if (options.pictures.isEmpty()) {
        return fail(ErrorCode::invalid_argument,
                    "--sample-nodes is for pictures: nothing can be sealed to made-up vaults.",
                    "Add --screenshot with the folder for the pictures.");
    }
    return options;
}

int tell(const Error& error) {
    std::fprintf(stderr, "tau-console: %s %s\n", error.message.c_str(), error.hint.c_str());
    return Exit::failed;
}

/// The passphrase that the options give; none when it is to be asked for.
Result<std::optional<Secret>> given_passphrase(const Options& options) {
    if (!options.passphrase_file.isEmpty()) {
        auto secret = read_secret_file(ui::to_utf8(options.passphrase_file));
        if (!secret) {
            return fail(secret.error());
        }
        // The line end that an editor leaves is not part of it.
        std::size_t size = secret->size();
        while (size > 0 && (secret->data()[size - 1] == '\n' || secret->data()[size - 1] == '\r')) {
            --size;
        }
        return std::optional(Secret::copy_of(secret->bytes().first(size)));
    }
    if (!options.pictures.isEmpty() && options.data.isEmpty()) {
        return std::optional(Secret::random(32)); // its folder goes at the end, too
    }
    return std::optional<Secret>();
}

/// A window with only this to say, for those who started the program without a terminal.
int show_and_end(QApplication& application, const QString& title, const QString& text) {
    ui::EmptyState page(QStringLiteral("info"), title, text);
    page.setWindowTitle(QStringLiteral("tau-console"));
    QObject::connect(page.add_action(QApplication::translate("main", "&Close"), true),
                     &QPushButton::clicked, &page, &QWidget::close);
    page.show();
    application.exec();
    return Exit::failed;
}

int say_already_open(QApplication& application) {
    return show_and_end(
        application, QApplication::translate("main", "tau-console is open already"),
        QApplication::translate("main", "Another window works with this data folder. Two at a time "
                                        "would overwrite each other's settings."));
}

bool opens_window(int argc, char** argv) {
    for (const std::string_view argument : std::span(argv, static_cast<std::size_t>(argc))) {
        if (argument == "--help" || argument == "-h" || argument == "--version" ||
            argument == "-v" || argument.starts_with("--screenshot") ||
            argument.starts_with("--sample-nodes")) {
            return false;
        }
    }
    return true;
}

/// What to open at first; empty: what the window had open, or nothing.
Result<std::filesystem::path> first_network(const Options& options,
                                            const std::filesystem::path& data, bool has_one) {
    if (!options.network.isEmpty()) {
        std::error_code code;
        auto network = std::filesystem::absolute(ui::to_utf8(options.network), code);
        if (code) {
            return fail(ErrorCode::invalid_argument,
                        "The network file's folder is gone, or may not be looked at.",
                        "Name the file with its whole path.");
        }
        return network;
    }
    if (has_one) {
        return std::filesystem::path();
    }
    if (options.sample_nodes > 0) {
        const auto file = data / "made-up-vaults.yaml";
        const vault::Network network{"Made-up vaults", {}, {}, {}};
        if (auto written = write_file_atomic(file, as_bytes(vault::to_yaml(network))); !written) {
            return fail(written.error());
        }
        return file;
    }
    if (std::filesystem::exists(app::default_network_file())) {
        return app::default_network_file();
    }
    if (!options.pictures.isEmpty()) {
        return fail(ErrorCode::invalid_argument,
                    "There is no network to create the sample project on.",
                    "Name its file with --network.");
    }
    return std::filesystem::path();
}

int run(QApplication& application, const Options& options, const std::filesystem::path& data) {
    auto passphrase = given_passphrase(options);
    if (!passphrase) {
        return tell(passphrase.error());
    }
    const auto made =
        options.sample_nodes > 0
            ? std::make_unique<app::MadeUpNodes>(data, std::move(*passphrase), options.sample_nodes)
            : std::make_unique<app::ConsoleServices>(data, std::move(*passphrase));
    app::ConsoleServices& services = *made;
    int status = Exit::done;
    {
        ui::MainWindow window(services);
        const auto network = first_network(options, data, !window.networks().entries().empty());
        if (!network) {
            return tell(network.error());
        }
        if (!network->empty()) {
            window.networks().open(*network);
        }
        app::Pictures pictures(window, options.pictures, options.sample_nodes > 0);
        if (options.pictures.isEmpty()) {
            window.show();
            if (!options.folder.isEmpty()) {
                window.transfers().open_folder(ui::to_utf8(options.folder));
            }
        } else {
            QObject::connect(&pictures, &app::Pictures::finished, &application,
                             [&](const QString& problem) {
                                 if (!problem.isEmpty()) {
                                     status = tell({ErrorCode::io, ui::to_utf8(problem), {}, {}});
                                 }
                                 application.quit();
                             });
            if (services.setting(QStringLiteral("city")).toString().isEmpty()) {
                services.set_setting(QStringLiteral("city"), QStringLiteral("Lisbon"));
            }
            pictures.start();
        }
        application.exec();
    }
    // Work that was going on stops at a safe point before what it uses goes.
    ui::Job::wait_for_all();
    return status;
}

} // namespace

int main(int argc, char** argv) {
    if (!protect_process()) {
        std::fputs("tau-console: libsodium cannot start.\n", stderr);
        return Exit::failed;
    }
    if (const auto followed = app::follow_git_configuration(); !followed) {
        return tell(followed.error());
    }
    // Help and version are told, and pictures made, without a screen too.
    const bool screen = qEnvironmentVariableIsSet("DISPLAY") ||
                        qEnvironmentVariableIsSet("WAYLAND_DISPLAY") ||
                        qEnvironmentVariableIsSet("QT_QPA_PLATFORM");
    if (!screen && opens_window(argc, argv)) {
        std::fputs("tau-console: There is no screen to open a window on. tau-project does the same "
                   "work in a terminal.\n",
                   stderr);
        return Exit::failed;
    }
    if (!screen) {
        qputenv("QT_QPA_PLATFORM", "offscreen");
    }
    QApplication application(argc, argv);
    QApplication::setApplicationName(QStringLiteral("tau-console"));
    QApplication::setApplicationVersion(QStringLiteral(TAU_VERSION));
    QApplication::setDesktopFileName(QStringLiteral("tau-console"));
    const auto given = read_options(application);
    if (!given) {
        return tell(given.error());
    }
    const Options& options = *given;
    new ui::Theme(application); // belongs to the application
    if (const auto tested = seal::self_test(); !tested) {
        tell(tested.error());
        return options.pictures.isEmpty()
                   ? show_and_end(application,
                                  QApplication::translate("main", "This computer cannot seal keys"),
                                  ui::to_qt(tested.error().message))
                   : Exit::failed;
    }

    std::optional<QTemporaryDir> passing;
    std::filesystem::path data = app::default_data_folder();
    if (!options.data.isEmpty()) {
        data = ui::to_utf8(options.data);
    } else if (!options.pictures.isEmpty()) {
        data = ui::to_utf8(passing.emplace().path());
    }
    if (const auto made = make_private_directory(data); !made) {
        return tell(made.error());
    }
    const auto lock = FileLock::acquire(data / "window.lock", lock_wait_ms);
    if (!lock) {
        return options.pictures.isEmpty() ? say_already_open(application) : tell(lock.error());
    }
    return run(application, options, data);
}
