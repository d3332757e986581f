/* SPDX-License-Identifier: Apache-2.0
 * The calls that make, move and remove names; and those that cannot be written down, so that nobody believes the rest. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "powercut.h"

static void note_opened(int fd, const char *path, bool existed, int flags)
{
	pc_forget(fd);
	if (path == NULL)
		return;
	if (!existed)
		pc_record(PC_CREATE, 0, pc_inode_of(fd), 0, path, strlen(path), NULL, 0);
	else if ((flags & O_TRUNC) != 0)
		pc_record(PC_TRUNCATE, 0, pc_inode_of(fd), 0, path, strlen(path), NULL, 0);
}

static int open_at(int dirfd, const char *name, int flags, mode_t mode)
{
	char buffer[PATH_MAX];
	bool makes = (flags & (O_CREAT | O_TRUNC)) != 0 && (flags & O_TMPFILE) != O_TMPFILE;
	const char *path = makes ? pc_entry_path(dirfd, name, buffer) : NULL;
	bool existed = path != NULL && pc_inode_at(dirfd, name) != 0;
	int number = path != NULL && !existed ? pc_fault(PC_CALL_MAKE, path) : 0;
	int fd = number != 0 ? pc_fail(number) : (int)syscall(SYS_openat, dirfd, name, flags, mode);

	if (fd >= 0)
		note_opened(fd, path, existed, flags);
	return fd;
}

static mode_t mode_from(int flags, va_list args)
{
	return (flags & (O_CREAT | __O_TMPFILE)) != 0 ? va_arg(args, mode_t) : 0;
}

#define OPEN(name, first, at)                                \
	PC_EXPORT int name(first const char *path, int flags, ...) \
	{                                                    \
		va_list args;                                \
		mode_t mode;                                 \
							     \
		va_start(args, flags);                       \
		mode = mode_from(flags, args);               \
		va_end(args);                                \
		return open_at(at, path, flags, mode);       \
	}

#define WITH_DIR int dirfd,
#define WITHOUT_DIR
OPEN(open, WITHOUT_DIR, AT_FDCWD)
OPEN(open64, WITHOUT_DIR, AT_FDCWD)
OPEN(openat, WITH_DIR, dirfd)
OPEN(openat64, WITH_DIR, dirfd)

PC_EXPORT int __open_2(const char *path, int flags);
PC_EXPORT int __open64_2(const char *path, int flags);
PC_EXPORT int __openat_2(int dirfd, const char *path, int flags);
PC_EXPORT int __openat64_2(int dirfd, const char *path, int flags);

PC_EXPORT int __open_2(const char *path, int flags)
{
	return open_at(AT_FDCWD, path, flags, 0);
}

PC_EXPORT int __open64_2(const char *path, int flags)
{
	return open_at(AT_FDCWD, path, flags, 0);
}

PC_EXPORT int __openat_2(int dirfd, const char *path, int flags)
{
	return open_at(dirfd, path, flags, 0);
}

PC_EXPORT int __openat64_2(int dirfd, const char *path, int flags)
{
	return open_at(dirfd, path, flags, 0);
}

PC_EXPORT int creat(const char *path, mode_t mode)
{
	return open_at(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}

PC_EXPORT int creat64(const char *path, mode_t mode)
{
	return open_at(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}

PC_EXPORT int close(int fd)
{
	if (pc_is_log(fd))
		return pc_fail(EBADF);
	pc_forget(fd);
	return (int)syscall(SYS_close, fd);
}

PC_EXPORT int mkdirat(int dirfd, const char *name, mode_t mode)
{
	char buffer[PATH_MAX];
	const char *path = pc_entry_path(dirfd, name, buffer);
	int number = path != NULL && pc_inode_at(dirfd, name) == 0 ? pc_fault(PC_CALL_MAKE, path) : 0;
	int rc = number != 0 ? pc_fail(number) : (int)syscall(SYS_mkdirat, dirfd, name, mode);

	if (rc == 0 && path != NULL)
		pc_record(PC_MKDIR, 0, pc_inode_at(dirfd, name), 0, path, strlen(path), NULL, 0);
	return rc;
}

PC_EXPORT int mkdir(const char *name, mode_t mode)
{
	return mkdirat(AT_FDCWD, name, mode);
}

static void note_pair(int op, uint64_t inode, const char *from, const char *to)
{
	char both[2 * PATH_MAX];
	size_t a = strlen(from), b = strlen(to);

	memcpy(both, from, a + 1);
	memcpy(both + a + 1, to, b + 1);
	pc_record(op, 0, inode, 0, both, a + 1 + b, NULL, 0);
}

/* A pair that crosses the edge of the watched folder is not something this recorder can tell. */
static void note_move(int op, int dirfd, const char *name, const char *from, const char *to)
{
	if (from != NULL && to != NULL)
		note_pair(op, pc_inode_at(dirfd, name), from, to);
	else if (from != NULL || to != NULL)
		pc_record(PC_BLIND, 0, 0, 0, from != NULL ? from : to, strlen(from != NULL ? from : to), NULL, 0);
}

