// SPDX-License-Identifier: Apache-2.0
#include "frontend/api.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "charmux/base/text.hpp"
#include "frontend/api_json.hpp"

namespace charmux::frontend {
namespace {

using access::Right;
using protocol::HttpRequest;
using protocol::HttpResponse;
using protocol::HttpTarget;

HttpResponse json(std::string body) { return {200, {{"Content-Type", "application/json"}}, std::move(body), true}; }

/// One request on its way to its answer.
struct Asked {
  ApiHouse& house;
  Gate& gate;
  const HttpRequest& request;
  const HttpTarget& target;
  const ApiPeer& peer;
  const std::string& user;     ///< the peer's name
  const std::string& console;  ///< the name in the path; one that he may watch, or empty where the path has none
  const Api::Reply& reply;

  /// What he may do at that console.
  [[nodiscard]] Right right(const std::string& name) const { return gate.rules().right(peer.person, name); }
  [[nodiscard]] bool administers_all() const { return gate.rules().administers_all(peer.person); }
};

/// All consoles that he may watch.
std::vector<ConsoleFacts> seen(const Asked& asked) {
  std::vector<ConsoleFacts> all = asked.house.consoles();
  all.erase(std::remove_if(all.begin(), all.end(),
                           [&](const ConsoleFacts& each) { return asked.right(each.name) < Right::watch; }),
            all.end());
  return all;
}

/// He may see that it is there, and may not do that: 403, which is noted.
void forbid(const Asked& asked, const std::string& why, std::string_view hint) {
  asked.gate.refused({fmt::format("uid {}", asked.peer.uid), "control.sock", asked.user}, why);
  asked.reply(Api::error(403, why, hint));
}

/// What he asks for takes more than to watch. False: he may not, and has been told.
bool may_control(const Asked& asked, std::string_view hint) {
  if (asked.right(asked.console) >= Right::control) return true;
  forbid(asked, fmt::format("{} may only watch console {}", printable(asked.user), printable(asked.console)), hint);
  return false;
}

/// How a Status of the house is answered.
HttpResponse answer_of(const Status& status) {
  return status ? json(api_json::done()) : Api::error(409, status.error().text);
}

HttpResponse not_offered(const Asked& asked) {
  const auto facts = asked.house.console(asked.console);
  const std::string reason = facts ? facts->reason : "";
  return Api::error(409,
                    reason.empty() ? "it is not offered" : fmt::format("it is not offered: {}", printable(reason)));
}

/// A parameter that is a number: false when it is none, otherwise what it is, if anything.
bool read_number(const HttpTarget& target, std::string_view name, std::optional<std::uint64_t>& out) {
  const auto text = target.parameter(name);
  if (!text) return true;
  std::uint64_t number = 0;
  const char* const end = text->data() + text->size();
  const auto [read, error] = std::from_chars(text->data(), end, number);
  if (error != std::errc{} || read != end) return false;
  out = number;
  return true;
}

/// Two numbers of which at most one is given. Error: the answer that says so.
struct Range {
  std::optional<std::uint64_t> length, since;
};
tl::expected<Range, HttpResponse> read_range(const HttpTarget& target, std::string_view length) {
  Range range;
  for (const auto& [name, number] :
       {std::pair{length, &range.length}, std::pair{std::string_view("since"), &range.since}})
    if (!read_number(target, name, *number))
      return tl::unexpected(Api::error(400, fmt::format("'{}' has to be a number of bytes", name),
                                       fmt::format("for example ?{}=4096", name)));
  if (range.length && range.since)
    return tl::unexpected(Api::error(400, fmt::format("'{}' and 'since' are both given", length), "leave one out"));
  return range;
}

// --- the endpoints ---

void list(const Asked& asked) {
  std::vector<ConsoleFacts> all = seen(asked);
  // 0 - 1 is the greatest there is: those without a number are last.
  std::sort(all.begin(), all.end(), [](const ConsoleFacts& one, const ConsoleFacts& other) {
    return std::pair(one.number - 1U, std::string_view(one.name)) <
           std::pair(other.number - 1U, std::string_view(other.name));
  });
  asked.reply(json(api_json::consoles(all)));
}

/// Who does not administer all is told of the consoles that he may watch, and nothing of listeners and sources.
void status(const Asked& asked) {
  DaemonFacts facts = asked.house.daemon();
  if (!asked.administers_all()) {
    facts.consoles = facts.viewers = 0;
    facts.listeners.clear();
    facts.sources.clear();
    for (const ConsoleFacts& each : seen(asked)) {
      facts.consoles += asked.house.find(each.name) == nullptr ? 0 : 1;
      facts.viewers += each.viewers;
    }
  }
  asked.reply(json(api_json::daemon(facts)));
}

void show(const Asked& asked) {
  asked.reply(json(api_json::console(*asked.house.console(asked.console), asked.house.viewers(asked.console))));
}

void history(const Asked& asked) {
  const auto range = read_range(asked.target, "bytes");
  if (!range) return asked.reply(range.error());
  auto piece = asked.house.history(asked.console, range->length, range->since);
  if (!piece) return asked.reply(not_offered(asked));
  asked.reply(HttpResponse{
      200,
      {{"Content-Type", "application/octet-stream"}, {"X-Charmux-Offset", fmt::format("{}", piece->offset)}},
      std::move(piece->bytes),
      true});
}

void attach(const Asked& asked) {
  AttachWish wish{asked.console, asked.user};
  const bool raw = asked.request.upgrade == "raw";
  if (!raw && asked.request.upgrade != "telnet") {
    HttpResponse response = Api::error(426, "this is no request to upgrade to telnet or raw",
                                       "send Connection: Upgrade, and Upgrade: telnet or Upgrade: raw");
    response.fields.push_back({"Upgrade", "telnet, raw"});
    return asked.reply(std::move(response));
  }
  wish.wire = raw ? AttachWish::Wire::raw : AttachWish::Wire::telnet;
  const std::string_view mode = asked.target.parameter("mode").value_or("control");
  if (mode != "watch" && mode != "control" && mode != "force")
    return asked.reply(
        Api::error(400, fmt::format("there is no mode '{}'", printable(mode)), "mode is watch, control or force"));
  if (mode != "watch" && !may_control(asked, "attach with --watch (mode=watch)")) return;
  if (mode != "control") wish.mode = mode == "watch" ? AttachWish::Mode::watch : AttachWish::Mode::force;
  const std::string_view keys = asked.target.parameter("keys").value_or("on");
  if (keys != "on" && keys != "off")
    return asked.reply(Api::error(400, fmt::format("'keys' is on or off, not '{}'", printable(keys))));
  wish.keys = keys == "on";
  const auto range = read_range(asked.target, "replay");
  if (!range) return asked.reply(range.error());
  wish.replay = range->length;
  wish.since = range->since;
  if (asked.house.find(asked.console) == nullptr) return asked.reply(not_offered(asked));
  HttpResponse response{101, {{"Upgrade", asked.request.upgrade}}, "", true};
  asked.reply(ApiUpgrade{std::move(response), std::move(wish)});
}

void send_break(const Asked& asked) {
  asked.house.send_break(asked.console, asked.user,
                         [reply = asked.reply](const Status& sent) { reply(answer_of(sent)); });
}

void put_down(const Asked& asked) { asked.reply(answer_of(asked.house.put_down(asked.console, asked.user))); }

void reopen(const Asked& asked) {
  const std::string_view force = asked.target.parameter("force").value_or("0");
  if (force != "0" && force != "1")
    return asked.reply(Api::error(400, fmt::format("'force' is 1 or 0, not '{}'", printable(force))));
  if (force == "1" && asked.right(asked.console) < Right::admin)
    return forbid(asked,
                  fmt::format("{} may not reopen console {} by force", printable(asked.user), printable(asked.console)),
                  "reopen it without force; that takes `admin` of it in a [[user]] or [[group]]");
  asked.reply(answer_of(asked.house.reopen(asked.console, asked.user, force == "1")));
}

void broadcast(const Asked& asked) {
  const auto text = api_json::broadcast_text(asked.request.body);
  if (!text || text->empty())
    return asked.reply(Api::error(400, "the body says nothing to broadcast", R"(send {"text": "..."})"));
  if (text->size() > Api::kMostBroadcast)
    return asked.reply(Api::error(400, fmt::format("the text has more than {} bytes", Api::kMostBroadcast)));
  asked.reply(answer_of(asked.house.broadcast(asked.console, asked.user, printable(*text))));
}

void reload(const Asked& asked) {
  if (!asked.administers_all())
    return forbid(asked, fmt::format("{} may not reload the configuration", printable(asked.user)),
                  R"(it takes root, or admin = ["*"] in a [[user]] or [[group]])");
  asked.house.reload(asked.user, [reply = asked.reply](const Status& done) { reply(answer_of(done)); });
}

void later(const Asked& asked) {
  const std::string_view target = asked.request.target;
  asked.reply(Api::error(501, fmt::format("{} is not in this version", printable(target.substr(0, target.find('?')))),
                         "docs/api.md lists what is"));
}

/// A path, segment by segment, with "*" for a console's name; what it takes, and what answers it.
struct Endpoint {
  std::array<std::string_view, 5> path;  ///< the last may be empty: they are not there
  std::string_view method;               ///< empty: any
  void (*answer)(const Asked&);
  Right needs = Right::none;  ///< at the console that the path names

