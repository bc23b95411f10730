// Each connection needs a file descriptor; the system's default is often 1,024.
#pragma once

#include <cstdint>

namespace batchmill {

/// Raises the soft limit as far as the hard one allows and `wanted` asks; returns what may be used.
std::uint64_t raise_descriptor_limit(std::uint64_t wanted);

}  // namespace batchmill
