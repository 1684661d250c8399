// SPDX-License-Identifier: Apache-2.0
#include "load_process.hpp"

#include <filesystem>
#include <fstream>
#include <system_error>

#include "load_fail.hpp"

namespace bench {

Cpu cpu_of(const std::string& pid) {
  std::error_code error;
  Cpu sum;
  const std::filesystem::directory_iterator threads("/proc/" + pid + "/task", error);
  if (error) fail("there is no process {}, or no more", pid);
  for (const auto& thread : threads) {
    Cpu cpu;
    std::ifstream(thread.path() / "schedstat") >> cpu.used >> cpu.waited;
    sum.used += cpu.used;
    sum.waited += cpu.waited;
  }
  return sum;
}

}  // namespace bench
