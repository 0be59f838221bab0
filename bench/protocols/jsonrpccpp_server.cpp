// SPDX-License-Identifier: Apache-2.0
// The peer for JSON-RPC 2.0 in C++: libjson-rpc-cpp's HTTP server with the two functions of own_server.cpp.
//
//   bench_jsonrpccpp_server PORT
#include <jsonrpccpp/server.h>
#include <jsonrpccpp/server/connectors/httpserver.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

namespace {

struct Person {
  Json::Int64 id;
  std::string name, email, city;
  double height;
  bool is_active;
  std::string born;
  std::vector<std::string> tags;
};

Person read(const Json::Value& from) {
  Person made{from["id"].asInt64(),   from["name"].asString(),   from["email"].asString(), from["city"].asString(),
              from["height"].asDouble(), from["is_active"].asBool(), from["born"].asString(),  {}};
  for (const Json::Value& tag : from["tags"]) made.tags.push_back(tag.asString());
  return made;
}

Json::Value written(const Person& person) {
  Json::Value to;
  to["id"] = person.id;
  to["name"] = person.name;
  to["email"] = person.email;
  to["city"] = person.city;
  to["height"] = person.height;
  to["is_active"] = person.is_active;
  to["born"] = person.born;
  to["tags"] = Json::arrayValue;
  for (const std::string& tag : person.tags) to["tags"].append(tag);
  return to;
}

class Server : public jsonrpc::AbstractServer<Server> {
 public:
  explicit Server(jsonrpc::AbstractServerConnector& connector) : AbstractServer(connector, jsonrpc::JSONRPC_SERVER_V2) {
    using jsonrpc::Procedure;
    bindAndAddMethod(Procedure("echo", jsonrpc::PARAMS_BY_NAME, jsonrpc::JSON_STRING, "value", jsonrpc::JSON_STRING, nullptr),
                     &Server::echo);
    bindAndAddMethod(Procedure("person", jsonrpc::PARAMS_BY_NAME, jsonrpc::JSON_OBJECT, "person", jsonrpc::JSON_OBJECT, nullptr),
                     &Server::person);
  }
  void echo(const Json::Value& request, Json::Value& response) { response = request["value"].asString(); }
  void person(const Json::Value& request, Json::Value& response) { response = written(read(request["person"])); }
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  jsonrpc::HttpServer http(std::atoi(argv[1]), "", "", static_cast<int>(std::thread::hardware_concurrency()));
  Server server(http);
  if (!server.StartListening()) return 1;
  pause();  // until a signal ends it
  return 0;
}
