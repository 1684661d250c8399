// SPDX-License-Identifier: Apache-2.0
#include "load_options.hpp"

#include <CLI/CLI.hpp>
#include <tuple>

#include "load_fail.hpp"

namespace bench {
namespace {

/// A record holds its number, and a line end.
constexpr std::size_t kLeastRecord = 18;

struct Given {
  bool flood = false;
  std::string output;
  std::tuple<std::size_t, double> records{};
  std::tuple<double, std::size_t> storm{};
};

void describe(CLI::App& app, Options& options, Given& given) {
  app.add_option("--chardev", options.chardev, "unix:PATH, pty:PATH (a symlink to the slave) or tcp:PORT")->required();
  app.add_option("--viewers", options.viewers, "how many read")->capture_default_str();
  app.add_option("--port", options.port, "where the multiplexer serves them")->required();
  app.add_option("--address", options.address, "and at which address")->capture_default_str();
  app.add_flag("--telnet", options.telnet, "they speak telnet, and agree on BINARY in both directions");
  app.add_flag("--tls", options.tls, "they speak TLS 1.3 below that");
  app.add_option("--output", given.output, "what the guest prints")
      ->check(CLI::IsMember({"text", "random"}))
      ->default_str("text");
  auto* const flood = app.add_flag("--flood", given.flood, "the guest prints as fast as it is taken (the default)");
  app.add_option("--records", given.records, "SIZE RATE: it prints records, so many bytes each, so many a second")
      ->excludes(flood);
  app.add_option("--warm-up", options.warm_up, "seconds before the clock starts")->capture_default_str();
  app.add_option("--seconds", options.seconds, "seconds that are measured")->capture_default_str();
  app.add_option("--stalled", options.stalled, "so many more viewers, that stop reading before the clock starts");
  app.add_flag("--gaps", options.gaps, "viewers may miss bytes: these are counted, not looked at");
  app.add_option("--storm", given.storm, "RATE BYTES: so many more attach a second, read so many bytes and leave");
  app.add_option("--pid", options.pid, "the multiplexer, for its CPU; -: comes as a line on standard input");
}

}  // namespace

Options options_of(int argc, char** argv) {
  Options options;
  Given given;
  CLI::App app("Plays a chardev and the viewers of its console, and measures what stands between them.", "bench_load");
  describe(app, options, given);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::exit(app.exit(error) == 0 ? 0 : 1);
  }
  options.output = given.output == "random" ? Output::random : Output::text;
  if (app.count("--records") > 0) options.records = Records{std::get<0>(given.records), std::get<1>(given.records)};
  if (app.count("--storm") > 0) options.storm = Storm{std::get<0>(given.storm), std::get<1>(given.storm)};
  if (options.records && (options.records->size < kLeastRecord || options.records->rate <= 0))
    fail("a record has at least {} bytes, and there is more than none a second", kLeastRecord);
  if (options.storm && options.storm->rate <= 0) fail("a storm has more than no attach a second");
  return options;
}

}  // namespace bench
