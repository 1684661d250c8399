// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/core.h>
#include <unistd.h>

#include <deque>
#include <string>
#include <string_view>
#include <utility>

#include "kit/chardev.hpp"

namespace charmux::test {

/// An emulated QMP monitor (`-qmp unix:PATH,server=on,wait=off`, QEMU 7.2) that says what the test says. Never waits:
/// poll() belongs in what run_until() looks at.
class ScriptedQmp {
 public:
  /// A command as it came: `{"execute":"NAME","arguments":ARGUMENTS,"id":ID}`.
  struct Command {
    std::string name;
    std::string arguments;  ///< empty: none.
    std::string id;
  };
  static constexpr std::string_view kGreeting =
      R"({"QMP": {"version": {"qemu": {"micro": 22, "minor": 2, "major": 7}, "package": ""}, "capabilities": ["oob"]}})"
      "\r\n";

  explicit ScriptedQmp(std::string path, int backlog = 16)
      : path_(std::move(path)), listener_((::unlink(path_.c_str()), At::path(path_)), backlog) {}

  /// What a monitor does on being connected to; turned off by a test that says it itself.
  bool greets = true;
  /// Whether qmp_capabilities is answered; all other commands are the test's.
  bool negotiates = true;

  /// Takes who connects, and what the client says.
  void poll() {
    if (Connection next = listener_.accept(); next) {
      client = std::move(next);
      ++connections;
      if (greets) say(kGreeting);
    }
    if (!client) return;
    client.poll();
    heard_ += client.take_received();
    for (std::size_t end = 0; (end = heard_.find("\r\n")) != std::string::npos; heard_.erase(0, end + 2))
      hear(command_of(heard_.substr(0, end)));
  }
  /// These very bytes.
  void say(std::string_view bytes) { client.write(bytes); }
  void answer(const Command& command, std::string_view value) {
    say(fmt::format("{{\"return\": {}, \"id\": {}}}\r\n", value, command.id));
  }
  void refuse(const Command& command, std::string_view description) {
    say(fmt::format("{{\"id\": {}, \"error\": {{\"class\": \"GenericError\", \"desc\": \"{}\"}}}}\r\n", command.id,
                    description));
  }
  void tell(std::string_view event) {
    say(fmt::format("{{\"timestamp\": {{\"seconds\": 1, \"microseconds\": 2}}, \"event\": \"{}\"}}\r\n", event));
  }
  /// The next command that the test has to answer; poll() has found one.
  [[nodiscard]] Command take() {
    Command command = std::move(asked.front());
    asked.pop_front();
    return command;
  }
  /// Closes the connection; it still listens.
  void hang_up() {
    client.close();
    heard_.clear();
    asked.clear();
  }

  Connection client;
  int connections = 0;
  std::deque<Command> asked;

 private:
  static Command command_of(const std::string& line) {
    const auto between = [&](std::string_view before, std::string_view after) {
      const std::size_t at = line.find(before);
      if (at == std::string::npos) return std::string();
      const std::size_t begin = at + before.size();
      return line.substr(begin, line.rfind(after) - begin);
    };
    const bool with = line.find(R"("arguments":)") != std::string::npos;
    return {between(R"("execute":")", with ? R"(","arguments":)" : R"(","id":)"),
            between(R"("arguments":)", R"(,"id":)"), between(R"(,"id":)", "}")};
  }
  void hear(Command command) {
    if (negotiates && command.name == "qmp_capabilities") return answer(command, "{}");
    asked.push_back(std::move(command));
  }

  const std::string path_;
  ChardevServer listener_;
  std::string heard_;
};

}  // namespace charmux::test
