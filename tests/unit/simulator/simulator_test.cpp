// The server over real sockets.
#include "runner/simulator/simulator.hpp"

#include <boost/asio.hpp>
#include <boost/json.hpp>
#include <deque>
#include <optional>
#include <thread>

#include "batchmill/error.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/form_body.hpp"

using namespace batchmill;
namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

const std::string chat = R"({"model":"gpt-4o-mini","messages":[{"role":"user","content":"hi"}]})";

std::string request(const std::string& body, const std::string& headers = {}) {
  return "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer k\r\n"
         "Content-Type: application/json\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n" + headers + "\r\n" + body;
}

// A blocking client that notes what arrives.
class client {
 public:
  explicit client(const simulator& s) : socket_(io()) {
    socket_.connect({asio::ip::address_v4::loopback(), s.port()});
  }

  void send(std::string_view bytes) { asio::write(socket_, asio::buffer(bytes)); }

  // One whole answer, or what came before the connection ended.
  std::string receive() {
    boost::system::error_code ec;
    const auto head = asio::read_until(socket_, asio::dynamic_buffer(inbox_), "\r\n\r\n", ec);
    if (ec) return take(inbox_.size());
    const auto at = inbox_.find("content-length: ");
    const auto length = at < head ? std::stoul(inbox_.substr(at + 16)) : 0;
    if (inbox_.size() < head + length)
      asio::read(socket_, asio::dynamic_buffer(inbox_),
                 asio::transfer_exactly(head + length - inbox_.size()), ec);
    return take(std::min(head + length, inbox_.size()));
  }

  // All until `mark`, or what came before the connection ended.
  std::string receive_until(const std::string& mark) {
    boost::system::error_code ec;
    const auto size = asio::read_until(socket_, asio::dynamic_buffer(inbox_), mark, ec);
    return take(ec ? inbox_.size() : size);
  }

  // How did the connection end, when nothing more comes?
  boost::system::error_code end() {
    char byte = 0;
    boost::system::error_code ec;
    asio::read(socket_, asio::buffer(&byte, 1), ec);
    return ec;
  }

 private:
  // One for all: every io_context costs three descriptors.
  static asio::io_context& io() {
    static asio::io_context shared;
    return shared;
  }

  std::string take(std::size_t size) {
    auto taken = inbox_.substr(0, size);
    inbox_.erase(0, size);
    return taken;
  }

  tcp::socket socket_;
  std::string inbox_;
};

bool is_ok(const std::string& answer) {
  return answer.starts_with("HTTP/1.1 200 OK\r\n");
}

boost::json::value body_of(const std::string& answer) {
  return boost::json::parse(answer.substr(answer.find("\r\n\r\n") + 4));
}

}  // namespace

TEST_CASE("requests follow each other on one connection") {
  simulator server({});
  client c(server);
  for (int i = 0; i < 3; ++i) {
    c.send(request(chat));
    const auto answer = c.receive();
    CHECK(is_ok(answer));
    CHECK_THAT(answer, ContainsSubstring("\r\ndate: "));
    CHECK(body_of(answer).at("object").as_string() == "chat.completion");
  }
  CHECK(server.counters().executed == 3);
}

TEST_CASE("requests sent at once are answered in turn") {
  simulator server({});
  client c(server);
  c.send(request(chat) + request("{}") + request(chat));
  CHECK(is_ok(c.receive()));
  CHECK(c.receive().starts_with("HTTP/1.1 400 "));
  CHECK(is_ok(c.receive()));
}

TEST_CASE("a request may arrive byte by byte") {
  simulator server({});
  client c(server);
  for (const char byte : request(chat)) c.send(std::string_view(&byte, 1));
  CHECK(is_ok(c.receive()));
}

