// SPDX-License-Identifier: Apache-2.0
// For tests of the whole server: an App on a folder of its own, and requests written short.
#pragma once
#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <string_view>

#include "parley/core/base64.hpp"
#include "parley/server/app.hpp"
#include "parley/server/settings.hpp"

namespace parley::server::testing {

/// A folder that goes away with its owner.
class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "parley-server-XXXXXX").string();
    path = ::mkdtemp(name.data());
  }
  ~Folder() { std::filesystem::remove_all(path); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string path;
};

struct TestServer {
  explicit TestServer(App& with, Settings settings = {}) : app(with) {
    settings.data = folder.path;
    auto opened = app.open(std::move(settings));
    if (!opened) FAIL_CHECK(opened.error().message, " ", opened.error().cause);
  }
  http::Response post(std::string_view path, std::string_view body, std::string_view type = "application/json",
                      std::vector<http::Header> headers = {}) {
    http::Request request;
    request.method = "POST";
    request.target = request.path = path;
    request.body = body;
    request.peer = "192.0.2.1";
    request.headers = std::move(headers);
    request.headers.push_back({"Content-Type", type});
    return app.handle(request);
  }
  http::Response get(std::string_view path, std::string_view peer = "127.0.0.1", std::vector<http::Header> headers = {}) {
    http::Request request;
    request.method = "GET";
    request.target = request.path = path;
    request.peer = peer;
    request.headers = std::move(headers);
    return app.handle(request);
  }
  /// The body of a call as Odoo's clients make it.
  std::string service(std::string_view service, std::string_view method, std::string_view args) {
    std::string body = R"({"jsonrpc":"2.0","method":"call","params":{"service":")" + std::string(service) +
                       R"(","method":")" + std::string(method) + R"(","args":)" + std::string(args) + R"(},"id":1})";
    return post("/jsonrpc", body).body;
  }
  /// execute_kw as the administrator of the database parley.
  std::string execute(std::string_view model, std::string_view method, std::string_view args,
                      std::string_view password = "admin", int uid = 2) {
    return service("object", "execute_kw", R"(["parley",)" + std::to_string(uid) + ",\"" + std::string(password) +
                                               "\",\"" + std::string(model) + "\",\"" + std::string(method) + "\"," +
                                               std::string(args) + "]");
  }
  /// Strict JSON-RPC with Basic credentials, or none.
  http::Response strict(std::string_view method, std::string_view params, std::string_view login_and_password = {}) {
    std::string body = R"({"jsonrpc":"2.0","method":")" + std::string(method) + R"(","params":)" +
                       std::string(params) + R"(,"id":1})";
    std::string basic = "Basic " + to_base64(login_and_password);
    std::vector<http::Header> headers;
    if (!login_and_password.empty()) headers.push_back({"Authorization", basic});
    return post("/jsonrpc/2", body, "application/json", headers);
  }

  Folder folder;
  App& app;
};

inline bool has(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

}  // namespace parley::server::testing
