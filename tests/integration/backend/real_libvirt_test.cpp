// SPDX-License-Identifier: Apache-2.0
// Consoles of a real libvirt's domain, beside another program that uses them as virsh does.
#include <doctest/doctest.h>
#include <sys/stat.h>

#include <fstream>
#include <optional>

#include "at_libvirt_pty.hpp"
#include "backend/libvirt_stream_opener.hpp"
#include "kit/at_libvirt.hpp"
#include "kit/privileges.hpp"
#include "kit/real_libvirtd.hpp"

using namespace charmux;
using namespace charmux::test;
using backend::Courtesy;
using backend::State;

namespace {

constexpr const char* kUuid = "11111111-2222-3333-4444-555555555555";
constexpr const char* kLock = "/var/lock/LCK.._pts_0";

/// A running domain whose serial port is /dev/pts/0.
struct Host {
  explicit Host(const std::string& xml = idle_domain("alpha", kUuid)) { other.create(xml); }

  [[nodiscard]] MakeOpener stream(bool force = false, const std::string& device = "serial0") {
    return [this, force, device](backend::Opener::Owner& owner) {
      return std::make_unique<backend::LibvirtStreamOpener>(
          libvirt, hypervisor::LibvirtStream::Settings{RealLibvirtd::kUri, kUuid, device, force}, owner);
    };
  }
  [[nodiscard]] MakeOpener pty(const backend::LibvirtPty::Settings& settings) {
    return [this, settings](backend::Opener::Owner& owner) {
      return std::make_unique<backend::LibvirtPty>(world.loop, settings, locks, owner);
    };
  }
  /// virsh console; null: it is refused.
  [[nodiscard]] hypervisor::StreamHandle session(unsigned flags = 0) {
    hypervisor::StreamHandle stream(virStreamNew(other.connection.get(), 0));
    const hypervisor::DomainHandle alpha = other.domain("alpha");
    const bool opened = virDomainOpenConsole(alpha.get(), "serial0", stream.get(), flags) == 0;
    refusal = opened ? "" : hypervisor::last_libvirt_error().text;
    return opened ? std::move(stream) : nullptr;
  }
  static void leave(hypervisor::StreamHandle& session) {
    virStreamAbort(session.get());
    session.reset();
  }

  World world;
  RealLibvirtd libvirtd{world};
  OtherProgram other{RealLibvirtd::kUri};
  Libvirt libvirt{world.loop};
  backend::ConsoleLocks locks{world.loop};
  std::string refusal;  ///< why there was no session.
};

struct Console {
  Console(Host& host, MakeOpener make)
      : world(host.world),
        line(host.world.loop, impatient(), std::make_unique<OpenedBy>(std::move(make))),
        sink(line) {}
  void wait_for(State state) {
    world.run_until("the backend's state", [&] { return sink.reached(state); });
  }
  World& world;
  backend::Line line;
  RecordingSink sink;
};

}  // namespace

TEST_CASE("a real libvirt's session has the pty for as long as it lasts") {
  Host host;
  Console console(host, host.pty({"/dev/pts/0"}));
  console.wait_for(State::open);
  auto virsh = host.session();
  REQUIRE(virsh);
  CHECK(std::filesystem::exists(kLock));
  console.wait_for(State::waiting);
  CHECK(console.sink.reason() == "in use by a libvirt console");
  Host::leave(virsh);
  console.wait_for(State::open);
}

TEST_CASE("a real libvirt refuses sessions, by force too, while the pty is locked, and not when it is put down") {
  Host host;
  Console console(host, host.pty({"/dev/pts/0", Courtesy::refuse}));
  console.wait_for(State::open);
  CHECK_FALSE(host.session());
  CHECK(host.refusal.find(fmt::format("held by process {}", ::getpid())) != std::string::npos);
  CHECK_FALSE(host.session(VIR_DOMAIN_CONSOLE_FORCE));
  console.line.put_down("put down by root");
  console.wait_for(State::down);
  auto virsh = host.session();
  CHECK(virsh);
  console.line.reopen();
  console.wait_for(State::waiting);
  CHECK(console.sink.reason() == "in use by a libvirt console");
  Host::leave(virsh);
  console.wait_for(State::open);
}

