// Memory for tables of megabytes that are looked up all over: in large pages where the system has
// them, since otherwise most look-ups miss the processor's list of pages too.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <new>
#include <vector>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace batchmill::tokens {

template <class T>
struct large_allocator {
  using value_type = T;

  static constexpr std::size_t page = std::size_t{2} << 20;

  large_allocator() = default;
  template <class U>
  large_allocator(const large_allocator<U>&) {}

  T* allocate(std::size_t count) {
    const std::size_t size = count * sizeof(T);
    const std::size_t alignment = size < page ? 64 : page;
    void* const memory =
        std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
    if (!memory) throw std::bad_alloc();
#ifdef __linux__
    if (alignment == page) ::madvise(memory, size, MADV_HUGEPAGE);  // advice: it may not be taken
#endif
    return static_cast<T*>(memory);
  }

  void deallocate(T* memory, std::size_t) {
    std::free(memory);
  }

  template <class U>
  bool operator==(const large_allocator<U>&) const {
    return true;
  }
};

template <class T>
using large_table = std::vector<T, large_allocator<T>>;

}  // namespace batchmill::tokens
