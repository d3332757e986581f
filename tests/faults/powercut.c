/* SPDX-License-Identifier: Apache-2.0
 * The recording, and the calls that move bytes. All go straight to the system: nothing here depends on who else is preloaded, and an early
 * call needs no symbol looked up. A record of a change is made after it, that of an answer before it, so that at every
 * point of the recording each answer written down must be vouched for by what stands before it. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>
#include "powercut.h"

#define FDS 65536
#define ACK_MAX 16384
#define LOG_FD 900 /* high enough to be in nobody's way */

enum { FD_UNKNOWN, FD_OURS, FD_OTHER };

PcShared *pc_shared;
static int log_fd = -1;
static bool light;
static char root[PATH_MAX];
static size_t root_length;
static _Atomic uint8_t fds[FDS];

/* ---- the recording ---- */

static int real_open(const char *path, int flags, mode_t mode)
{
	return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

static void __attribute__((constructor)) start(void)
{
	const char *dir = getenv("POWERCUT_DIR"), *log = getenv("POWERCUT_LOG");
	char path[PATH_MAX];
	int fd;
	void *shared;

	if (dir == NULL || log == NULL || log[0] == '\0' || realpath(dir, root) == NULL)
		return;
	root_length = strlen(root);
	light = getenv("POWERCUT_LIGHT") != NULL;
	snprintf(path, sizeof path, "%s.ctl", log);
	fd = real_open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 || syscall(SYS_ftruncate, fd, sizeof(PcShared)) != 0)
		_exit(99);
	shared = mmap(NULL, sizeof(PcShared), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	syscall(SYS_close, fd);
	fd = real_open(log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	log_fd = fcntl(fd, F_DUPFD_CLOEXEC, LOG_FD);
	syscall(SYS_close, fd);
	if (shared == MAP_FAILED || log_fd < 0)
		_exit(99);
	pc_shared = shared;
	pc_record(PC_START, 0, 0, 0, "", 0, NULL, 0);
}

/* One write() to a file opened for appending: records of several processes never mix. */
void pc_record(int op, int flags, uint64_t inode, int64_t value, const char *path, size_t path_length,
               const void *bytes, size_t length)
{
	int saved = errno;
	PcRecord head = { PC_MAGIC, (uint8_t)op, (uint8_t)flags, (uint16_t)path_length, 0, inode, value, (uint32_t)length, 0 };
	struct iovec parts[3] = { { &head, sizeof head }, { (void *)path, path_length }, { (void *)bytes, length } };

	if (log_fd < 0)
		return;
	if (light && op == PC_WRITE) {
		head.length = 0;
		parts[2].iov_len = 0;
	}
	head.pid = (uint32_t)getpid();
	head.seq = ++pc_shared->seq;
	if (syscall(SYS_writev, log_fd, parts, 3) < 0)
		_exit(99); /* a recording with a hole proves nothing */
	errno = saved;
}

bool pc_is_log(int fd)
{
	return fd >= 0 && fd == log_fd;
}

/* ---- what a descriptor or a path is ---- */

/* Path below the watched folder, or NULL. The shared memory beside a WAL and the access log promise nothing. */
static const char *below(const char *path)
{
	size_t length = strlen(path);

	if (strncmp(path, root, root_length) != 0 || (path[root_length] != '/' && path[root_length] != '\0'))
		return NULL;
	/* "running" names the event at work for the next process; it is not meant to outlive the machine. */
	if (length > 8 && strcmp(path + length - 8, "/running") == 0)
		return NULL;
	if (length > 4 && (strcmp(path + length - 4, "-shm") == 0 || strcmp(path + length - 4, ".log") == 0))
		return NULL;
	return path[root_length] == '/' ? path + root_length + 1 : path + root_length;
}

const char *pc_fd_path(int fd, char *buffer)
{
	char link[32];
	ssize_t length;

	if (log_fd < 0 || fd < 0)
		return NULL;
	if (fd < FDS && fds[fd] == FD_OTHER)
		return NULL;
	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	length = readlink(link, buffer, PATH_MAX - 1);
	buffer[length > 0 ? length : 0] = '\0';
	const char *path = below(buffer);

	if (fd < FDS)
		fds[fd] = path != NULL ? FD_OURS : FD_OTHER;
	return path;
}

void pc_forget(int fd)
{
	if (fd >= 0 && fd < FDS)
		fds[fd] = FD_UNKNOWN;
}

/* The entry's own name is not followed, the way to it is. */
const char *pc_entry_path(int dirfd, const char *path, char *buffer)
{
	char full[2 * PATH_MAX], *slash;

	if (log_fd < 0 || path == NULL)
		return NULL;
	if (path[0] == '/') {
		snprintf(full, sizeof full, "%s", path);
	} else {
		char link[32], at[PATH_MAX] = ".";
		ssize_t length = -1;

		if (dirfd != AT_FDCWD) {
			snprintf(link, sizeof link, "/proc/self/fd/%d", dirfd);
			length = readlink(link, at, sizeof at - 1);
			at[length > 0 ? length : 0] = '\0';
		}
		snprintf(full, sizeof full, "%s/%s", at, path);
	}
	slash = strrchr(full, '/');
	while (slash > full && slash[1] == '\0') {
		*slash = '\0';
		slash = strrchr(full, '/');
	}
	char name[NAME_MAX + 2];

	snprintf(name, sizeof name, "%.*s", NAME_MAX + 1, slash);
	*slash = '\0';
	if (realpath(slash == full ? "/" : full, buffer) == NULL || strlen(buffer) + strlen(name) >= PATH_MAX)
		return NULL;
	strcat(buffer, name);
	return below(buffer);
}

uint64_t pc_inode_of(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 ? st.st_ino : 0;
}

uint64_t pc_inode_at(int dirfd, const char *path)
{
	struct stat st;

	return fstatat(dirfd, path, &st, AT_SYMLINK_NOFOLLOW) == 0 ? st.st_ino : 0;
}

int pc_fail(int number)
{
	errno = number;
	return -1;
}

/* ---- answers ---- */

static size_t total(const struct iovec *parts, int count)
{
	size_t length = 0;

	for (int i = 0; i < count; i++)
		length += parts[i].iov_len;
	return length;
}

static void note_answer(const struct iovec *parts, int count)
{
	static const char good[] = "HTTP/1.1 2";
	char bytes[ACK_MAX];
	size_t length = 0;

	if (log_fd < 0 || count < 1 || parts[0].iov_len < sizeof good - 1 ||
	    memcmp(parts[0].iov_base, good, sizeof good - 1) != 0)
		return;
	for (int i = 0; i < count && length < sizeof bytes; i++) {
		size_t take = parts[i].iov_len < sizeof bytes - length ? parts[i].iov_len : sizeof bytes - length;

		memcpy(bytes + length, parts[i].iov_base, take);
		length += take;
	}
	pc_record(PC_ACK, 0, 0, 0, "", 0, bytes, length);
}

PC_EXPORT ssize_t send(int fd, const void *bytes, size_t length, int flags)
{
	struct iovec part = { (void *)bytes, length };

	note_answer(&part, 1);
	return syscall(SYS_sendto, fd, bytes, length, flags, NULL, 0);
}

PC_EXPORT ssize_t sendto(int fd, const void *bytes, size_t length, int flags, const struct sockaddr *to, socklen_t size)
{
	struct iovec part = { (void *)bytes, length };

	note_answer(&part, 1);
	return syscall(SYS_sendto, fd, bytes, length, flags, to, size);
}

PC_EXPORT ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
	note_answer(message->msg_iov, (int)message->msg_iovlen);
	return syscall(SYS_sendmsg, fd, message, flags);
}

/* ---- bytes ---- */

static void note_write(int fd, const char *path, int64_t offset, const struct iovec *parts, int count, ssize_t written)
{
	uint64_t inode = pc_inode_of(fd);

	for (int i = 0; i < count && written > 0; i++) {
		size_t length = parts[i].iov_len < (size_t)written ? parts[i].iov_len : (size_t)written;

		pc_record(PC_WRITE, 0, inode, offset, path, strlen(path), parts[i].iov_base, length);
		offset += (int64_t)length;
		written -= (ssize_t)length;
	}
}

static int write_fault(int fd, const char *path, int64_t offset, size_t length)
{
	struct stat st;
	bool extends = fstat(fd, &st) == 0 && offset + (int64_t)length > st.st_size;

	return pc_fault(extends ? PC_CALL_EXTEND : PC_CALL_WRITE, path);
}

/* @offset -1: at the file's own position. */
static ssize_t write_parts(int fd, const struct iovec *parts, int count, int64_t offset)
{
	char buffer[PATH_MAX];
	const char *path = pc_fd_path(fd, buffer);
	ssize_t written;
	int number;

	if (path == NULL) {
		if (offset < 0)
			note_answer(parts, count);
		return offset < 0 ? syscall(SYS_writev, fd, parts, count) : syscall(SYS_pwritev, fd, parts, count, offset, 0);
	}
	int flags = fcntl(fd, F_GETFL);
	struct stat st;
	int64_t at = offset >= 0                                          ? offset :
	             (flags & O_APPEND) != 0 && fstat(fd, &st) == 0 ? st.st_size :
	                                                              lseek(fd, 0, SEEK_CUR);

	number = write_fault(fd, path, at, total(parts, count));
	if (number != 0)
		return pc_fail(number);
	written = offset < 0 ? syscall(SYS_writev, fd, parts, count) : syscall(SYS_pwritev, fd, parts, count, offset, 0);
	if (written > 0)
		note_write(fd, path, offset >= 0 ? offset : lseek(fd, 0, SEEK_CUR) - written, parts, count, written);
	return written;
}

PC_EXPORT ssize_t write(int fd, const void *bytes, size_t length)
{
	struct iovec part = { (void *)bytes, length };

	return write_parts(fd, &part, 1, -1);
}

PC_EXPORT ssize_t writev(int fd, const struct iovec *parts, int count)
{
	return write_parts(fd, parts, count, -1);
}

PC_EXPORT ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t offset)
{
	struct iovec part = { (void *)bytes, length };

	return write_parts(fd, &part, 1, offset);
}

