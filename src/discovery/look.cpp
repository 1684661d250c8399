// SPDX-License-Identifier: Apache-2.0
#include "discovery/look.hpp"

#include <memory>
#include <utility>

namespace charmux::discovery {
namespace {

using hypervisor::QmpClient;

constexpr std::string_view kChardevs = "/chardevs";

std::string path_argument(const std::string& path) { return "{\"path\": " + protocol::json_string(path) + "}"; }

std::string property_argument(const std::string& path, std::string_view property) {
  return "{\"path\": " + protocol::json_string(path) + ", \"property\": " + protocol::json_string(property) + "}";
}

std::string chardev_path(const std::string& label) { return std::string(kChardevs) + "/" + label; }

/// "child<isa-serial>" is an isa-serial; empty for a property.
std::string child_type(const std::string& type) {
  constexpr std::string_view kChild = "child<";
  if (!type.starts_with(kChild) || !type.ends_with('>')) return {};
  return type.substr(kChild.size(), type.size() - kChild.size() - 1);
}

ChardevFacts facts_of(const protocol::QmpChardev& chardev) {
  return {chardev.label, "", chardev.filename, chardev.frontend_open, std::nullopt};
}

struct ChardevsLook : std::enable_shared_from_this<ChardevsLook> {
  ChardevsLook(QmpClient& client, std::function<void(Result<ChardevsSeen>)> done)
      : client_(client), done_(std::move(done)) {}

  void begin() {
    client_.ask("query-chardev", "",
                [self = shared_from_this()](Result<std::string> answer) { self->answer_ = std::move(answer); });
    client_.ask("qom-list", path_argument(std::string(kChardevs)),
                [self = shared_from_this()](const Result<std::string>& answer) { self->typed(answer); });
  }

 private:
  void typed(const Result<std::string>& types) {
    if (!answer_) return done_(tl::unexpected(answer_.error()));
    const auto listed = protocol::qmp_chardevs(*answer_);
    if (!listed) return done_(tl::unexpected(listed.error()));
    seen_.text = *answer_;
    for (const protocol::QmpChardev& chardev : *listed) seen_.chardevs.push_back(facts_of(chardev));
    if (types) {
      const auto children = protocol::qmp_properties(*types);
      for (ChardevFacts& chardev : seen_.chardevs) {
        for (const auto& child : children ? *children : std::vector<protocol::QmpProperty>{}) {
          if (child.name == chardev.label) chardev.type = child_type(child.type);
        }
      }
    }
    ask_addresses();
  }

  void ask_addresses() {
    for (std::size_t at = 0; at < seen_.chardevs.size(); ++at) {
      if (seen_.chardevs[at].type != "chardev-socket") continue;
      ++unanswered_;
      client_.ask("qom-get", property_argument(chardev_path(seen_.chardevs[at].label), "addr"),
                  [self = shared_from_this(), at](const Result<std::string>& answer) { self->addressed(at, answer); });
    }
    if (unanswered_ == 0) done_(std::move(seen_));
  }

  void addressed(std::size_t at, const Result<std::string>& answer) {
    if (answer) {
      if (auto address = protocol::qmp_socket_address(*answer)) seen_.chardevs[at].address = std::move(*address);
    }
    if (--unanswered_ > 0) return;
    if (client_.state() != QmpClient::State::ready) return done_(failure("the connection to QEMU was lost"));
    done_(std::move(seen_));
  }

  QmpClient& client_;
  std::function<void(Result<ChardevsSeen>)> done_;
  Result<std::string> answer_;
  ChardevsSeen seen_;
  std::size_t unanswered_ = 0;
};

struct ChardevLook : std::enable_shared_from_this<ChardevLook> {
  ChardevLook(QmpClient& client, std::string label, std::function<void(Result<ChardevNow>)> done)
      : client_(client), label_(std::move(label)), done_(std::move(done)) {}

  void begin() {
    client_.ask("query-chardev", "",
                [self = shared_from_this()](const Result<std::string>& answer) { self->listed(answer); });
    get("type", [this](const Result<std::string>& answer) {
      if (auto type = answer ? protocol::qmp_text(*answer) : Result<std::string>()) facts().type = std::move(*type);
    });
    get("addr", [this](const Result<std::string>& answer) {
      if (!answer) return;
      if (auto address = protocol::qmp_socket_address(*answer)) facts().address = std::move(*address);
    });
    get("connected", [this](const Result<std::string>& answer) {
      now_.connected = answer && protocol::qmp_flag(*answer).value_or(false);
      finish();
    });
  }

 private:
  /// `take` is called while this lives.
  void get(std::string_view property, std::function<void(const Result<std::string>&)> take) {
    client_.ask(
        "qom-get", property_argument(chardev_path(label_), property),
        [self = shared_from_this(), take = std::move(take)](const Result<std::string>& answer) { take(answer); });
  }
  ChardevFacts& facts() { return now_.chardev ? *now_.chardev : nobody_; }

  void listed(const Result<std::string>& answer) {
    const auto chardevs = answer ? protocol::qmp_chardevs(*answer) : tl::unexpected(answer.error());
    if (!chardevs) {
      error_ = chardevs.error();
      return;
    }
    now_.text = *answer;
    for (const protocol::QmpChardev& chardev : *chardevs) {
      if (chardev.label == label_) now_.chardev = facts_of(chardev);
    }
  }

  void finish() {
    if (error_) return done_(tl::unexpected(*error_));
    if (client_.state() != QmpClient::State::ready) return done_(failure("the connection to QEMU was lost"));
    done_(std::move(now_));
  }

  QmpClient& client_;
  const std::string label_;
  std::function<void(Result<ChardevNow>)> done_;
  ChardevNow now_;
  ChardevFacts nobody_;
  std::optional<Error> error_;
};

}  // namespace

void look_at_chardevs(QmpClient& client, std::function<void(Result<ChardevsSeen>)> done) {
  std::make_shared<ChardevsLook>(client, std::move(done))->begin();
}

void look_at_chardev(QmpClient& client, const std::string& label, std::function<void(Result<ChardevNow>)> done) {
  std::make_shared<ChardevLook>(client, label, std::move(done))->begin();
}

}  // namespace charmux::discovery
