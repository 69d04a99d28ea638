// tau-directory: what whoever runs a directory of vault nodes does at his desk: makes its keys,
// publishes an edition of it as a folder for any web server, looks into one, makes one up for
// tests; and what an auditor does: signs a report. A program of its own, because its keys are kept
// offline, away from every vault node and console.
#include "app/directory/commands.h"
#include "core/base/secret.h"
#include "core/base/standard_output.h"

#include <iostream>
#include <map>
#include <sys/stat.h>
#include <vector>

using namespace tau;

namespace {

constexpr const char* usage = R"(Usage: tau-directory COMMAND ...

  keys --out DIR                    makes the keys of a new directory: 5, of which 3 have to sign
       [--root FILE --keys FILE...]   that follow these: signed by the keys before, too
  keys --auditor FILE               makes an auditor's key
  report --key FILE --findings FILE --out FILE
                                    signs an auditor's findings (YAML)
  build --records DIR --keys FILE... --out DIR
        [--root FILE]               the root of these keys (beside the first of them)
        [--reports DIR --auditors FILE]
                                    auditors' reports, and whom to hear: one key a line
        [--revoked FILE]            nodes that are not to be listed: one id a line
        [--valid HOURS]             until when the edition may be believed (24; at most 168)
                                    publishes the next edition in the folder
  sample --nodes N --out DIR [--seed S] [--records] [--keys FILE... [--root FILE]]
                                    makes up a directory, under keys of its own
  show FILE|DIR [--root FILE]       says what is in a file or a published folder, and verifies it

Any web server can give the folder out; tau-directory(1) says how. Keys belong on no web server.
)";

int complain(const Error& error) {
    std::cerr << "tau-directory: " << error.message << '\n';
    if (!error.hint.empty()) {
        std::cerr << error.hint << '\n';
    }
    if (!error.detail.empty()) {
        std::cerr << "(" << error.detail << ")\n";
    }
    return error.code == ErrorCode::invalid_argument ? 2 : 1;
}

int run(const std::vector<std::string>& words) {
    const std::string name = words.empty() ? "" : words[0];
    if (name == "--help" || name == "--version") {
        std::cout << (name == "--help" ? usage : "tau-directory " TAU_VERSION "\n");
        return 0;
    }
    static const std::map<std::string, Result<void> (*)(directory::Words)> commands{
        {"keys", directory::keys_command},
        {"report", directory::report_command},
        {"build", directory::build_command},
        {"sample", directory::sample_command},
        {"show", directory::show_command}};
    const auto command = commands.find(name);
    if (command == commands.end()) {
        std::cerr << usage;
        return 2;
    }
    if (!protect_process()) {
        std::cerr << "tau-directory: libsodium does not start.\n";
        return 1;
    }
    const auto done = command->second(std::span(words).subspan(1));
    return done ? 0 : complain(done.error());
}

} // namespace

int main(int argc, char** argv) {
    hold_standard_streams();
    ::umask(022);
    const int exit = run(std::vector<std::string>(argv + 1, argv + argc));
    const auto printed = flush_output();
    return printed ? exit : complain(printed.error());
}
