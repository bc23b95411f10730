#include "runner/net/deadline_list.hpp"

#include <deque>
#include <random>

#include "tests/support/catch.hpp"

using namespace batchmill;
using namespace std::chrono_literals;

namespace {

struct entry : deadline_entry {
  using deadline_entry::deadline_entry;
};

const time_point start = time_point() + 1h;

}  // namespace

TEST_CASE("entries expire in the order of their deadlines, whatever the order of arrival") {
  entry late(start + 3s), early(start + 1s), middle(start + 2s);
  deadline_list list;
  list.add(late);
  list.add(early);
  list.add(middle);
  CHECK(list.take_expired(start) == nullptr);
  CHECK(list.take_expired(start + 5s) == &early);
  CHECK(list.take_expired(start + 5s) == &middle);
  CHECK(list.take_expired(start + 5s) == &late);
  CHECK(list.empty());
}

TEST_CASE("equal deadlines keep their order of arrival, and now is expired") {
  entry a(start), b(start);
  deadline_list list;
  list.add(a);
  list.add(b);
  CHECK(list.take_expired(start) == &a);
  CHECK(list.take_expired(start) == &b);
}

TEST_CASE("an entry can leave from anywhere, and twice") {
  entry a(start + 1s), b(start + 2s), c(start + 3s);
  const int which = GENERATE(0, 1, 2);
  entry* const leaving = which == 0 ? &a : which == 1 ? &b : &c;
  deadline_list list;
  for (entry* e : {&a, &b, &c}) list.add(*e);
  list.remove(*leaving);
  list.remove(*leaving);
  for (entry* e : {&a, &b, &c})
    if (e != leaving) CHECK(list.take_expired(start + 1h) == e);
  CHECK(list.empty());
}

TEST_CASE("an entry that left can come again") {
  entry a(start);
  deadline_list list;
  list.add(a);
  list.remove(a);
  list.add(a);
  CHECK(list.first() == &a);
}

TEST_CASE("a thousand entries at random come out sorted") {
  std::mt19937 random(1);
  std::deque<entry> entries;
  deadline_list list;
  for (int i = 0; i < 1000; ++i)
    list.add(entries.emplace_back(start + std::chrono::seconds(random() % 100)));
  for (int i = 0; i < 1000; i += 3) list.remove(entries[static_cast<std::size_t>(i)]);
  time_point last{};
  int count = 0;
  while (auto* e = list.take_expired(start + 1h)) {
    CHECK(e->when() >= last);
    last = e->when();
    ++count;
  }
  CHECK(count == 666);
}
