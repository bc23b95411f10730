// /v1/uploads: a file comes in parts, in any order, and is put together or given up.
#pragma once

#include "runner/simulator/endpoint.hpp"
#include "runner/simulator/files/upload_store.hpp"

namespace batchmill::simulator_detail {

admission_result create_upload(const call& c, upload_store& uploads);
admission_result add_upload_part(const call& c, upload_store& uploads);
admission_result complete_upload(const call& c, upload_store& uploads, file_store& files);
admission_result cancel_upload(const call& c, upload_store& uploads);

}  // namespace batchmill::simulator_detail
