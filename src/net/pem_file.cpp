// SPDX-License-Identifier: Apache-2.0
#include "net/pem_file.hpp"

#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "charmux/base/unique_fd.hpp"
#include "charmux/base/units.hpp"

namespace charmux::net {
namespace {

/// More than any system's list of authorities has; a device that never ends is met by it.
constexpr std::size_t kMostFile = 4 * MiB;

Result<std::string> read_file(const std::string& what, const std::string& path) {
  // A FIFO does not hold up the thread: it is empty.
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  std::string text;
  std::array<char, 16 * KiB> room;
  ssize_t got = -1;
  while (fd && (got = ::read(fd.get(), room.data(), room.size())) > 0) {
    text.append(room.data(), static_cast<std::size_t>(got));
    if (text.size() > kMostFile) return failure("{} file {} is longer than 4MiB: name the right one", what, path);
  }
  if (got == 0) return text;
  const int error = errno;
  const char* const remedy = error == EACCES ? "; let charmuxd's user read it" : "";
  return failure("{} file {} cannot be read: {}{}", what, path, errno_text(error), remedy);
}

using Memory = std::unique_ptr<BIO, decltype(&BIO_free)>;

Memory over(const std::string& text) {
  return {BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), &BIO_free};
}

/// All things of one kind in a file, each as `read_one` reads it.
template <class Thing, class Read>
Result<std::vector<Thing>> read_all(const std::string& what, const std::string& path, const char* kind, Read read_one) {
  const Result<std::string> text = read_file(what, path);
  if (!text) return tl::unexpected(text.error());
  const Memory pem = over(*text);
  std::vector<Thing> all;
  ERR_clear_error();
  while (Thing one = read_one(pem.get())) all.push_back(std::move(one));
  const bool to_the_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  const std::string reason = openssl_reason();
  if (!to_the_end) return failure("{} file {} holds a {} that cannot be read: {}", what, path, kind, reason);
  if (all.empty()) return failure("{} file {} holds no {}: it has to be PEM", what, path, kind);
  return all;
}

}  // namespace

Result<std::vector<Certificate>> read_certificates(const std::string& what, const std::string& path) {
  return read_all<Certificate>(what, path, "certificate", [](BIO* pem) {
    return Certificate(PEM_read_bio_X509_AUX(pem, nullptr, nullptr, nullptr), &X509_free);
  });
}

Result<std::vector<Crl>> read_crls(const std::string& what, const std::string& path) {
  return read_all<Crl>(what, path, "CRL", [](BIO* pem) {
    return Crl(PEM_read_bio_X509_CRL(pem, nullptr, nullptr, nullptr), &X509_CRL_free);
  });
}

Result<PrivateKey> read_key(const std::string& what, const std::string& path) {
  const Result<std::string> text = read_file(what, path);
  if (!text) return tl::unexpected(text.error());
  const Memory pem = over(*text);
  bool asked = false;
  const auto passphrase = [](char*, int, int, void* note) {
    *static_cast<bool*>(note) = true;
    return -1;
  };
  ERR_clear_error();
  EVP_PKEY* const key = PEM_read_bio_PrivateKey(pem.get(), nullptr, passphrase, &asked);
  ERR_clear_error();
  if (key != nullptr) return PrivateKey(key, &EVP_PKEY_free);
  if (asked)
    return failure(
        "{} file {}: the key has a passphrase, which nobody is there to type; write it without: "
        "openssl pkey -in FILE -out FILE",
        what, path);
  return failure("{} file {} holds no private key: it has to be PEM", what, path);
}

std::string openssl_reason() {
  const unsigned long code = ERR_get_error();
  const char* const reason = ERR_reason_error_string(code);
  ERR_clear_error();
  return reason != nullptr ? reason : fmt::format("OpenSSL error {:#x}", code);
}

}  // namespace charmux::net
