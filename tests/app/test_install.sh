# What `cmake --install` puts where, and that it works from there. Run by ctest:
#   bash test_install.sh CMAKE BUILD_FOLDER VERSION
set -euo pipefail
cmake=$1 build=$2 version=$3

temporary=$(mktemp -d)
localnet=
clean() {
    if [ -n "$localnet" ]; then
        kill "$localnet" 2>/dev/null || true
        wait "$localnet" 2>/dev/null || true
    fi
    rm -rf "$temporary"
}
trap clean EXIT

fail() {
    printf 'test_install: %s\n' "$*" >&2
    exit 1
}
same() { # WHAT EXPECTED FOUND
    [ "$2" = "$3" ] || fail "$1: expected"$'\n'"$2"$'\n'"but found"$'\n'"$3"
}

DESTDIR=$temporary/root "$cmake" --install "$build" --prefix /usr >"$temporary/install.log" 2>&1 ||
    fail "cmake --install: $(cat "$temporary/install.log")"
usr=$temporary/root/usr

same "what is installed" "\
bin/tau-console
bin/tau-directory
bin/tau-localnet
bin/tau-project
bin/tau-vaultd
lib/systemd/system/tau-vaultd.service
libexec/tau-console/tau-gate
libexec/tau-console/tau-git
share/applications/tau-console.desktop
share/doc/tau-vaultd/tau-vaultd.yaml
share/doc/tau-vaultd/vault-node.openapi.json
share/icons/hicolor/scalable/apps/tau-console.svg
share/man/man1/tau-console.1
share/man/man1/tau-directory.1
share/man/man1/tau-localnet.1
share/man/man1/tau-project.1
share/man/man8/tau-vaultd.8
share/metainfo/org.taubyte.tau-console.metainfo.xml" \
    "$(cd "$usr" && find . -type f | sed 's|^\./||' | LC_ALL=C sort)"

desktop-file-validate "$usr/share/applications/tau-console.desktop"
appstreamcli validate --no-net --explain "$usr/share/metainfo/org.taubyte.tau-console.metainfo.xml"
for named in Exec Icon; do # each names a thing that is there
    value=$(sed -n "s/^$named=//p" "$usr/share/applications/tau-console.desktop")
    same "$named of the desktop entry" tau-console "$value"
done

unit=$usr/lib/systemd/system/tau-vaultd.service
same "the unit's program" "/usr/bin/tau-vaultd --config /etc/tau-vaultd.yaml" \
    "$(sed -n 's/^ExecStart=//p' "$unit")"
# How much the service may do, from 0 (nothing) to 100.
systemd-analyze security --offline=yes --threshold=20 "$unit" >"$temporary/exposure" 2>&1 ||
    fail "the unit allows too much: $(cat "$temporary/exposure")"
"$usr/bin/tau-vaultd" --config "$usr/share/doc/tau-vaultd/tau-vaultd.yaml" --check-config >/dev/null ||
    fail "the installed configuration is not good"

# From here on as a person of its own: an empty home, no keychain, nothing of this build.
mkdir "$temporary/home"
person=(env -i HOME="$temporary/home" PATH=/usr/bin:/bin LC_ALL=C.UTF-8 QT_QPA_PLATFORM=offscreen
    ${LD_LIBRARY_PATH+LD_LIBRARY_PATH="$LD_LIBRARY_PATH"})
for program in tau-console tau-directory tau-project tau-localnet tau-vaultd; do
    said=$("${person[@]}" "$usr/bin/$program" --version) || fail "$program --version ended with $?"
    same "$program --version" "$program $version" "$said"
done

# No function of the shell: $! has to be the program, or it outlives the test.
"${person[@]}" "$usr/bin/tau-localnet" --dir "$temporary/net" --vaults 2 >"$temporary/net.log" 2>&1 &
localnet=$!
for ((i = 0; i < 600; i++)); do
    ! grep -qx ready "$temporary/net.log" || break
    kill -0 "$localnet" 2>/dev/null || fail "tau-localnet ended: $(cat "$temporary/net.log")"
    sleep 0.1
done
grep -qx ready "$temporary/net.log" || fail "tau-localnet is not ready: $(cat "$temporary/net.log")"

(umask 077 && echo "correct horse" >"$temporary/passphrase")
project() {
    "${person[@]}" "$usr/bin/tau-project" "$@" --data "$temporary/data" \
        --passphrase-file "$temporary/passphrase"
}
# Pushing and every login of the vaults goes through tau-git, which is in libexec only.
project create --network "$temporary/net/network.yaml" --name shop >"$temporary/create.log" 2>&1 ||
    fail "tau-project create: $(cat "$temporary/create.log")"
# Not grep -q, which leaves before all is written.
project status shop | grep "shop is active" >/dev/null || fail "the project is not active"
"${person[@]}" "$usr/bin/tau-project" verify "$temporary"/data/projects/*/project.yaml |
    grep "verified: shop" >/dev/null || fail "the project is not verified"

kill "$localnet"
wait "$localnet" || fail "tau-localnet ended with $?"
localnet=
