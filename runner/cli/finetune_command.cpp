// batchmill finetune ...: the commands for fine-tuning, each in a file of its own.
#include "runner/cli/finetune_commands.hpp"

#include "runner/cli/commands.hpp"

namespace batchmill::cli {

void add_finetune(CLI::App& app, int& exit) {
  CLI::App* group = app.add_subcommand("finetune", "Fine-tuning: from raw rows to a tuned model");
  group->require_subcommand(1);
  add_finetune_check(*group, exit);
  add_finetune_prepare(*group, exit);
  add_finetune_submit(*group, exit);
  add_finetune_watch(*group, exit);
  add_finetune_compare(*group, exit);
  add_finetune_jobs(*group, exit);
}

}  // namespace batchmill::cli
