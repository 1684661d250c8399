// SPDX-License-Identifier: Apache-2.0
#include "cli/arguments.hpp"

#include <getopt.h>

#include <array>
#include <charconv>

#include "charmux/base/text.hpp"

namespace charmux::cli {
namespace {

struct Known {
  const char* name;
  int has_value;
  char letter;  ///< in Grammar::options; for those that all commands take, any other
};
constexpr std::array<Known, 8> kLong = {{{"help", no_argument, 'h'},
                                         {"socket", required_argument, 'S'},
                                         {"json", no_argument, 'j'},
                                         {"watch", no_argument, 'w'},
                                         {"force", no_argument, 'f'},
                                         {"once", no_argument, 'o'},
                                         {"since", required_argument, 's'},
                                         {"lines", required_argument, 'n'}}};

// Above any character, so that no short option is taken for a long one's letter.
constexpr int kLongBase = 256;
constexpr int kOperand = 1;  // what getopt_long(3) returns for one, with '-' before the short options

bool takes(const Grammar& grammar, char letter) { return grammar.options.find(letter) != std::string_view::npos; }

std::string short_options(const Grammar& grammar) {
  std::string out = "-:h";
  if (takes(grammar, 'F')) out += "f";
  if (takes(grammar, 'v')) out += "v";
  if (takes(grammar, 'n')) out += "n:";
  if (takes(grammar, 'e')) out += "e:";
  return out;
}

std::vector<option> long_options(const Grammar& grammar) {
  std::vector<option> out;
  for (const Known& known : kLong)
    if (known.letter == 'h' || (known.letter == 'S' && grammar.asks) || takes(grammar, known.letter))
      out.push_back({known.name, known.has_value, nullptr, kLongBase + known.letter});
  out.push_back({nullptr, 0, nullptr, 0});
  return out;
}

/// A number of 64 bits, decimal digits and nothing else.
Outcome<std::uint64_t> number(const Grammar& grammar, const char* name, std::string_view text) {
  std::uint64_t value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec != std::errc{} || read.ptr != text.data() + text.size())
    return stop(kUsage, "{}: {} '{}' is not a number", grammar.command, name, printable(text));
  return value;
}

/// The value of one option, stored in its place.
Outcome<void> store(const Grammar& grammar, int code, Arguments& out) {
  const auto keep = [&](const char* name, std::optional<std::uint64_t>& place) -> Outcome<void> {
    const auto value = number(grammar, name, optarg);
    if (!value) return tl::unexpected(value.error());
    place = *value;
    return {};
  };
  switch (code) {
    case kOperand: out.operands.emplace_back(optarg); return {};
    case 'h':
    case kLongBase + 'h': out.help = true; return {};
    case kLongBase + 'S': out.socket = optarg; return {};
    case kLongBase + 'j': out.json = true; return {};
    case kLongBase + 'w': out.watch = true; return {};
    case kLongBase + 'f': out.force = true; return {};
    case kLongBase + 'o': out.once = true; return {};
    case 'f': out.follow = true; return {};
    case 'v': out.verbose = true; return {};
    case 'e': out.escape = optarg; return {};
    case 'n':
    case kLongBase + 'n': return keep("-n", out.lines);
    case kLongBase + 's': return keep("--since", out.since);
    default: return {};
  }
}

/// What getopt_long(3) did not take; `word` is the argument that it looked at.
tl::unexpected<Failure> refused(const Grammar& grammar, int code, const std::string& word) {
  const bool is_long = word.starts_with("--");
  const std::string shown =
      printable(is_long ? word.substr(0, word.find('=')) : std::string{'-', static_cast<char>(optopt)});
  if (code == ':') return stop(kUsage, "{}: {} needs a value", grammar.command, shown);
  if (is_long && optopt != 0) return stop(kUsage, "{}: {} takes no value", grammar.command, shown);
  return stop(kUsage, "{}: unknown option '{}'; see `charmux {} --help`", grammar.command, shown, grammar.command);
}

Outcome<Arguments> check(const Grammar& grammar, Arguments arguments) {
  if (arguments.help) return arguments;
  if (arguments.operands.size() < grammar.least) return stop(kUsage, "{} needs {}", grammar.command, grammar.operands);
  if (arguments.operands.size() > grammar.most)
    return stop(kUsage, "{}: unexpected argument '{}'", grammar.command, printable(arguments.operands[grammar.most]));
  for (const std::string& name : arguments.operands)
    if (name.empty() && grammar.asks) return stop(kUsage, "{}: the name of a console is not empty", grammar.command);
  if (arguments.watch && arguments.force)
    return stop(kUsage, "{}: --watch and --force exclude each other; keep one", grammar.command);
  if (arguments.lines && arguments.since)
    return stop(kUsage, "{}: -n and --since exclude each other; keep one", grammar.command);
  return arguments;
}

}  // namespace

Outcome<Arguments> parse_arguments(const Grammar& grammar, const std::vector<std::string>& words) {
  std::vector<std::string> copies{"charmux"};
  copies.insert(copies.end(), words.begin(), words.end());
  std::vector<char*> argv;
  argv.reserve(copies.size() + 1);
  for (std::string& word : copies) argv.push_back(word.data());
  argv.push_back(nullptr);
  const int count = static_cast<int>(copies.size());

  const std::string letters = short_options(grammar);
  const std::vector<option> longs = long_options(grammar);
  Arguments out;
  optind = 0;  // 0, not 1: begin anew (getopt(3), NOTES)
  opterr = 0;
  while (true) {
    const int looked_at = optind == 0 ? 1 : optind;
    const int code = getopt_long(count, argv.data(), letters.c_str(), longs.data(), nullptr);
    if (code == -1) break;
    if (code == '?' || code == ':') return refused(grammar, code, copies[static_cast<std::size_t>(looked_at)]);
    if (auto stored = store(grammar, code, out); !stored) return tl::unexpected(stored.error());
  }
  for (int i = optind; i < count; ++i) out.operands.push_back(copies[static_cast<std::size_t>(i)]);
  return check(grammar, std::move(out));
}

}  // namespace charmux::cli
