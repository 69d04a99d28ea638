#include "core/git/remote.h"

#include "core/base/file.h"
#include "core/base/process.h"
#include "core/base/text.h"
#include "core/git/helper_protocol.h"
#include "core/git/url.h"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

namespace tau::git {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t longest_answer = 16U << 20U; ///< 10,000 refs with long names
const std::string home_prefix = "tau-git-";

/// A HOME for one helper: empty but for a known_hosts that makes libgit2 ask for the host's
/// Ed25519 key (without it, it would take another one first, which is not pinned). The key in it
/// is nobody's; what counts is the pinned fingerprint. A lock in it says that it is in use: a
/// program that was killed leaves its homes behind, and the next one removes them.
class HelperHome {
public:
    static Result<HelperHome> make(const Url& url) {
        std::error_code none;
        const fs::path parent = fs::temp_directory_path(none);
        if (none) {
            return fail(ErrorCode::io, "There is no folder for temporary files.",
                        "Set TMPDIR to a folder that this program can write to.", none.message());
        }
        remove_abandoned(parent);
        std::string path = (parent / (home_prefix + "XXXXXX")).string();
        if (::mkdtemp(path.data()) == nullptr) {
            return fail(io_error("create a folder like", path));
        }
        HelperHome home(path);
        auto lock = FileLock::acquire(home.path_ / "lock", 0);
        if (!lock) {
            return fail(lock.error());
        }
        home.lock_.emplace(std::move(*lock));
        const std::string host =
            url.port == 0 ? url.host : "[" + url.host + "]:" + std::to_string(url.port);
        std::error_code code;
        fs::create_directory(home.path_ / ".ssh", code);
        const fs::path known_hosts = home.path_ / ".ssh" / "known_hosts";
        std::ofstream file(known_hosts); // gone in a moment: nothing to sync
        file << host << " ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" << std::string(43, 'A') << "\n";
        if (!file.flush()) {
            return fail(io_error("write", known_hosts));
        }
        return home;
    }
    HelperHome(HelperHome&& other) noexcept
        : path_(std::exchange(other.path_, {})), lock_(std::move(other.lock_)) {}
    HelperHome& operator=(HelperHome&&) = delete;
    ~HelperHome() {
        std::error_code ignored;
        if (!path_.empty()) {
            fs::remove_all(path_, ignored);
        }
    }
    const fs::path& path() const { return path_; }

private:
    explicit HelperHome(fs::path path) : path_(std::move(path)) {}

    /// As mkdtemp makes them; whatever else begins so is somebody's own.
    static bool is_home(const fs::path& path) {
        const std::string name = path.filename().string();
        struct stat status {};
        return name.starts_with(home_prefix) && name.size() == home_prefix.size() + 6 &&
               ::lstat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode) &&
               status.st_uid == ::geteuid() && (status.st_mode & 07777U) == 0700 &&
               status.st_mtime + newborn_seconds < std::time(nullptr);
    }

    static void remove_abandoned(const fs::path& parent) {
        std::error_code code;
        for (fs::directory_iterator entry(parent, code), end; !code && entry != end;
             entry.increment(code)) {
            const fs::path& path = entry->path();
            // One that has no lock was never ours, or is only being made.
            if (is_home(path) && FileLock::acquire_existing(path / "lock", 0)) {
                std::error_code ignored;
                fs::remove_all(path, ignored);
            }
        }
    }

    static constexpr std::time_t newborn_seconds = 60;
    fs::path path_;
    std::optional<FileLock> lock_;
};

/// What this computer lacks: never to be taken for something that the remote said.
Error own_trouble(Error error) {
    error.code = ErrorCode::io;
    return error;
}

/// The address to connect to; refuses what cannot work.
Result<Url> checked_url(const Remote& remote) {
    auto url = parse_url(remote.url);
    if (!url) {
        return url;
    }
    const bool token = std::holds_alternative<TokenCredential>(remote.credential);
    if (url->scheme == "ssh" && (token || remote.host_keys.empty())) {
        return fail(ErrorCode::invalid_argument,
                    token
                        ? "A token logs in over https, but the address is " + url->to_string() + "."
                        : "No host key is known for " + url->host + ".",
                    "Give the host's SHA256 fingerprints.");
    }
    return url;
}

Command helper_command(const fs::path& program, const fs::path& home) {
    Command command;
    command.program = program;
    command.environment = {"HOME=" + home.string(), "PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8"};
    if (const char* libraries = std::getenv("LD_LIBRARY_PATH")) {
        command.environment.push_back(std::string("LD_LIBRARY_PATH=") + libraries);
    }
    command.own_group = true;
    return command;
}

/// Says of a wait that ended early what was going on, and with whom.
Error explain(Error error, const Url& url, const Remote& remote, const std::string& phase) {
    const std::string host = bounded_text(url.host, 100);
    if (error.code == ErrorCode::timeout) {
        error.message = "The git host " + host + " did not finish within " +
                        std::to_string(remote.deadline.count() / 1000) + " seconds (" + phase +
                        ").";
        error.hint = "Check the network, then try again.";
    } else if (error.code == ErrorCode::cancelled) {
        error.message = "The exchange with the git host " + host + " was cancelled.";
    }
    return error;
}

