// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace charmux::test {

/// A mock of a disk that hangs: while it lives, or until it is released, every write(2) and pread(2) of another thread
/// than the one that made it waits, and then is made. The program is linked with --wrap=write and --wrap=pread. One at
/// a time; it has to be released before the loop is destroyed, which waits for those threads.
class HungDisk {
 public:
  HungDisk();
  HungDisk(const HungDisk&) = delete;
  HungDisk& operator=(const HungDisk&) = delete;
  ~HungDisk();
  void release();
};

/// How often write(2) was called for a file so far, by whatever thread.
unsigned long writes_to_files();

}  // namespace charmux::test
