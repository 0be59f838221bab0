// SPDX-License-Identifier: Apache-2.0
// Must not compile: two arguments, one arg.
#include "parley/registry/expose.hpp"

int add(int a, int b) { return a + b; }

void expose_it() {
  parley::bind_function("math.add", add, parley::doc("Adds."), parley::arg("a", "The first."), parley::effect::read);
}
