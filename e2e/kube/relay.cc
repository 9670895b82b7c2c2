#include "e2e/kube/relay.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>

namespace ovenbird::e2e {
namespace {

void Check(bool ok) {
  if (!ok) std::abort();
}

int Connect(const std::string& host, int port) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  Check(inet_pton(AF_INET, host.c_str(), &address.sin_addr) == 1);
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) !=
      0) {
    close(fd);
    return -1;
  }
  return fd;
}

bool WriteAll(int fd, const char* data, size_t size) {
  while (size > 0) {
    const ssize_t n = send(fd, data, size, MSG_NOSIGNAL);
    if (n <= 0) return false;
    data += n;
    size -= static_cast<size_t>(n);
  }
  return true;
}

}  // namespace

Relay::Relay(std::string host, int port, std::vector<size_t> cuts)
    : host_(std::move(host)), server_port_(port), cuts_(std::move(cuts)) {
  listener_ = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  Check(bind(listener_, reinterpret_cast<sockaddr*>(&address), size) == 0);
  Check(listen(listener_, 16) == 0);
  Check(getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) ==
        0);
  port_ = ntohs(address.sin_port);
  accepting_ = std::thread([this] { Accept(); });
}

Relay::~Relay() {
  {
    MutexLock lock(&mutex_);
    stopping_ = true;
    shutdown(listener_, SHUT_RDWR);
    for (const int fd : open_) shutdown(fd, SHUT_RDWR);
  }
  accepting_.join();
  for (std::thread& thread : threads_) thread.join();
  for (const int fd : open_) close(fd);
  close(listener_);
}

int Relay::connections() {
  MutexLock lock(&mutex_);
  return static_cast<int>(open_.size());
}

void Relay::Accept() {
  for (;;) {
    const int client = accept(listener_, nullptr, nullptr);
    MutexLock lock(&mutex_);
    if (stopping_ || client < 0) return;
    const size_t index = open_.size();
    const size_t limit = index < cuts_.size() ? cuts_[index] : SIZE_MAX;
    open_.push_back(client);
    threads_.emplace_back([this, client, limit] { Serve(client, limit); });
  }
}

// The sockets of clients stay open until the end, so that no number is used
// twice while the destructor may want to shut it down.
void Relay::Serve(int client, size_t limit) {
  const int server = Connect(host_, server_port_);
  std::vector<char> buffer(64 * 1024);
  size_t passed = 0;
  while (server >= 0 && passed < limit) {
    pollfd fds[2] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
    if (poll(fds, 2, -1) <= 0) break;
    if (fds[0].revents != 0) {
      const ssize_t n = recv(client, buffer.data(), buffer.size(), 0);
      if (n <= 0 || !WriteAll(server, buffer.data(), static_cast<size_t>(n))) {
        break;
      }
    }
    if (fds[1].revents != 0) {
      const ssize_t n = recv(server, buffer.data(), buffer.size(), 0);
      if (n <= 0) break;
      const size_t size = std::min(static_cast<size_t>(n), limit - passed);
      if (!WriteAll(client, buffer.data(), size)) break;
      passed += size;
    }
  }
  shutdown(client, SHUT_RDWR);
  if (server >= 0) close(server);
}

}  // namespace ovenbird::e2e
