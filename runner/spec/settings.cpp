#include "runner/spec/settings.hpp"

#include <memory>

#include "runner/spec/overrides.hpp"
#include "runner/spec/secrets.hpp"
#include "runner/spec/section.hpp"

namespace batchmill::spec {

void apply_settings(const std::vector<std::string>& settings, job_spec& job) {
  node root;
  root.kind = node_kind::mapping;
  root.at = {std::make_shared<const std::string>("--set"), {}};
  for (const std::string& setting : settings) apply_override(root, setting);
  refuse_keys(root);
  read_section(root, "", job);
  collect_marks(root, "", job.marks);
}

}  // namespace batchmill::spec