  [[nodiscard]] std::size_t length() const {
    return static_cast<std::size_t>(std::find(path.begin(), path.end(), "") - path.begin());
  }
  [[nodiscard]] bool is(const std::vector<std::string>& segments) const {
    return segments.size() == length() &&
           std::equal(segments.begin(), segments.end(), path.begin(), [](const auto& segment, std::string_view known) {
             return known == "*" ? !segment.empty() : segment == known;
           });
  }
  [[nodiscard]] bool names_console() const { return path[3] == "*"; }
};
constexpr auto kEndpoints = std::to_array<Endpoint>({
    {{"api", "v1", "consoles"}, "GET", list},
    {{"api", "v1", "consoles", "*"}, "GET", show, Right::watch},
    {{"api", "v1", "consoles", "*", "history"}, "GET", history, Right::watch},
    {{"api", "v1", "consoles", "*", "attach"}, "GET", attach, Right::watch},
    {{"api", "v1", "consoles", "*", "break"}, "POST", send_break, Right::control},
    {{"api", "v1", "consoles", "*", "down"}, "POST", put_down, Right::control},
    {{"api", "v1", "consoles", "*", "reopen"}, "POST", reopen, Right::control},
    {{"api", "v1", "consoles", "*", "broadcast"}, "POST", broadcast, Right::control},
    {{"api", "v1", "status"}, "GET", status},
    {{"api", "v1", "reload"}, "POST", reload},
    {{"api", "v1", "consoles", "*", "stream"}, "", later},
    {{"api", "v1", "tickets"}, "", later},
    {{"metrics"}, "", later},
});

HttpResponse no_such_path(std::string_view target) {
  return Api::error(404, fmt::format("there is no {}", printable(target.substr(0, target.find('?')))),
                    "see /api/v1/consoles and /api/v1/status");
}

/// Bytes of a mistyped name that is worth a search for what was meant.
constexpr std::size_t kMostToGuess = 64;

HttpResponse no_such_console(const Asked& asked) {
  const std::string& name = asked.console;
  std::vector<ConsoleFacts> all;
  if (name.size() <= kMostToGuess) all = seen(asked);
  std::vector<std::string_view> names;
  names.reserve(all.size());
  for (const ConsoleFacts& each : all) names.push_back(each.name);
  const std::string_view near = nearest(name, names);
  return Api::error(404, fmt::format("there is no console '{}'", printable(name)),
                    near.empty() ? "`charmux ls` lists them" : fmt::format("did you mean '{}'?", printable(near)));
}

HttpResponse wrong_method(const HttpRequest& request, std::string_view method) {
  HttpResponse response =
      Api::error(405,
                 fmt::format("{} takes no {}", printable(request.target.substr(0, request.target.find('?'))),
                             printable(request.method)),
                 fmt::format("it takes {}", method));
  response.fields.push_back({"Allow", method == "GET" ? "GET, HEAD" : std::string(method)});
  return response;
}

}  // namespace

HttpResponse Api::error(unsigned status, std::string_view text, std::string_view hint) {
  HttpResponse response = json(api_json::error(text, hint));
  response.status = status;
  return response;
}

void Api::answer(const HttpRequest& request, const ApiPeer& peer, const Reply& reply) {
  const Result<HttpTarget> target = protocol::parse_target(request.target);
  if (!target) return reply(error(400, "the path is not understood: " + target.error().text));
  const auto* const endpoint =
      std::find_if(kEndpoints.begin(), kEndpoints.end(), [&](const Endpoint& each) { return each.is(target->path); });
  if (endpoint == kEndpoints.end()) return reply(no_such_path(request.target));
  // HEAD is GET whose answer's body is not sent, which is its connection's matter.
  const std::string_view method = request.method == "HEAD" ? "GET" : std::string_view(request.method);
  if (!endpoint->method.empty() && method != endpoint->method) return reply(wrong_method(request, endpoint->method));
  const std::string console = endpoint->names_console() ? target->path[3] : "";
  const Asked asked{house_, gate_, request, *target, peer, peer.person.name, console, reply};
  // Whether one that he may not watch is there, no answer tells.
  if (endpoint->needs >= Right::watch && (asked.right(console) < Right::watch || !house_.console(console)))
    return reply(no_such_console(asked));
  if (endpoint->needs >= Right::control && !may_control(asked, "that takes `control` of it in a [[user]] or [[group]]"))
    return;
  endpoint->answer(asked);
}

}  // namespace charmux::frontend
