// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <memory>
#include <string_view>
#include <utility>

#include "discovery/look.hpp"

namespace charmux::discovery {
namespace {

using hypervisor::QmpClient;
using protocol::QmpProperty;

// QEMU's trees are five deep. These keep a broken one from being walked for ever.
constexpr int kMostDepth = 12;
constexpr std::size_t kMostObjects = 20000;

/// What has no devices below it and there is much of. Buses have links to their devices, which are children elsewhere.
bool is_leaf(std::string_view type) {
  constexpr std::array<std::string_view, 6> kLeaves = {"memory-region", "qemu:memory-region", "irq", "clock",
                                                       "or-irq",        "smbus-eeprom"};
  return type.ends_with("-cpu") || std::find(kLeaves.begin(), kLeaves.end(), type) != kLeaves.end();
}

/// "chardev" nearly everywhere; the escc has two channels, the ipoctal232 eight.
bool is_chardev_property(std::string_view name) {
  constexpr std::string_view kChardev = "chardev";
  return name == "chrA" || name == "chrB" || name == kChardev ||
         (name.starts_with(kChardev) && name.size() == kChardev.size() + 1);
}

class Walk : public std::enable_shared_from_this<Walk> {
 public:
  Walk(QmpClient& client, std::function<void(std::vector<DeviceFacts>)> done)
      : client_(client), done_(std::move(done)) {}

  void begin() {
    list("/machine", "", 0);
    list("/objects", "", 0);
    ask_for_tpms();
  }

 private:
  void list(const std::string& path, const std::string& type, int depth) {
    if (depth > kMostDepth || ++objects_ > kMostObjects) return;
    ++unanswered_;
    client_.ask("qom-list", "{\"path\": " + protocol::json_string(path) + "}",
                [self = shared_from_this(), path, type, depth](const Result<std::string>& answer) {
                  if (answer) {
                    if (const auto properties = protocol::qmp_properties(*answer))
                      self->listed(path, type, depth, *properties);
                  }
                  self->answered();
                });
  }

  void listed(const std::string& path, const std::string& type, int depth, const std::vector<QmpProperty>& properties) {
    bool uses_one = false;
    for (const QmpProperty& property : properties) {
      const bool text = property.type == "str" || property.type == "string";  // of devices, and of other objects
      if (!text || !is_chardev_property(property.name)) continue;
      uses_one = uses_one || property.name == "chardev";
      take_device(path, type, property.name, properties);
    }
    // What is inside a device with a chardev is a part of it, with the same one.
    if (uses_one) return;
    constexpr std::string_view kChild = "child<";
    for (const QmpProperty& property : properties) {
      if (!property.type.starts_with(kChild)) continue;
      const std::string child = property.type.substr(kChild.size(), property.type.size() - kChild.size() - 1);
      if (!is_leaf(child)) list(path + "/" + property.name, child, depth + 1);
    }
  }

  void ask_for_tpms() {
    ++unanswered_;
    client_.ask("query-tpm", "", [self = shared_from_this()](const Result<std::string>& answer) {
      const auto tpms = answer ? protocol::qmp_tpms(*answer) : tl::unexpected(answer.error());
      for (const protocol::QmpTpm& tpm : tpms ? *tpms : std::vector<protocol::QmpTpm>{}) {
        DeviceFacts device;
        device.path = tpm.id;
        device.type = "tpm-emulator";
        device.chardev = tpm.chardev;
        self->found_.push_back(std::make_shared<DeviceFacts>(std::move(device)));
      }
      self->answered();
    });
  }

  void take_device(const std::string& path, const std::string& type, const std::string& property,
                   const std::vector<QmpProperty>& properties) {
    auto device = std::make_shared<DeviceFacts>();
    // One device with several channels is as many devices here, in their order.
    device->path = property == "chardev" ? path : path + "." + property;
    device->type = type;
    get(path, property, [device](const std::string& json) { device->chardev = protocol::qmp_text(json).value_or(""); });
    for (const QmpProperty& other : properties) {
      if (other.name == "index")
        get(path, "index", [device](const std::string& json) { device->index = number(json); });
      if (other.name == "nr") get(path, "nr", [device](const std::string& json) { device->nr = number(json); });
      if (other.name == "name")
        get(path, "name", [device](const std::string& json) { device->name = protocol::qmp_text(json).value_or(""); });
      // Where ports of several buses have to be told apart.
      if (other.name == "parent_bus" && type.starts_with("virt"))
        get(path, "parent_bus",
            [device](const std::string& json) { device->bus = protocol::qmp_text(json).value_or(""); });
    }
    found_.push_back(std::move(device));
  }

  static std::optional<std::int64_t> number(const std::string& json) {
    const auto value = protocol::qmp_number(json);
    return value ? std::optional(*value) : std::nullopt;
  }

  void get(const std::string& path, const std::string& property, std::function<void(const std::string&)> take) {
    ++unanswered_;
    const std::string arguments =
        "{\"path\": " + protocol::json_string(path) + ", \"property\": " + protocol::json_string(property) + "}";
    client_.ask("qom-get", arguments,
                [self = shared_from_this(), take = std::move(take)](const Result<std::string>& answer) {
                  if (answer) take(*answer);
                  self->answered();
                });
  }

  void answered() {
    if (--unanswered_ > 0) return;
    std::vector<DeviceFacts> devices;
    for (const auto& device : found_) {
      if (!device->chardev.empty()) devices.push_back(std::move(*device));
    }
    done_(std::move(devices));
  }

  QmpClient& client_;
  std::function<void(std::vector<DeviceFacts>)> done_;
  std::vector<std::shared_ptr<DeviceFacts>> found_;
  std::size_t unanswered_ = 0;
  std::size_t objects_ = 0;
};

}  // namespace

void look_at_devices(QmpClient& client, std::function<void(std::vector<DeviceFacts>)> done) {
  std::make_shared<Walk>(client, std::move(done))->begin();
}

}  // namespace charmux::discovery
