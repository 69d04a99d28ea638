// check: a configuration repository as the cloud will judge it, for people and for CI.
#include "app/project/commands.h"
#include "core/base/text.h"
#include "core/git/ignored.h"
#include "core/project/check.h"
#include "core/project/problem_report.h"

#include <iostream>

namespace tau::app {

namespace {

QString word(const char* text) {
    return QString::fromUtf8(text);
}

/// Other programs get a document in any case.
Exit cannot_read(const std::string& format, const Error& error) {
    if (format != "text") {
        std::cout << (format == "json" ? project::to_json(error)
                                       : project::to_sarif(error, TAU_VERSION));
    }
    std::cerr << "tau-project: " << error.message << "\n";
    if (!error.hint.empty()) {
        std::cerr << "  " << error.hint << "\n";
    }
    return Exit::usage;
}

/// As it could be committed: no cloud sees what git ignores. Where git cannot say, all counts.
Result<project::Store> read_store(const std::string& folder) {
    const auto ignored = git::Ignored::of(folder);
    return project::Store::load(
        folder, {}, [&ignored](const std::string& path) { return ignored && ignored->has(path); });
}

} // namespace

Exit check_command(const QStringList& arguments) {
    CommandLine line(arguments, word("check"),
                     word("Check a configuration repository as the cloud does, all at once. Ends "
                          "with 0 when the cloud takes it, with 1 when it does not."),
                     {CommandLine::Output::document, CommandLine::Needs::nothing});
    line.optional_argument(word("PATH"), word("Folder of the repository; here if not given."));
    line.option(word("format"), word("Print <FORMAT>: text, json or sarif (2.1.0)."),
                word("FORMAT"), word("text"));
    line.option(word("code"),
                word("Compare with the code repository in <PATH>: folders of inline functions, and "
                     "names that code opens."),
                word("PATH"));
    line.option(word("suffix"),
                word("Check domains that the cloud gives away below <SUFFIX> (g.tau.link)."),
                word("SUFFIX"));
    line.option(word("project-id"), word("The cloud knows the project by <ID>."), word("ID"));
    line.option(word("strict"), word("Warnings count as errors."));
    line.option(word("notes"), word("Print notes too, in text."));
    if (const auto end = line.parse()) {
        return *end;
    }
    const std::string format = line.json() ? "json" : line.text(word("format"));
    if (format != "text" && format != "json" && format != "sarif") {
        return usage_error(word("check"), "There is no format \"" + bounded_text(format, 60) +
                                              "\"; take text, json or sarif.");
    }
    const std::string folder = line.positional_or(0, ".");
    const auto store = read_store(folder);
    if (!store) {
        return cannot_read(format, store.error());
    }
    project::CheckOptions options;
    options.registered_id = line.text(word("project-id"));
    options.generated_suffix = line.text(word("suffix"));
    if (line.has(word("code"))) {
        auto code = project::CodeStrings::load(line.path(word("code")));
        if (!code) {
            return cannot_read(format, code.error());
        }
        options.code = std::make_shared<project::CodeStrings>(std::move(*code));
    }
    const auto problems = project::check(*store, options);
    const project::ReportPlace place = project::place_of(folder);
    std::cout << (format == "text"
                      ? project::to_text(problems, place.prefix, line.has(word("notes")))
                  : format == "json" ? project::to_json(problems, place)
                                     : project::to_sarif(problems, place, TAU_VERSION));
    const project::ProblemCounts counts = project::count(problems);
    const bool bad = counts.errors > 0 || (line.has(word("strict")) && counts.warnings > 0);
    return bad ? Exit::failed : Exit::done;
}

} // namespace tau::app
