// Many deadlines, one timer: an intrusive list, earliest first. Pure; the caller owns the timer.
#pragma once

#include "batchmill/clock.hpp"

namespace batchmill {

/// Something that has to end by a time. Must leave the list before it is destroyed.
class deadline_entry {
 public:
  explicit deadline_entry(time_point when) : when_(when) {}
  deadline_entry(const deadline_entry&) = delete;
  deadline_entry& operator=(const deadline_entry&) = delete;

  time_point when() const { return when_; }

 protected:
  ~deadline_entry() = default;

  /// Only while it is in no list.
  void put_off(time_point when) { when_ = when; }

 private:
  friend class deadline_list;

  time_point when_;
  deadline_entry* previous_ = nullptr;
  deadline_entry* next_ = nullptr;
  bool listed_ = false;
};

class deadline_list {
 public:
  /// Searches its place from the back: deadlines mostly arrive in order.
  void add(deadline_entry& entry);

  /// Does nothing when `entry` is not in the list.
  void remove(deadline_entry& entry);

  /// The entry with the earliest deadline; null when there is none.
  deadline_entry* first() const { return first_; }

  /// Takes the first entry out when its deadline has come; else null.
  deadline_entry* take_expired(time_point now);

  bool empty() const { return first_ == nullptr; }

 private:
  deadline_entry* first_ = nullptr;
  deadline_entry* last_ = nullptr;
};

}  // namespace batchmill
