// The commands below `batchmill finetune`.
#pragma once

#include <CLI/CLI.hpp>

namespace batchmill::cli {

void add_finetune_check(CLI::App& group, int& exit);
void add_finetune_prepare(CLI::App& group, int& exit);
void add_finetune_submit(CLI::App& group, int& exit);
void add_finetune_watch(CLI::App& group, int& exit);
void add_finetune_jobs(CLI::App& group, int& exit);
void add_finetune_compare(CLI::App& group, int& exit);

}  // namespace batchmill::cli
