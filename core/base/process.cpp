#include "core/base/process.h"

#include "core/base/file.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace tau {

namespace {

constexpr std::size_t kept_output = 4U << 20U;
constexpr std::size_t kept_errors = 16U << 10U;

void close_fd(int& fd) {
    if (fd >= 0) {
        ::close(std::exchange(fd, -1));
    }
}

Error system_error(std::string_view what, int number) {
    return Error{number == ENOENT ? ErrorCode::not_found : ErrorCode::io,
                 std::string(what) + ": " + std::strerror(number) + ".",
                 number == ENOENT ? "Check that the program is installed." : "",
                 {}};
}

/// Wakes a poll() at once when stop is asked.
class StopSignal {
public:
    explicit StopSignal(const std::stop_token& token) : fd_(::eventfd(0, EFD_CLOEXEC)) {
        callback_.emplace(token, Wake{fd_});
    }
    StopSignal(const StopSignal&) = delete;
    StopSignal& operator=(const StopSignal&) = delete;
    ~StopSignal() {
        callback_.reset(); // before the descriptor it writes to is closed
        close_fd(fd_);
    }
    int fd() const { return fd_; }

private:
    struct Wake {
        int fd;
        void operator()() const {
            const std::uint64_t one = 1;
            [[maybe_unused]] const ssize_t ignored = ::write(fd, &one, sizeof one);
        }
    };
    int fd_;
    std::optional<std::stop_callback<Wake>> callback_;
};

/// Everything the child needs, made before fork(): after it, in a program with threads, only
/// async-signal-safe calls are allowed.
struct Prepared {
    std::vector<char*> argv, envp;
    std::string program, folder;
    std::array<int, 3> streams{};
    bool own_group = false;
    pid_t parent = -1;
    int report = -1;
};

[[noreturn]] void become(const Prepared& prepared) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    if (::getppid() != prepared.parent) {
        ::_exit(127); // the parent died before prctl
    }
    if (prepared.own_group) {
        ::setpgid(0, 0);
    }
    for (int number = 1; number < NSIG; ++number) {
        ::signal(number, SIG_DFL); // ignored signals would stay ignored after exec
    }
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    // First out of the way of 0..2, so that no stream overwrites another one.
    std::array<int, 3> moved{};
    bool ok = true;
    for (std::size_t i = 0; i < 3; ++i) {
        moved[i] = ::fcntl(prepared.streams[i], F_DUPFD_CLOEXEC, 3);
        ok = ok && moved[i] >= 0;
    }
    for (int i = 0; i < 3; ++i) {
        ok = ok && ::dup2(moved[static_cast<std::size_t>(i)], i) >= 0;
    }
    // Descriptors of libraries that forgot close-on-exec must not leak into the child either. Our
    // own are all marked, so an old kernel's refusal is no reason to give up.
    ::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
    ok = ok && (prepared.folder.empty() || ::chdir(prepared.folder.c_str()) == 0);
    if (ok) {
        ::execve(prepared.program.c_str(), prepared.argv.data(), prepared.envp.data());
    }
    const int number = errno;
    [[maybe_unused]] const ssize_t ignored = ::write(prepared.report, &number, sizeof number);
    ::_exit(127);
}

/// One end for us and one for the child; all are closed on exec but what the child dup2()s.
struct Channels {
    std::array<int, 2> in{-1, -1}, out{-1, -1}, err{-1, -1}, report{-1, -1};

    bool open(const Command& command) {
        // A socket pair for its input: a write to a child that is gone must not raise SIGPIPE.
        return (command.input ||
                ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, in.data()) == 0) &&
               (command.output || ::pipe2(out.data(), O_CLOEXEC) == 0) &&
               (command.error || ::pipe2(err.data(), O_CLOEXEC) == 0) &&
               ::pipe2(report.data(), O_CLOEXEC) == 0;
    }
    void close_all() {
        for (auto* pair : {&in, &out, &err, &report}) {
            close_fd((*pair)[0]);
            close_fd((*pair)[1]);
        }
    }
};

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> out;
    out.reserve(texts.size() + 1);
    for (std::string& text : texts) {
        out.push_back(text.data());
    }
    out.push_back(nullptr);
    return out;
}

