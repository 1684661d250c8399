// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

#include "discovery/domain_xml.hpp"

/// Domains as libvirt 9 writes them (virsh dumpxml), and what is found in them.
namespace charmux::test {

/// Whose XML it is, by default of a guest that runs here.
inline const discovery::DomainView kRuns{true, std::nullopt};
inline const discovery::DomainView kShutOff{false, std::nullopt};

inline std::string domain(const std::string& devices, const std::string& type = "kvm") {
  return "<domain type='" + type +
         "' id='7'>\n"
         "  <name>alpha</name>\n"
         "  <uuid>6f2c1d3e-0f1b-4a55-9d3e-2b7a5d0c1e11</uuid>\n"
         "  <os>\n    <type arch='x86_64' machine='pc-i440fx-7.2'>hvm</type>\n  </os>\n"
         "  <devices>\n"
         "    <emulator>/usr/bin/qemu-system-x86_64</emulator>\n"
         "    <controller type='virtio-serial' index='0'>\n      <alias name='virtio-serial0'/>\n    </controller>\n" +
         devices +
         "    <input type='mouse' bus='ps2'>\n      <alias name='input0'/>\n    </input>\n"
         "    <memballoon model='virtio'/>\n  </devices>\n</domain>\n";
}

/// `type` may go on with attributes: "pty' tty='/dev/pts/3".
inline std::string serial(const std::string& type, const std::string& source, const std::string& alias = "serial0") {
  return "    <serial type='" + type + "'>\n      " + source +
         "\n      <target type='isa-serial' port='0'>\n        <model name='isa-serial'/>\n      </target>\n" +
         (alias.empty() ? "" : "      <alias name='" + alias + "'/>\n") + "    </serial>\n";
}

/// The console that libvirt adds to a domain that has a serial: the first's copy.
inline std::string mirror(const std::string& type, const std::string& source, const std::string& alias = "serial0") {
  return "    <console type='" + type + "'>\n      " + source + "\n      <target type='serial' port='0'/>\n" +
         (alias.empty() ? "" : "      <alias name='" + alias + "'/>\n") + "    </console>\n";
}

inline std::vector<discovery::Chardev> found_in(const std::string& xml, const discovery::DomainView& view = kRuns) {
  const Result<std::vector<discovery::Chardev>> found = discovery::chardevs_of_domain(xml, view);
  CAPTURE(xml);
  REQUIRE_MESSAGE(found.has_value(), (found ? "" : found.error().text));
  return *found;
}

/// The only one of a domain, which has it and nothing else.
inline discovery::Chardev the_serial(const std::string& type, const std::string& source,
                                     const discovery::DomainView& view = kRuns,
                                     const std::string& domain_type = "kvm") {
  const auto found = found_in(domain(serial(type, source) + mirror(type, source), domain_type), view);
  REQUIRE(found.size() == 1);
  return found.front();
}

/// A serial as a table has it, and what becomes of it.
struct Fate {
  std::string type;
  std::string source;  ///< its <source> and <protocol>
  std::string shown;
  std::string at;      ///< as an address; empty: none
  std::string reason;  ///< the beginning of it; empty: it is offered
  discovery::Way way = discovery::Way::address;
};

inline void check_fates(const std::vector<Fate>& fates, const discovery::DomainView& view = kRuns,
                        const std::string& domain_type = "kvm") {
  for (const Fate& fate : fates) {
    CAPTURE(fate.type);
    CAPTURE(fate.source);
    const discovery::Chardev got = the_serial(fate.type, fate.source, view, domain_type);
    CHECK(got.shown == fate.shown);
    CHECK((got.at ? address::to_text(*got.at) : "") == fate.at);
    CHECK(got.reason.substr(0, fate.reason.size()) == fate.reason);
    CHECK(got.reason.empty() == fate.reason.empty());
    CHECK((got.way == fate.way));
  }
}

}  // namespace charmux::test
