// SPDX-License-Identifier: Apache-2.0
// A server without sockets: an App in the process of its callers, on a folder of its own. One
// function is called in four protocols, and each answer is printed.
#include <stdlib.h>

#include <cstdio>
#include <filesystem>
#include <string>
#include <string_view>

#include "parley/parley.hpp"
using namespace parley;

// Requests are views: what they are made of must live until they are answered.
http::Response send(App& app, std::string_view method, std::string_view target, std::string_view type = {},
                    std::string_view body = {}) {
  http::Request request;
  request.method = method;
  request.target = target;
  const std::size_t question = target.find('?');
  request.path = target.substr(0, question);
  if (question != target.npos) request.query = target.substr(question + 1);
  if (!type.empty()) request.headers.push_back({"Content-Type", type});
  request.body = body;
  request.peer = "127.0.0.1";  // who is said to call, for the log and the count of failed log-ins
  return app.handle(request);
}

void print(std::string_view protocol, const http::Response& response) {
  std::printf("%.*s: %d %s\n", static_cast<int>(protocol.size()), protocol.data(), response.status, response.body.c_str());
}

int run(const std::string& folder) {
  App app{"embed"};
  app.expose("greet", [](std::string_view name) { return "Hello, " + std::string(name) + "!"; }, doc("Greets."),
             arg("name", "Whom."), effect::read)
      .open();

  // Settings are what flags and the file say of a program that serves; the databases of the App
  // are in the folder `data`.
  server::Settings settings;
  settings.data = folder;
  if (auto opened = app.open(std::move(settings)); !opened) {
    std::fprintf(stderr, "%s\n", opened.error().message.c_str());
    return 1;
  }

  print("XML-RPC", send(app, "POST", "/RPC2", "text/xml",
                        "<methodCall><methodName>greet</methodName><params><param><value>Ada</value></param></params>"
                        "</methodCall>"));
  print("JSON-RPC", send(app, "POST", "/jsonrpc/2", "application/json",
                         R"({"jsonrpc":"2.0","id":1,"method":"greet","params":{"name":"Grace"}})"));
  print("path", send(app, "GET", "/greet?name=Edsger"));
  print("REST", send(app, "POST", "/ws/greet", "application/json", R"({"name":"Barbara"})"));
  return 0;
}

int main() {
  std::string folder = (std::filesystem::temp_directory_path() / "parley-embed-XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) return 1;
  const int status = run(folder);
  std::filesystem::remove_all(folder);
  return status;
}