int take(int& fd) {
    return std::exchange(fd, -1);
}

} // namespace

Result<Process> Process::start(const Command& command) {
    std::vector<std::string> arguments{command.program.string()};
    arguments.insert(arguments.end(), command.arguments.begin(), command.arguments.end());
    std::vector<std::string> environment = command.environment;

    Channels channels;
    if (!channels.open(command)) {
        const int number = errno;
        channels.close_all();
        return fail(system_error("Cannot make a pipe", number));
    }
    Prepared prepared{pointers(arguments),
                      pointers(environment),
                      command.program.string(),
                      command.folder.string(),
                      {command.input.value_or(channels.in[1]),
                       command.output.value_or(channels.out[1]),
                       command.error.value_or(channels.err[1])},
                      command.own_group,
                      ::getpid(),
                      channels.report[1]};
    const pid_t pid = ::fork();
    if (pid == 0) {
        become(prepared);
    }
    if (pid < 0) {
        const int number = errno;
        channels.close_all();
        return fail(system_error("Cannot start a process", number));
    }
    close_fd(channels.report[1]);
    int number = 0;
    ssize_t got = 0;
    do {
        got = ::read(channels.report[0], &number, sizeof number);
    } while (got < 0 && errno == EINTR);
    if (got > 0) {
        channels.close_all();
        ::waitpid(pid, nullptr, 0);
        return fail(system_error("Cannot start " + command.program.string(), number));
    }
    Process process;
    process.pid_ = pid;
    // glibc 2.36 declares pidfd_open() without C linkage.
    process.pidfd_ = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
    number = errno;
    process.own_group_ = command.own_group;
    process.in_ = take(channels.in[0]);
    process.out_ = take(channels.out[0]);
    process.err_ = take(channels.err[0]);
    channels.close_all();
    for (const int fd : {process.in_, process.out_, process.err_}) {
        if (fd >= 0) {
            ::fcntl(fd, F_SETFL, O_NONBLOCK);
        }
    }
    if (process.pidfd_ < 0) {
        return fail(system_error("Cannot watch a process", number));
    }
    return process;
}

Process::Process(Process&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), pidfd_(take(other.pidfd_)), in_(take(other.in_)),
      out_(take(other.out_)), err_(take(other.err_)), own_group_(other.own_group_),
      exit_(other.exit_), output_(std::move(other.output_)), errors_(std::move(other.errors_)) {}

Process::~Process() {
    if (pid_ > 0 && !exit_) {
        kill(SIGKILL);
        while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
        }
    }
    for (int* fd : {&pidfd_, &in_, &out_, &err_}) {
        close_fd(*fd);
    }
}

void Process::kill(int signal) {
    if (pid_ > 0 && !exit_) {
        ::kill(own_group_ ? -pid_ : pid_, signal);
    }
}

void Process::close_input() {
    close_fd(in_);
}

namespace {

/// Reads what is there; false at the end of the stream. Past `limit` the bytes at the front
/// (`drop_front`) or the new ones are dropped.
bool drain(int fd, std::string& into, std::size_t limit, bool drop_front) {
    std::array<char, 16384> buffer;
    const ssize_t got = ::read(fd, buffer.data(), buffer.size());
    if (got < 0) {
        return errno == EAGAIN || errno == EINTR;
    }
    into.append(buffer.data(), static_cast<std::size_t>(got));
    if (into.size() > limit) {
        drop_front ? into.erase(0, into.size() - limit) : into.erase(limit);
    }
    return got > 0;
}

int poll_time(std::chrono::steady_clock::time_point until) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 3'600'000));
}

} // namespace

