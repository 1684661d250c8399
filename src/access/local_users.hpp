// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <functional>
#include <memory>
#include <vector>

#include "access/local_user.hpp"
#include "loop/work.hpp"

namespace charmux::access {

/// Asks the name service who local users are: one look-up at a time, on the thread pool, so that one that hangs takes
/// one of its threads and no more. Those who wait for the same uid are answered by one look-up. Nothing is remembered:
/// who comes later is looked up again. Destroying this forgets a look-up that still runs. Owned by whoever owns the
/// door; for the loop's thread.
class LocalUsers {
 public:
  /// What blocks, on the other thread.
  using Look = std::function<Person(uid_t)>;
  explicit LocalUsers(loop::Loop& loop, Look look = local_user);
  LocalUsers(const LocalUsers&) = delete;
  LocalUsers& operator=(const LocalUsers&) = delete;

  /// `answer` is called once, later, unless `wanted` has expired by then: nobody is looked up that nobody waits for.
  using Answer = std::function<void(const Person&)>;
  void ask(uid_t uid, std::weak_ptr<const void> wanted, Answer answer);

 private:
  struct Question {
    uid_t uid;
    std::weak_ptr<const void> wanted;
    Answer answer;
  };
  void begin();
  void end(const Person& person);

  loop::Loop& loop_;
  const Look look_;
  std::vector<Question> waiting_;  ///< in the order in which they came
  std::vector<Question> asked_;    ///< whom the look-up that runs will answer; empty: none runs
  loop::Work work_;
};

}  // namespace charmux::access
