#include "runner/engine/sendable.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace batchmill;
using batchmill::testing::temporary_folder;

TEST_CASE("a request without files is sent as it is") {
  prepared_request prepared;
  CHECK(&sendable(prepared.request, {}).request() == &prepared.request);
}

TEST_CASE("files are put in their places when a request is sent") {
  const temporary_folder folder;
  prepared_request prepared;
  prepared.request = http_request("POST", "/v1/x", "<><>");
  prepared.request.content_type = "multipart/form-data";
  prepared.request.uploads.emplace_back(1, folder.write("a", "one"), 3);
  prepared.request.uploads.emplace_back(3, folder.write("b", ""), 0);
  const sendable what(prepared.request, prepared.request.uploads);
  CHECK(what.problem().empty());
  CHECK(what.request().body == "<one><>");
  CHECK(what.request().target == "/v1/x");
  CHECK(what.request().content_type == "multipart/form-data");
}

TEST_CASE("a file that is gone or another one than before cannot be sent") {
  const temporary_folder folder;
  prepared_request prepared;
  prepared.request.body = "<>";
  prepared.request.uploads.emplace_back(1, folder.write("a", "one"), 4);
  CHECK_THAT(sendable(prepared.request, prepared.request.uploads).problem(),
             ContainsSubstring("changed while the job ran"));
  prepared.request.uploads[0].path = folder.path("none");
  CHECK_THAT(sendable(prepared.request, prepared.request.uploads).problem(),
             ContainsSubstring("none"));
}
