#include "app/project/command_line.h"

#include "app/adapters/workplace.h"

#include <QCoreApplication>
#include <iostream>

namespace tau::app {

CommandLine::CommandLine(QStringList arguments, const QString& command, const QString& description,
                         Uses uses)
    : command_(command), arguments_(std::move(arguments)) {
    parser_.setApplicationDescription(description);
    const QString data = QStringLiteral("data");
    const QString passphrase = QStringLiteral("passphrase-file");
    if (uses.needs == Needs::nothing) {
        hidden_option(data, QStringLiteral("DIR"));
    } else {
        option(data, QStringLiteral("Keep projects and their records in <DIR>."),
               QStringLiteral("DIR"));
    }
    option(QStringLiteral("json"), uses.output == Output::events
                                       ? QStringLiteral("Print JSON, one object a line.")
                                       : QStringLiteral("The same as --format json."));
    if (uses.needs == Needs::secrets) {
        option(passphrase,
               QStringLiteral("Keep secrets in an encrypted file instead of the keychain; its "
                              "passphrase is the first line of <FILE>, which only you may read."),
               QStringLiteral("FILE"));
    } else {
        hidden_option(passphrase, QStringLiteral("FILE"));
    }
    parser_.addOption(
        {{QStringLiteral("h"), QStringLiteral("help")}, QStringLiteral("Show this help.")});
}

void CommandLine::option(const QString& name, const QString& description, const QString& value,
                         const QString& fallback) {
    parser_.addOption({name, description, value, fallback});
}

void CommandLine::hidden_option(const QString& name, const QString& value) {
    QCommandLineOption hidden(name, {}, value);
    hidden.setFlags(QCommandLineOption::HiddenFromHelp);
    parser_.addOption(hidden);
}

void CommandLine::argument(const QString& name, const QString& description) {
    parser_.addPositionalArgument(name, description);
    ++positionals_;
}

void CommandLine::optional_argument(const QString& name, const QString& description) {
    parser_.addPositionalArgument(name, description, QStringLiteral("[%1]").arg(name));
    ++optionals_;
}

void CommandLine::arguments(const QString& name, const QString& description) {
    parser_.addPositionalArgument(name, description, name + QStringLiteral("..."));
    ++positionals_;
    more_ = true;
}

std::optional<Exit> CommandLine::parse() {
    const bool read =
        parser_.parse(QStringList{QStringLiteral("tau-project ") + command_} + arguments_);
    if (parser_.isSet(QStringLiteral("help"))) {
        // The parser names the file of the program; a person typed the command.
        QString help = parser_.helpText();
        const qsizetype options = help.indexOf(QStringLiteral(" [options]"));
        help.replace(0, options, QStringLiteral("Usage: tau-project ") + command_);
        std::cout << help.toStdString();
        return Exit::done;
    }
    if (!read) {
        return usage_error(command_, parser_.errorText().toStdString());
    }
    // A variable of a script that was never set; an empty path would be some other place.
    for (const QString& name : parser_.optionNames()) {
        const QStringList values = parser_.values(name);
        if (values.contains(QString()) && !values.isEmpty()) {
            return usage_error(command_, "The value of --" + name.toStdString() + " is empty.");
        }
    }
    if (parser_.positionalArguments().contains(QString())) {
        return usage_error(command_, "An argument is empty.");
    }
    const qsizetype given = parser_.positionalArguments().size();
    if (given < positionals_ || (given > positionals_ + optionals_ && !more_)) {
        return usage_error(command_, given < positionals_ ? "Something is missing."
                                                          : "There is one argument too many.");
    }
    return std::nullopt;
}

std::filesystem::path CommandLine::path(const QString& name) const {
    return std::filesystem::absolute(text(name));
}

std::filesystem::path CommandLine::data() const {
    const QString name = QStringLiteral("data");
    return has(name) ? path(name) : default_data_folder();
}

Exit usage_error(const QString& command, const std::string& sentence) {
    std::cerr << "tau-project: " << sentence << "\nSee: tau-project "
              << (command.isEmpty() ? "" : command.toStdString() + " ") << "--help\n";
    return Exit::usage;
}

} // namespace tau::app