PC_EXPORT ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset)
{
	return pwrite64(fd, bytes, length, offset);
}

PC_EXPORT ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t offset)
{
	return write_parts(fd, parts, count, offset);
}

PC_EXPORT ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t offset)
{
	return write_parts(fd, parts, count, offset);
}

PC_EXPORT int ftruncate64(int fd, off64_t length)
{
	char buffer[PATH_MAX];
	const char *path = pc_fd_path(fd, buffer);
	int rc = (int)syscall(SYS_ftruncate, fd, length);

	if (rc == 0 && path != NULL)
		pc_record(PC_TRUNCATE, 0, pc_inode_of(fd), length, path, strlen(path), NULL, 0);
	return rc;
}

PC_EXPORT int ftruncate(int fd, off_t length)
{
	return ftruncate64(fd, length);
}

PC_EXPORT int truncate64(const char *name, off64_t length)
{
	char buffer[PATH_MAX];
	const char *path = pc_entry_path(AT_FDCWD, name, buffer);
	int rc = (int)syscall(SYS_truncate, name, length);

	if (rc == 0 && path != NULL)
		pc_record(PC_TRUNCATE, 0, pc_inode_at(AT_FDCWD, name), length, path, strlen(path), NULL, 0);
	return rc;
}

PC_EXPORT int truncate(const char *name, off_t length)
{
	return truncate64(name, length);
}

/* ---- syncs ---- */

static int sync_fd(int fd, long number, int flags)
{
	char buffer[PATH_MAX];
	const char *path = pc_fd_path(fd, buffer);
	uint64_t inode, began;
	int rc, fault;

	if (path == NULL)
		return (int)syscall(number, fd);
	inode = pc_inode_of(fd);
	began = pc_shared->seq;
	pc_record(PC_SYNC_BEGIN, flags, inode, 0, path, strlen(path), NULL, 0);
	fault = pc_fault(PC_CALL_SYNC, path);
	rc = fault != 0 ? pc_fail(fault) : (int)syscall(number, fd);
	pc_record(rc == 0 ? PC_SYNC_END : PC_SYNC_FAIL, flags, inode, (int64_t)began, path, strlen(path), NULL, 0);
	if (rc == 0)
		pc_fault(PC_CALL_SYNCED, path);
	return rc;
}

PC_EXPORT int fsync(int fd)
{
	return sync_fd(fd, SYS_fsync, 0);
}

PC_EXPORT int fdatasync(int fd)
{
	return sync_fd(fd, SYS_fdatasync, 1);
}
