// What a whole creation costs: tau-project making, sealing and registering a project on a local
// network, beside a shell script that does only the plain part of it over the same sshd: two bare
// repositories, two keys, their lines in authorized_keys, a first commit and push each.
#include "core/base/file.h"
#include "core/base/process.h"
#include "tests/bench/report.h"
#include "tests/support/localnet.h"
#include "tests/support/temporary_directory.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>

using namespace tau;
namespace fs = std::filesystem;

namespace {

constexpr int rounds = 5;

constexpr const char* plain_script = R"sh(set -eu
work=$1 host=$2 port=$3 login=$4
export GIT_SSH_COMMAND="ssh -F /dev/null -i $login -o IdentitiesOnly=yes \
    -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR"
for role in configuration code; do
    git init -q --bare --initial-branch=main "$work/$role.git"
    ssh-keygen -q -t ed25519 -N '' -C "$role" -f "$work/$role.key"
    printf 'restrict,command="git-upload-pack %s" %s\n' "$work/$role.git" \
        "$(cat "$work/$role.key.pub")" >>"$host/authorized_keys"
    git init -q --initial-branch=main "$work/$role"
    printf 'name: shop\n' >"$work/$role/config.yaml"
    printf '# shop\n' >"$work/$role/README.md"
    git -C "$work/$role" add .
    git -C "$work/$role" commit -q -m 'Start the project'
    git -C "$work/$role" push -q "ssh://git@127.0.0.1:$port$work/$role.git" main
done
)sh";

Finished run(const fs::path& program, std::vector<std::string> arguments, const fs::path& home) {
    Command command;
    command.program = program;
    command.arguments = std::move(arguments);
    command.environment = {"PATH=/usr/bin:/bin",
                           "HOME=" + home.string(),
                           "GIT_CONFIG_NOSYSTEM=1",
                           "GIT_AUTHOR_NAME=me",
                           "GIT_AUTHOR_EMAIL=me@localhost",
                           "GIT_COMMITTER_NAME=me",
                           "GIT_COMMITTER_EMAIL=me@localhost"};
    auto ended = run_process(command, {}, Wait::at_most(std::chrono::seconds(60)));
    // A measurement of something that fails would be a lie.
    if (!ended || ended->code != 0) {
        std::fprintf(stderr, "bench_create: %s failed: %s\n", program.c_str(),
                     ended ? (ended->output + ended->errors).c_str()
                           : ended.error().message.c_str());
        std::exit(2);
    }
    return std::move(*ended);
}

/// The key with which the script pushes; whoever makes projects by hand has one already.
fs::path login_key(const fs::path& folder, const fs::path& git_host) {
    fs::path key = folder / "login";
    run("/usr/bin/ssh-keygen", {"-q", "-t", "ed25519", "-N", "", "-f", key.string()}, folder);
    const std::string known = read_file(git_host / "authorized_keys").value();
    // Run as root, this sshd takes only keys with a command; this one does what the client asks.
    const std::string line = "restrict,command=\"eval $SSH_ORIGINAL_COMMAND\" " +
                             read_file(key.string() + ".pub").value();
    if (!write_file_atomic(git_host / "authorized_keys", known + line)) {
        std::exit(2);
    }
    return key;
}

} // namespace

int main(int argc, char** argv) {
    const test::TemporaryDirectory folder;
    const test::Localnet network(folder.path() / "net", 3);
    const fs::path passphrase = folder.path() / "passphrase";
    if (!write_file_atomic(passphrase, std::string_view("correct horse\n"))) {
        return 2;
    }
    const auto host =
        nlohmann::json::parse(read_file(network.git_host() / "host.json").value_or("{}"));
    const std::string port = std::to_string(host.at("port").get<int>());
    const fs::path program = program_folder().value() / "tau-project";
    int made = 0;

    const auto create = [&] {
        const std::string name = "shop" + std::to_string(made++);
        run(program,
            {"create", "--network", network.network_file().string(), "--name", name, "--data",
             (folder.path() / name).string(), "--passphrase-file", passphrase.string()},
            folder.path());
    };
    const auto plain = [&] {
        const fs::path work = folder.path() / ("plain" + std::to_string(made++));
        fs::create_directory(work);
        // Anew each time: a creation writes authorized_keys with the keys that it knows of.
        const fs::path key = login_key(work, network.git_host());
        const double start = bench::wall_ms();
        run("/bin/sh",
            {"-c", plain_script, "sh", work.string(), network.git_host().string(), port,
             key.string()},
            folder.path());
        return bench::wall_ms() - start;
    };

    std::vector<double> creations;
    std::vector<double> scripts;
    for (int round = 0; round <= rounds; ++round) {
        const double start = bench::wall_ms();
        create();
        const double creation = bench::wall_ms() - start;
        const double script = plain();
        if (round > 0) { // the first one only warms up
            creations.push_back(creation);
            scripts.push_back(script);
        }
    }
    const auto median = [](std::vector<double>& values) {
        std::sort(values.begin(), values.end());
        return values[values.size() / 2];
    };
    return bench::report({{"whole creation, tau-project", median(creations), "ms",
                           "shell script, plain part only", median(scripts), 1.0, 3000.0}},
                         argc, argv);
}
