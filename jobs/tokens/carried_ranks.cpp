#include "jobs/tokens/carried_ranks.hpp"

// Files of the build become part of this unit as they are. Arrays of their bytes would cost the
// compiler seconds and half a gigabyte. What the build did not find is empty.
#ifdef BATCHMILL_P50K_BASE
#define BATCHMILL_P50K_BYTES ".incbin \"" BATCHMILL_P50K_BASE "\"\n"
#else
#define BATCHMILL_P50K_BYTES ""
#endif
#ifdef BATCHMILL_CL100K_BASE
#define BATCHMILL_CL100K_BYTES ".incbin \"" BATCHMILL_CL100K_BASE "\"\n"
#else
#define BATCHMILL_CL100K_BYTES ""
#endif
#ifdef BATCHMILL_O200K_BASE
#define BATCHMILL_O200K_BYTES ".incbin \"" BATCHMILL_O200K_BASE "\"\n"
#else
#define BATCHMILL_O200K_BYTES ""
#endif

#define BATCHMILL_CARRY(name, bytes)                        \
  asm(".section .rodata\n"                                  \
      "batchmill_" name "_begin:\n" bytes "batchmill_" name \
      "_end: .byte 0\n"                                     \
      ".previous\n")

BATCHMILL_CARRY("p50k", BATCHMILL_P50K_BYTES);
BATCHMILL_CARRY("cl100k", BATCHMILL_CL100K_BYTES);
BATCHMILL_CARRY("o200k", BATCHMILL_O200K_BYTES);

extern "C" {
extern const char batchmill_p50k_begin[], batchmill_p50k_end[];
extern const char batchmill_cl100k_begin[], batchmill_cl100k_end[];
extern const char batchmill_o200k_begin[], batchmill_o200k_end[];
}

namespace batchmill::tokens {

std::string_view carried_ranks(std::string_view name) {
  if (name == "p50k_base") return {batchmill_p50k_begin, batchmill_p50k_end};
  if (name == "cl100k_base") return {batchmill_cl100k_begin, batchmill_cl100k_end};
  if (name == "o200k_base") return {batchmill_o200k_begin, batchmill_o200k_end};
  return {};
}

}  // namespace batchmill::tokens
