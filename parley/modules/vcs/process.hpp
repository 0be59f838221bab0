// SPDX-License-Identifier: Apache-2.0
// Running another program without blocking: it gets nothing of ours but its words and environment,
// and its whole process group is ended when its time is up.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "parley/core/error.hpp"
#include "parley/core/wait.hpp"

namespace parley::modules::vcs {

struct Program {
  std::vector<std::string> words;        // words[0] is looked for in PATH; no shell reads any of them
  std::vector<std::string> environment;  // "NAME=value", all there is
  std::int64_t file_bytes_max = 0;       // of one file it writes; 0 = no limit
};

struct Ended {
  int status = 0;      // its exit code, or 128 + the signal that ended it
  std::string output;  // the last 4,096 bytes of what it wrote, both streams
};

/// Waits through core/wait until the program has ended.
///
/// fails:   not_found: it is not installed; timeout, cancelled: it was ended; unavailable
Result<Ended> run_program(const Program& program, Deadline deadline);

}  // namespace parley::modules::vcs
