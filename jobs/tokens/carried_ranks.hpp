// The rank tables that the build has put into the program.
#pragma once

#include <string_view>

namespace batchmill::tokens {

/// In the form of packed_ranks.hpp; empty when the build had no such table. `name` is that of a
/// rank_file.
std::string_view carried_ranks(std::string_view name);

}  // namespace batchmill::tokens
