#pragma once

#include "core/base/encoding.h"
#include "core/base/result.h"
#include "core/base/secret.h"

#include <chrono>
#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include <sys/types.h>

namespace tau {

/// How long a call may wait: until the moment comes (`timeout`) or stop is asked (`cancelled`).
struct Wait {
    std::chrono::steady_clock::time_point until;
    std::stop_token stop;

    static Wait at_most(std::chrono::milliseconds time, std::stop_token stop = {}) {
        return {std::chrono::steady_clock::now() + time, std::move(stop)};
    }
};

/// A program to start. No shell is involved, and nothing is inherited but what is named here.
struct Command {
    std::filesystem::path program; ///< a path; never looked up in PATH
    std::vector<std::string> arguments;
    std::vector<std::string> environment; ///< "NAME=value"
    std::filesystem::path folder;         ///< to work in; empty: this program's own
    bool own_group = false; ///< leads a process group, which ends with it or by kill()
    /// Descriptors to give instead of pipes; they stay the caller's.
    std::optional<int> input, output, error;
};

/// A child process with pipes. It ends with this object, and (SIGKILL) with the thread that
/// started it, so that it never outlives a crash of this program.
class Process {
public:
    static Result<Process> start(const Command& command);
    Process(Process&& other) noexcept;
    Process& operator=(Process&&) = delete;
    /// Kills the child if it still runs.
    ~Process();

    pid_t pid() const { return pid_; }

    /// Writes all of it; `io` when the child no longer reads.
    Result<void> write_input(ByteView bytes, const Wait& wait);
    void close_input();
    /// The next line of its output, without the line end; nullopt after the last one.
    /// A line over `limit` bytes is `limit_exceeded`.
    Result<std::optional<std::string>> read_line(const Wait& wait, std::size_t limit = 1U << 20U);
    /// Waits for its end: the exit code, or 128 and the number of the signal that ended it.
    /// Output that nobody read meanwhile is kept, up to 4 MiB.
    Result<int> wait(const Wait& wait);
    void kill(int signal);

    /// What is left of its output, and the last 16 KiB of its error output so far.
    std::string take_output() { return std::move(output_); }
    const std::string& error_output() const { return errors_; }

private:
    Process() = default;
    Result<void> pump(const Wait& wait, ByteView* to_write, bool until_exit, std::size_t limit);

    pid_t pid_ = -1;
    int pidfd_ = -1, in_ = -1, out_ = -1, err_ = -1;
    bool own_group_ = false;
    std::optional<int> exit_;
    std::string output_, errors_;
};

struct Finished {
    int code = 0; ///< as of Process::wait
    std::string output, errors;
};

/// Starts it, gives it `input`, and waits for its end. Killed when `wait` says so.
Result<Finished> run_process(const Command& command, ByteView input, const Wait& wait);

/// The folder of this very program, where the programs that belong to it are too.
Result<std::filesystem::path> program_folder();

} // namespace tau
