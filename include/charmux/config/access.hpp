// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace charmux::config {

/// [tls.NAME]: how TLS is spoken at the listeners that name it (tls=NAME). All paths are absolute.
struct TlsProfile {
  /// What charmuxd shows of itself.
  struct Pair {
    std::string cert;  ///< PEM; those that vouch for it behind it.
    std::string key;   ///< PEM; empty: in `cert`.
    friend bool operator==(const Pair&, const Pair&) = default;
  };
  /// Whether clients have to have a certificate of `client_ca`'s.
  enum class Client { none, optional, required };
  std::string name;
  std::vector<Pair> pairs;  ///< at least one. The client's SNI chooses; the first where no name fits.
  std::string client_ca;    ///< who vouches for clients; empty: they are asked for no certificate.
  Client client = Client::none;
  std::string crl;  ///< the certificates that client_ca has taken back; empty: none.
  friend bool operator==(const TlsProfile&, const TlsProfile&) = default;
};

/// Globs on consoles' names. Who may type may watch, and who may administer may type.
struct Rights {
  std::vector<std::string> watch;
  std::vector<std::string> control;
  std::vector<std::string> admin;
  friend bool operator==(const Rights&, const Rights&) = default;
};

/// [[user]].
struct User {
  std::string name;
  std::string password;                   ///< crypt(5), as charmux passwd writes it; empty: there is none to log in by.
  std::string pam;                        ///< the PAM service that checks a password instead; empty: none does.
  std::vector<std::string> certificates;  ///< "CN=oncall,O=Lab" (the subject, RFC 4514), "DNS:name", "email:address".
  std::vector<std::string> groups;        ///< names of [[group]]s.
  Rights rights;
  friend bool operator==(const User&, const User&) = default;
};

/// [[group]]: its rights are those of all users that name it, and, on this machine, of all members of the UNIX group of
/// that name.
struct Group {
  std::string name;
  Rights rights;
  friend bool operator==(const Group&, const Group&) = default;
};

}  // namespace charmux::config