/// Moves bytes both ways until `to_write` is empty, the process has ended, or, with neither
/// asked, something was read. Both ways at once, or two full pipes would wait for each other.
Result<void> Process::pump(const Wait& wait, ByteView* to_write, bool until_exit,
                           std::size_t limit) {
    const StopSignal stop(wait.stop);
    for (;;) {
        std::array<pollfd, 5> fds{{{stop.fd(), POLLIN, 0},
                                   {out_, POLLIN, 0},
                                   {err_, POLLIN, 0},
                                   {to_write != nullptr ? in_ : -1, POLLOUT, 0},
                                   {until_exit ? pidfd_ : -1, POLLIN, 0}}};
        const int ready = ::poll(fds.data(), fds.size(), poll_time(wait.until));
        if (ready < 0 && errno != EINTR) {
            return fail(system_error("Cannot wait for a process", errno));
        }
        if (wait.stop.stop_requested()) {
            return fail(ErrorCode::cancelled, "The operation was cancelled.");
        }
        if (ready <= 0) {
            if (std::chrono::steady_clock::now() >= wait.until) {
                return fail(ErrorCode::timeout, "The operation took too long.");
            }
            continue;
        }
        if (fds[2].revents != 0 && !drain(err_, errors_, kept_errors, true)) {
            close_fd(err_);
        }
        const bool output_moved = fds[1].revents != 0;
        if (output_moved && !drain(out_, output_, limit, false)) {
            close_fd(out_);
        }
        if (fds[3].revents != 0) {
            const ssize_t put = ::send(in_, to_write->data(), to_write->size(), MSG_NOSIGNAL);
            if (put < 0 && errno != EAGAIN && errno != EINTR) {
                return fail(system_error("The process does not take its input", errno));
            }
            *to_write = to_write->subspan(put > 0 ? static_cast<std::size_t>(put) : 0);
        }
        // The process may have ended with bytes still in its pipes: those come first.
        const bool ended = fds[4].revents != 0 && !output_moved && fds[2].revents == 0;
        const bool written = to_write != nullptr && to_write->empty();
        if (written || ended || (to_write == nullptr && !until_exit && output_moved)) {
            return {};
        }
    }
}

Result<void> Process::write_input(ByteView bytes, const Wait& wait) {
    if (in_ < 0) {
        return fail(ErrorCode::io, "The input of the process is closed.");
    }
    return bytes.empty() ? Result<void>{} : pump(wait, &bytes, false, kept_output);
}

Result<std::optional<std::string>> Process::read_line(const Wait& wait, std::size_t limit) {
    for (;;) {
        const std::size_t end = output_.find('\n');
        if (end != std::string::npos && end <= limit) {
            std::string line = output_.substr(0, end);
            output_.erase(0, end + 1);
            return line;
        }
        if (output_.size() > limit) {
            return fail(ErrorCode::limit_exceeded, "The process wrote a line that is too long.");
        }
        if (out_ < 0) {
            return output_.empty() ? std::nullopt
                                   : std::optional(std::exchange(output_, std::string()));
        }
        if (auto read = pump(wait, nullptr, false, limit + 1); !read) {
            return fail(read.error());
        }
    }
}

Result<int> Process::wait(const Wait& wait) {
    if (!exit_) {
        if (auto ended = pump(wait, nullptr, true, kept_output); !ended) {
            return fail(ended.error());
        }
        if (own_group_) { // which is no other's while the leader waits to be reaped
            ::kill(-pid_, SIGKILL);
        }
        int status = 0;
        while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
        }
        exit_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
    return *exit_;
}

Result<Finished> run_process(const Command& command, ByteView input, const Wait& wait) {
    auto process = Process::start(command);
    if (!process) {
        return fail(process.error());
    }
    if (!command.input) {
        // A program may end without reading all of its input: its exit code says why.
        if (auto written = process->write_input(input, wait);
            !written && written.error().code != ErrorCode::io) {
            return fail(written.error());
        }
        process->close_input();
    }
    const auto code = process->wait(wait);
    if (!code) {
        return fail(code.error());
    }
    return Finished{*code, process->take_output(), process->error_output()};
}

Result<std::filesystem::path> program_folder() {
    std::error_code code;
    const auto self = std::filesystem::read_symlink("/proc/self/exe", code);
    if (code) {
        return fail(system_error("Cannot find this program's own folder", code.value()));
    }
    return self.parent_path();
}

} // namespace tau
