#include "app/project/terminal.h"

#include "core/base/file.h"

#include <fcntl.h>
#include <iostream>
#include <nlohmann/json.hpp>
#include <termios.h>
#include <unistd.h>

namespace tau::app {

namespace {

constexpr const char* green = "32";
constexpr const char* red = "31";
constexpr std::size_t max_passphrase = 1024;

std::string step_time(const flow::StepView& step) {
    return step.elapsed.count() > 0 ? " (" + std::to_string(step.elapsed.count()) + " ms)" : "";
}

nlohmann::json to_json(const Error& error) {
    return {{"code", std::string(to_string(error.code))},
            {"message", error.message},
            {"hint", error.hint},
            {"detail", error.detail}};
}

} // namespace

Terminal::Terminal(bool json)
    : json_(json), in_place_(!json && ::isatty(STDOUT_FILENO) == 1),
      colour_(in_place_ && qEnvironmentVariableIsEmpty("NO_COLOR")) {}

std::string Terminal::coloured(const char* code, const std::string& text) const {
    return colour_ ? std::string("\033[") + code + "m" + text + "\033[0m" : text;
}

void Terminal::line(const std::string& text) const {
    if (!json_) {
        std::cout << text << std::endl;
    }
}

void Terminal::event(const nlohmann::json& object) const {
    if (json_) {
        // What the other side said may be no UTF-8.
        std::cout << object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)
                  << std::endl;
    }
}

void Terminal::error(const Error& error) const {
    event({{"event", "error"}, {"error", to_json(error)}});
    if (!json_) {
        std::cerr << coloured(red, error.message) << "\n";
        for (const std::string& more : {error.hint, error.detail}) {
            if (!more.empty()) {
                std::cerr << "  " << more << "\n";
            }
        }
    }
}

void Terminal::finding(bool good, const std::string& text) const {
    line((good ? coloured(green, "ok  ") : coloured(red, "no  ")) + text);
}

flow::Observer Terminal::steps() {
    return [this](std::size_t index, const flow::StepView& step) { show_step(index, step); };
}

void Terminal::show_step(std::size_t index, const flow::StepView& step) {
    nlohmann::json object{{"event", "step"},
                          {"id", step.id},
                          {"state", std::string(flow::to_string(step.state))},
                          {"sentence", step.sentence},
                          {"ms", step.elapsed.count()},
                          {"link", step.link}};
    if (step.error) {
        object["error"] = to_json(*step.error);
    }
    if (step.state == flow::StepState::undone) {
        object["was_there"] = step.was_there;
        object["stays"] = step.stays;
    }
    event(object);
    if (json_) {
        return;
    }
    const bool busy =
        step.state == flow::StepState::running || step.state == flow::StepState::undoing;
    std::string out;
    if (in_place_ && !running_.empty()) {
        out = "\033[" + std::to_string(running_.size()) + "A\r\033[J";
    }
    if (busy) {
        running_[index] = step.sentence;
    } else {
        running_.erase(index);
    }
    if (!busy && step.was_there) {
        const bool good = step.state != flow::StepState::failed;
        const std::string mark = good ? "ok  " : "no  ";
        out += coloured(good ? green : red, mark) +
               (step.state == flow::StepState::undone ? "Taken back: " : "") + step.sentence +
               step_time(step) + "\n";
    }
    if (in_place_) {
        for (const auto& running : running_) {
            // Longer lines would wrap, and could not be taken back by counting them.
            out += "…   " + running.second.substr(0, 70) + "\n";
        }
    }
    std::cout << out << std::flush;
}

Exit failed(const Terminal& out, const Error& error) {
    out.error(error);
    return Exit::failed;
}

Exit failed_to_plan(const Terminal& out, const Error& error) {
    out.error(error);
    return error.code == ErrorCode::invalid_argument ? Exit::usage : Exit::failed;
}

bool confirmed(const std::string& question) {
    if (::isatty(STDIN_FILENO) != 1) {
        return false;
    }
    std::cout << question << " [y/N] " << std::flush;
    std::string answer;
    std::getline(std::cin, answer);
    return answer == "y" || answer == "Y" || answer == "yes";
}

Result<Secret> ask_passphrase(const std::string& prompt) {
    const int fd = ::open("/dev/tty", O_RDWR | O_CLOEXEC);
    termios before{};
    if (fd < 0 || ::tcgetattr(fd, &before) != 0) {
        if (fd >= 0) {
            ::close(fd);
        }
        return fail(
            ErrorCode::unavailable, "A passphrase is needed, and there is no terminal to ask on.",
            "Put it into a file that only you can read and name it with --passphrase-file.");
    }
    termios silent = before;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(fd, TCSAFLUSH, &silent);
    const auto say = [fd](const std::string& text) {
        static_cast<void>(::write(fd, text.data(), text.size()) == 0);
    };
    say(prompt + ": ");
    Secret buffer(max_passphrase);
    const ssize_t got = ::read(fd, buffer.data(), buffer.size());
    ::tcsetattr(fd, TCSAFLUSH, &before);
    say("\n");
    ::close(fd);
    const std::string_view typed(reinterpret_cast<const char*>(buffer.data()),
                                 got > 0 ? static_cast<std::size_t>(got) : 0);
    const std::string_view text = typed.substr(0, typed.find('\n'));
    if (text.empty()) {
        return fail(ErrorCode::cancelled, "No passphrase was given.");
    }
    return Secret::copy_of(text);
}

Result<Secret> read_passphrase(const std::filesystem::path& path) {
    auto file = read_secret_file(path, max_passphrase);
    if (!file) {
        return file;
    }
    const std::string_view text = file->view();
    if (text.substr(0, text.find('\n')).empty()) {
        return fail(ErrorCode::invalid_argument,
                    "The passphrase file " + path.string() + " begins with an empty line.");
    }
    return Secret::copy_of(text.substr(0, text.find('\n')));
}

} // namespace tau::app
