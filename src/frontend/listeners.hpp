// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "frontend/port_row.hpp"

namespace charmux::frontend {

/// All listeners of the daemon: fixed ones for one console or the menu, and rows of ports for all consoles.
class Listeners {
 public:
  Listeners(loop::Loop& loop, Log& log, console::Directory& consoles, Sessions& sessions, Gate& gate);

  /// Why a configured listener is not opened.
  struct Refusal {
    Error why;
    bool exposed = false;  ///< it would let others in than is meant: the configuration is wrong, not the machine.
  };
  /// Where a configured listener's place leads to, a name being looked up: blocks. For any thread.
  [[nodiscard]] static tl::expected<std::vector<net::Endpoint>, Refusal> places_of(const config::Listen& listen,
                                                                                   const config::Config& config);
  /// Opens it there: blocks, so not once the loop runs.
  [[nodiscard]] tl::expected<void, Refusal> open(const config::Listen& listen, const config::Config& config);
  /// Opens it at the places that it leads to. Error: one is taken or not permitted, with its errno. A row of ports
  /// opens its ports as consoles are offered.
  [[nodiscard]] Status open(const Entrance::Terms& terms, const std::vector<net::Endpoint>& endpoints);
  /// A listener as it is to be, and where its place leads to; the latter counts where it is not open yet.
  struct Wanted {
    Entrance::Terms terms;
    std::vector<net::Endpoint> endpoints;
  };
  /// From now on it is these, of `config`: those of the same kind and place stay open, whatever else of them has
  /// changed, others are opened or closed. Those who are inside are not looked at: see Sessions::reconsider(). Error:
  /// one cannot be opened, or would let others in than is meant; then all is as it was.
  [[nodiscard]] Status change(const std::vector<Wanted>& wanted, const config::Config& config);
  /// Closes all; those inside stay.
  void close();

  void offer(console::Console& console);
  void withdraw(const console::Console& console);

  struct Ports {
    std::vector<std::uint16_t> open;
    std::string trouble;  ///< "port 7003 in use"; empty when there is none.
  };
  [[nodiscard]] Ports ports_of(const console::Console& console) const;
  /// What is listened at, and what is there: "menu", a console's name, or "ports 7001-7999".
  struct Listed {
    std::string address;
    std::string serves;
  };
  [[nodiscard]] std::vector<Listed> all() const;
  [[nodiscard]] std::size_t count() const { return fixed_.size() + rows_.size(); }
  /// How many sockets listen: one for each address of each port that is open.
  [[nodiscard]] std::size_t descriptors() const;

 private:
  struct Fixed {
    std::shared_ptr<Entrance::Terms> terms;
    std::vector<net::Endpoint> endpoints;
    Door door;

    [[nodiscard]] const config::Listen& listen() const { return terms->listen; }
  };
  using Row = std::unique_ptr<PortRow>;
  [[nodiscard]] Result<Fixed> opened(const Entrance::Terms& terms, const std::vector<net::Endpoint>& endpoints);
  [[nodiscard]] Row row_of(const Entrance::Terms& terms, const std::vector<net::Endpoint>& endpoints);
  /// Those that are to be no more.
  struct Replaced {
    std::vector<Fixed> fixed;
    std::vector<Row> rows;
  };
  [[nodiscard]] Status check_those_that_stay(const std::vector<Wanted>& wanted, const config::Config& config);
  [[nodiscard]] std::vector<const Wanted*> those_that_are_new(const std::vector<Wanted>& wanted) const;
  [[nodiscard]] Replaced take_those_that_go(const std::vector<Wanted>& wanted);
  [[nodiscard]] Status open_all(const std::vector<const Wanted*>& fresh);
  void close(Replaced& gone);
  void open_again(Replaced& gone);
  void forget(Replaced& gone);
  void settle(const std::vector<Wanted>& wanted);

  loop::Loop& loop_;
  Log& log_;
  console::Directory& consoles_;
  Sessions& sessions_;
  Gate& gate_;
  std::vector<Fixed> fixed_;
  std::vector<Row> rows_;
  std::vector<console::Console*> offered_;
};

}  // namespace charmux::frontend