TEST_CASE("a real libvirt's session is thrown out by force, and the pty is opened") {
  Host host;
  const auto virsh = host.session();
  REQUIRE(virsh);
  backend::LibvirtPty::Settings settings{"/dev/pts/0"};
  settings.force = host.stream(true);
  Console console(host, host.pty(settings));
  console.wait_for(State::open);
  CHECK(console.sink.states.size() == 1);
  CHECK_FALSE(std::filesystem::exists(kLock));
  char byte = 0;
  CHECK(virStreamRecv(virsh.get(), &byte, 1) == -1);
}

TEST_CASE("a pty of a real libvirt that is not ours to open is opened by a stream") {
  Host host;
  ::chmod("/dev/pts/0", 0);
  const WithoutPrivileges like_anybody;
  backend::LibvirtPty::Settings settings{"/dev/pts/0"};
  settings.fallback = host.stream();
  Console console(host, host.pty(settings));
  console.wait_for(State::open);
  CHECK(std::filesystem::exists(kLock));
  CHECK_FALSE(host.session());
}

TEST_CASE("bytes go both ways by a stream") {
  Host host(linux_domain("alpha", kUuid));
  Console console(host, host.stream());
  console.wait_for(State::open);
  const auto has = [&](const char* text) { return console.sink.received.find(text) != std::string::npos; };
  host.world.run_until("it has booted", [&] { return has("charmux guest ready on ttyS0"); });
  console.sink.write("echo $((6 * 7))\r");
  host.world.run_until("it answers", [&] { return has("\n42\r\n"); });
  std::optional<Status> answer;
  console.line.send_break([&](const Status& sent) { answer = sent; });
  REQUIRE(answer);
  CHECK(answer->error().text == "no break: libvirt passes none on, only QEMU's monitor does");
}

TEST_CASE("a session that was there first is waited for, and one that throws us out too; we use no force") {
  Host host;
  auto virsh = host.session();
  REQUIRE(virsh);
  Console console(host, host.stream());
  console.wait_for(State::waiting);
  CHECK(console.sink.reason() == "in use by a libvirt console");
  Host::leave(virsh);
  console.wait_for(State::open);
  CHECK_FALSE(host.session());
  virsh = host.session(VIR_DOMAIN_CONSOLE_FORCE);
  REQUIRE(virsh);
  console.wait_for(State::waiting);
  CHECK(console.sink.reason() == "in use by a libvirt console");
  // Not first "shut off", which it never was.
  for (const auto& [state, reason] : console.sink.states) CHECK(state != State::closed);
  CHECK(host.world.turns_left_alone() < World::kCalm);
  Host::leave(virsh);
  console.wait_for(State::open);
}

TEST_CASE("a session is thrown out by a stream with force") {
  Host host;
  const auto virsh = host.session();
  REQUIRE(virsh);
  Console console(host, host.stream(true));
  console.wait_for(State::open);
  CHECK(console.sink.states.size() == 1);
}

TEST_CASE("another program's lock is named by a stream that waits for it") {
  Host host;
  std::ofstream(kLock) << "         1\n";
  Console console(host, host.stream());
  console.wait_for(State::waiting);
  CHECK(console.sink.reason().rfind("in use: ", 0) == 0);
  CHECK(console.sink.reason().find("held by process 1") != std::string::npos);
  std::filesystem::remove(kLock);
  console.wait_for(State::open);
}

TEST_CASE("a stream's end with its guest is told, and so are a guest that does not run and a device that is no pty") {
  Host host(idle_domain("alpha", kUuid, "<serial type='pty'/><serial type='null'/>"));
  Console none(host, host.stream(false, "serial1"));
  none.wait_for(State::refused);
  CHECK(none.sink.reason().find("is not using a PTY") != std::string::npos);
  none.line.stop();
  Console console(host, host.stream());
  console.wait_for(State::open);
  host.other.destroy("alpha");
  console.wait_for(State::closed);
  CHECK(console.sink.reason() == "libvirt: its other side was closed");
  console.wait_for(State::closed);
  host.other.create(idle_domain("alpha", kUuid));
  console.wait_for(State::open);
  host.libvirtd.kill();
  console.wait_for(State::closed);
  CHECK(console.sink.reason() == "libvirt: libvirt closed the connection");
}
