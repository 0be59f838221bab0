// SPDX-License-Identifier: Apache-2.0
#include "diagnostics.hpp"

#include <string_view>

namespace demo {

using namespace parley;

void add_diagnostics(App& app) {
  app.expose(
         "test_simple_text",
         [] { return std::string_view("This is a simple text response for testing."); },
         doc("A text that is always the same."), effect::read)
      .open();
  app.expose(
         "test_error_handling",
         []() -> Result<void> {
           return Error(Code::rejected, "This tool intentionally returns an error for testing");
         },
         doc("Fails always."), effect::read)
      .open();
}

}  // namespace demo
