/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/running.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "base/log.h"

#define FILE_NAME "running"
#define MAGIC G_GINT64_CONSTANT(0x316e7572) /* of this layout */
#define SUSPECTS 16
#define PUBLISHER_MAX 40

typedef struct Key {
	char publisher[PUBLISHER_MAX];
	LogPosition position;
} Key;

typedef struct Suspect {
	Key key;
	gint64 deaths; /* 0 = the place is free */
} Suspect;

typedef struct Sheet {
	gint64 magic;
	gint64 open; /* a handler is at work on .key */
	Key key;
	Suspect suspects[SUSPECTS];
} Sheet;

struct Running {
	Sheet *page;
	guint n_suspects;
	gboolean found; /* open when it was read */
	Key was;
};

static gboolean is_key(const Key *key, const char *publisher, const LogPosition *position)
{
	return key->position.seq == position->seq && key->position.epoch == position->epoch &&
	       strncmp(key->publisher, publisher, PUBLISHER_MAX) == 0;
}

static Suspect *find(const Running *running, const char *publisher, const LogPosition *position)
{
	for (guint i = 0; i < SUSPECTS; i++) {
		Suspect *suspect = &running->page->suspects[i];

		if (suspect->deaths > 0 && is_key(&suspect->key, publisher, position))
			return suspect;
	}
	return NULL;
}

static Suspect *least(Sheet *page)
{
	Suspect *found = &page->suspects[0];

	for (guint i = 1; i < SUSPECTS; i++)
		if (page->suspects[i].deaths < found->deaths)
			found = &page->suspects[i];
	return found;
}

/* What the process before this one left. */
static void look_back(Running *running, const char *plugin)
{
	Sheet *page = running->page;
	Suspect *suspect;
	char at[LOG_POSITION_TEXT];

	if (page->magic != MAGIC) {
		memset(page, 0, sizeof *page);
		page->magic = MAGIC;
	}
	page->key.publisher[PUBLISHER_MAX - 1] = '\0';
	running->found = page->open != 0;
	running->was = page->key;
	page->open = 0;
	if (running->found) {
		suspect = find(running, page->key.publisher, &page->key.position);
		if (suspect == NULL) {
			suspect = least(page);
			*suspect = (Suspect){ page->key, 0 };
		}
		suspect->deaths++;
		log_position_print(&page->key.position, at);
		log_write(LOG_ERROR, plugin, "the process ended while the event %s of %s was handled, time %" G_GINT64_FORMAT,
		          at, page->key.publisher, suspect->deaths);
	}
	for (guint i = 0; i < SUSPECTS; i++)
		running->n_suspects += page->suspects[i].deaths > 0;
}

Running *running_open(const char *dir, const char *plugin)
{
	g_autofree char *path = g_build_filename(dir, FILE_NAME, NULL);
	const int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
	/* A page without a block on the disk would be a signal. */
	const int fault = fd < 0 ? errno : posix_fallocate(fd, 0, sizeof(Sheet));
	Sheet *page = fault == 0 ? mmap(NULL, sizeof(Sheet), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) : MAP_FAILED;
	Running *running;

	if (page == MAP_FAILED)
		log_write(LOG_WARN, plugin, "%s: %s; ends of the process are not counted", path,
		          g_strerror(fault != 0 ? fault : errno));
	if (fd >= 0)
		close(fd);
	if (page == MAP_FAILED)
		return NULL;
	running = g_new0(Running, 1);
	running->page = page;
	look_back(running, plugin);
	return running;
}

void running_close(Running *running)
{
	if (running == NULL)
		return;
	munmap(running->page, sizeof(Sheet));
	g_free(running);
}

void running_begin(Running *running, const char *publisher, const LogPosition *position)
{
	Sheet *page;

	if (running == NULL)
		return;
	page = running->page;
	g_strlcpy(page->key.publisher, publisher, PUBLISHER_MAX);
	page->key.position = *position;
	__atomic_store_n(&page->open, 1, __ATOMIC_RELEASE);
}

void running_end(Running *running)
{
	Sheet *page;
	Suspect *suspect;

	if (running == NULL)
		return;
	page = running->page;
	__atomic_store_n(&page->open, 0, __ATOMIC_RELEASE);
	suspect = running->n_suspects > 0 ? find(running, page->key.publisher, &page->key.position) : NULL;
	if (suspect == NULL)
		return;
	suspect->deaths = 0;
	running->n_suspects--;
}

gint64 running_deaths(const Running *running, const char *publisher, const LogPosition *position)
{
	const Suspect *suspect =
		running != NULL && running->n_suspects > 0 ? find(running, publisher, position) : NULL;

	return suspect != NULL ? suspect->deaths : 0;
}

gboolean running_was(const Running *running, const char *publisher, const LogPosition *position)
{
	return running != NULL && running->found && is_key(&running->was, publisher, position);
}
