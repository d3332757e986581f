/* SPDX-License-Identifier: Apache-2.0
 * Databases that lie in somebody else's folder. */
#pragma once

#include "store/store.h"

/* The path by which to open the database @path with SQLITE_OPEN_NOFOLLOW: the folder may be reached through links, the file
 * and what lies beside it (-journal, -wal, -shm) are plain files. Else NULL: opening a FIFO never ends, a link leads to
 * another's data. Nothing is opened here, for closing a file drops this process's locks on it. (transfer full) */
char *plain_path(const char *path, GError **error);
