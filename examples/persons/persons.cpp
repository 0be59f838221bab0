// SPDX-License-Identifier: Apache-2.0
// The person service that the protocols REST+Json and REST+XML are explained with, and a
// controller for each thing they can do:
//
//   persons serve --port 8069
//   curl 'http://127.0.0.1:8069/ws/persons/get?id=1'
//   curl 'http://127.0.0.1:8069/ws/persons/get.xml?id=1'
//   curl -d 'p.id=1&p.firstname=Ross&p.hobbies[0]=Dinosaurs' http://127.0.0.1:8069/ws/person/update
//
// A controller is the part of a function's name in front of the dot, and of a path in front of the
// last slash. Every function here is open to all and serves every other protocol as well.
#include <stdlib.h>

#include <filesystem>
#include <system_error>

#include "controllers.hpp"

namespace {

/// Where the data is kept unless it is told otherwise: a folder that goes when the program ends.
class ScratchFolder {
 public:
  ScratchFolder() : path_(std::filesystem::temp_directory_path() / "parley-persons-XXXXXX") {
    if (mkdtemp(path_.data()) == nullptr) path_.clear();
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  ~ScratchFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  const char* path() const { return path_.c_str(); }

 private:
  std::string path_;
};

}  // namespace

int main(int argc, char** argv) {
  ScratchFolder scratch;
  setenv("PARLEY_DATA", scratch.path(), 0);
  persons::PersonStore store;
  parley::App app{"persons"};
  persons::add_persons(app, store);
  persons::add_argtypes(app);
  persons::add_returntypes(app);
  persons::add_bodytypes(app);
  persons::add_witherrors(app);
  persons::add_misc(app, store);
  persons::add_crud(app);
  persons::add_dups(app);
  persons::add_nested(app);
  return app.run(argc, argv);
}
