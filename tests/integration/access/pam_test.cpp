// SPDX-License-Identifier: Apache-2.0
#include "access/pam.hpp"

#include <doctest/doctest.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include "access/passwords.hpp"
#include "kit/log_capture.hpp"
#include "kit/world.hpp"

using namespace charmux;
using namespace charmux::test;
using access::Passwords;
using Verdict = Passwords::Verdict;

namespace {

void write(const std::string& path, const std::string& text, mode_t mode = 0644) {
  std::ofstream(path) << text;
  if (::chmod(path.c_str(), mode) != 0) std::abort();
}

/// An /etc/pam.d of this test's own mount namespace. The service "lab" asks a program, which takes "sesame open" from
/// "ann" and notes down what it was told.
struct Site {
  Site() {
    if (::mount("pam", "/etc/pam.d", "tmpfs", 0, nullptr) != 0) std::abort();
    write(program,
          "#!/bin/sh\npassword=$(tr -d '\\000')\necho \"$PAM_USER|$password|$PAM_RHOST|$PAM_SERVICE\" >>" + told +
              "\ntest \"$PAM_USER|$password\" = 'ann|sesame open'\n",
          0755);
    write("/etc/pam.d/lab",
          "auth required pam_exec.so quiet expose_authtok " + program + "\naccount required pam_permit.so\n");
    write("/etc/pam.d/expired", "auth required pam_permit.so\naccount required pam_deny.so\n");
    write("/etc/pam.d/nobody", "auth required pam_deny.so\naccount required pam_permit.so\n");
    write("/etc/pam.d/unix", "auth required pam_unix.so\naccount required pam_unix.so\n");
    write("/etc/pam.d/other", "auth required pam_deny.so\naccount required pam_deny.so\n");
    ann.name = "ann";
    ann.pam = "lab";
  }

  [[nodiscard]] std::string what_it_was_told() const {
    std::ostringstream all;
    all << std::ifstream(told).rdbuf();
    return all.str();
  }
  Verdict verdict(const std::string& password) {
    std::optional<Verdict> answer;
    passwords.check({"ann", &ann, password, address::parse_network("192.0.2.7")->address}, wanted,
                    [&](Verdict verdict) { answer = verdict; });
    world.run_until("there is an answer", [&] { return answer.has_value(); });
    return *answer;
  }

  World world{LogLevel::info};
  std::string program = world.directory / "program";
  std::string told = world.directory / "told";
  config::User ann;
  std::shared_ptr<int> wanted = std::make_shared<int>();
  Passwords passwords{world.loop, world.log, {}};
};

std::string why_not(const std::string& service, const std::string& password) {
  const Status asked = access::ask_pam({service, "ann", ""}, password);
  return asked ? "" : asked.error().text;
}

}  // namespace

TEST_CASE("PAM is told the name, the password and where from, and its word counts") {
  Site site;
  CHECK(site.verdict("sesame open") == Verdict::good);
  CHECK(site.verdict("sesame close") == Verdict::wrong);
  CHECK(site.what_it_was_told() == "ann|sesame open|192.0.2.7|lab\nann|sesame close|192.0.2.7|lab\n");
}

TEST_CASE("a hash of the user's beside PAM is not asked") {
  Site site;
  site.ann.password = "$1$saltsalt$9xy1btjgzLYfb7hivXtC//";  // of "secret"
  CHECK(site.verdict("secret") == Verdict::wrong);
}

TEST_CASE("the log says what PAM says, and no password") {
  Site site;
  const LogCapture log(site.world.directory / "log");
  CHECK(site.verdict("PASSWORD") == Verdict::wrong);
  CHECK(log.has("login of user ann from 192.0.2.7 refused: PAM service lab: "));
  CHECK_FALSE(log.has("PASSWORD"));
}

TEST_CASE("a password that is no text for PAM is not given to it") {
  Site site;
  CHECK(site.verdict(std::string("sesame open\0x", 13)) == Verdict::wrong);
  CHECK(site.verdict(std::string(Passwords::kMostPassword + 1, 'x')) == Verdict::wrong);
  CHECK(site.what_it_was_told().empty());
}

TEST_CASE("a password of somebody who has gone while he waited is not looked at") {
  Site site;
  site.passwords.check({"ann", &site.ann, "first", {}}, site.wanted, [](Verdict) {});
  auto gone = std::make_shared<int>();
  site.passwords.check({"ann", &site.ann, "second", {}}, gone, [](Verdict) {});
  bool answered = false;
  site.passwords.check({"ann", &site.ann, "third", {}}, site.wanted, [&](Verdict) { answered = true; });
  gone.reset();
  site.world.run_until("the third is answered", [&] { return answered; });
  CHECK(site.what_it_was_told() == "ann|first||lab\nann|third||lab\n");
}

TEST_CASE("PAM refuses by the password, by the account, and where there is no such service") {
  Site site;
  CHECK(why_not("lab", "sesame open").empty());
  CHECK(why_not("nobody", "x") == "PAM service nobody: Authentication failure");
  CHECK(why_not("expired", "x").substr(0, 21) == "PAM service expired: ");
  CHECK(why_not("no-such-service", "x").substr(0, 29) == "PAM service no-such-service: ");
}

TEST_CASE("a wrong password does not keep others waiting, though a module wants that") {
  Site site;
  // pam_unix(8) asks for 2 s or so unless told not to.
  const auto began = std::chrono::steady_clock::now();
  for (int i = 0; i < 5; ++i) CHECK_FALSE(why_not("unix", "x").empty());
  CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds(5));
}
