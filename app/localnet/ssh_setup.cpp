#include "app/localnet/ssh_setup.h"

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/git/remote.h"
#include "core/keys/deploy_key.h"

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

namespace tau::localnet {

namespace fs = std::filesystem;

namespace {

/// The path goes into settings, shell words and authorized_keys: what any of these could read as
/// something else is refused.
Result<void> check_path(const fs::path& path) {
    const std::string text = path.string();
    if (has_control_characters(text) || text.find_first_of("'\"\\%\n\t") != std::string::npos) {
        return fail(ErrorCode::invalid_argument,
                    "The folder " + bounded_text(text, 300) + " cannot hold the git host.",
                    "Choose one without quotes, backslashes and '%' in its name.");
    }
    return {};
}

/// The public line of the key in the file; makes the key when there is none.
Result<std::string> key_in(const fs::path& path, std::string_view comment) {
    const fs::path public_path = path.string() + ".pub";
    std::error_code code;
    if (!fs::exists(path, code) || !fs::exists(public_path, code)) {
        SystemEntropy entropy;
        const auto key = keys::DeployKey::generate(entropy);
        const auto text = key.openssh_private_key(comment);
        if (!text) {
            return fail(text.error());
        }
        auto written = write_file_atomic(path, text->bytes());
        if (written) {
            written = write_file_atomic(public_path, key.public_line(comment) + "\n", 0644);
        }
        if (!written) {
            return fail(written.error());
        }
    }
    const auto line = read_file(public_path, 1000);
    if (!line) {
        return fail(line.error());
    }
    const auto point = keys::parse_ssh_public_line(trim(*line));
    if (!point) {
        return fail(point.error());
    }
    return keys::ssh_public_line(*point, comment);
}

std::string sshd_settings(const forge::LocalFolder& folder) {
    return "HostKey \"" + folder.host_key().string() + "\"\nAuthorizedKeysFile \"" +
           folder.authorized_keys().string() +
           "\"\n"
           "StrictModes no\n" // the folder is 0700 and ours; what is above it may be /tmp
           "UsePAM no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n"
           "AuthenticationMethods publickey\nPubkeyAcceptedAlgorithms ssh-ed25519\n"
           "HostKeyAlgorithms ssh-ed25519\nAllowUsers git\nPermitRootLogin forced-commands-only\n"
           "DisableForwarding yes\nPermitTTY no\nPermitUserRC no\nPermitUserEnvironment no\n"
           "PermitTunnel no\nUseDNS no\nPrintMotd no\nMaxAuthTries 3\nMaxSessions 4\n"
           "LoginGraceTime 20\nClientAliveInterval 30\nClientAliveCountMax 2\nLogLevel VERBOSE\n";
}

/// sshd asks the system who "git" is: here it is told, through nss_wrapper, that this is the user
/// who runs the host, with a plain shell, whatever that user's own account looks like.
Result<void> write_accounts(const forge::LocalFolder& folder) {
    const std::string ids = std::to_string(::geteuid()) + ":" + std::to_string(::getegid());
    std::string accounts = "git:*:" + ids + ":git host:" + folder.root().string() + ":/bin/sh\n";
    if (const passwd* separated = ::getpwnam("sshd")) {
        accounts += "sshd:*:" + std::to_string(separated->pw_uid) + ":" +
                    std::to_string(separated->pw_gid) + "::/run/sshd:/usr/sbin/nologin\n";
    }
    if (auto written = write_file_atomic(folder.root() / "passwd", accounts); !written) {
        return written;
    }
    return write_file_atomic(folder.root() / "group",
                             "git:x:" + std::to_string(::getegid()) + ":\n");
}

constexpr const char* sshd = "/usr/sbin/sshd";
constexpr const char* account_library = "LD_PRELOAD=libnss_wrapper.so";

/// Says at the start what a login would fail of, without a word, later.
Result<void> check_installed() {
    std::error_code code;
    if (!fs::exists(sshd, code)) {
        return fail(ErrorCode::not_found, "The OpenSSH server is not installed.",
                    "On Debian: apt-get install openssh-server");
    }
    Command probe;
    probe.program = "/bin/true";
    probe.environment = {account_library};
    const auto done = run_process(probe, {}, Wait::at_most(std::chrono::seconds(10)));
    if (!done || !done->errors.empty()) { // the dynamic linker complains and goes on
        return fail(ErrorCode::not_found, "The library nss_wrapper is not installed.",
                    "On Debian: apt-get install libnss-wrapper");
    }
    return {};
}

/// Started by root, sshd wants an empty folder to lock itself into.
Result<void> make_separation_folder() {
    if (::geteuid() == 0 && ::mkdir("/run/sshd", 0755) != 0 && errno != EEXIST) {
        return fail(io_error("create", "/run/sshd"));
    }
    return {};
}

std::string login_name() {
    const passwd* user = ::getpwuid(::geteuid());
    const std::string name = user == nullptr ? "" : to_lower_ascii(user->pw_name);
    return is_repository_name(name) ? name : "me";
}

Result<void> make_folders(const forge::LocalFolder& folder) {
    for (const fs::path& path :
         {folder.root(), folder.hooks(), folder.spool(), folder.repository("x").parent_path(),
          folder.hook_secret("x").parent_path()}) {
        if (auto made = make_private_directory(path); !made) {
            return made;
        }
    }
    return {};
}

Result<void> write_files(const forge::LocalFolder& folder, const std::string& program) {
    auto done = write_file_atomic(folder.root() / "sshd_config", sshd_settings(folder));
    if (done) {
        done = write_accounts(folder);
    }
    if (done) {
        done = write_file_atomic(folder.hooks() / "post-receive",
                                 "#!/bin/sh\nexec '" + program + "' post-receive\n", 0700);
    }
    return done ? make_separation_folder() : done;
}

} // namespace

Result<forge::LocalState> prepare_folder(const forge::LocalFolder& folder) {
    const auto helper = git::find_helper();
    if (!helper) {
        return fail(helper.error());
    }
    const std::string program = (helper->parent_path() / "tau-gate").string();
    for (const fs::path& path : {folder.root(), fs::path(program)}) {
        if (auto checked = check_path(path); !checked) {
            return fail(checked.error());
        }
    }
    if (auto installed = check_installed(); !installed) {
        return fail(installed.error());
    }
    if (auto made = make_folders(folder); !made) {
        return fail(made.error());
    }
    const auto host_line = key_in(folder.host_key(), "host");
    const auto user_line = key_in(folder.user_key(), "user");
    if (!host_line || !user_line) {
        return fail(host_line ? user_line.error() : host_line.error());
    }
    if (auto written = write_files(folder, program); !written) {
        return fail(written.error());
    }
    const auto lock = FileLock::acquire(folder.root() / "lock", 10000);
    if (!lock) {
        return fail(lock.error());
    }
    auto state = folder.load();
    if (!state && state.error().code == ErrorCode::not_found) {
        state = forge::LocalState{};
        state->login = login_name();
    }
    if (!state) {
        return state;
    }
    state->program = program;
    state->user_line = *user_line;
    state->host_fingerprint =
        keys::ssh_fingerprint(keys::parse_ssh_public_line(*host_line).value());
    if (auto stored = folder.store(*state); !stored) {
        return fail(stored.error());
    }
    return state;
}

Command sshd_session(const forge::LocalFolder& folder, int connection, int log) {
    Command command;
    command.program = sshd;
    command.arguments = {"-i", "-e", "-f", (folder.root() / "sshd_config").string()};
    command.environment = {"PATH=/usr/sbin:/usr/bin:/bin", account_library,
                           "NSS_WRAPPER_PASSWD=" + (folder.root() / "passwd").string(),
                           "NSS_WRAPPER_GROUP=" + (folder.root() / "group").string()};
    command.input = connection;
    command.output = connection;
    command.error = log;
    return command;
}

} // namespace tau::localnet
