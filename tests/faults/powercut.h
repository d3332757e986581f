/* SPDX-License-Identifier: Apache-2.0
 * powercut.so, preloaded: writes down all that a process does to the files below POWERCUT_DIR and every 2xx it sends, and
 * lets calls fail on demand. recording.py reads what it writes.
 *
 *   POWERCUT_DIR    the folder that is watched; it must exist
 *   POWERCUT_LOG    the recording, shared by all processes; POWERCUT_LOG.ctl beside it holds what they share. Empty = none
 *   POWERCUT_LIGHT  1: without the bytes written (for counting syncs)
 *
 * Faults are asked for in POWERCUT_LOG.ctl, so that a driver may turn them on and off (see powercut_fail.c). */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define PC_MAGIC 0x31544350u /* "PCT1" */
#define PC_RULE_MAX 1024

/* Head of one record; the path and the bytes follow. */
typedef struct PcRecord {
	uint32_t magic;
	uint8_t op, flags;
	uint16_t path_length;
	uint64_t seq;  /* total order over all processes */
	uint64_t inode;
	int64_t value; /* offset, length, or the seq of a sync's beginning */
	uint32_t length;
	uint32_t pid;
} PcRecord;

enum {
	PC_START = 1,  /* a process began */
	PC_CREATE,     /* file @path is @inode from now on */
	PC_MKDIR,
	PC_WRITE,      /* bytes at @value */
	PC_TRUNCATE,   /* to @value */
	PC_RENAME,     /* path is "from\0to" */
	PC_LINK,
	PC_UNLINK,
	PC_RMDIR,
	PC_SYNC_BEGIN, /* flags 1: fdatasync */
	PC_SYNC_END,   /* @value: seq of its beginning */
	PC_SYNC_FAIL,
	PC_ACK,        /* bytes of an answer, written down before it leaves */
	PC_BLIND,      /* something was done that this recorder cannot write down */
	PC_INJECTED,   /* a fault was handed out */
};

/* In POWERCUT_LOG.ctl, mapped by everybody. */
typedef struct PcShared {
	_Atomic uint64_t seq;
	_Atomic uint64_t version; /* of the rules: 0 = none; odd while they are being written */
	_Atomic uint64_t hits;    /* faults handed out */
	_Atomic uint64_t matched; /* calls the rules looked at; counted from the last change of the rules */
	char rules[PC_RULE_MAX];
} PcShared;

#define PC_EXPORT __attribute__((visibility("default")))

extern PcShared *pc_shared;

void pc_record(int op, int flags, uint64_t inode, int64_t value, const char *path, size_t path_length,
               const void *bytes, size_t length);

bool pc_is_log(int fd);

/* Path below the watched folder, in @buffer (PATH_MAX); NULL = none of ours. Of an entry its own name is not followed. */
const char *pc_fd_path(int fd, char *buffer);
const char *pc_entry_path(int dirfd, const char *path, char *buffer);
void pc_forget(int fd); /* its number means something else from now on */
uint64_t pc_inode_of(int fd);
uint64_t pc_inode_at(int dirfd, const char *path); /* 0 = none */
int pc_fail(int number); /* sets errno; -1 */

/* What a call does to a watched file. */
typedef enum PcCall { PC_CALL_WRITE, PC_CALL_EXTEND, PC_CALL_SYNC, PC_CALL_SYNCED, PC_CALL_MAKE } PcCall;

/* 0, or the errno that this call is to fail with. @path below the watched folder. May not return: see the rules. */
int pc_fault(PcCall call, const char *path);
