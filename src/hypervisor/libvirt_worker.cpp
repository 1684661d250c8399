// SPDX-License-Identifier: Apache-2.0
#include "hypervisor/libvirt_worker.hpp"

#include <cerrno>
#include <cstdlib>
#include <random>
#include <variant>
#include <vector>

#include "hypervisor/libvirt_domains.hpp"
#include "hypervisor/libvirt_events.hpp"

namespace charmux::hypervisor {
namespace {

/// Unanswered, one after the other, before the other side counts as gone.
constexpr unsigned kKeepalives = 3;

}  // namespace

LibvirtWorker::LibvirtWorker(LibvirtConnection::Settings settings, std::shared_ptr<LibvirtQueue> queue,
                             loop::Mailbox::Sender mailbox, Listener& listener)
    : settings_(std::move(settings)),
      queue_(std::move(queue)),
      mailbox_(std::move(mailbox)),
      listener_(&listener),
      backoff_(settings_.reopen_first, settings_.reopen_most) {}

void LibvirtWorker::tell(std::function<void(Listener&)> what) const {
  mailbox_.post([listener = listener_, what = std::move(what)] { what(*listener); });
}

void LibvirtWorker::run() {
  for (;;) {
    const std::string why = serve();
    if (ended_) return;
    tell([why](Listener& to) { to.unreachable(why); });
    if (queue_->ends_before(std::chrono::steady_clock::now() + backoff_.next(std::random_device{}()))) return;
  }
}

std::string LibvirtWorker::serve() {
  tell([](Listener& to) { to.trying(); });
  known_.clear();
  repeats_.forget();
  const unsigned number = queue_->begin_connection();
  const ConnectHandle connection(virConnectOpen(settings_.uri.c_str()));
  if (!connection) return last_libvirt_error().text;
  // Not every driver knows it; one that does not has nobody on the other side.
  const auto interval = static_cast<int>(settings_.keepalive.count());
  if (interval > 0) virConnectSetKeepAlive(connection.get(), interval, kKeepalives);
  LibvirtEvents events(connection.get(), queue_, number);
  if (!settings_.follow) {
    tell([](Listener& to) { to.connected(); });
  } else {
    events.follow_domains();
    if (std::string why = list(connection.get()); !why.empty()) return why;
  }
  backoff_.reset();
  return do_tasks(connection.get(), number);
}

std::string LibvirtWorker::list(virConnectPtr connection) {
  virDomainPtr* raw = nullptr;
  const int count = virConnectListAllDomains(connection, &raw, 0);
  if (count < 0) return last_libvirt_error().text;
  std::vector<DomainHandle> domains(raw, raw + count);
  std::free(raw);
  tell([](Listener& to) { to.connected(); });
  for (const DomainHandle& domain : domains) {
    // One that has ended meanwhile has no description; that it ended is heard of, too.
    if (const auto described = describe_domain(domain.get())) domain_is(*described);
    if (virConnectIsAlive(connection) == 0) return close_reason_text(VIR_CONNECT_CLOSE_REASON_ERROR);
    while (const auto ask = queue_->take_ask()) do_task(connection, *ask);
  }
  tell([](Listener& to) { to.domains_listed(); });
  return {};
}

std::string LibvirtWorker::do_tasks(virConnectPtr connection, unsigned number) {
  for (;;) {
    const LibvirtQueue::Task task = queue_->take();
    if (std::holds_alternative<LibvirtQueue::End>(task)) {
      ended_ = true;
      return {};
    }
    if (const auto* lost = std::get_if<LibvirtQueue::Lost>(&task)) return lost->reason;
    if (const auto* ask = std::get_if<LibvirtQueue::Ask>(&task)) do_task(connection, *ask);
    if (const auto* look = std::get_if<LibvirtQueue::Look>(&task)) do_task(connection, *look);
    if (const auto* happened = std::get_if<LibvirtQueue::Happened>(&task)) do_task(connection, *happened);
    // There are drivers that do not tell by themselves.
    if (virConnectIsAlive(connection) == 0) queue_->lose(number, close_reason_text(VIR_CONNECT_CLOSE_REASON_ERROR));
  }
}

void LibvirtWorker::domain_is(const LibvirtDomain& domain) {
  const auto [known, is_new] = known_.try_emplace(domain.uuid, domain);
  if (!is_new && known->second == domain) return;
  known->second = domain;
  tell([domain](Listener& to) { to.domain_is(domain); });
}

void LibvirtWorker::do_task(virConnectPtr connection, const LibvirtQueue::Look& look) {
  const auto found = find_domain(connection, look.uuid);
  const auto domain = found ? describe_domain(found->get()) : tl::unexpected(found.error());
  if (domain) return domain_is(*domain);
  if (domain.error().number != ENOENT || known_.erase(look.uuid) == 0) return;
  tell([uuid = look.uuid](Listener& to) { to.domain_gone(uuid); });
}

void LibvirtWorker::do_task(virConnectPtr, const LibvirtQueue::Happened& happened) {
  if (!repeats_.is_new(happened.uuid, happened.what, happened.at)) return;
  tell([happened](Listener& to) { to.domain_happened(happened.uuid, happened.what); });
}

void LibvirtWorker::do_task(virConnectPtr connection, const LibvirtQueue::Ask& ask) {
  const auto found = find_domain(connection, ask.domain);
  if (ask.command.empty()) {
    auto answer = found ? describe_domain(found->get()) : tl::unexpected(found.error());
    tell([id = ask.id, answer = std::move(answer)](Listener& to) { to.domain_answered(id, answer); });
  } else {
    auto answer = found ? ask_qemu_of(found->get(), ask.command) : tl::unexpected(found.error());
    tell([id = ask.id, answer = std::move(answer)](Listener& to) { to.qemu_answered(id, answer); });
  }
}

}  // namespace charmux::hypervisor
