// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "backend/backend.hpp"

namespace charmux::cli {

/// A backend with somebody who listens in: it is the backend it was given, and tells what moves and where that stands.
/// Owned by a Console; for the loop's thread.
class Tapped final : public backend::Backend, private backend::Backend::Sink {
 public:
  /// Called from inside the backend, before the console is: neither may be touched from there.
  struct Ear {
    std::function<void(BytesView)> read = {};     ///< these came; empty: nobody wants to know.
    std::function<void(BytesView)> written = {};  ///< these were taken; likewise.
    /// False: the console need not hear of it.
    std::function<bool(backend::State, const std::string& reason)> became;
  };
  Tapped(std::unique_ptr<backend::Backend> backend, Ear ear) : backend_(std::move(backend)), ear_(std::move(ear)) {}

  void start(backend::Backend::Sink& sink) override {
    sink_ = &sink;
    backend_->start(*this);
  }
  [[nodiscard]] net::Io read(BytesSpan room) override;
  void hold(bool held) override { backend_->hold(held); }
  [[nodiscard]] net::Io write(BytesView bytes) override;
  [[nodiscard]] std::size_t leftover() const override { return backend_->leftover(); }
  [[nodiscard]] bool may_be_queued() const override { return backend_->may_be_queued(); }
  [[nodiscard]] std::string_view why_no_input() const override { return backend_->why_no_input(); }
  [[nodiscard]] std::string ended_as() const override { return backend_->ended_as(); }
  [[nodiscard]] std::string shown() const override { return backend_->shown(); }
  void send_break(std::function<void(Status)> answer) override { backend_->send_break(std::move(answer)); }
  void retry() override { backend_->retry(); }
  void relocate() override { backend_->relocate(); }
  void put_down(const std::string& reason) override { backend_->put_down(reason); }
  void reopen(bool force) override { backend_->reopen(force); }
  void stop() override { backend_->stop(); }
  [[nodiscard]] bool stopped() const override { return backend_->stopped(); }

 private:
  void backend_is(backend::State state, const std::string& reason) override {
    if (ear_.became(state, reason)) sink_->backend_is(state, reason);
  }
  void backend_readable() override { sink_->backend_readable(); }
  void backend_remarks(const std::string& remark) override { sink_->backend_remarks(remark); }
  void backend_writable() override { sink_->backend_writable(); }
  [[nodiscard]] bool has_history() const override { return sink_->has_history(); }

  const std::unique_ptr<backend::Backend> backend_;
  const Ear ear_;
  backend::Backend::Sink* sink_ = nullptr;
};

}  // namespace charmux::cli
