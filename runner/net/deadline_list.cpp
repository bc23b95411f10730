#include "runner/net/deadline_list.hpp"

namespace batchmill {

void deadline_list::add(deadline_entry& entry) {
  deadline_entry* before = last_;
  while (before && before->when_ > entry.when_) before = before->previous_;
  entry.previous_ = before;
  entry.next_ = before ? before->next_ : first_;
  (before ? before->next_ : first_) = &entry;
  (entry.next_ ? entry.next_->previous_ : last_) = &entry;
  entry.listed_ = true;
}

void deadline_list::remove(deadline_entry& entry) {
  if (!entry.listed_) return;
  (entry.previous_ ? entry.previous_->next_ : first_) = entry.next_;
  (entry.next_ ? entry.next_->previous_ : last_) = entry.previous_;
  entry.previous_ = entry.next_ = nullptr;
  entry.listed_ = false;
}

deadline_entry* deadline_list::take_expired(time_point now) {
  deadline_entry* entry = first_;
  if (!entry || entry->when_ > now) return nullptr;
  remove(*entry);
  return entry;
}

}  // namespace batchmill
