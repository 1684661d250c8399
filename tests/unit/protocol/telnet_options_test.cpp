// SPDX-License-Identifier: Apache-2.0
#include "charmux/protocol/telnet_options.hpp"

#include <doctest/doctest.h>

#include <vector>

#include "support/telnet_transcript.hpp"

using namespace charmux;
using namespace charmux::protocol;
using charmux::test::shown;
using charmux::test::wire;

namespace {

using enum OptionState;
constexpr OptionWord kSilent = OptionWord::nothing;
constexpr OptionWord kOn = OptionWord::on;
constexpr OptionWord kOff = OptionWord::off;

/// A line of the tables in RFC 1143 section 7.
struct Line {
  OptionState from;
  OptionStep heard_on_agreed, heard_on_refused, heard_off, wanted_on, wanted_off;
};
const std::vector<Line> kTable = {
    {no, {yes, kOn}, {no, kOff}, {no, kSilent}, {want_yes, kOn}, {no, kSilent}},
    {yes, {yes, kSilent}, {yes, kSilent}, {no, kOff}, {yes, kSilent}, {want_no, kOff}},
    {want_no, {no, kSilent}, {no, kSilent}, {no, kSilent}, {want_no_opposite, kSilent}, {want_no, kSilent}},
    {want_no_opposite,
     {yes, kSilent},
     {yes, kSilent},
     {want_yes, kOn},
     {want_no_opposite, kSilent},
     {want_no, kSilent}},
    {want_yes, {yes, kSilent}, {yes, kSilent}, {no, kSilent}, {want_yes, kSilent}, {want_yes_opposite, kSilent}},
    {want_yes_opposite,
     {want_no, kOff},
     {want_no, kOff},
     {no, kSilent},
     {want_yes, kSilent},
     {want_yes_opposite, kSilent}},
};

const std::vector<std::string> kOptions = {
    "BINARY", "ECHO",    "02",     "SGA",     "05", "TTYPE", "19", "NAWS", "TSPEED", "LFLOW", "LINEMODE", "XDISPLOC",
    "AUTH",   "ENCRYPT", "NEWENV", "COMPORT", "2e", "3f",    "40", "55",   "56",     "c9",    "ff"};

bool one_of(std::string_view name, std::string_view list) {
  return (" " + std::string(list) + " ").find(" " + std::string(name) + " ") != std::string::npos;
}

std::string answer(TelnetOptions& options, TelnetCommand verb, std::uint8_t option) {
  Bytes replies;
  options.heard(verb, option, replies);
  return shown(replies);
}

std::uint8_t number(const char* option) { return std::to_integer<std::uint8_t>(wire(option).front()); }

std::string words(const std::string& text) { return shown(wire(text)); }

/// Each verb on a fresh end, twice: the first request is granted or refused, its repetition is met with silence.
void check_policy(TelnetRole role, std::string_view may_ours, std::string_view may_peers) {
  for (const std::string& name : kOptions) {
    CAPTURE(name);
    const std::uint8_t option = number(name.c_str());
    TelnetOptions options(role);
    const bool ours = one_of(name, may_ours);
    const bool peers = one_of(name, may_peers);
    CHECK(answer(options, TelnetCommand::do_, option) == words((ours ? "WILL " : "WONT ") + name));
    CHECK(answer(options, TelnetCommand::do_, option).empty());
    CHECK(answer(options, TelnetCommand::will, option) == words((peers ? "DO " : "DONT ") + name));
    CHECK(answer(options, TelnetCommand::will, option).empty());
    CHECK(options.ours(static_cast<TelnetOption>(option)) == ours);
    CHECK(options.peers(static_cast<TelnetOption>(option)) == peers);
    CHECK(answer(options, TelnetCommand::dont, option) == (ours ? words("WONT " + name) : ""));
    CHECK(answer(options, TelnetCommand::dont, option).empty());
    CHECK(answer(options, TelnetCommand::wont, option) == (peers ? words("DONT " + name) : ""));
    CHECK(answer(options, TelnetCommand::wont, option).empty());
  }
}

}  // namespace

