// SPDX-License-Identifier: Apache-2.0
#include "access/passwords.hpp"

#include <algorithm>
#include <deque>
#include <utility>

#include "access/pam.hpp"
#include "access/password_hash.hpp"
#include "access/rate_limit.hpp"
#include "access/refusals.hpp"
#include "loop/timer.hpp"
#include "loop/work.hpp"

namespace charmux::access {
namespace {

using address::IpBytes;

/// What those have in common who are refused for the same: the end of "refused 812 more ...".
namespace cause {
constexpr const char* kWrong = "logins: wrong name or password";
constexpr const char* kAddress = "logins: too many tries from one address";
constexpr const char* kUser = "logins: too many tries for one user";
constexpr const char* kBusy = "logins: too many logins wait";
}  // namespace cause

std::string text_of(const IpBytes& address) {
  const std::string network = to_text(address::Network{address, 128});
  return network.substr(0, network.find('/'));
}

/// Whose tries are counted together: an IPv4 address, or the /64 that a host of IPv6 chooses its addresses from (RFC
/// 4291 section 2.5.4).
std::string limited_as(const IpBytes& address) {
  constexpr IpBytes kV4 = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  constexpr std::ptrdiff_t kMapped = 12;
  const bool v4 = std::equal(address.begin(), address.begin() + kMapped, kV4.begin());
  return {address.begin(), v4 ? address.end() : address.begin() + 8};
}

/// One password, from the question to the answer. Stays where it is made, so that there is one copy of the password;
/// `task` is for the other thread while it runs, then for the loop's.
struct Check {
  Check(Passwords::Attempt attempt, std::weak_ptr<const void> who_wants, Passwords::Answer then)
      : password(std::move(attempt.password)), wanted(std::move(who_wants)), answer(std::move(then)) {
    wipe(attempt.password);
    if (attempt.address) from = text_of(*attempt.address);
    if (attempt.address) limited = limited_as(*attempt.address);
    const bool too_long = password.size() > Passwords::kMostPassword || attempt.name.size() > Passwords::kMostName;
    if (attempt.user == nullptr) return;
    who = "user " + attempt.user->name;
    if (too_long) return;
    hash = attempt.user->password;
    pam = {attempt.user->pam, attempt.user->name, from};
  }
  Check(const Check&) = delete;
  Check& operator=(const Check&) = delete;
  ~Check() { wipe(password); }

  /// Blocks.
  void look(const std::string& nobodys) {
    if (pam.service.empty()) {
      good = password_fits(password, hash, nobodys);
    } else if (Status asked = ask_pam(pam, password); asked) {
      good = true;
    } else {
      why = asked.error().text;
    }
    wipe(password);
  }
  [[nodiscard]] std::string somebody() const { return who + (from.empty() ? ", here" : " from " + from); }

  std::string password;
  std::weak_ptr<const void> wanted;
  Passwords::Answer answer;
  std::string from;     ///< empty: this machine
  std::string limited;  ///< likewise
  /// A name that is nobody's is not written down: it may be a password, typed too early.
  std::string who = "an unknown user";
  std::string hash;  ///< empty: nothing fits it
  PamQuestion pam;   ///< no service: PAM is not asked
  bool good = false;
  std::string why = "wrong name or password";
};

}  // namespace

struct Passwords::State {
  State(loop::Loop& its_loop, Log& log, const Limits& its_limits)
      : loop(its_loop),
        limits(its_limits),
        addresses(limits.address),
        users(limits.user),
        refusals(its_loop, log, LogLevel::warn),
        nobodys(nobodys_hash()),
        rest(its_loop, [this] { begin(); }) {
    if (!nobodys)
      log.error("{}; a login for a user that there is not is refused sooner than others", nobodys.error().text);
  }
  /// The other thread goes on for a while, but nobody is answered.
  ~State() {
    if (looked_at) looked_at->answer = nullptr;
  }

