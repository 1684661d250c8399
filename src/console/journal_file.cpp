// SPDX-License-Identifier: Apache-2.0
#include "console/journal_file.hpp"

#include <unistd.h>

#include <cerrno>

namespace charmux::console {

void carry_out(JournalTask& task) {
  task.outworn.reset();
  int error = task.file ? 0 : open_to_append(task.paths.log, task.file);
  if (error == 0 && !task.at) task.found = JournalPlace::read(task.paths.place, task.file.get());
  if (error == 0 && task.at) {
    task.at->write(task.paths.place, task.file.get());
    error = append_all(task.file.get(), task.bytes);
  }
  if (error == 0 && task.last && ::fsync(task.file.get()) != 0) error = errno;
  if (error != 0) task.trouble = trouble_of(error, "give each console a log of its own, such as with %n");
  if (error != 0 || task.last) task.file.reset();
}

}  // namespace charmux::console