TEST_CASE("one side of one option follows the tables of RFC 1143 from every state") {
  for (const Line& row : kTable) {
    CAPTURE(static_cast<int>(row.from));
    CHECK(option_heard(row.from, true, true) == row.heard_on_agreed);
    CHECK(option_heard(row.from, true, false) == row.heard_on_refused);
    CHECK(option_heard(row.from, false, true) == row.heard_off);
    CHECK(option_heard(row.from, false, false) == row.heard_off);
    CHECK(option_wanted(row.from, true) == row.wanted_on);
    CHECK(option_wanted(row.from, false) == row.wanted_off);
  }
}

TEST_CASE("two ends that change their minds at the same moment settle on the last wish of the one that wanted it on") {
  // We asked for it, regret it, and want it again before the first answer is here.
  OptionState state = option_wanted(no, true).next;
  state = option_wanted(state, false).next;
  CHECK(state == want_yes_opposite);
  const OptionStep granted = option_heard(state, true, true);
  CHECK(granted == OptionStep{want_no, kOff});
  state = option_wanted(granted.next, true).next;
  CHECK(state == want_no_opposite);
  CHECK(option_heard(state, false, true) == OptionStep{want_yes, kOn});
}

TEST_CASE(
    "a server grants echo, go-ahead and binary, takes binary, go-ahead, window and terminal, and refuses the rest") {
  check_policy(TelnetRole::server, "ECHO SGA BINARY", "SGA BINARY NAWS TTYPE");
}

TEST_CASE("a client takes echo, go-ahead and binary, grants the last two, and refuses the rest") {
  check_policy(TelnetRole::client, "SGA BINARY", "ECHO SGA BINARY");
}

TEST_CASE("a greeted server's wishes are granted or refused without another word") {
  for (const bool granted : {true, false}) {
    CAPTURE(granted);
    TelnetOptions options(TelnetRole::server);
    Bytes replies;
    options.greet(replies);
    CHECK(shown(replies) == words("WILL ECHO WILL SGA WILL BINARY DO BINARY DO NAWS DO TTYPE"));
    const auto ours = granted ? TelnetCommand::do_ : TelnetCommand::dont;
    const auto peers = granted ? TelnetCommand::will : TelnetCommand::wont;
    for (const char* option : {"BINARY", "ECHO", "SGA"}) CHECK(answer(options, ours, number(option)).empty());
    for (const char* option : {"BINARY", "TTYPE", "NAWS"}) CHECK(answer(options, peers, number(option)).empty());
    CHECK(options.ours(TelnetOption::echo) == granted);
    CHECK(options.ours(TelnetOption::binary) == granted);
    CHECK(options.peers(TelnetOption::binary) == granted);
    CHECK(options.peers(TelnetOption::window_size) == granted);
  }
}

TEST_CASE("a client greets with silence") {
  TelnetOptions options(TelnetRole::client);
  Bytes replies;
  options.greet(replies);
  CHECK(replies.empty());
}

TEST_CASE("binary is agreed on for each direction alone") {
  TelnetOptions options(TelnetRole::server);
  Bytes replies;
  options.greet(replies);
  CHECK(answer(options, TelnetCommand::do_, 0).empty());
  CHECK(options.ours(TelnetOption::binary));
  CHECK_FALSE(options.peers(TelnetOption::binary));
  CHECK(answer(options, TelnetCommand::wont, 0).empty());
  CHECK(options.ours(TelnetOption::binary));
  CHECK_FALSE(options.peers(TelnetOption::binary));
}

