/* SPDX-License-Identifier: Apache-2.0 */
#include "bus_bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

void die(const char *what)
{
	fprintf(stderr, "bus_bench: %s\n", what);
	exit(1);
}

int64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static unsigned take_locked(Window *window)
{
	unsigned count = window->slots - window->taken;

	window->taken += count;
	return count;
}

unsigned window_take(Window *window)
{
	unsigned count = 0;

	pthread_mutex_lock(&window->lock);
	while (window->taken == window->slots)
		pthread_cond_wait(&window->freed, &window->lock);
	if (now_us() < window->until_us)
		count = take_locked(window);
	pthread_mutex_unlock(&window->lock);
	return count;
}

unsigned window_try(Window *window, bool *over)
{
	unsigned count = 0;

	pthread_mutex_lock(&window->lock);
	*over = now_us() >= window->until_us;
	if (!*over)
		count = take_locked(window);
	pthread_mutex_unlock(&window->lock);
	return count;
}

void window_give(Window *window, const int64_t *sent_us, unsigned count, int64_t at_us)
{
	pthread_mutex_lock(&window->lock);
	if (count > window->taken)
		die("an effect came twice");
	window->taken -= count;
	window->effects += count;
	if (at_us >= window->from_us && at_us < window->until_us)
		for (unsigned i = 0; i < count && window->counted < window->room; i++)
			window->latencies[window->counted++] = (uint32_t)(at_us - sent_us[i]);
	pthread_cond_broadcast(&window->freed);
	pthread_mutex_unlock(&window->lock);
	if (window->on_freed != NULL)
		window->on_freed(window->data);
}

void window_wait_empty(Window *window)
{
	pthread_mutex_lock(&window->lock);
	while (window->taken > 0)
		pthread_cond_wait(&window->freed, &window->lock);
	pthread_mutex_unlock(&window->lock);
}

/* ---- events ---- */

static const char head[] = "{\"sent\":", middle[] = ",\"key\":", before_pad[] = ",\"pad\":\"", tail[] = "\"}";
#define SENT_AT (sizeof head - 1)
#define KEY_AT (SENT_AT + 13 + sizeof middle - 1)
#define PAD_AT (KEY_AT + 4 + sizeof before_pad - 1)
#define PAD_BYTES (EVENT_BYTES - PAD_AT - (sizeof tail - 1))

static void put_digits(char *end, uint64_t number, unsigned count)
{
	for (unsigned i = 1; i <= count; i++, number /= 10)
		end[-(int)i] = (char)('0' + number % 10);
}

int64_t event_write(char text[EVENT_BYTES + 1], uint64_t number)
{
	static char form[EVENT_BYTES + 1];
	const int64_t sent = now_us();

	if (form[0] == '\0')
		snprintf(form, sizeof form, "%s%013d%s%04d%s%.*s%s", head, 0, middle, 0, before_pad, (int)PAD_BYTES,
		         event_pad(), tail);
	memcpy(text, form, sizeof form);
	put_digits(text + SENT_AT + 13, (uint64_t)(sent + SENT_OFFSET), 13);
	put_digits(text + KEY_AT + 4, FIRST_KEY + number % KEYS, 4);
	return sent;
}

const char *event_pad(void)
{
	static char pad[PAD_BYTES + 1];

	if (pad[0] == '\0')
		memset(pad, 'x', PAD_BYTES);
	return pad;
}

int64_t event_sent(const char *text)
{
	if (strncmp(text, head, SENT_AT) != 0)
		die("not an event of this run");
	return strtoll(text + SENT_AT, NULL, 10) - SENT_OFFSET;
}

int64_t event_key(const char *text)
{
	return strtoll(text + KEY_AT, NULL, 10);
}
