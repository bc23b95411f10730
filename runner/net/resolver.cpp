#include "runner/net/resolver.hpp"

#include <netdb.h>

#include <boost/asio/post.hpp>
#include <cstring>
#include <mutex>
#include <thread>
#include <utility>

namespace batchmill {
namespace {

found_addresses ask_system(const std::string& host, std::uint16_t port) {
  found_addresses found;
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* list = nullptr;
  const int code = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &list);
  if (code != 0) {
    found.failure = code == EAI_SYSTEM ? std::strerror(errno) : ::gai_strerror(code);
    return found;
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(list, ::freeaddrinfo);
  for (const addrinfo* a = list; a != nullptr; a = a->ai_next) {
    tcp::endpoint endpoint;
    if (a->ai_addrlen > endpoint.capacity()) continue;
    std::memcpy(endpoint.data(), a->ai_addr, a->ai_addrlen);
    endpoint.resize(a->ai_addrlen);
    found.endpoints.push_back(endpoint);
  }
  return found;
}

class system_resolver final : public resolver {
 public:
  explicit system_resolver(executor ex) : executor_(ex) {}
  ~system_resolver() override { forget(); }

  void resolve(const std::string& host, std::uint16_t port, receiver take) override {
    forget();
    pending_ = std::make_shared<question>(executor_, std::move(take));
    std::thread([asked = pending_, host, port] { answer(asked, ask_system(host, port)); }).detach();
  }

 private:
  struct question {
    question(executor ex, receiver t) : origin(ex), take(std::move(t)) {}

    std::mutex mutex;
    bool wanted = true;  // and so is its io_context
    executor origin;
    receiver take;
  };

  static void answer(const std::shared_ptr<question>& asked, found_addresses found) {
    const std::lock_guard lock(asked->mutex);
    if (!asked->wanted) return;
    boost::asio::post(asked->origin, [asked, found = std::move(found)]() mutable {
      if (asked->wanted) asked->take(std::move(found));
    });
  }

  void forget() {
    if (!pending_) return;
    const std::lock_guard lock(pending_->mutex);
    pending_->wanted = false;
  }

  executor executor_;
  std::shared_ptr<question> pending_;
};

}  // namespace

std::unique_ptr<resolver> make_system_resolver(executor ex) {
  return std::make_unique<system_resolver>(ex);
}

}  // namespace batchmill
