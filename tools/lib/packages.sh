# SPDX-License-Identifier: Apache-2.0
# What Debian 12 has to have installed, and how it gets there. Sourced by tools/setup; changes nothing by itself.

# To build charmux and to show it: compiler, libraries, QEMU, and a telnet client to look with.
demo_packages=(
  g++ cmake ninja-build pkg-config
  libuv1-dev libfmt-dev libspdlog-dev libcli11-dev libtomlplusplus-dev libexpected-dev libsystemd-dev nlohmann-json3-dev libboost-dev
  libssl-dev libcrypt-dev libpam0g-dev libvirt-dev libpugixml-dev
  doctest-dev
  qemu-system-x86 busybox-static cpio
  inetutils-telnet python3 iproute2 util-linux git ca-certificates
)

# What `tools/check` needs beside these: the test runner, the second compiler, and other people's clients.
check_packages=(
  python3-pytest tmux
  clang-14 clang-format-14 clang-tidy-14 libclang-rt-14-dev
  putty-tools socat picocom tio ser2net gensio-bin telnet-ssl expect python3-pexpect python3-serial python3-labgrid
  gnutls-bin conserver-server conserver-client haproxy strace curl openssl swtpm logrotate systemd
  testssl.sh nmap
  libvirt-daemon libvirt-daemon-driver-qemu libvirt-clients
)

# What `tools/bench fanout` and `micro` need beside these: to count instructions, and for the micro-benchmarks.
bench_packages=(valgrind libbenchmark-dev)

# missing_packages NAME...: those that are not installed, one a line. Asks dpkg alone: no network, no lists.
missing_packages() {
  local package status
  for package in "$@"; do
    status=$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null) || status=absent
    [ "$status" = installed ] || printf '%s\n' "$package"
  done
}

# install_packages NAME...: installs them as root, without recommended packages and without starting any server.
install_packages() {
  export DEBIAN_FRONTEND=noninteractive
  refuse_to_start_servers
  update_lists
  apt-get --quiet --yes --no-install-recommends install "$@"
  allow_servers_again
}

# A mirror that fails is not yet fatal: the lists may hold all that is asked for. What is installed or fetched next decides.
update_lists() {
  apt-get --quiet update || echo "setup: apt-get update failed; trying with the package lists there are" >&2
}

# Debian starts a server when its package is installed, unless this file refuses (invoke-rc.d(8)). One that was there
# is put back as it was; one that an interrupted run left aside, too.
policy=/usr/sbin/policy-rc.d
policy_aside=/usr/sbin/policy-rc.d.before-charmux-setup
refuse_to_start_servers() {
  trap allow_servers_again EXIT
  trap 'exit 130' INT TERM HUP
  if [ -e "$policy" ] && [ ! -e "$policy_aside" ]; then mv "$policy" "$policy_aside"; fi
  printf '#!/bin/sh\n# charmux tools/setup: no server is to be started for a test.\nexit 101\n' >"$policy"
  chmod 755 "$policy"
}
allow_servers_again() {
  rm -f "$policy"
  if [ -e "$policy_aside" ]; then mv "$policy_aside" "$policy"; fi
  trap - EXIT INT TERM HUP
}
