// SPDX-License-Identifier: Apache-2.0
#include "net/tls_outlet.hpp"

#include <openssl/bio.h>
#include <sys/socket.h>

#include <memory>

namespace charmux::net {
namespace {

int write_to_outlet(BIO* bio, const char* bytes, int count) {
  if (count <= 0) return 0;
  static_cast<TlsOutlet*>(BIO_get_data(bio))->write({bytes, static_cast<std::size_t>(count)});
  return count;
}

/// A flush is never needed: nothing waits for one. All else that can be asked of a BIO, this one does not have.
long control(BIO*, int what, long, void*) { return what == BIO_CTRL_FLUSH ? 1 : 0; }

using Method = std::unique_ptr<BIO_METHOD, decltype(&BIO_meth_free)>;

Method new_method() {
  Method method(BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "charmux outlet"), &BIO_meth_free);
  if (!method) return method;
  BIO_meth_set_write(method.get(), &write_to_outlet);
  BIO_meth_set_ctrl(method.get(), &control);
  return method;
}

}  // namespace

bio_st* TlsOutlet::new_bio() {
  // What kind of BIO it is, which never changes: one for all.
  static const Method method = new_method();
  BIO* const bio = method ? BIO_new(method.get()) : nullptr;
  if (bio == nullptr) return nullptr;
  BIO_set_data(bio, this);
  BIO_set_init(bio, 1);
  return bio;
}

void TlsOutlet::write(std::string_view bytes) {
  if (owed() == 0 && !held_ && !failed_) bytes.remove_prefix(give(bytes));
  if (bytes.empty() || failed_) return;
  // Each byte is moved once or twice in all, however often this is called.
  if (sent_ > kept_.size() / 2) {
    kept_.erase(0, sent_);
    sent_ = 0;
  }
  kept_.append(bytes);
}

void TlsOutlet::flush() {
  if (owed() == 0 || held_) return;
  sent_ += give(std::string_view(kept_).substr(sent_));
  if (failed_ || owed() == 0) forget();
}

std::size_t TlsOutlet::give(std::string_view bytes) {
  std::size_t given = 0;
  while (given < bytes.size()) {
    const Io io = Io::from(::send(fd_, bytes.data() + given, bytes.size() - given, MSG_NOSIGNAL | MSG_DONTWAIT));
    if (io.kind == Io::Kind::moved) {
      given += io.bytes;
      continue;
    }
    // Why is said by what can still be read: an alert, say.
    if (io.kind != Io::Kind::again) failed_ = io;
    break;
  }
  return given;
}

void TlsOutlet::forget() {
  std::string().swap(kept_);
  sent_ = 0;
}

}  // namespace charmux::net
