// SPDX-License-Identifier: Apache-2.0
// What libvirt is asked for at a pty: to open what is not ours to open, and to throw a session out.
#include <doctest/doctest.h>
#include <sys/stat.h>

#include <optional>

#include "at_libvirt_pty.hpp"
#include "backend/pty.hpp"
#include "kit/privileges.hpp"

using namespace charmux;
using namespace charmux::test;
using backend::Courtesy;
using backend::State;

namespace {

/// An opener whose outcome is the test's.
class Scripted final : public backend::Opener {
 public:
  Scripted(std::function<void(Opener::Owner&)> script, Opener::Owner& owner)
      : script_(std::move(script)), owner_(owner) {}
  void begin() override { script_(owner_); }

 private:
  const std::function<void(Opener::Owner&)> script_;
  Opener::Owner& owner_;
};

MakeOpener scripted(std::function<void(backend::Opener::Owner&)> script) {
  return
      [script = std::move(script)](backend::Opener::Owner& owner) { return std::make_unique<Scripted>(script, owner); };
}

MakeOpener failing(State state, const std::string& reason) {
  return scripted([=](backend::Opener::Owner& owner) { owner.failed(state, reason); });
}

/// A channel of nothing, that says when it is closed.
class Stream final : public backend::Channel {
 public:
  explicit Stream(std::function<void()> closed) : closed_(std::move(closed)) {}
  ~Stream() override { closed_(); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  Status start(Owner&) override { return {}; }
  void want(unsigned) override {}
  net::Io read(BytesSpan) override { return {net::Io::Kind::again}; }
  net::Io write(BytesView) override { return {net::Io::Kind::again}; }
  std::string why_ended(const net::Io&) const override { return "ended"; }
  void send_break(std::function<void(Status)>) override {}

 private:
  const std::function<void()> closed_;
};

/// A pty on which one has no permission.
struct AtForbidden : AtLibvirtPty {
  AtForbidden() { ::chmod(qemu.slave().c_str(), 0); }
  WithoutPrivileges like_anybody;
};

}  // namespace

TEST_CASE("a pty without permission, and without another way, is refused with what it needs") {
  AtForbidden at;
  SUBCASE("shared") {}
  SUBCASE("not shared: no lock is left") { at.settings.courtesy = Courtesy::refuse; }
  at.start();
  at.wait_for(State::refused);
  CHECK(at.sink->reason() == "no permission on " + at.qemu.slave() + " (needs root or the user of QEMU)");
  CHECK(std::filesystem::is_empty("/var/lock"));
}

TEST_CASE("a pty without permission is opened through libvirt") {
  AtForbidden at;
  bool closed = false;
  bool locked = false;
  SUBCASE("shared") {}
  SUBCASE("not shared: libvirt makes the lock") { at.settings.courtesy = Courtesy::refuse; }
  SUBCASE("not shared, and the lock not ours to make") {
    at.settings.courtesy = Courtesy::refuse;
    ::chmod("/run/lock", 0555);
  }
  at.settings.fallback = scripted([&](backend::Opener::Owner& owner) {
    locked = std::filesystem::exists(at.lock);
    owner.opened(std::make_unique<Stream>([&] { closed = true; }), 0);
  });
  at.opened();
  CHECK_FALSE(locked);
  // The lock is libvirtd's, for us.
  ::chmod("/run/lock", 0777);
  const ConsoleSession libvirtd(at.lock);
  CHECK(at.world.turns_left_alone() < World::kCalm);
  CHECK(at.sink->states.size() == 1);
  CHECK_FALSE(closed);
  at.line.stop();
  CHECK(closed);
}

TEST_CASE("when libvirt refuses too, both reasons are told; what else it says is told as it is") {
  AtForbidden at;
  State state = State::refused;
  std::string reason =
      "no permission on " + at.qemu.slave() + " (needs root or the user of QEMU); and libvirt says: access denied";
  SUBCASE("it refuses") { at.settings.fallback = failing(State::refused, "access denied"); }
  SUBCASE("somebody has it") {
    state = State::waiting;
    reason = "in use by a libvirt console";
    at.settings.fallback = failing(state, reason);
  }
  SUBCASE("it does not answer") {
    state = State::closed;
    reason = "no answer";
    at.settings.fallback = failing(state, reason);
  }
  at.start();
  at.wait_for(state);
  CHECK(at.sink->reason() == reason);
}

// --- by force ---

TEST_CASE("a session is thrown out by force, then the pty is opened, when libvirt has let its lock go") {
  AtLibvirtPty at;
  std::optional<ConsoleSession> virsh(std::in_place, at.lock);
  bool closed = false;
  at.settings.force = scripted([&](backend::Opener::Owner& owner) {
    owner.opened(std::make_unique<Stream>([&] { closed = true; }), 0);
    CHECK(closed);
    CHECK_FALSE(is_open(at.qemu));
  });
  SUBCASE("shared") {}
  SUBCASE("not shared") { at.settings.courtesy = Courtesy::refuse; }
  at.start();
  at.world.run_until("it is thrown out", [&] { return closed; });
  CHECK(at.world.turns_left_alone() < World::kCalm);
  CHECK(at.sink->states.empty());
  virsh->end();
  at.wait_for(State::open);
  CHECK(at.sink->states.size() == 1);
  CHECK(std::filesystem::exists(at.lock) == (at.settings.courtesy == Courtesy::refuse));
}

TEST_CASE("when libvirt throws nobody out, its reason is told") {
  AtLibvirtPty at;
  const ConsoleSession virsh(at.lock);
  at.settings.force = failing(State::waiting, "locked by lock file");
  at.start();
  at.wait_for(State::waiting);
  CHECK(at.sink->reason() == "locked by lock file");
}

TEST_CASE("a lock that stays although its session was thrown out is waited for") {
  AtLibvirtPty at;
  const ConsoleSession virsh(at.lock);
  at.settings.force_patience = std::chrono::milliseconds(20);
  at.settings.force = scripted([](backend::Opener::Owner& owner) { owner.opened(std::make_unique<Stream>([] {}), 0); });
  at.start();
  at.wait_for(State::waiting);
  CHECK(at.sink->reason() == "in use by a libvirt console");
}

TEST_CASE("nobody is thrown out where nobody is, nor twice by one order") {
  AtLibvirtPty at;
  int thrown = 0;
  at.settings.force = scripted([&](backend::Opener::Owner& owner) {
    ++thrown;
    owner.failed(State::waiting, "in use");
  });
  struct Owner final : backend::Opener::Owner {
    void opened(std::unique_ptr<backend::Channel> it, std::size_t) override { channel = std::move(it); }
    void failed(State, const std::string&) override { ++failures; }
    void remarked(const std::string&) override {}
    void worth_a_try() override { ++news; }
    std::unique_ptr<backend::Channel> channel;
    int failures = 0;
    int news = 0;
  } owner;
  backend::LibvirtPty pty(at.world.loop, at.settings, at.locks, owner);
  pty.begin();
  CHECK(owner.channel);
  CHECK(thrown == 0);
  owner.channel.reset();
  ConsoleSession virsh(at.lock);
  pty.begin();
  pty.begin();
  CHECK(thrown == 1);
  CHECK(owner.failures == 2);
  // It is told when it is worth another try.
  CHECK(owner.news == 0);
  virsh.end();
  at.world.run_until("the news", [&] { return owner.news > 0; });
}
