// SPDX-License-Identifier: Apache-2.0
#include "kit/real_libvirtd.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>

#include "kit/connection.hpp"

namespace charmux::test {
namespace {

constexpr const char* kSocket = "/run/libvirt/libvirt-sock";

/// libvirtd serves nobody where Debian's user for QEMU is not known, whichever user it is told to take; and that one
/// comes with a package that this needs nothing else of.
void make_known(const std::string& name, const std::string& entry) {
  const std::string file = "/etc/" + name;
  std::ostringstream known;
  known << '\n' << std::ifstream(file).rdbuf();
  if (known.str().find("\nlibvirt-qemu:") != std::string::npos) return;
  const std::string copy = "/etc/libvirt/" + name;
  std::ofstream(copy) << known.str().substr(1) << entry << '\n';
  if (::mount(copy.c_str(), file.c_str(), nullptr, MS_BIND, nullptr) != 0) FAIL("cannot mount on ", file);
}

void hide_the_machines_own() {
  // Outside of a namespace of the test's own these mounts would be the machine's.
  if (std::getenv("CHARMUX_ISOLATED") == nullptr) FAIL("run this by tests/run");
  for (const char* folder : {"/var/lib/libvirt", "/var/log/libvirt", "/var/cache/libvirt", "/etc/libvirt"}) {
    std::filesystem::create_directories(folder);
    if (::mount("libvirt", folder, "tmpfs", 0, nullptr) != 0) FAIL("cannot mount on ", folder);
  }
  std::ofstream("/etc/libvirt/qemu.conf") << R"(user = "root"
group = "root"
dynamic_ownership = 0
remember_owner = 0
security_driver = "none"
cgroup_controllers = []
namespaces = []
stdio_handler = "file"
)";
  make_known("passwd", "libvirt-qemu:x:64055:64055::/nonexistent:/usr/sbin/nologin");
  make_known("group", "libvirt-qemu:x:64055:");
}

/// The lines that tools/lib/guest_image prints: kernel and initramfs.
std::array<std::string, 2> guest_image() {
  const std::string command = "'" CHARMUX_SOURCES "/tools/lib/guest_image'";
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "r"), ::pclose);
  REQUIRE(pipe);
  std::string text;
  for (int c = 0; (c = std::fgetc(pipe.get())) != EOF;) text += static_cast<char>(c);
  std::array<std::string, 2> lines;
  std::istringstream in(text);
  for (auto& line : lines) std::getline(in, line);
  REQUIRE(!lines[1].empty());
  return lines;
}

std::string domain(const std::string& name, const std::string& uuid, const std::string& os,
                   const std::string& devices) {
  return "<domain type='qemu'><name>" + name + "</name><uuid>" + uuid +
         "</uuid><memory unit='MiB'>128</memory><vcpu>1</vcpu><os><type arch='x86_64' machine='pc'>hvm</type>" + os +
         "</os><devices><emulator>/usr/bin/qemu-system-x86_64</emulator><controller type='usb' model='none'/>" +
         "<memballoon model='none'/>" + devices + "</devices></domain>";
}

}  // namespace

RealLibvirtd::RealLibvirtd(World& world, const std::string& more) : world_(world) {
  hide_the_machines_own();
  std::ofstream("/etc/libvirt/libvirtd.conf") << "auth_unix_rw = \"none\"\nauth_unix_ro = \"none\"\n" << more;
  start();
}

RealLibvirtd::~RealLibvirtd() { kill(); }

void RealLibvirtd::start() {
  REQUIRE(pid_ == 0);
  ::unlink(kSocket);
  const std::string log = world_.directory / "libvirtd.log";
  pid_ = ::fork();
  if (pid_ == 0) {
    const int to = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    ::dup2(to, STDOUT_FILENO);
    ::dup2(to, STDERR_FILENO);
    ::execl("/usr/sbin/libvirtd", "libvirtd", nullptr);
    ::_exit(127);
  }
  const At at = At::path(kSocket);
  world_.run_until("libvirtd listens", [&] {
    if (::waitpid(pid_, nullptr, WNOHANG) == pid_) {
      pid_ = 0;
      std::ostringstream said;
      said << std::ifstream(log).rdbuf();
      FAIL("libvirtd ended: ", said.str());
    }
    const UniqueFd socket = at.socket();
    return ::connect(socket.get(), at.raw(), at.length) == 0;
  });
}

void RealLibvirtd::kill() {
  if (pid_ == 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  pid_ = 0;
}

void RealLibvirtd::freeze() const { ::kill(pid_, SIGSTOP); }
void RealLibvirtd::thaw() const { ::kill(pid_, SIGCONT); }

std::string linux_domain(const std::string& name, const std::string& uuid) {
  const auto [kernel, initramfs] = guest_image();
  return domain(name, uuid,
                "<kernel>" + kernel + "</kernel><initrd>" + initramfs + "</initrd><cmdline>console=ttyS0</cmdline>",
                "<serial type='pty'/><console type='pty'><target type='serial'/></console>"
                "<console type='pty'><target type='virtio'/></console>");
}

std::string idle_domain(const std::string& name, const std::string& uuid, const std::string& serial) {
  return domain(name, uuid, {}, serial);
}

}  // namespace charmux::test
