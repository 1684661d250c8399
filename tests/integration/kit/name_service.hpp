// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "access/local_users.hpp"

namespace charmux::test {

/// A name service that the test is: it knows whom it was told of, and hangs when told to. Belongs behind the World in a
/// test: a loop that ends waits for its threads, and this lets them go.
class NameService {
 public:
  NameService() = default;
  NameService(const NameService&) = delete;
  NameService& operator=(const NameService&) = delete;
  ~NameService() { go_on(); }

  void add(uid_t uid, std::string name, std::vector<std::string> groups = {}) {
    const std::lock_guard lock(state_->mutex);
    state_->people[uid] = {access::Person::Kind::local, std::move(name), std::move(groups)};
  }
  void hang() { set_hanging(true); }
  void go_on() { set_hanging(false); }
  /// All uids that it was asked for, in order.
  [[nodiscard]] std::vector<uid_t> asked() const {
    const std::lock_guard lock(state_->mutex);
    return state_->asked;
  }
  /// How it is asked, on whichever thread.
  [[nodiscard]] access::LocalUsers::Look look() const {
    return [state = state_](uid_t uid) {
      std::unique_lock lock(state->mutex);
      state->asked.push_back(uid);
      state->changed.wait(lock, [&] { return !state->hangs; });
      const auto at = state->people.find(uid);
      if (at != state->people.end()) return at->second;
      return access::Person{access::Person::Kind::local, "uid " + std::to_string(uid), {}};
    };
  }

 private:
  struct State {
    std::mutex mutex;
    std::condition_variable changed;
    std::map<uid_t, access::Person> people;
    std::vector<uid_t> asked;
    bool hangs = false;
  };
  void set_hanging(bool hangs) {
    const std::lock_guard lock(state_->mutex);
    state_->hangs = hangs;
    state_->changed.notify_all();
  }

  const std::shared_ptr<State> state_ = std::make_shared<State>();
};

}  // namespace charmux::test
