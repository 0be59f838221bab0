// SPDX-License-Identifier: Apache-2.0
// The program `parley`: an App to which nothing is added.
#include "parley/server/app.hpp"

int main(int argc, char** argv) {
  parley::App app;
  return app.run(argc, argv);
}