TEST_CASE("a chunked request is understood") {
  simulator server({});
  client c(server);
  c.send(
      "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer k\r\n"
      "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
  c.send("10\r\n" + chat.substr(0, 16) + "\r\n");
  CHECK(chat.size() - 16 < 256);
  char size[8];
  std::snprintf(size, sizeof size, "%zx", chat.size() - 16);
  c.send(std::string(size) + "\r\n" + chat.substr(16) + "\r\n0\r\n\r\n");
  CHECK(is_ok(c.receive()));
}

TEST_CASE("a client that asks is told to go on with its body") {
  simulator server({});
  client c(server);
  const auto whole = request(chat, "Expect: 100-continue\r\n");
  const auto head = whole.size() - chat.size();
  c.send(std::string_view(whole).substr(0, head));
  CHECK(c.receive() == "HTTP/1.1 100 Continue\r\n\r\n");
  c.send(chat);
  CHECK(is_ok(c.receive()));
}

TEST_CASE("a client that wants the connection closed gets that") {
  simulator server({});
  client c(server);
  c.send(request(chat, "Connection: close\r\n"));
  const auto answer = c.receive();
  CHECK(is_ok(answer));
  CHECK_THAT(answer, ContainsSubstring("\r\nconnection: close\r\n"));
  CHECK(c.end() == asio::error::eof);
}

TEST_CASE("a dropped answer was executed all the same") {
  simulator server({});
  client c(server);
  c.send(request(chat, "x-simulate-fault: drop\r\n"));
  CHECK(c.receive().empty());
  CHECK(server.counters().executed == 1);
  CHECK(server.counters().undelivered == 1);
}

TEST_CASE("a reset connection ends abruptly") {
  simulator server({});
  client c(server);
  c.send(request(chat, "x-simulate-fault: reset\r\n"));
  CHECK(c.end() == asio::error::connection_reset);
  CHECK(server.counters().executed == 0);
}

TEST_CASE("a truncated answer promises more than comes") {
  simulator server({});
  client c(server);
  c.send(request(chat));
  const auto whole = c.receive();
  client other(server);
  other.send(request(chat, "x-simulate-fault: truncate\r\n"));
  const auto half = other.receive();
  CHECK(is_ok(half));
  CHECK(half.size() < whole.size());
  CHECK(half.size() > half.find("\r\n\r\n") + 4);
  CHECK(other.end() == asio::error::eof);
}

TEST_CASE("a stream comes in chunks, and the connection goes on after it") {
  const simulator sim({});
  client c(sim);
  c.send(request(chat.substr(0, chat.size() - 1) + R"(,"stream":true})"));
  const auto answer = c.receive_until("\r\n0\r\n\r\n");
  CHECK(is_ok(answer));
  CHECK(answer.find("transfer-encoding: chunked\r\n") != std::string::npos);
  CHECK(answer.find("content-length") == std::string::npos);
  CHECK(answer.find("\r\ne\r\ndata: [DONE]\n\n\r\n0\r\n\r\n") != std::string::npos);
  c.send(request(chat));
  CHECK(is_ok(c.receive()));
}

TEST_CASE("a truncated stream has no last chunk") {
  const simulator sim({});
  client c(sim);
  c.send(request(chat.substr(0, chat.size() - 1) + R"(,"stream":true})",
                 "x-simulate-fault: truncate\r\n"));
  const auto answer = c.receive_until("[DONE]");
  CHECK(is_ok(answer));
  CHECK(answer.find("data: {") != std::string::npos);
  CHECK(answer.find("[DONE]") == std::string::npos);
  CHECK_FALSE(answer.ends_with("0\r\n\r\n"));
}

TEST_CASE("requests over 64 MB are refused before they are read") {
  simulator server({});
  client c(server);
  c.send("POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 67108865\r\n\r\n");
  CHECK(c.receive().starts_with("HTTP/1.1 413 "));
  CHECK(c.end() == asio::error::eof);
}

TEST_CASE("files may be larger, and what is larger still is refused before it is read") {
  simulator server({});
  const auto head = [](const std::string& length) {
    return "POST /v1/files HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: " +
           length + "\r\n\r\n";
  };
  client c(server), other(server);
  c.send(head("536870912"));
  CHECK(c.receive() == "HTTP/1.1 100 Continue\r\n\r\n");
  other.send(head("540000000"));
  CHECK(other.receive().starts_with("HTTP/1.1 413 "));
}

TEST_CASE("a file goes to disk and comes back, whole and in ranges") {
  simulation_options options;
  options.batches.break_downloads = 1;
  simulator server(options);
  client c(server);
  std::string content;
  for (int i = 0; i < 400'000; ++i) content += std::to_string(i) + "\r\n";
  const auto form = testing::form_body().field("purpose", "evals").file("file", "a", content);
  const auto key = "Host: x\r\nAuthorization: Bearer k\r\n";
  c.send("POST /v1/files HTTP/1.1\r\nContent-Type: " + form.content_type() +
         "\r\nContent-Length: " + std::to_string(form.text().size()) + "\r\n" + key + "\r\n" +
         form.text());
  const auto file = body_of(c.receive());
  CHECK(file.at("bytes").as_int64() == static_cast<std::int64_t>(content.size()));
  const auto get = [&](const std::string& headers) {
    return "GET /v1/files/" + std::string(file.at("id").as_string()) + "/content HTTP/1.1\r\n" +
           key + headers + "\r\n";
  };
  client broken(server);
  broken.send(get(""));
  const auto half = broken.receive();
  CHECK(half.size() - half.find("\r\n\r\n") - 4 == content.size() / 2);
  CHECK(broken.end() == asio::error::eof);

  c.send(get("") + get("Range: bytes=1000000-\r\n"));
  const auto whole = c.receive();
  CHECK(is_ok(whole));
  CHECK(whole.substr(whole.find("\r\n\r\n") + 4) == content);
  const auto rest = c.receive();
  CHECK(rest.starts_with("HTTP/1.1 206 "));
  CHECK(rest.substr(rest.find("\r\n\r\n") + 4) == content.substr(1'000'000));
}

TEST_CASE("batches go on while nobody asks") {
  simulation_options options;
  options.batches.time = std::chrono::milliseconds(10);
  simulator server(options);
  client c(server);
  const std::string line =
      R"({"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":)";
  const auto form =
      testing::form_body().field("purpose", "batch").file("file", "a.jsonl", line + chat + "}\n");
  const auto post = [&](const std::string& path, const std::string& type, const std::string& body) {
    c.send("POST /v1/" + path +
           " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer k\r\nContent-Type: " + type +
           "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
    return body_of(c.receive());
  };
  const auto file = post("files", form.content_type(), form.text());
  post("batches", "application/json",
       R"({"completion_window":"24h","endpoint":"/v1/chat/completions","input_file_id":")" +
           std::string(file.at("id").as_string()) + "\"}");
  while (server.counters().executed == 0) std::this_thread::yield();
  CHECK(server.counters().requests == 2);
}

TEST_CASE("what is no HTTP is refused") {
  simulator server({});
  client c(server);
  c.send("hello there\r\n\r\n");
  CHECK(c.receive().starts_with("HTTP/1.1 400 "));
  client other(server);
  other.send("GET / HTTP/1.1\r\nX: " + std::string(70'000, 'x') + "\r\n\r\n");
  CHECK(other.receive().starts_with("HTTP/1.1 431 "));
}

TEST_CASE("a large request is read whole") {
  simulator server({});
  client c(server);
  const auto large = std::string(400'000, 'x');
  c.send(request(R"({"model":"gpt-4o-mini","messages":[{"role":"user","content":")" + large +
                 "\"}]}"));
  CHECK(is_ok(c.receive()));
}

TEST_CASE("a thousand connections are served at the same time") {
  simulation_options options;
  options.latency.median = std::chrono::milliseconds(200);
  simulator server(options);
  std::deque<client> clients;
  for (int i = 0; i < 1'000; ++i) clients.emplace_back(server).send(request(chat));
  std::size_t answered = 0;
  for (auto& c : clients) answered += is_ok(c.receive());
  CHECK(answered == clients.size());
}

TEST_CASE("a simulator stops while answers are still due") {
  simulation_options options;
  options.latency.median = std::chrono::hours(1);
  std::optional<simulator> server(std::in_place, options);
  client c(*server), idle(*server);
  c.send(request(chat));
  while (server->counters().requests == 0) std::this_thread::yield();
  server.reset();
  CHECK(c.receive().empty());
}

TEST_CASE("a port that is taken is one clear sentence") {
  simulator first({});
  try {
    simulator second({}, "127.0.0.1", first.port());
    FAIL("the port was given twice");
  } catch (const run_error& e) {
    CHECK(e.what() == "The simulator cannot listen on 127.0.0.1:" + std::to_string(first.port()) +
                          ": Address already in use.");
  }
  CHECK_THROWS_AS(simulator({}, "not an address"), run_error);
}
