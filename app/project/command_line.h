#pragma once

#include "core/base/result.h"

#include <QCommandLineParser>
#include <filesystem>
#include <optional>

namespace tau::app {

/// How the program ends.
enum class Exit { done = 0, failed = 1, usage = 2, cancelled = 3 };

/// One command's options and arguments. Every command takes --data, --passphrase-file, --json and
/// --help, so that a script can give them to all; its help shows those that it uses.
class CommandLine {
public:
    enum class Needs { nothing, data, secrets }; ///< secrets are in the data folder
    enum class Output { events, document };      ///< what --json prints
    struct Uses {
        Output output = Output::events;
        Needs needs = Needs::nothing;
    };

    /// `arguments`: what follows "tau-project", the command's own name first. A command of two
    /// words ("deploy-key export") is given both.
    CommandLine(QStringList arguments, const QString& command, const QString& description,
                Uses uses);
    /// One that uses the secrets.
    CommandLine(QStringList arguments, const QString& command, const QString& description)
        : CommandLine(std::move(arguments), command, description,
                      {Output::events, Needs::secrets}) {}

    void option(const QString& name, const QString& description, const QString& value = {},
                const QString& fallback = {});
    void hidden_option(const QString& name, const QString& value);
    void argument(const QString& name, const QString& description);
    /// After the arguments that must be there.
    void optional_argument(const QString& name, const QString& description);
    /// The last argument, which may be given more than once.
    void arguments(const QString& name, const QString& description);

    /// Reads them. A value: the program is to end so (help was shown, or a mistake was told).
    std::optional<Exit> parse();

    bool has(const QString& name) const { return parser_.isSet(name); }
    std::string text(const QString& name) const { return parser_.value(name).toStdString(); }
    QStringList texts(const QString& name) const { return parser_.values(name); } ///< each time
    std::filesystem::path path(const QString& name) const;
    std::string positional(int index) const {
        return parser_.positionalArguments().at(index).toStdString();
    }
    std::string positional_or(int index, const std::string& fallback) const {
        const QStringList all = parser_.positionalArguments();
        return index < all.size() ? all.at(index).toStdString() : fallback;
    }
    QStringList positionals() const { return parser_.positionalArguments(); }
    std::filesystem::path data() const;
    bool json() const { return has(QStringLiteral("json")); }

private:
    QString command_;
    QStringList arguments_;
    QCommandLineParser parser_;
    qsizetype positionals_ = 0;
    qsizetype optionals_ = 0;
    bool more_ = false;
};

/// Tells a mistake of the caller on stderr.
Exit usage_error(const QString& command, const std::string& sentence);

} // namespace tau::app