TEST_CASE("a server is asked for every timing mark, a client refuses each") {
  TelnetOptions server(TelnetRole::server);
  for (int i = 0; i < 3; ++i) CHECK(server.asks_mark(TelnetCommand::do_, 6));
  CHECK_FALSE(server.asks_mark(TelnetCommand::dont, 6));
  CHECK_FALSE(server.asks_mark(TelnetCommand::do_, 7));
  CHECK(answer(server, TelnetCommand::will, 6) == words("DONT TM"));
  CHECK_FALSE(server.ours(TelnetOption::timing_mark));
  TelnetOptions client(TelnetRole::client);
  CHECK_FALSE(client.asks_mark(TelnetCommand::do_, 6));
  for (int i = 0; i < 3; ++i) CHECK(answer(client, TelnetCommand::do_, 6) == words("WONT TM"));
}

TEST_CASE("a flood of requests for a mark is answered up to the limit, and then nothing is") {
  TelnetOptions options(TelnetRole::server);
  int asked = 0;
  for (int i = 0; i < 100'000; ++i) asked += options.asks_mark(TelnetCommand::do_, 6) ? 1 : 0;
  CHECK(asked == TelnetOptions::kMaxAnswers);
  CHECK(answer(options, TelnetCommand::will, 0).empty());
  CHECK_FALSE(options.peers(TelnetOption::binary));
}

TEST_CASE("a flood of requests for what is refused gets one refusal a side and option, and harms nothing else") {
  TelnetOptions options(TelnetRole::server);
  Bytes replies;
  for (int i = 0; i < 100'000; ++i) {
    const auto option = static_cast<std::uint8_t>(40 + i % 216);  // none of these is ever granted
    options.heard(TelnetCommand::do_, option, replies);
    options.heard(TelnetCommand::will, option, replies);
  }
  CHECK(replies.size() == 3U * 2U * 216U);
  CHECK(answer(options, TelnetCommand::will, 0) == words("DO BINARY"));
}

TEST_CASE("COM-PORT-OPTION is granted to either way of asking, by whoever allows it alone") {
  for (const TelnetRole role : {TelnetRole::server, TelnetRole::client}) {
    TelnetOptions options(role);
    options.allow_com_port();
    CHECK(answer(options, TelnetCommand::will, 44) == words("DO COMPORT"));
    CHECK(options.peers(TelnetOption::com_port));
    CHECK(answer(options, TelnetCommand::do_, 44) == words("WILL COMPORT"));
    CHECK(options.ours(TelnetOption::com_port));
  }
}

TEST_CASE("what is about a serial port greets with what that needs, and with nothing of a terminal") {
  for (const bool server : {true, false}) {
    TelnetOptions options(server ? TelnetRole::server : TelnetRole::client);
    options.want_com_port();
    Bytes replies;
    options.greet(replies);
    const std::string both = "WILL BINARY DO BINARY WILL SGA DO SGA";
    CHECK(shown(replies) == words(server ? both + " DO COMPORT" : "WILL COMPORT " + both));
    // pyserial asks for both sides without waiting, each for itself.
    CHECK(answer(options, TelnetCommand::will, 44) == (server ? "" : words("DO COMPORT")));
    CHECK(answer(options, TelnetCommand::do_, 44) == (server ? words("WILL COMPORT") : ""));
  }
}

TEST_CASE("an option switched on and off for ever is answered up to the limit") {
  TelnetOptions options(TelnetRole::server);
  Bytes replies;
  for (int i = 0; i < 100'000; ++i) options.heard(i % 2 == 0 ? TelnetCommand::do_ : TelnetCommand::dont, 1, replies);
  CHECK(replies.size() == 3U * TelnetOptions::kMaxAnswers);
}

TEST_CASE("a command that is no negotiation says and changes nothing") {
  TelnetOptions options(TelnetRole::server);
  CHECK(answer(options, TelnetCommand::will, 0) == words("DO BINARY"));
  CHECK(answer(options, TelnetCommand::sb, 0).empty());
  CHECK(answer(options, TelnetCommand::brk, 0).empty());
  CHECK(options.peers(TelnetOption::binary));
}
