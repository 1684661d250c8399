// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "net/io.hpp"

struct bio_st;

namespace charmux::net {

/// Where OpenSSL writes the records of one session: straight to the socket, and what that does not take is kept here.
/// OpenSSL sees every write succeed, so it never holds a record that it wants to be given again: what is written next
/// may be anything. Owned by a TlsSession, which it does not outlive; stays where it is (the BIO points to it); for
/// the loop's thread. It does not own the socket. Nothing here waits or raises SIGPIPE.
class TlsOutlet {
 public:
  explicit TlsOutlet(int fd) : fd_(fd) {}
  TlsOutlet(const TlsOutlet&) = delete;
  TlsOutlet& operator=(const TlsOutlet&) = delete;

  /// What SSL_set_bio() takes: write only. Its owner frees it. Null: no memory.
  [[nodiscard]] bio_st* new_bio();
  /// Takes all: sent as far as the socket takes it now, if nothing is owed before it.
  void write(std::string_view bytes);
  /// Sends what is owed, as far as the socket takes it.
  void flush();
  /// From now on all is kept, until release(): many small records, not one packet each.
  void hold() { held_ = true; }
  void release() {
    held_ = false;
    flush();
  }

  [[nodiscard]] bool held() const { return held_; }
  /// So much is kept.
  [[nodiscard]] std::size_t owed() const { return kept_.size() - sent_; }
  /// Why nothing can be sent any more: what send(2) said. What comes after that is dropped.
  [[nodiscard]] const std::optional<Io>& failed() const { return failed_; }

 private:
  /// How much of it the socket took.
  [[nodiscard]] std::size_t give(std::string_view bytes);
  void forget();

  const int fd_;
  bool held_ = false;
  std::string kept_;      ///< without memory of its own while empty.
  std::size_t sent_ = 0;  ///< so much of it is sent already: it is not moved for each send.
  std::optional<Io> failed_;
};

}  // namespace charmux::net
