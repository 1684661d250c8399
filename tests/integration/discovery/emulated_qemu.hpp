// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>
#include <unistd.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "charmux/protocol/qmp.hpp"
#include "charmux/protocol/qmp_values.hpp"
#include "kit/scripted_qmp.hpp"

namespace charmux::test {

/// A QEMU with chardevs and devices, as far as its monitor shows them. Never waits: poll() belongs in what run_until()
/// looks at. Removes its socket when it ends, unless it is killed.
class EmulatedQemu {
 public:
  struct Chardev {
    std::string type;          ///< "socket"
    std::string filename;      ///< query-chardev's
    std::string address = {};  ///< of a socket: `addr`, as JSON
    bool connected = false;
    bool frontend_open = true;
  };
  /// QOM path → type and properties (as JSON).
  struct Device {
    std::string type;
    std::map<std::string, std::string> properties;
  };

  explicit EmulatedQemu(std::string path, std::string guest_name = "alpha")
      : name(std::move(guest_name)), path_(std::move(path)), monitor(path_) {}
  EmulatedQemu(const EmulatedQemu&) = delete;
  EmulatedQemu& operator=(const EmulatedQemu&) = delete;
  ~EmulatedQemu() {
    if (!killed) ::unlink(path_.c_str());
  }

  /// An isa-serial on a pty.
  void add_serial(int index, const std::string& pty) {
    const std::string label = fmt::format("serial{}", index);
    chardevs[label] = {"pty", "pty:" + pty};
    devices[fmt::format("/machine/unattached/device[{}]", 10 + index)] = {
        "isa-serial", {{"chardev", quoted(label)}, {"index", std::to_string(index)}}};
  }
  /// The same chardev on a UNIX socket that QEMU listens at.
  void put_on_socket(const std::string& label, const std::string& path) {
    chardevs[label] = {"socket", "disconnected:unix:" + path + ",server=on",
                       fmt::format(R"({{"type": "unix", "path": {}}})", quoted(path))};
  }
  /// Another client takes it, or leaves.
  void connect(const std::string& label, bool connected) {
    Chardev& chardev = chardevs.at(label);
    chardev.connected = connected;
    const std::string rest = chardev.filename.substr(chardev.filename.find("unix:"));
    chardev.filename = connected ? rest : "disconnected:" + rest;
  }

  void poll() {
    if (frozen) return;
    monitor.poll();
    while (!monitor.asked.empty()) answer(monitor.take());
  }
  void tell(const std::string& event, long microseconds) {
    monitor.say(fmt::format(R"({{"timestamp": {{"seconds": 100, "microseconds": {}}}, "event": "{}"}})"
                            "\r\n",
                            microseconds, event));
  }
  [[nodiscard]] int count(const std::string& command) const {
    const auto found = asked.find(command);
    return found == asked.end() ? 0 : found->second;
  }

  std::string name;
  std::string uuid = "00000000-0000-0000-0000-000000000000";
  bool running = true;
  bool killed = false;
  bool frozen = false;  ///< as by SIGSTOP: it is there, and does nothing.
  std::map<std::string, Chardev> chardevs;
  std::map<std::string, Device> devices;
  std::map<std::string, int> asked;  ///< how often each command came, and each with that path: "qom-list /machine".
  std::vector<std::string> breaks;   ///< the labels that were sent one.

 private:
  static std::string quoted(const std::string& text) { return protocol::json_string(text); }

  void answer(const ScriptedQmp::Command& command) {
    const std::string at = protocol::qmp_member(command.arguments, "path").value_or("");
    ++asked[command.name];
    ++asked[command.name + " " + at];
    const std::string property = protocol::qmp_member(command.arguments, "property").value_or("");
    if (command.name == "query-name") return monitor.answer(command, "{\"name\": " + quoted(name) + "}");
    if (command.name == "query-uuid") return monitor.answer(command, "{\"UUID\": " + quoted(uuid) + "}");
    if (command.name == "query-status")
      return monitor.answer(command, fmt::format(R"({{"status": "x", "running": {}}})", running));
    if (command.name == "query-chardev") return monitor.answer(command, list_chardevs());
    if (command.name == "qom-list") return monitor.answer(command, at == "/chardevs" ? list_types() : list_below(at));
    if (command.name == "qom-get") return get(command, at, property);
    if (command.name == "chardev-send-break") {
      breaks.push_back(protocol::qmp_member(command.arguments, "id").value_or(""));
      return monitor.answer(command, "{}");
    }
    monitor.refuse(command, "The command has not been found");
  }

  [[nodiscard]] std::string list_chardevs() const {
    std::string out;
    for (const auto& [label, chardev] : chardevs)
      out += fmt::format(R"({}{{"frontend-open": {}, "filename": {}, "label": {}}})", out.empty() ? "" : ", ",
                         chardev.frontend_open, quoted(chardev.filename), quoted(label));
    return "[" + out + "]";
  }
  [[nodiscard]] std::string list_types() const {
    std::string out = R"({"name": "type", "type": "string"})";
    for (const auto& [label, chardev] : chardevs)
      out += fmt::format(R"(, {{"name": {}, "type": "child<chardev-{}>"}})", quoted(label), chardev.type);
    return "[" + out + "]";
  }
  [[nodiscard]] std::string list_below(const std::string& path) const {
    std::string out = R"({"name": "type", "type": "string"})";
    std::string last;
    for (const auto& [at, device] : devices) {
      if (at == path) {
        for (const auto& [property, value] : device.properties)
          out += fmt::format(R"(, {{"name": "{}", "type": "{}"}})", property, value[0] == '"' ? "str" : "uint32");
      }
      if (!at.starts_with(path + "/")) continue;
      const std::string rest = at.substr(path.size() + 1);
      const std::string child = rest.substr(0, rest.find('/'));
      if (std::exchange(last, child) == child) continue;
      out +=
          fmt::format(R"(, {{"name": "{}", "type": "child<{}>"}})", child, child == rest ? device.type : "container");
    }
    return "[" + out + "]";
  }
  void get(const ScriptedQmp::Command& command, const std::string& path, const std::string& property) {
    if (const auto device = devices.find(path);
        device != devices.end() && device->second.properties.count(property) > 0)
      return monitor.answer(command, device->second.properties.at(property));
    if (const auto chardev = chardevs.find(path.substr(path.rfind('/') + 1)); chardev != chardevs.end()) {
      if (property == "type") return monitor.answer(command, quoted("chardev-" + chardev->second.type));
      const bool socket = chardev->second.type == "socket";
      if (property == "addr" && socket) return monitor.answer(command, chardev->second.address);
      if (property == "connected" && socket)
        return monitor.answer(command, chardev->second.connected ? "true" : "false");
    }
    monitor.refuse(command, "Property not found");
  }

  const std::string path_;

 public:
  ScriptedQmp monitor;
};

}  // namespace charmux::test
