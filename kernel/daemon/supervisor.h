/* SPDX-License-Identifier: Apache-2.0
 * The process that stands behind the host process: starts it, starts it again when it ends unasked, passes signals on, keeps
 * the listening socket open in between, and ends with it. It has one thread, no configuration of its own and runs no code
 * of a plugin. */
#pragma once

#define SUPERVISOR_GAVE_UP 69 /* exit code: restarted too often. packaging/zhend.service does not try again */

/* @argv: the command line, which the host process gets too. Returns an exit code. */
int supervisor_run(char **argv);
