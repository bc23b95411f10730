// Amounts of money as people read them.
#pragma once

#include <string>

#include "batchmill/money.hpp"

namespace batchmill {

/// "$12.34", "$1,234.50", "$0.0042", "$0.00": two decimals, or as many as two digits need.
std::string show_dollars(money amount);

/// "12.340000000000": exact, for JSON. Zeros at the end are left out, but for one.
std::string exact_dollars(money amount);

}  // namespace batchmill
