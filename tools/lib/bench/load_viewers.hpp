// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "load_connect.hpp"
#include "load_options.hpp"
#include "load_pattern.hpp"
#include "load_poller.hpp"
#include "load_records.hpp"
#include "load_telnet.hpp"
#include "load_tls.hpp"

namespace bench {

/// Printed when every viewer is attached. Offsets count from the byte behind it.
constexpr std::string_view kMarker = "<offsets count from here>\n";

/// All the viewers: those that read, numbered from 0, and behind them those that stop at the marker. Each looks for the
/// marker and then judges every byte: it is the pattern's, or the next record's, or just counted where gaps are
/// allowed.
class Viewers {
 public:
  Viewers(const Options& options, const Pattern& pattern, RecordBook* records, Poller& poller);

  /// Connects one more, if the port answers. False: it does not.
  [[nodiscard]] bool connect_one();
  /// Reads all that viewer `number` can have.
  void readable(std::size_t number);
  /// Reads what is too little for anybody to be woken.
  void read_rest();

  [[nodiscard]] std::size_t wanted() const { return viewers_.size(); }
  [[nodiscard]] std::size_t connected() const { return connected_; }
  /// How many have had a byte, and with telnet settled its options: they are attached.
  [[nodiscard]] std::size_t attached() const { return attached_; }
  /// How many have had the marker.
  [[nodiscard]] std::size_t begun() const { return begun_; }
  /// The bytes of the console that each reading viewer has had since the marker.
  [[nodiscard]] std::vector<std::uint64_t> received() const;
  /// Whether each of them has had so many. Fails when one has had more.
  [[nodiscard]] bool all_have(std::uint64_t printed);
  /// The first who has not, as a sentence.
  [[nodiscard]] std::string who_lacks(std::uint64_t printed) const;

 private:
  enum class Stage : std::uint8_t { joining, reading, stalled };
  struct Viewer {
    int fd = -1;
    Stage stage = Stage::joining;
    bool had_byte = false;
    bool attached = false;
    std::size_t marker = 0;   ///< so much of it was seen
    std::uint64_t bytes = 0;  ///< since the marker: of the wire where they are compared, else of the console
    std::unique_ptr<TelnetClient> telnet;
    std::optional<TlsClient> tls;
  };

  [[nodiscard]] ssize_t receive(Viewer& viewer);
  void take(std::size_t number, std::string_view wire);
  [[nodiscard]] std::string_view join(Viewer& viewer, std::size_t number, std::string_view wire);
  void begin(Viewer& viewer, std::size_t number);
  void compare(Viewer& viewer, std::size_t number, std::string_view wire);
  void answer(Viewer& viewer);
  [[nodiscard]] std::uint64_t console_bytes(const Viewer& viewer) const;

  const Options& options_;
  const Pattern& pattern_;
  RecordBook* records_;  ///< none: the pattern is printed
  Poller& poller_;
  Place place_;
  std::optional<Tls> tls_;  ///< none: they speak without.
  std::vector<Viewer> viewers_;
  std::vector<char> room_;
  std::size_t connected_ = 0;
  std::size_t attached_ = 0;
  std::size_t begun_ = 0;
  std::size_t first_behind_ = 0;  ///< all before it have everything, where it was last looked
};

}  // namespace bench
