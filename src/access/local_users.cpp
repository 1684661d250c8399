// SPDX-License-Identifier: Apache-2.0
#include "access/local_users.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace charmux::access {

LocalUsers::LocalUsers(loop::Loop& loop, Look look) : loop_(loop), look_(std::move(look)) {}

void LocalUsers::ask(uid_t uid, std::weak_ptr<const void> wanted, Answer answer) {
  waiting_.push_back({uid, std::move(wanted), std::move(answer)});
  if (asked_.empty()) begin();
}

void LocalUsers::begin() {
  waiting_.erase(
      std::remove_if(waiting_.begin(), waiting_.end(), [](const Question& each) { return each.wanted.expired(); }),
      waiting_.end());
  if (waiting_.empty()) return;
  const uid_t uid = waiting_.front().uid;
  const auto others =
      std::stable_partition(waiting_.begin(), waiting_.end(), [uid](const Question& each) { return each.uid == uid; });
  asked_.assign(std::make_move_iterator(waiting_.begin()), std::make_move_iterator(others));
  waiting_.erase(waiting_.begin(), others);
  const auto person = std::make_shared<Person>();
  work_ = loop::Work(
      loop_, [look = look_, uid, person] { *person = look(uid); }, [this, person] { end(*person); });
}

void LocalUsers::end(const Person& person) {
  const std::vector<Question> answered = std::exchange(asked_, {});
  begin();
  for (const Question& each : answered)
    if (!each.wanted.expired()) each.answer(person);
}

}  // namespace charmux::access
