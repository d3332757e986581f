/* SPDX-License-Identifier: Apache-2.0
 * Room for the next commits in the write-ahead log. A sync of bytes written for the first time also waits for the file system
 * to write down that the file has grown, which costs as much again as the bytes themselves; of bytes written over it does not.
 * So now and then one commit of many writes zeros ahead. Zeros are no frames: whoever reads the log ends before them. */
#include "store/store_private.h"

#define SMALL_FRAMES 64 /* of a commit: where it is larger, the bytes cost more than the growing */
#define ROOM_BYTES (512 << 10)
#define PIECE_BYTES (64 << 10)

static sqlite3_file *log_file(StoreConn *conn)
{
	sqlite3_file *file = NULL;

	if (sqlite3_file_control(conn->db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &file) != SQLITE_OK || file == NULL ||
	    file->pMethods == NULL)
		return NULL;
	return file;
}

/* Where there is no room on the disk, none of it is taken away from the commit. */
static void extend(sqlite3_file *file, sqlite3_int64 from)
{
	static const guint8 zeros[PIECE_BYTES];

	for (sqlite3_int64 at = from; at < from + ROOM_BYTES; at += PIECE_BYTES) {
		if (file->pMethods->xWrite(file, zeros, PIECE_BYTES, at) == SQLITE_OK)
			continue;
		file->pMethods->xTruncate(file, from);
		return;
	}
}

/* The transaction is open, so nobody else writes into the log, and what this one wrote into it already lies within its size. */
void wal_room(StoreConn *conn)
{
	const guint last = conn->wal_frames - MIN(conn->wal_frames, conn->wal_before);
	sqlite3_int64 size = 0;
	sqlite3_file *file;

	conn->wal_before = conn->wal_frames;
	if (conn->wal_frames == 0 || last > SMALL_FRAMES)
		return;
	file = log_file(conn);
	if (file != NULL && file->pMethods->xFileSize(file, &size) == SQLITE_OK && size > 0 &&
	    size < (sqlite3_int64)(conn->wal_frames + SMALL_FRAMES) * FRAME_BYTES)
		extend(file, size);
}
