// SPDX-License-Identifier: Apache-2.0
// Loaded in front of the server (LD_PRELOAD): each sync of a file takes PARLEY_BENCH_SYNC_US
// microseconds longer, as on a disk that is slower than this machine's.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>

typedef int (*Sync)(int);

static int slowly(const char* name, int fd) {
  Sync sync;
  *(void**)&sync = dlsym(RTLD_NEXT, name);
  const char* more = getenv("PARLEY_BENCH_SYNC_US");
  if (more != NULL) usleep((useconds_t)atol(more));
  return sync(fd);
}

int fsync(int fd) { return slowly("fsync", fd); }
int fdatasync(int fd) { return slowly("fdatasync", fd); }
