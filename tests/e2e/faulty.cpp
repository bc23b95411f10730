// Does what sanitizers report: the tests of tests/support/sanitized.py, which has to see it.
#include <climits>
#include <string_view>

int main(int count, char** arguments) {
  const std::string_view fault = count > 1 ? arguments[1] : "";
  int* const number = new int(count);
  if (fault == "leak") return 0;
  if (fault == "overflow") *number += INT_MAX;
  delete number;
  return fault == "freed" ? *number : 0;
}
