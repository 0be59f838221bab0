// SPDX-License-Identifier: Apache-2.0
// Must not compile: a FILE pointer cannot cross the wire.
#include <cstdio>

#include "parley/registry/expose.hpp"

int size_of(std::FILE* file) { return file == nullptr ? 0 : 1; }

void expose_it() {
  parley::bind_function("file.size", size_of, parley::doc("How big."), parley::arg("file", "Which."), parley::effect::read);
}
