#include "runtime/net/resolve.h"

#include <netdb.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <cstring>
#include <functional>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/mutex.h"
#include "runtime/base/thread.h"

namespace ovenbird::net {
namespace {

using boost::asio::ip::tcp;
using Endpoints = std::vector<tcp::endpoint>;

// Shared by the caller and the thread that asks, since the caller may leave
// first: getaddrinfo cannot be interrupted.
struct LookUp {
  Mutex mutex;
  CondVar changed;
  bool done ABSL_GUARDED_BY(mutex) = false;
  absl::StatusOr<Endpoints> result ABSL_GUARDED_BY(mutex) =
      absl::ResourceExhaustedError("there is no more memory");
};

// Takes from both kinds in turns, starting with the system's first choice.
Endpoints InTurns(const Endpoints& all) {
  std::vector<const tcp::endpoint*> same;
  std::vector<const tcp::endpoint*> other;
  for (const tcp::endpoint& endpoint : all) {
    const bool like_first = endpoint.protocol() == all.front().protocol();
    (like_first ? same : other).push_back(&endpoint);
  }
  Endpoints out;
  for (size_t i = 0; i < same.size() || i < other.size(); ++i) {
    if (i < same.size()) out.push_back(*same[i]);
    if (i < other.size()) out.push_back(*other[i]);
  }
  return out;
}

absl::StatusOr<Endpoints> AskSystem(const std::string& host, int port) {
  addrinfo hints = {};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG;
  addrinfo* list = nullptr;
  int error = getaddrinfo(host.c_str(), nullptr, &hints, &list);
  if (error == EAI_NONAME || error == EAI_ADDRFAMILY) {
    // A machine that has nothing but a loopback device.
    hints.ai_flags = 0;
    error = getaddrinfo(host.c_str(), nullptr, &hints, &list);
  }
  if (error == EAI_NONAME || error == EAI_NODATA) {
    return absl::UnavailableError(
        absl::StrCat("no such host: `", host, "` has no address"));
  }
  if (error != 0) {
    return absl::UnavailableError(absl::StrCat(
        "cannot look up the address of `", host, "`: ",
        error == EAI_SYSTEM ? std::strerror(errno) : gai_strerror(error)));
  }
  Endpoints out;
  for (const addrinfo* info = list; info != nullptr; info = info->ai_next) {
    tcp::endpoint endpoint;
    if (info->ai_addrlen > endpoint.capacity()) continue;
    std::memcpy(endpoint.data(), info->ai_addr, info->ai_addrlen);
    endpoint.resize(info->ai_addrlen);
    endpoint.port(static_cast<uint16_t>(port));
    out.push_back(endpoint);
  }
  freeaddrinfo(list);
  if (out.empty()) {
    return absl::UnavailableError(
        absl::StrCat("no such host: `", host, "` has no address"));
  }
  return InTurns(out);
}

}  // namespace

absl::StatusOr<Endpoints> Resolve(const std::string& host, int port,
                                  Deadline deadline, Cancellation* cancel) {
  boost::system::error_code ec;
  const auto address = boost::asio::ip::make_address(host, ec);
  if (!ec) {
    return Endpoints{tcp::endpoint(address, static_cast<uint16_t>(port))};
  }
  auto look_up = std::make_shared<LookUp>();
  Thread thread;
  const auto ask = [look_up, host, port] {
    absl::StatusOr<Endpoints> result = AskSystem(host, port);
    MutexLock lock(&look_up->mutex);
    look_up->result = std::move(result);
    look_up->done = true;
    look_up->changed.SignalAll();
  };
  const auto leave = [look_up] {
    MutexLock lock(&look_up->mutex);
    look_up->done = true;
    look_up->changed.SignalAll();
  };
  // Without a thread nothing can end the question before its answer.
  if (!StartThread(thread, ask, leave).ok()) return AskSystem(host, port);
  thread.detach();

  const Cancellation::Subscription wake(cancel, [look_up] {
    MutexLock lock(&look_up->mutex);
    look_up->changed.SignalAll();
  });
  MutexLock lock(&look_up->mutex);
  while (!look_up->done) {
    if (absl::Status s = CheckNotCancelled(cancel); !s.ok()) return s;
    if (std::chrono::steady_clock::now() >= deadline) {
      return absl::DeadlineExceededError(
          absl::StrCat("timed out looking up the address of `", host, "`"));
    }
    look_up->changed.WaitUntil(&look_up->mutex,
                               std::min(deadline, DeadlineIn(absl::Hours(1))));
  }
  return std::move(look_up->result);
}

}  // namespace ovenbird::net
