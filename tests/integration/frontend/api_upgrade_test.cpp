// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "kit/api_door.hpp"
#include "kit/thin_send.hpp"

using namespace charmux;
using namespace charmux::frontend;
using namespace charmux::test;
using protocol::HttpResponse;
using Client = test::Connection;

TEST_CASE("an upgrade gives the socket away, with every byte that came behind the request") {
  ApiDoor it;
  it.house.offered = some_console();
  Client client = it.client(owner("oncall"));
  client.write(kStatus + kAttach + "typed ahead");
  it.world.run_until("it is given away", [&] { return it.upgraded.size() == 1 && it.sessions.count() == 0; });
  const auto all = it.answers(client, 2);
  CHECK(all[1].status == 101);
  CHECK(all[1].field("Upgrade") == "raw");
  ApiDoor::Upgrade& upgrade = it.upgraded[0];
  CHECK(as_text(upgrade.already) == "typed ahead");
  CHECK(upgrade.wish == AttachWish{"alpha", "oncall", AttachWish::Wire::raw, AttachWish::Mode::watch, {}, {}});
  CHECK(upgrade.stream.send(as_bytes("login: ")).kind == net::Io::Kind::moved);
  client.poll();
  CHECK(client.received() == "login: ");
}

TEST_CASE("an upgrade waits until all before it has been taken") {
  ApiDoor it;
  it.house.offered = some_console();
  it.house.kept = History{0, std::string(4 * MiB, 'h')};
  Client client = it.client();
  client.write(kHistory + kAttach);
  it.world.run_until("the history is asked for", [&] { return !it.house.told.empty(); });
  CHECK(it.upgraded.empty());
  CHECK(it.answers(client, 2)[1].status == 101);
  CHECK(it.upgraded.size() == 1);
}

TEST_CASE("an upgrade waits until it has been told") {
  ApiDoor it;
  it.house.offered = some_console();
  Client client = it.client();
  {
    const ThinSend thin(0);
    client.write(kAttach);
    it.world.run_until("it is given away", [&] { return it.upgraded.size() == 1; });
  }
  CHECK(it.answer(client).status == 101);
}