/// Where nothing is kept, all that the helper could not use came from the remote, unless the disk
/// is full.
HelperResult told_apart(HelperResult result, HelperOperation operation) {
    const bool keeps_nothing =
        operation != HelperOperation::push && operation != HelperOperation::fetch;
    if (keeps_nothing && !result && result.error().code == ErrorCode::io &&
        result.error().detail.find(::strerrordesc_np(ENOSPC)) == std::string::npos) {
        result.error().code = ErrorCode::corrupt;
    }
    return result;
}

HelperResult converse(Process& helper, const Secret& request, const Wait& wait, std::string& phase,
                      const ProgressCallback& progress, HelperOperation operation) {
    if (auto written = helper.write_input(request.bytes(), wait); !written) {
        return fail(written.error());
    }
    helper.close_input();
    for (;;) {
        const auto line = helper.read_line(wait, longest_answer);
        if (!line) {
            return fail(line.error());
        }
        if (!*line) {
            return fail(ErrorCode::internal, "The git helper ended without an answer.",
                        "Try again; if it happens again, please report it.",
                        bounded_text(helper.error_output()));
        }
        auto message = decode_message(**line);
        if (!message) {
            return fail(message.error());
        }
        if (auto* result = std::get_if<HelperResult>(&*message)) {
            return told_apart(std::move(*result), operation);
        }
        const auto& step = std::get<Progress>(*message);
        phase = step.phase;
        if (progress) {
            progress(step);
        }
    }
}

HelperResult ask_helper(HelperTask task, const Remote& remote, const std::stop_token& stop,
                        const ProgressCallback& progress = {}) {
    const Wait wait = Wait::at_most(remote.deadline, stop);
    const auto url = checked_url(remote);
    if (!url) {
        return fail(url.error());
    }
    const auto program = find_helper();
    if (!program) {
        return fail(own_trouble(program.error()));
    }
    const auto home = HelperHome::make(*url);
    if (!home) {
        return fail(own_trouble(home.error()));
    }
    if (task.operation == HelperOperation::read || task.operation == HelperOperation::has_commits) {
        task.repository = home->path() / "clone"; // goes with the home
    }
    const auto request = encode_request(task, remote);
    if (!request) {
        return fail(request.error());
    }
    auto helper = Process::start(helper_command(*program, home->path()));
    if (!helper) {
        return fail(own_trouble(helper.error()));
    }
    std::string phase = "connecting";
    auto result = converse(*helper, *request, wait, phase, progress, task.operation);
    if (!result) {
        return fail(explain(std::move(result.error()), *url, remote, phase));
    }
    return result;
}

Error not_understood() {
    return {ErrorCode::corrupt, "The git helper said something that is not understood.", {}, {}};
}

Result<void> without_value(const HelperResult& result) {
    return result ? Result<void>{} : fail(result.error());
}

} // namespace

Result<std::vector<RemoteRef>> list_remote(const Remote& remote, std::stop_token stop) {
    auto result = ask_helper({HelperOperation::list}, remote, stop);
    return result ? Result<std::vector<RemoteRef>>(std::move(result->refs)) : fail(result.error());
}

Result<void> push(const fs::path& repository, const Remote& remote,
                  const std::vector<std::string>& refspecs, std::stop_token stop,
                  const ProgressCallback& progress) {
    return without_value(ask_helper({HelperOperation::push, fs::absolute(repository), refspecs},
                                    remote, stop, progress));
}

Result<void> fetch(const fs::path& repository, const Remote& remote,
                   const std::vector<std::string>& branches, std::stop_token stop,
                   const ProgressCallback& progress) {
    return without_value(ask_helper({HelperOperation::fetch, fs::absolute(repository), branches},
                                    remote, stop, progress));
}

Result<std::vector<FoundFile>>
read_files(const Remote& remote, const std::vector<WantedFile>& files, std::stop_token stop) {
    auto result = ask_helper({HelperOperation::read, {}, {}, files}, remote, stop);
    if (!result) {
        return fail(result.error());
    }
    if (result->files.size() != files.size()) {
        return fail(not_understood());
    }
    return std::move(result->files);
}

Result<std::vector<bool>> has_commits(const Remote& remote,
                                      const std::vector<std::string>& branches,
                                      const std::vector<WantedCommit>& commits,
                                      std::stop_token stop) {
    auto result =
        ask_helper({HelperOperation::has_commits, {}, branches, {}, commits}, remote, stop);
    if (!result) {
        return fail(result.error());
    }
    if (result->has_commits.size() != commits.size()) {
        return fail(not_understood());
    }
    return std::move(result->has_commits);
}

Result<fs::path> find_helper() {
    const auto folder = program_folder();
    if (!folder) {
        return fail(folder.error());
    }
    for (const fs::path& path :
         {*folder / "tau-git", folder->parent_path() / "libexec" / "tau-console" / "tau-git"}) {
        std::error_code code;
        if (fs::is_regular_file(path, code)) {
            return path;
        }
    }
    return fail(ErrorCode::not_found, "The program tau-git is missing beside this one.",
                "Install tau-console again.");
}

} // namespace tau::git
