// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hypervisor/libvirt_connection.hpp"
#include "hypervisor/libvirt_handles.hpp"
#include "kit/world.hpp"

namespace charmux::test {

using hypervisor::ConnectHandle;
using hypervisor::DomainHandle;
using hypervisor::Libvirt;
using hypervisor::LibvirtConnection;
using hypervisor::LibvirtDomain;
using hypervisor::LibvirtHappening;

/// What a connection tells, one text each: "ready", "unreachable: ...", "alpha is running", "alpha is paused",
/// "alpha is off", "UUID is gone", "listed", "UUID: 0" (a LibvirtHappening).
class AtLibvirt : public LibvirtConnection::Sink {
 public:
  using State = LibvirtConnection::State;
  AtLibvirt(World& world, Libvirt& libvirt, const std::string& uri, bool follow = true) : world_(world) {
    LibvirtConnection::Settings settings;
    settings.uri = uri;
    settings.follow = follow;
    settings.reopen_first = std::chrono::milliseconds(5);
    settings.reopen_most = std::chrono::milliseconds(50);
    connection = std::make_unique<LibvirtConnection>(libvirt, settings, *this);
  }
  AtLibvirt(World& world, Libvirt& libvirt, const LibvirtConnection::Settings& settings)
      : connection(std::make_unique<LibvirtConnection>(libvirt, settings, *this)), world_(world) {}

  void libvirt_is(State state, const std::string& reason) override {
    static constexpr std::string_view kNames[] = {"connecting", "ready", "unreachable"};
    CHECK(connection->state() == state);
    say(std::string(kNames[static_cast<std::size_t>(state)]) + (reason.empty() ? "" : ": " + reason));
  }
  void domain_is(const LibvirtDomain& domain) override {
    last = domain;
    say(domain.name + (domain.paused ? " is paused" : domain.active ? " is running" : " is off"));
  }
  void domain_gone(const std::string& uuid) override { say(uuid + " is gone"); }
  void domains_listed() override { say("listed"); }
  void domain_happened(const std::string& uuid, LibvirtHappening what) override {
    say(uuid + ": " + std::to_string(static_cast<int>(what)));
  }
  void start() {
    inside_ = true;
    connection->start();
    inside_ = false;
  }
  /// Until that has been told since what was waited for last; what was told in between stays in `told`.
  void wait_for(std::string_view text) {
    INFO(text, ", told was:", all_told());
    world_.run_until("it is told", [&] {
      while (next_ < told.size())
        if (told[next_++].starts_with(text)) return true;
      return false;
    });
  }
  /// `told` begins anew.
  void forget() {
    told.clear();
    next_ = 0;
  }
  [[nodiscard]] std::string all_told() const {
    std::string all;
    for (const std::string& one : told) all += "\n  " + one;
    return all;
  }
  [[nodiscard]] bool was_told(std::string_view text) const {
    return std::any_of(told.begin(), told.end(), [&](const auto& one) { return one.starts_with(text); });
  }
  Result<LibvirtDomain> domain(const std::string& uuid_or_name) {
    std::optional<Result<LibvirtDomain>> answer;
    inside_ = true;
    connection->ask_domain(uuid_or_name, [&](Result<LibvirtDomain> given) {
      CHECK(!inside_);
      answer = std::move(given);
    });
    inside_ = false;
    world_.run_until("the answer is there", [&] { return answer.has_value(); });
    return *answer;
  }
  Result<std::string> qemu(const std::string& uuid, const std::string& command) {
    std::optional<Result<std::string>> answer;
    inside_ = true;
    connection->ask_qemu(uuid, command, [&](Result<std::string> given) {
      CHECK(!inside_);
      answer = std::move(given);
    });
    inside_ = false;
    world_.run_until("the answer is there", [&] { return answer.has_value(); });
    return *answer;
  }

  std::unique_ptr<LibvirtConnection> connection;
  std::vector<std::string> told;
  LibvirtDomain last;
  std::function<void()> on_told;

 private:
  void say(std::string text) {
    CHECK(!inside_);
    told.push_back(std::move(text));
    if (on_told) on_told();
  }
  World& world_;
  std::size_t next_ = 0;
  bool inside_ = false;
};

/// libvirt as another program uses it, virsh for example.
class OtherProgram {
 public:
  explicit OtherProgram(const std::string& uri) : connection(virConnectOpen(uri.c_str())) { REQUIRE(connection); }
  [[nodiscard]] DomainHandle domain(const std::string& name) const {
    DomainHandle found(virDomainLookupByName(connection.get(), name.c_str()));
    REQUIRE(found);
    return found;
  }
  void start(const std::string& name) const { REQUIRE(virDomainCreate(domain(name).get()) == 0); }
  void destroy(const std::string& name) const { REQUIRE(virDomainDestroy(domain(name).get()) == 0); }
  void pause(const std::string& name) const { REQUIRE(virDomainSuspend(domain(name).get()) == 0); }
  void resume(const std::string& name) const { REQUIRE(virDomainResume(domain(name).get()) == 0); }
  void undefine(const std::string& name) const { REQUIRE(virDomainUndefine(domain(name).get()) == 0); }
  void define(const std::string& xml) const {
    REQUIRE(DomainHandle(virDomainDefineXML(connection.get(), xml.c_str())) != nullptr);
  }
  /// Runs it without defining it.
  void create(const std::string& xml) const {
    REQUIRE(DomainHandle(virDomainCreateXML(connection.get(), xml.c_str(), 0)) != nullptr);
  }
  ConnectHandle connection;
};

}  // namespace charmux::test