PC_EXPORT int renameat2(int from_dir, const char *from, int to_dir, const char *to, unsigned flags)
{
	char a[PATH_MAX], b[PATH_MAX];
	const char *from_path = pc_entry_path(from_dir, from, a), *to_path = pc_entry_path(to_dir, to, b);
	int rc = (int)syscall(SYS_renameat2, from_dir, from, to_dir, to, flags);

	if (rc == 0)
		note_move((flags & RENAME_EXCHANGE) != 0 ? PC_BLIND : PC_RENAME, to_dir, to, from_path, to_path);
	return rc;
}

PC_EXPORT int renameat(int from_dir, const char *from, int to_dir, const char *to)
{
	return renameat2(from_dir, from, to_dir, to, 0);
}

PC_EXPORT int rename(const char *from, const char *to)
{
	return renameat2(AT_FDCWD, from, AT_FDCWD, to, 0);
}

PC_EXPORT int linkat(int from_dir, const char *from, int to_dir, const char *to, int flags)
{
	char a[PATH_MAX], b[PATH_MAX];
	const char *from_path = pc_entry_path(from_dir, from, a), *to_path = pc_entry_path(to_dir, to, b);
	int rc = (int)syscall(SYS_linkat, from_dir, from, to_dir, to, flags);

	if (rc == 0)
		note_move(PC_LINK, to_dir, to, from_path, to_path);
	return rc;
}

PC_EXPORT int link(const char *from, const char *to)
{
	return linkat(AT_FDCWD, from, AT_FDCWD, to, 0);
}

PC_EXPORT int unlinkat(int dirfd, const char *name, int flags)
{
	char buffer[PATH_MAX];
	const char *path = pc_entry_path(dirfd, name, buffer);
	uint64_t inode = path != NULL ? pc_inode_at(dirfd, name) : 0;
	int rc = (int)syscall(SYS_unlinkat, dirfd, name, flags);

	if (rc == 0 && path != NULL)
		pc_record((flags & AT_REMOVEDIR) != 0 ? PC_RMDIR : PC_UNLINK, 0, inode, 0, path, strlen(path), NULL, 0);
	return rc;
}

PC_EXPORT int unlink(const char *name)
{
	return unlinkat(AT_FDCWD, name, 0);
}

PC_EXPORT int rmdir(const char *name)
{
	return unlinkat(AT_FDCWD, name, AT_REMOVEDIR);
}

PC_EXPORT int remove(const char *name)
{
	int rc = unlink(name);

	return rc != 0 && errno == EISDIR ? rmdir(name) : rc;
}

/* ---- what would go past this recorder: said, so that nobody believes it ---- */

static void note_blind(int fd, int reason)
{
	char buffer[PATH_MAX];
	const char *path = pc_fd_path(fd, buffer);

	if (path != NULL)
		pc_record(PC_BLIND, reason, pc_inode_of(fd), 0, path, strlen(path), NULL, 0);
}

PC_EXPORT void *mmap64(void *at, size_t length, int protection, int flags, int fd, off64_t offset)
{
	if (fd >= 0 && (flags & MAP_SHARED) != 0 && (protection & PROT_WRITE) != 0)
		note_blind(fd, 1);
	return (void *)syscall(SYS_mmap, at, length, protection, flags, fd, offset);
}

PC_EXPORT void *mmap(void *at, size_t length, int protection, int flags, int fd, off_t offset)
{
	return mmap64(at, length, protection, flags, fd, offset);
}

PC_EXPORT int fallocate64(int fd, int mode, off64_t offset, off64_t length)
{
	note_blind(fd, 2);
	return (int)syscall(SYS_fallocate, fd, mode, offset, length);
}

PC_EXPORT int fallocate(int fd, int mode, off_t offset, off_t length)
{
	return fallocate64(fd, mode, offset, length);
}

PC_EXPORT int posix_fallocate64(int fd, off64_t offset, off64_t length)
{
	return fallocate64(fd, 0, offset, length) == 0 ? 0 : errno;
}

PC_EXPORT int posix_fallocate(int fd, off_t offset, off_t length)
{
	return posix_fallocate64(fd, offset, length);
}

PC_EXPORT ssize_t copy_file_range(int in, off64_t *in_at, int out, off64_t *out_at, size_t length, unsigned flags)
{
	note_blind(out, 3);
	return syscall(SYS_copy_file_range, in, in_at, out, out_at, length, flags);
}
