// SPDX-License-Identifier: Apache-2.0
#include "hypervisor/libvirt_event_loop.hpp"

#include <doctest/doctest.h>
#include <sys/socket.h>

#include <atomic>
#include <memory>

#include "hypervisor/libvirt.hpp"
#include "hypervisor/libvirt_pipe.hpp"
#include "kit/connection.hpp"
#include "kit/world.hpp"
#include "loop/mailbox.hpp"

using namespace charmux;
using namespace charmux::test;
using hypervisor::LibvirtEventLoop;

namespace {

/// A descriptor that libvirt watches on behalf of a connection that this thread has opened.
struct Watched {
  Watched() {
    int pair[2] = {-1, -1};
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) == 0);
    near.reset(pair[0]);
    far.reset(pair[1]);
    REQUIRE(libvirt.begin());
    watch = virEventAddHandle(
        near.get(), VIR_EVENT_HANDLE_READABLE,
        [](int, int fd, int ready, void* of) {
          auto& self = *static_cast<Watched*>(of);
          self.events |= ready;
          char byte = 0;
          if (::read(fd, &byte, 1) == 1) ++self.bytes;
        },
        this, [](void* of) { static_cast<Watched*>(of)->released = true; });
  }
  ~Watched() {
    if (watch < 0) return;
    virEventRemoveHandle(watch);
    world.run_until("it is released", [&] { return released.load(); });
  }
  void send() { REQUIRE(::write(far.get(), "x", 1) == 1); }
  void wait_bytes(int count) {
    world.run_until("the bytes are read", [&] { return bytes >= count; });
  }
  World world;
  hypervisor::Libvirt libvirt{world.loop};
  UniqueFd near;
  UniqueFd far;
  int watch = -1;
  std::atomic<int> bytes{0};
  std::atomic<int> events{0};
  std::atomic<bool> released{false};
};

struct Ticking {
  explicit Ticking(int frequency) {
    timer = virEventAddTimeout(
        frequency, [](int, void* of) { ++static_cast<Ticking*>(of)->ticks; }, this,
        [](void* of) { static_cast<Ticking*>(of)->released = true; });
  }
  int timer = -1;
  std::atomic<int> ticks{0};
  std::atomic<bool> released{false};
};

}  // namespace

TEST_CASE("what libvirt watches is told of while it is wanted, and given back behind its removal") {
  Watched at;
  at.send();
  at.wait_bytes(1);
  CHECK(at.events == VIR_EVENT_HANDLE_READABLE);
  virEventUpdateHandle(at.watch, VIR_EVENT_HANDLE_WRITABLE);
  at.world.run_until("it is writable", [&] { return (at.events & VIR_EVENT_HANDLE_WRITABLE) != 0; });
  virEventUpdateHandle(at.watch, VIR_EVENT_HANDLE_READABLE);
  at.far.reset();
  at.world.run_until("its end is told", [&] { return (at.events & VIR_EVENT_HANDLE_HANGUP) != 0; });
}

TEST_CASE("libvirt's timers fire in their time, again and again, until they are off") {
  Watched at;
  Ticking often(1);
  Ticking off(-1);
  Ticking always(0);
  at.world.run_until("they fire", [&] { return often.ticks > 3 && always.ticks > 3; });
  CHECK(off.ticks == 0);
  virEventUpdateTimeout(always.timer, -1);
  virEventUpdateTimeout(off.timer, 1);
  at.world.run_until("it fires", [&] { return off.ticks > 0; });
  for (Ticking* one : {&often, &off, &always}) {
    REQUIRE(virEventRemoveTimeout(one->timer) == 0);
    at.world.run_until("it is released", [&] { return one->released.load(); });
  }
  CHECK(virEventRemoveTimeout(often.timer) == -1);
}

TEST_CASE("a connection that is held is read only for an instant now and then, and other threads' are not held") {
  Watched at;
  LibvirtEventLoop& loop = LibvirtEventLoop::of_process();
  loop.hold(std::this_thread::get_id(), true);
  for (int n = 0; n < 20; ++n) at.send();
  at.wait_bytes(1);
  CHECK(at.bytes < 20);
  loop.hold(std::this_thread::get_id(), false);
  at.wait_bytes(20);
  std::thread other([&] { loop.hold(std::this_thread::get_id(), true); });
  other.join();
  at.send();
  at.wait_bytes(21);
}

TEST_CASE("a connection is held while many of its bytes wait to be read") {
  struct Nobody : hypervisor::LibvirtPipe::Listener {
    void opened() override {}
    void failed(hypervisor::LibvirtStream::Failure, const std::string&) override {}
    void changed() override { ++changes; }
    int changes = 0;
  };
  Watched at;
  Nobody listener;
  loop::Mailbox mailbox(at.world.loop);
  hypervisor::LibvirtPipe pipe(LibvirtEventLoop::of_process(), mailbox.sender(), listener);
  pipe.begin();
  const Bytes many(hypervisor::LibvirtStream::kMostUnread, std::byte{'x'});
  pipe.put(many);
  for (int n = 0; n < 20; ++n) at.send();
  at.wait_bytes(1);
  CHECK(at.bytes < 20);
  Bytes room(many.size() / 2 + 1);
  REQUIRE(pipe.read(room).bytes == room.size());
  at.wait_bytes(20);
  at.world.run_until("it is told", [&] { return listener.changes > 0; });
  pipe.put(many);
  CHECK(at.world.turns_left_alone() < World::kCalm);
  CHECK(listener.changes == 1);
  Bytes all(2 * many.size());
  CHECK(pipe.read(all).bytes == many.size() + many.size() - room.size());
}

TEST_CASE("a connection whose host is switched off while it is made does not last") {
  World world;
  hypervisor::Libvirt libvirt(world.loop);
  REQUIRE(libvirt.begin());
  const At any = At::port(0);
  const UniqueFd socket = any.socket();
  const int watch = virEventAddHandle(
      socket.get(), 0, [](int, int, int, void*) {}, nullptr, nullptr);
  int on = 0;
  socklen_t length = sizeof on;
  REQUIRE(::getsockopt(socket.get(), SOL_SOCKET, SO_KEEPALIVE, &on, &length) == 0);
  CHECK(on == 1);
  virEventRemoveHandle(watch);
}
