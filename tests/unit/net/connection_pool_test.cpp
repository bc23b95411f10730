#include "runner/net/connection_pool.hpp"

#include "tests/support/catch.hpp"

using namespace batchmill;
using namespace std::chrono_literals;

namespace {

struct fake_connection : pooled {
  fake_connection(int n, int& open, bool dead = false) : number(n), open_(open), dead_(dead) {
    ++open_;
  }
  ~fake_connection() override { --open_; }
  bool closed_by_peer() const override { return dead_; }

  int number;

 private:
  int& open_;
  bool dead_;
};

int number_of(const std::unique_ptr<pooled>& c) {
  return c ? static_cast<fake_connection&>(*c).number : 0;
}

const time_point start = time_point() + 1h;

}  // namespace

TEST_CASE("the connection used last is taken first") {
  int open = 0;
  connection_pool pool(30s);
  pool.put(std::make_unique<fake_connection>(1, open), start);
  pool.put(std::make_unique<fake_connection>(2, open), start);
  CHECK(number_of(pool.take(start)) == 2);
  CHECK(number_of(pool.take(start)) == 1);
  CHECK(pool.take(start) == nullptr);
  CHECK(open == 0);
}

TEST_CASE("connections idle for too long are closed, the others stay") {
  int open = 0;
  connection_pool pool(30s);
  pool.put(std::make_unique<fake_connection>(1, open), start);
  pool.put(std::make_unique<fake_connection>(2, open), start + 1s);
  pool.put(std::make_unique<fake_connection>(3, open), start + 20s);
  CHECK(number_of(pool.take(start + 31s)) == 3);
  CHECK(open == 0);
  CHECK(pool.size() == 0);
}

TEST_CASE("the connection idle for longest can be closed, and where there is none nothing is") {
  int open = 0;
  connection_pool pool(30s);
  pool.put(std::make_unique<fake_connection>(1, open), start);
  pool.put(std::make_unique<fake_connection>(2, open), start + 1s);
  pool.close_oldest();
  CHECK(open == 1);
  CHECK(number_of(pool.take(start + 2s)) == 2);
  pool.close_oldest();
  CHECK(pool.size() == 0);
}

TEST_CASE("a connection idle for exactly the timeout is too old") {
  int open = 0;
  connection_pool pool(30s);
  pool.put(std::make_unique<fake_connection>(1, open), start);
  CHECK(pool.take(start + 30s) == nullptr);
}

TEST_CASE("one that the server closed meanwhile is skipped") {
  int open = 0;
  connection_pool pool(30s);
  pool.put(std::make_unique<fake_connection>(1, open), start);
  pool.put(std::make_unique<fake_connection>(2, open, true), start);
  CHECK(number_of(pool.take(start + 5s)) == 1);
  CHECK(open == 0);
}

TEST_CASE("one that served just now is not asked") {
  int open = 0;
  connection_pool pool(30s);
  pool.put(std::make_unique<fake_connection>(1, open, true), start);
  CHECK(number_of(pool.take(start + 10ms)) == 1);
}

TEST_CASE("clear closes all") {
  int open = 0;
  connection_pool pool(30s);
  pool.put(std::make_unique<fake_connection>(1, open), start);
  pool.put(std::make_unique<fake_connection>(2, open), start);
  CHECK(open == 2);
  pool.clear();
  CHECK(open == 0);
}
