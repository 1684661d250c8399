// SPDX-License-Identifier: Apache-2.0
#include "hypervisor/libvirt_connection.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <utility>

#include "hypervisor/libvirt_queue.hpp"
#include "hypervisor/libvirt_threads.hpp"
#include "hypervisor/libvirt_worker.hpp"
#include "loop/mailbox.hpp"
#include "loop/timer.hpp"

namespace charmux::hypervisor {

/// The loop's side of it. Whatever calls the sink or an answer touches nothing after that: it may be gone by then.
struct LibvirtConnection::Inner : LibvirtWorker::Listener {
  using DomainAnswer = std::function<void(Result<LibvirtDomain>)>;
  using QemuAnswer = std::function<void(Result<std::string>)>;

  Inner(Libvirt& library, Settings with, Sink& told)
      : libvirt(library),
        settings(std::move(with)),
        sink(told),
        mailbox(library.loop()),
        impatient(library.loop(), [this] { lose_patience(); }) {}

  void begin() {
    if (Status begun = libvirt.begin(); !begun) return cannot_begin(begun.error().text);
    const auto worker = std::make_shared<LibvirtWorker>(settings, queue, mailbox.sender(), *this);
    auto started = libvirt.threads().start([worker] { worker->run(); });
    if (!started) return cannot_begin(started.error().text);
    thread.emplace(std::move(*started));
  }
  void cannot_begin(const std::string& why) {
    mailbox.sender().post([this, why] {
      impatient.start(settings.reopen_most);
      is(State::unreachable, why);
    });
  }
  void lose_patience() {
    if (!thread) return begin();
    is(State::unreachable, "no answer from " + settings.uri + " yet");
  }
  void is(State now, const std::string& why) {
    if (state == now && reason == why) return;
    state = now;
    reason = why;
    sink.libvirt_is(now, why);
  }

  void trying() override { impatient.start(settings.patience); }
  void connected() override {
    impatient.stop();
    is(State::ready, {});
  }
  void unreachable(const std::string& why) override {
    impatient.stop();
    const Error error{why, 0};
    for (auto& [id, answer] : std::exchange(domain_answers, {})) answer_later(std::move(answer), error);
    for (auto& [id, answer] : std::exchange(qemu_answers, {})) answer_later(std::move(answer), error);
    is(State::unreachable, why);
  }
  void domain_is(const LibvirtDomain& domain) override { sink.domain_is(domain); }
  void domain_gone(const std::string& uuid) override { sink.domain_gone(uuid); }
  void domains_listed() override { sink.domains_listed(); }
  void domain_happened(const std::string& uuid, LibvirtHappening what) override { sink.domain_happened(uuid, what); }
  void domain_answered(std::uint64_t id, const Result<LibvirtDomain>& answer) override {
    give(domain_answers, id, answer);
  }
  void qemu_answered(std::uint64_t id, const Result<std::string>& answer) override { give(qemu_answers, id, answer); }

  template <class Answer, class Value>
  static void give(std::map<std::uint64_t, Answer>& answers, std::uint64_t id, const Value& value) {
    const auto asked = answers.find(id);
    if (asked == answers.end()) return;
    const Answer answer = std::move(asked->second);
    answers.erase(asked);
    answer(value);
  }
  template <class Answer>
  void answer_later(Answer answer, const Error& why) {
    mailbox.sender().post([answer = std::move(answer), why] { answer(tl::unexpected(why)); });
  }
  template <class Answer>
  void ask(std::map<std::uint64_t, Answer>& answers, const std::string& domain, const std::string& command,
           Answer answer) {
    if (state != State::ready)
      return answer_later(std::move(answer), Error{reason.empty() ? "not connected to libvirt yet" : reason, 0});
    answers.emplace(++last_id, std::move(answer));
    queue->ask({last_id, domain, command});
  }

  Libvirt& libvirt;
  const Settings settings;
  Sink& sink;
  State state = State::connecting;
  std::string reason;
  std::uint64_t last_id = 0;
  std::map<std::uint64_t, DomainAnswer> domain_answers;
  std::map<std::uint64_t, QemuAnswer> qemu_answers;
  const std::shared_ptr<LibvirtQueue> queue = std::make_shared<LibvirtQueue>();
  std::optional<LibvirtThreads::Thread> thread;
  loop::Mailbox mailbox;
  loop::Timer impatient;
};

LibvirtConnection::LibvirtConnection(Libvirt& libvirt, Settings settings, Sink& sink)
    : inner_(std::make_unique<Inner>(libvirt, std::move(settings), sink)) {}

LibvirtConnection::~LibvirtConnection() { inner_->queue->end(); }

void LibvirtConnection::start() { inner_->begin(); }

LibvirtConnection::State LibvirtConnection::state() const { return inner_->state; }

void LibvirtConnection::ask_domain(const std::string& uuid_or_name, std::function<void(Result<LibvirtDomain>)> answer) {
  inner_->ask(inner_->domain_answers, uuid_or_name, {}, std::move(answer));
}

void LibvirtConnection::ask_qemu(const std::string& uuid, const std::string& command,
                                 std::function<void(Result<std::string>)> answer) {
  inner_->ask(inner_->qemu_answers, uuid, command, std::move(answer));
}

}  // namespace charmux::hypervisor
