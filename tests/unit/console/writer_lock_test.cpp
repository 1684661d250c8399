// SPDX-License-Identifier: Apache-2.0
#include "console/writer_lock.hpp"

#include <doctest/doctest.h>

using charmux::console::WriterLock;

TEST_CASE("the first who may type has the pen, the others watch") {
  WriterLock lock;
  CHECK(lock.attach(1));
  CHECK_FALSE(lock.attach(2));
  CHECK(lock.holder() == 1);
  CHECK(lock.type(1));
  CHECK_FALSE(lock.type(2));
}

TEST_CASE("the pen lies free when its holder leaves and nobody wanted it, for the next who types") {
  WriterLock lock;
  CHECK(lock.attach(1));
  CHECK_FALSE(lock.attach(2));
  CHECK_FALSE(lock.leave(1));
  CHECK_FALSE(lock.holder());
  CHECK(lock.type(2));
  CHECK(lock.holder() == 2);
}

TEST_CASE("the pen goes to the one who has waited longest since typing in vain") {
  WriterLock lock;
  CHECK(lock.attach(1));
  CHECK_FALSE(lock.type(3));
  CHECK_FALSE(lock.type(2));
  CHECK_FALSE(lock.type(3));
  CHECK(lock.leave(1) == 3);
  CHECK(lock.leave(3) == 2);
  CHECK_FALSE(lock.leave(2));
}

TEST_CASE("one who waited and left does not get the pen") {
  WriterLock lock;
  CHECK(lock.attach(1));
  CHECK_FALSE(lock.type(2));
  CHECK_FALSE(lock.type(3));
  CHECK_FALSE(lock.leave(2));
  CHECK(lock.leave(1) == 3);
}

TEST_CASE("the leaving of one who has not the pen changes nothing") {
  WriterLock lock;
  CHECK(lock.attach(1));
  CHECK_FALSE(lock.leave(7));
  CHECK(lock.holder() == 1);
}

TEST_CASE("who takes the pen leaves the line, and who loses it so joins its end") {
  WriterLock lock;
  CHECK(lock.attach(1));
  CHECK_FALSE(lock.type(2));
  CHECK_FALSE(lock.type(3));
  CHECK(lock.next() == 2);
  CHECK(lock.seize(3) == 1);
  CHECK(lock.leave(3) == 2);
  CHECK(lock.next() == 1);
  CHECK(lock.leave(2) == 1);
  CHECK_FALSE(lock.next());
  CHECK_FALSE(lock.seize(1));
}
