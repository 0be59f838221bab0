// SPDX-License-Identifier: Apache-2.0
// Must compile: what the other sources here would be if they were right.
#include "parley/registry/expose.hpp"

int add(int a, int b) { return a + b; }

void expose_it() {
  parley::bind_function("math.add", add, parley::doc("Adds."), parley::arg("a", "The first."),
                        parley::arg("b", "The second.", 1), parley::effect::read);
}
