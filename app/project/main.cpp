// tau-project: makes, checks and hands on Taubyte projects without a window.
#include "app/adapters/git_configuration.h"
#include "app/project/commands.h"
#include "core/base/secret.h"
#include "core/base/standard_output.h"
#include "core/seal/seal.h"

#include <QCoreApplication>
#include <filesystem>
#include <iostream>

using namespace tau;
using namespace tau::app;

namespace {

struct Command {
    const char* name;
    const char* summary;
    Exit (*run)(const QStringList& arguments);
    bool tests_itself = false; ///< Session::world() does, while it opens the secrets
};

constexpr std::array commands{
    Command{"create", "make a project: repositories, keys, registration, proofs", create_command,
            true},
    Command{"resume", "go on with a change that was stopped", resume_command, true},
    Command{"undo", "take back everything that a change made", undo_command},
    Command{"forget", "drop the record of a change, leave what it made", forget_command},
    Command{"list", "show the projects and unfinished changes here", list_command},
    Command{"status", "ask the vaults how a project stands", status_command},
    Command{"deployments", "show or set what the parts of the network run", deployments_command},
    Command{"rotate", "give the vaults new keys and webhook secrets", rotate_command, true},
    Command{"move", "register with other vaults, or with the same anew", move_command, true},
    Command{"remove", "end a project's registrations, keys and webhooks", remove_command, true},
    Command{"verify", "check a project file, offline", verify_command},
    Command{"export", "write a project as a signed file, YAML, folder or zip", export_command},
    Command{"import", "take in what export wrote", import_command},
    Command{"check", "check a configuration repository as the cloud does", check_command},
    Command{"fmt", "put configuration files into canonical form", fmt_command},
    Command{"vaults", "show the network's vaults, best first", vaults_command},
    Command{"deploy-key export", "write a repository's deploy key for ssh",
            deploy_key_export_command},
    Command{"owner-key export", "write your owner key, encrypted", owner_key_export_command},
    Command{"owner-key import", "take in an owner key", owner_key_import_command},
};

void print_help() {
    std::cout << "Usage: tau-project COMMAND [options]\n\n"
                 "Makes, checks and hands on Taubyte projects without a window.\n\nCommands:\n";
    for (const Command& command : commands) {
        const std::string name = command.name;
        std::cout << "  " << name << std::string(20 - name.size(), ' ') << command.summary << "\n";
    }
    std::cout << "\nEach command explains itself with --help. Ends with 0 when done, 1 when failed,"
                 "\n2 when used wrongly, 3 when cancelled.\n";
}

Exit run(const QStringList& arguments) {
    const QString first = arguments.value(0);
    if (first == u"--help" || first == u"-h" || first == u"help") {
        print_help();
        return Exit::done;
    }
    if (first == u"--version") {
        std::cout << "tau-project " TAU_VERSION "\n";
        return Exit::done;
    }
    std::error_code gone;
    if (std::filesystem::current_path(gone).empty()) {
        std::cerr << "tau-project: The current folder is gone, or may not be looked at.\n"
                     "  Change to another one.\n";
        return Exit::failed;
    }
    for (const Command& command : commands) {
        const QStringList words = QString::fromUtf8(command.name).split(u' ');
        if (arguments.mid(0, words.size()) == words) {
            if (!command.tests_itself) {
                if (const auto tested = seal::self_test(); !tested) {
                    std::cerr << "tau-project: " << tested.error().message << "\n";
                    return Exit::failed;
                }
            }
            return command.run(arguments.mid(words.size()));
        }
    }
    return usage_error({}, first.isEmpty()
                               ? "Name a command."
                               : "There is no command \"" + first.toStdString() + "\".");
}

} // namespace

int main(int argc, char** argv) {
    hold_standard_streams();
    if (!protect_process()) {
        std::cerr << "tau-project: The cryptographic library does not start.\n";
        return static_cast<int>(Exit::failed);
    }
    if (const auto followed = follow_git_configuration(); !followed) {
        std::cerr << "tau-project: " << followed.error().message << "\n";
        return static_cast<int>(Exit::failed);
    }
    QCoreApplication application(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("tau-project"));
    const Exit exit = run(QCoreApplication::arguments().mid(1));
    if (const auto printed = flush_output(); !printed) {
        std::cerr << "tau-project: " << printed.error().message << "\n  " << printed.error().hint
                  << "\n";
        return static_cast<int>(Exit::failed);
    }
    return static_cast<int>(exit);
}
