# shellcheck shell=bash
# Shared by check, try, bench and .ci/run: what is installed, how it is built. Sourced by bash.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=$root/build/release

say() { printf '%s\n' "$*"; }
die() {
    printf '%s\n' "$*" >&2
    exit 1
}

# packages GROUP...: the names in these groups of packaging/packages.
packages() {
    awk -v groups=" $* " '
        { sub(/#.*/, "") }
        /^\[/ { wanted = index(groups, " " substr($1, 2, length($1) - 2) " "); next }
        NF && wanted && !seen[$1]++ { print $1 }' "$root/packaging/packages"
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

# install_packages GROUP...: installs what is missing; touches nothing when all is there.
install_packages() {
    local missing=() name
    if ! command -v apt-get >/dev/null; then
        say "This is not a Debian machine, so nothing is installed. Needed, by Debian's names:"
        packages "$@" | paste -sd' '
        return 0
    fi
    for name in $(packages "$@"); do
        dpkg-query -W -f '${db:Status-Status}\n' "$name" 2>/dev/null | grep -qx installed ||
            missing+=("$name")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    say "Installing: ${missing[*]}"
    if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null; then
        die "These packages are missing, and installing them needs root or sudo. As root:
  apt-get update && apt-get install --no-install-recommends ${missing[*]}"
    fi
    local sshd_before cluster_before=/etc/postgresql
    sshd_before=$(command -v /usr/sbin/sshd || true)
    [ -d "$cluster_before" ] || cluster_before=
    local install=(env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0
        install --no-install-recommends "${missing[@]}")
    if ! apt-get -qq --simulate install --no-install-recommends "${missing[@]}" >/dev/null 2>&1; then
        as_root apt-get -qq update
    fi
    if ! as_root "${install[@]}" -y </dev/null; then
        say "Once more, with a fresh list of packages."
        as_root apt-get -qq update
        as_root "${install[@]}" -y </dev/null ||
            die "apt-get could not install the packages; its own words are above."
    fi
    # Only the program is wanted: nobody asked for this machine to accept logins.
    if [ -z "$sshd_before" ] && [ -x /usr/sbin/sshd ] && [ -d /run/systemd/system ]; then
        as_root systemctl disable --quiet --now ssh.service
        say "openssh-server was installed for its program; its system service is off."
    fi
    if [ -z "$cluster_before" ] && [ -d /etc/postgresql ] && [ -d /run/systemd/system ]; then
        as_root systemctl disable --quiet --now postgresql.service
        say "postgresql was installed for its programs; its system service is off."
    fi
}

# temporary_files_in_memory: the tests sync far more than a disk likes; where memory has room for
# their files (most machines but containers), they go there.
temporary_files_in_memory() {
    local folder=/dev/shm
    [ -z "${TMPDIR-}" ] && [ -w "$folder" ] || return 0
    grep -q " $folder tmpfs [^ ]*noexec" /proc/mounts && return 0
    [ "$(df --output=avail -k "$folder" | tail -n 1)" -gt 3000000 ] || return 0
    export TMPDIR=$folder
}

# build_release [TARGET...]: configures and builds preset release, in build/release.
build_release() {
    cd "$root" || exit
    if command -v ccache >/dev/null; then
        export CMAKE_CXX_COMPILER_LAUNCHER=${CMAKE_CXX_COMPILER_LAUNCHER-ccache}
    fi
    mkdir -p "$build"
    say "Building in $build"
    if ! cmake --preset release >"$build/configure.log" 2>&1; then
        cat "$build/configure.log" >&2
        die "CMake could not configure the build; its own words are above."
    fi
    cmake --build --preset release ${1+--target "$@"} ||
        die "The build failed; the compiler's own words are above."
}
