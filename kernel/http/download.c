/* SPDX-License-Identifier: Apache-2.0
 * Blobs of a plugin, sent by the kernel from the page cache. Their name is their digest, so it is their ETag. */
#include "base/log.h"
#include "http/internal.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int open_blob(const Home *home, const char *hex, gint64 *out_length)
{
	g_autofree char *path = home->dir != NULL ? blob_path_at(home->dir, hex) : NULL;
	int fd = path != NULL ? open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW) : -1;
	struct stat stat;

	if (fd < 0)
		return -1;
	if (fstat(fd, &stat) != 0 || !S_ISREG(stat.st_mode)) {
		close(fd);
		return -1;
	}
	*out_length = stat.st_size;
	return fd;
}

void download_blob(HttpCall *call, CallReply *reply)
{
	const Mount *mount = call->entry != NULL ? call->entry->mount : NULL;
	gint64 length = 0;
	int fd = mount != NULL ? open_blob(mount->home, reply->blob, &length) : -1;

	if (fd < 0) {
		log_write(LOG_ERROR, mount != NULL ? mount->id : NULL, "blob %.64s is not there (request %s)", reply->blob,
		          call->request_id);
		call_reply_free(reply);
		answer_problem(call, 404, "not-found", "文件不存在", NULL);
		return;
	}
	if (reply->etag == NULL)
		reply->etag = g_strdup_printf("\"%s\"", reply->blob);
	reply_send(call, reply, reply->content_type != NULL ? reply->content_type : "application/octet-stream", fd, length);
	call_reply_free(reply);
}
