// Settings of jemalloc, which the program is linked with where it is installed (CMakeLists.txt).

// jemalloc looks this name up when it starts. Nearly all is allocated by the thread that runs the
// coroutines, so one arena serves all threads, and memory that is free goes back to the system
// soon. As many answers may come at once as there are connections: the thread keeps so many blocks
// of a size at hand. Large answers follow each other: their memory is not given back in between.
extern "C" const char* malloc_conf;
const char* malloc_conf =
    "narenas:1,lg_tcache_nslots_mul:3,tcache_nslots_small_max:1000,"
    "dirty_decay_ms:1000,muzzy_decay_ms:0,oversize_threshold:0";
