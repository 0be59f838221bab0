// SPDX-License-Identifier: Apache-2.0
// File: what an upload sends and a download gets.
#pragma once
#include "parley/registry/structure.hpp"

namespace parley {

/// A form sends one as multipart/form-data; every other format as a struct with the content in
/// base64. What is not known of it is told as null.
struct File {
  Nullable<std::string> filename = Nullable<std::string>::null();
  Nullable<std::string> contenttype = Nullable<std::string>::null();
  Nullable<Bytes> content = Nullable<Bytes>::null();

  static Structure<File> describe() {
    return {"File", field("filename", &File::filename, "Its name where it comes from, without a folder."),
            field("contenttype", &File::contenttype, "Its media type: \"text/plain\"."),
            field("content", &File::content, "What is in it.")};
  }
};

}  // namespace parley