  struct Refusal {
    Verdict verdict;
    const char* cause;
    std::string why;
  };
  /// Why it is not looked at, if it is not.
  [[nodiscard]] std::optional<Refusal> refuses(const Check& check, std::string_view name);
  /// For the log.
  void refused(const Check& check, const char* cause, const std::string& why) {
    refusals.refused(cause, fmt::format("login of {} refused: {}", check.somebody(), why));
  }
  /// The next one that somebody still waits for goes to the other thread, unless it is at work or rests.
  void begin();
  /// Back from there. The answer is last: it may destroy all of this.
  void end();

  loop::Loop& loop;
  Limits limits;
  RateLimit addresses;
  RateLimit users;
  Refusals refusals;
  Result<std::string> nobodys;
  std::deque<std::shared_ptr<Check>> waiting;
  std::shared_ptr<Check> looked_at;
  MonoTime began{};
  /// Runs after a hash twice as long as that took: a processor is busy with them a third of the time at most, whatever
  /// number of strangers guesses, and all that they cost beside hashes leaves half of one free.
  loop::Timer rest;
  loop::Work work;
};

std::optional<Passwords::State::Refusal> Passwords::State::refuses(const Check& check, std::string_view name) {
  const MonoTime now = loop.now();
  if (!check.limited.empty() && !addresses.take(check.limited, now))
    return Refusal{Verdict::too_often, cause::kAddress,
                   fmt::format("more than {} tries in a minute from there", limits.address)};
  if (!users.take(name.substr(0, kMostName), now))
    return Refusal{Verdict::too_often, cause::kUser,
                   fmt::format("more than {} tries in a minute for that name", limits.user)};
  if (!looked_at && !rest.running()) return std::nullopt;
  waiting.erase(std::remove_if(waiting.begin(), waiting.end(), [](const auto& each) { return each->wanted.expired(); }),
                waiting.end());
  // While it rests, the place of the one that is looked at is free, and the first to wait has it.
  const std::size_t first = looked_at ? 0 : 1;
  if (waiting.size() < limits.queue + first) return std::nullopt;
  return Refusal{Verdict::busy, cause::kBusy, fmt::format("{} others wait", waiting.size() - first)};
}

void Passwords::State::begin() {
  if (looked_at || rest.running()) return;
  while (!waiting.empty() && waiting.front()->wanted.expired()) waiting.pop_front();
  if (waiting.empty()) return;
  looked_at = std::move(waiting.front());
  waiting.pop_front();
  began = loop.now();
  work = loop::Work(
      loop, [check = looked_at, hash = nobodys.value_or(std::string())] { check->look(hash); }, [this] { end(); });
}

void Passwords::State::end() {
  const std::shared_ptr<Check> check = std::move(looked_at);
  if (check->good)
    addresses.give_back(check->limited);
  else
    refused(*check, cause::kWrong, check->why);
  // PAM waits more than it reckons.
  if (check->pam.service.empty()) rest.start(std::chrono::ceil<std::chrono::milliseconds>(2 * (loop.now() - began)));
  begin();
  if (!check->wanted.expired()) check->answer(check->good ? Verdict::good : Verdict::wrong);
}

Passwords::Passwords(loop::Loop& loop, Log& log, const Limits& limits)
    : state_(std::make_unique<State>(loop, log, limits)) {}

Passwords::~Passwords() = default;

void Passwords::check(Attempt attempt, std::weak_ptr<const void> wanted, Answer answer) {
  const std::string name = attempt.name;
  auto check = std::make_shared<Check>(std::move(attempt), std::move(wanted), std::move(answer));
  if (const auto refused = state_->refuses(*check, name)) {
    state_->refused(*check, refused->cause, refused->why);
    if (!check->wanted.expired()) check->answer(refused->verdict);
    return;
  }
  state_->waiting.push_back(std::move(check));
  state_->begin();
}

void Passwords::set_limits(const Limits& limits) {
  state_->limits = limits;
  state_->addresses.set_tries(limits.address);
  state_->users.set_tries(limits.user);
}

}  // namespace charmux::access
