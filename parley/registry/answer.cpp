// SPDX-License-Identifier: Apache-2.0
#include "parley/registry/answer.hpp"

namespace parley {

Result<void> write(Answer& answer, Sink& sink) {
  if (!answer.is_rows()) {
    write(answer.value(), sink);
    return {};
  }
  sink.begin_list();
  for (;;) {
    PARLEY_TRY(bool had_one, answer.rows().next(sink));
    if (!had_one) break;
  }
  sink.end_list();
  return {};
}

}  // namespace parley
