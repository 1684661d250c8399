// SPDX-License-Identifier: Apache-2.0
// The least that a fan-out can do: no history, no telnet, no patience. One read of 64 KiB, then one blocking write to
// each client; whoever does not read stops all. What charmux is measured against. It shares no code with charmux.
//     bench_limit CHARDEV PORT [--default-sockets | --tls CERT KEY]
// CHARDEV: unix:PATH, pty:PATH or tcp:HOST:PORT (HOST a number). With --tls a write is one SSL_write, as blocking.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

constexpr size_t kRead = size_t{64} * 1024;
constexpr int kSendQueue = 64 * 1024;  // as charmux's send_queue
char buffer[kRead];
int clients[1 << 16], client_count = 0;
SSL_CTX* tls = nullptr;  // null: none is spoken
SSL* sessions[1 << 16];

void need(bool good, const char* what) {
  if (good) return;
  perror(what);
  exit(1);
}

sockaddr_in internet(const char* host, const char* port) {
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_port = htons(static_cast<in_port_t>(atoi(port)));
  need(inet_pton(AF_INET, host, &at.sin_addr) == 1, host);
  return at;
}

int open_socket(const sockaddr* at, socklen_t length, const char* place) {
  const int fd = socket(at->sa_family, SOCK_STREAM, 0);
  need(connect(fd, at, length) == 0, place);
  return fd;
}

int open_chardev(char* address) {
  char* const place = strchr(address, ':') + 1;
  if (address[0] == 'u') {
    sockaddr_un at{AF_UNIX, {}};
    strncpy(at.sun_path, place, sizeof at.sun_path - 1);
    return open_socket(reinterpret_cast<sockaddr*>(&at), sizeof at, place);
  }
  if (address[0] == 't') {
    char* const colon = strrchr(place, ':');
    *colon = '\0';
    sockaddr_in at = internet(place, colon + 1);
    return open_socket(reinterpret_cast<sockaddr*>(&at), sizeof at, place);
  }
  const int fd = open(place, O_RDWR | O_NOCTTY);
  termios settings{};
  need(fd >= 0 && tcgetattr(fd, &settings) == 0, place);
  cfmakeraw(&settings);
  need(tcsetattr(fd, TCSANOW, &settings) == 0, place);
  return fd;
}

void watch(int epoll, int fd) {
  epoll_event event{EPOLLIN, {.fd = fd}};
  need(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0, "epoll");
}

void set_up_tls(const char* cert, const char* key) {
  tls = SSL_CTX_new(TLS_server_method());
  SSL_CTX_set_session_cache_mode(tls, SSL_SESS_CACHE_OFF);
  need(SSL_CTX_use_certificate_chain_file(tls, cert) == 1, cert);
  need(SSL_CTX_use_PrivateKey_file(tls, key, SSL_FILETYPE_PEM) == 1, key);
}

void accept_client(int listener, int epoll, bool default_sockets) {
  const int fd = accept(listener, nullptr, nullptr);
  const int on = 1;
  if (!default_sockets) setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (!default_sockets) setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &kSendQueue, sizeof kSendQueue);
  if (tls != nullptr) {
    SSL* const ssl = sessions[client_count] = SSL_new(tls);
    need(SSL_set_fd(ssl, fd) == 1 && SSL_accept(ssl) == 1, "TLS handshake");
  }
  watch(epoll, fd);
  clients[client_count++] = fd;
}

bool write_all(int i, size_t size) {
  if (tls != nullptr) return SSL_write(sessions[i], buffer, static_cast<int>(size)) == static_cast<int>(size);
  return send(clients[i], buffer, size, MSG_NOSIGNAL) == static_cast<ssize_t>(size);
}

void fan_out(size_t size) {
  for (int i = client_count; i-- > 0;) {
    if (write_all(i, size)) continue;
    if (tls != nullptr) SSL_free(sessions[i]);
    close(clients[i]);
    clients[i] = clients[--client_count];
    sessions[i] = sessions[client_count];
  }
}

}  // namespace

int main(int argc, char** argv) {
  need(argc == 3 || argc == 4 || argc == 6, "bench_limit CHARDEV PORT [--default-sockets | --tls CERT KEY]");
  if (argc == 6) set_up_tls(argv[4], argv[5]);
  signal(SIGPIPE, SIG_IGN);  // of SSL_write
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  const sockaddr_in at = internet("127.0.0.1", argv[2]);
  const int chardev = open_chardev(argv[1]), listener = socket(AF_INET, SOCK_STREAM, 0), epoll = epoll_create1(0);
  const int on = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  need(bind(listener, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0 && listen(listener, 8192) == 0, argv[2]);
  watch(epoll, chardev);
  watch(epoll, listener);
  epoll_event events[64];
  while (true) {
    const int count = epoll_wait(epoll, events, 64, -1);
    for (int i = 0; i < count; ++i) {
      const int fd = events[i].data.fd;
      if (fd == listener) {
        accept_client(listener, epoll, argc == 4);
      } else if (fd == chardev) {
        const ssize_t size = read(fd, buffer, kRead);
        if (size <= 0) return 0;
        fan_out(static_cast<size_t>(size));
      } else if (recv(fd, buffer, kRead, MSG_DONTWAIT) == 0) {  // what clients type goes nowhere
        epoll_ctl(epoll, EPOLL_CTL_DEL, fd, nullptr);           // it has left: closed when it is written to
      }
    }
  }
}
