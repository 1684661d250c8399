// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>

#include "backend/console_locks.hpp"
#include "backend/locator.hpp"
#include "charmux/base/log.hpp"
#include "discovery/libvirt_source.hpp"
#include "hypervisor/libvirt.hpp"
#include "loop/loop.hpp"

namespace charmux::discovery {

/// Every libvirt URI that a program has to do with, each once. Until one is added nothing of libvirt is touched. For
/// the loop's thread.
class Libvirts {
 public:
  Libvirts(loop::Loop& loop, Log& log, Sink& sink);

  /// All domains of that URI are followed from start() on; they are told of again where that has begun.
  void follow(LibvirtSource::Settings settings);
  /// Those of that URI are not told of any more.
  void unfollow(const std::string& uri);
  /// The place of a console that is configured as one of a domain. Its URI is connected to from start() on.
  [[nodiscard]] std::unique_ptr<backend::Locator> place_of(const address::Libvirt& at);
  void start();
  /// Null: there is none.
  [[nodiscard]] LibvirtSource* find(const std::string& uri) const;
  /// The last thing, when all consoles have stopped: ends every connection. True: a call into libvirt is still under
  /// way that nobody can take back; the process has to end without waiting for it (see hypervisor::Libvirt).
  [[nodiscard]] bool end();

 private:
  LibvirtSource& at(LibvirtSource::Settings settings);

  Log& log_;
  Sink& sink_;
  hypervisor::Libvirt libvirt_;
  backend::ConsoleLocks locks_;
  std::map<std::string, std::unique_ptr<LibvirtSource>> sources_;  ///< by URI
  bool started_ = false;
};

}  // namespace charmux::discovery
