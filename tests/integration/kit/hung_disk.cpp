// SPDX-License-Identifier: Apache-2.0
#include "kit/hung_disk.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <condition_variable>
#include <mutex>
#include <thread>

namespace {

// The linker's contract (ld(1), --wrap) leaves no other place for this than globals.
std::mutex guard;
std::condition_variable released;
bool hangs = false;
unsigned long writes = 0;
std::thread::id spared;

void wait_while_it_hangs(std::unique_lock<std::mutex>& lock) {
  released.wait(lock, [] { return !hangs || std::this_thread::get_id() == spared; });
}

}  // namespace

extern "C" {

// NOLINTBEGIN(bugprone-reserved-identifier): the names that ld(1) gives
ssize_t __real_write(int fd, const void* bytes, std::size_t size);
ssize_t __wrap_write(int fd, const void* bytes, std::size_t size);

ssize_t __wrap_write(int fd, const void* bytes, std::size_t size) {
  {
    std::unique_lock lock(guard);
    wait_while_it_hangs(lock);
    struct stat about {};
    if (::fstat(fd, &about) == 0 && S_ISREG(about.st_mode)) ++writes;
  }
  return __real_write(fd, bytes, size);
}

ssize_t __real_pread(int fd, void* bytes, std::size_t size, off_t at);
ssize_t __wrap_pread(int fd, void* bytes, std::size_t size, off_t at);

ssize_t __wrap_pread(int fd, void* bytes, std::size_t size, off_t at) {
  {
    std::unique_lock lock(guard);
    wait_while_it_hangs(lock);
  }
  return __real_pread(fd, bytes, size, at);
}
// NOLINTEND(bugprone-reserved-identifier)
}

namespace charmux::test {

HungDisk::HungDisk() {
  const std::lock_guard lock(guard);
  hangs = true;
  spared = std::this_thread::get_id();
}

void HungDisk::release() {
  {
    const std::lock_guard lock(guard);
    hangs = false;
  }
  released.notify_all();
}

unsigned long writes_to_files() {
  const std::lock_guard lock(guard);
  return writes;
}

HungDisk::~HungDisk() { release(); }

}  // namespace charmux::test
