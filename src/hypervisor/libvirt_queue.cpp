// SPDX-License-Identifier: Apache-2.0
#include "hypervisor/libvirt_queue.hpp"

#include <chrono>
#include <utility>

namespace charmux::hypervisor {

void LibvirtQueue::end() {
  const std::lock_guard lock(mutex_);
  end_ = true;
  changed_.notify_all();
}

void LibvirtQueue::ask(Ask ask) {
  const std::lock_guard lock(mutex_);
  asks_.push_back(std::move(ask));
  changed_.notify_all();
}

unsigned LibvirtQueue::begin_connection() {
  const std::lock_guard lock(mutex_);
  lost_.reset();
  asks_.clear();
  news_.clear();
  to_look_at_.clear();
  return ++connection_;
}

void LibvirtQueue::lose(unsigned connection, std::string reason) {
  const std::lock_guard lock(mutex_);
  if (connection != connection_) return;
  lost_ = Lost{std::move(reason)};
  changed_.notify_all();
}

void LibvirtQueue::look(unsigned connection, std::string uuid) {
  const std::lock_guard lock(mutex_);
  if (connection != connection_ || !to_look_at_.insert(uuid).second) return;
  news_.emplace_back(Look{std::move(uuid)});
  changed_.notify_all();
}

void LibvirtQueue::happened(unsigned connection, std::string uuid, LibvirtHappening what) {
  const std::lock_guard lock(mutex_);
  if (connection != connection_) return;
  news_.emplace_back(Happened{std::move(uuid), what, std::chrono::steady_clock::now()});
  changed_.notify_all();
}

LibvirtQueue::Task LibvirtQueue::take() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return end_ || lost_ || !asks_.empty() || !news_.empty(); });
  if (end_) return End{};
  if (lost_) return *std::exchange(lost_, std::nullopt);
  if (!asks_.empty()) {
    Task ask = std::move(asks_.front());
    asks_.pop_front();
    return ask;
  }
  const auto news = std::move(news_.front());
  news_.pop_front();
  const auto* const look = std::get_if<Look>(&news);
  if (look == nullptr) return std::get<Happened>(news);
  to_look_at_.erase(look->uuid);
  return *look;
}

std::optional<LibvirtQueue::Ask> LibvirtQueue::take_ask() {
  const std::lock_guard lock(mutex_);
  if (end_ || lost_ || asks_.empty()) return std::nullopt;
  Ask ask = std::move(asks_.front());
  asks_.pop_front();
  return ask;
}

bool LibvirtQueue::ends_before(MonoTime until) {
  std::unique_lock lock(mutex_);
  return changed_.wait_until(lock, until, [this] { return end_; });
}

}  // namespace charmux::hypervisor
