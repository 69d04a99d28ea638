#include "app/git/confine.h"

#include "core/git/landlock.h"

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace tau::git {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t read_rights = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
/// Those that make sense for a file that is no folder; the others the kernel refuses there.
constexpr std::uint64_t file_rights = LANDLOCK_ACCESS_FS_READ_FILE;

/// All that this version can take away. Later versions added a bit each; the system's headers may
/// be older than its kernel.
std::uint64_t all_rights(int version) {
    constexpr unsigned of_first = 13;
    const unsigned count = version >= 5   ? of_first + 3
                           : version >= 3 ? of_first + 2
                           : version == 2 ? of_first + 1
                                          : of_first;
    return (std::uint64_t{1} << count) - 1;
}

std::string refused(const char* what) {
    return std::string(what) + ": " + std::strerror(errno);
}

bool allow(int rules, const fs::path& path, std::uint64_t rights) {
    const int place = ::open(path.c_str(), O_PATH | O_CLOEXEC);
    struct stat status {};
    if (place < 0 || ::fstat(place, &status) != 0) {
        const bool is_missing = errno == ENOENT;
        if (place >= 0) {
            ::close(place);
        }
        return is_missing;
    }
    landlock_path_beneath_attr rule{};
    rule.allowed_access = S_ISDIR(status.st_mode) ? rights : rights & file_rights;
    rule.parent_fd = place;
    const bool done =
        ::syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
    ::close(place);
    return done;
}

std::string give_up_files(const std::vector<fs::path>& readable, const fs::path& home) {
    const int version = landlock_version();
    if (version == 0) {
        return "the kernel has no Landlock";
    }
    const std::uint64_t all = all_rights(version);
    landlock_ruleset_attr handled{};
    handled.handled_access_fs = all;
    const auto rules = static_cast<int>(
        ::syscall(SYS_landlock_create_ruleset, &handled, sizeof handled.handled_access_fs, 0));
    if (rules < 0) {
        return refused("landlock_create_ruleset");
    }
    bool done = allow(rules, home, all & ~std::uint64_t{LANDLOCK_ACCESS_FS_EXECUTE});
    for (const fs::path& path : readable) {
        done = done && allow(rules, path, read_rights);
    }
    done = done && ::syscall(SYS_landlock_restrict_self, rules, 0) == 0;
    std::string failure = done ? "" : refused("landlock");
    ::close(rules);
    return failure;
}

#if defined(__x86_64__)
constexpr std::uint32_t this_machine = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t this_machine = AUDIT_ARCH_AARCH64;
#else
constexpr std::uint32_t this_machine = 0;
#endif

/// What an exchange over the network never does. Nor does it leave its group, with which all that
/// it starts is killed.
constexpr std::array<std::uint32_t, 30> denied_calls{SYS_execve,
                                                     SYS_execveat,
                                                     SYS_ptrace,
                                                     SYS_process_vm_readv,
                                                     SYS_process_vm_writev,
                                                     SYS_kill,
                                                     SYS_tkill,
                                                     SYS_rt_sigqueueinfo,
                                                     SYS_rt_tgsigqueueinfo,
                                                     SYS_pidfd_open,
                                                     SYS_pidfd_getfd,
                                                     SYS_pidfd_send_signal,
                                                     SYS_unshare,
                                                     SYS_setns,
                                                     SYS_mount,
                                                     SYS_bpf,
                                                     SYS_perf_event_open,
                                                     SYS_userfaultfd,
                                                     SYS_io_uring_setup,
                                                     SYS_add_key,
                                                     SYS_request_key,
                                                     SYS_keyctl,
                                                     SYS_setpriority,
                                                     SYS_sched_setaffinity,
                                                     SYS_sched_setscheduler,
                                                     SYS_sched_setparam,
                                                     SYS_sched_setattr,
                                                     SYS_ioprio_set,
                                                     SYS_setpgid,
                                                     SYS_setsid};

std::string give_up_calls() {
    if (this_machine == 0) {
        return "seccomp is not known on this machine";
    }
    const auto load = [](std::size_t offset) {
        return sock_filter(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(offset)));
    };
    const auto skip_unless = [](std::uint32_t value) {
        return sock_filter(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1));
    };
    const sock_filter deny = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
    const sock_filter kill = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
    const sock_filter permit = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    constexpr std::uint32_t other_numbers = 0x40000000; // x32: the same calls once more
    std::vector<sock_filter> filter{
        load(offsetof(seccomp_data, arch)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, this_machine, 1, 0),
        kill,
        load(offsetof(seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, other_numbers, 0, 1),
        kill,
    };
    for (const std::uint32_t number : denied_calls) {
        filter.push_back(skip_unless(number));
        filter.push_back(deny);
    }
    // Its own threads and limits, and no other process's; and no signals by way of its files.
    const auto itself = static_cast<std::uint32_t>(::getpid());
    for (const auto& [number, whose] :
         {std::pair<std::uint32_t, std::uint32_t>{SYS_tgkill, itself}, {SYS_prlimit64, 0}}) {
        filter.insert(filter.end(),
                      {BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 4),
                       load(offsetof(seccomp_data, args[0])),
                       BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, whose, 1, 0), deny, permit});
    }
    filter.insert(filter.end(),
                  {BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_fcntl, 0, 6),
                   load(offsetof(seccomp_data, args[1])),
                   BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, F_SETOWN, 2, 0),
                   BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, F_SETOWN_EX, 1, 0),
                   BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, F_SETSIG, 0, 1), deny, permit});
    filter.insert(filter.end(),
                  {BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_ioctl, 0, 5),
                   load(offsetof(seccomp_data, args[1])),
                   BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, FIOSETOWN, 1, 0),
                   BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SIOCSPGRP, 0, 1), deny, permit});
    // Local services know a process by its user, as PostgreSQL does.
    filter.insert(filter.end(),
                  {BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, 4),
                   load(offsetof(seccomp_data, args[0])),
                   BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_INET, 2, 0),
                   BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_INET6, 1, 0), deny, permit});
    const sock_fprog program{static_cast<unsigned short>(filter.size()), filter.data()};
    return ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0 ? ""
                                                                             : refused("seccomp");
}

} // namespace

std::string confine(const std::vector<fs::path>& readable, const fs::path& home) {
    // Without it neither is possible for an ordinary user.
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
        return refused("no_new_privs");
    }
    const std::string files = give_up_files(readable, home);
    const std::string calls = give_up_calls();
    return files.empty() || calls.empty() ? files + calls : files + "; " + calls;
}

} // namespace tau::git
