/* SPDX-License-Identifier: Apache-2.0
 * What the host itself needs of its configuration before any plugin starts: where it listens, where it keeps its data, what runs
 * its workers. Whether the port is free only a start can say. */
#include <gio/gio.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "daemon/verdict.h"

static void fault(Verdict *verdict, const char *key, const char *chinese, const char *english)
{
	g_autofree char *where = conf_where(verdict->conf, "host", key);
	g_autofree char *text = g_strdup_printf("%s: [host] %s = %s: %s (%s)", where, key,
	                                        conf_text(verdict->conf, "host", key), chinese, english);

	verdict_complain(verdict, NULL, text, TRUE, FALSE);
}

static void check_addresses(Verdict *verdict)
{
	g_auto(GStrv) proxies = conf_list(verdict->conf, "host", "proxies");
	const char *address = conf_text(verdict->conf, "host", "address");

	if (address != NULL && !g_hostname_is_ip_address(address))
		fault(verdict, "address", "不是 IP 地址", "is not an IP address");
	for (guint i = 0; proxies != NULL && proxies[i] != NULL; i++) {
		if (g_hostname_is_ip_address(proxies[i]))
			continue;
		fault(verdict, "proxies", "应为 IP 地址，多个用分号隔开", "IP addresses, parted by semicolons");
		return;
	}
}

static void check_data(Verdict *verdict)
{
	g_autofree char *data = conf_path(verdict->conf, "host", "data");
	g_autofree char *socket = data != NULL ? g_build_filename(data, "zhend.sock", NULL) : NULL;

	if (data == NULL)
		return;
	if (g_file_test(data, G_FILE_TEST_EXISTS) && !g_file_test(data, G_FILE_TEST_IS_DIR))
		fault(verdict, "data", "不是目录", "is no folder");
	if (strlen(socket) >= sizeof((struct sockaddr_un *)NULL)->sun_path)
		fault(verdict, "data", "路径太长，zhenctl 的套接字放不下",
		      "its path is too long for the socket of zhenctl");
}

static void check_worker(Verdict *verdict)
{
	g_autofree char *worker =
		host_conf_place(verdict->conf, "worker", "bin/zhen-worker", ZHEN_LIBDIR "/zhen-worker");
	gboolean wanted = FALSE;

	for (guint i = 0; i < verdict->plugins->len; i++)
		wanted = wanted ||
		         host_conf_wants_worker(verdict->conf, ((VerdictPlugin *)verdict->plugins->pdata[i])->id);
	if (wanted && access(worker, X_OK) != 0)
		fault(verdict, "worker", "没有这个程序，而有模块要在独立进程中运行",
		      "there is no such program, and plugins are to run in a process of their own");
}

void verdict_host(Verdict *verdict)
{
	check_addresses(verdict);
	check_data(verdict);
	check_worker(verdict);
}
